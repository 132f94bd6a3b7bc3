# SPDX-License-Identifier: BSD-2-Clause
"""The machines that Ringpost boots on: QEMU with -kernel, QEMU with a GRUB image, Bochs.

A Machine runs one boot set. Its serial line is read and typed into as a person would; the
debug port goes to a log of its own. Nothing waits for ever: every wait has a deadline, and a
machine that misses it can still be asked for its registers before it is ended.
"""

import codecs
import os
import pty
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import threading
import time

import ending

# Python tries a folder out by a file there, which a signal at that moment would leave.
if os.path.isdir(os.environ.get("TMPDIR", "")):
    tempfile.tempdir = os.path.abspath(os.environ["TMPDIR"])

QEMU = os.environ.get("QEMU", "qemu-system-i386")
CPU = os.environ.get("CPU", "max")
MEM = os.environ.get("MEM", "128")
BOCHS_CPU = os.environ.get("BOCHS_CPU", "corei7_icelake_u")
# Bochs' own ROMs where Debian has them installed, else SeaBIOS, which its package accepts too.
BOCHS_ROMS = ("/usr/share/bochs/BIOS-bochs-latest", "/usr/share/seabios/bios-256k.bin",
              "/usr/share/seabios/bios.bin")
BOCHS_VGA_ROMS = ("/usr/share/bochs/VGABIOS-lgpl-latest", "/usr/share/vgabios/vgabios.bin",
                  "/usr/share/seabios/vgabios-isavga.bin", "/usr/share/seabios/vgabios-stdvga.bin")
ENGINES = ("qemu", "qemu-iso", "bochs")


def first_file(names):
    return next((name for name in names if os.path.exists(name)), names[0])


def option(path):
    """A path as one of several in QEMU's option, where a comma would end it."""
    return path.replace(",", ",,")


def further_arguments():
    """QEMU_ARGS, as a shell would have it."""
    text = os.environ.get("QEMU_ARGS", "")
    try:
        return shlex.split(text)
    except ValueError as error:
        sys.exit(f"QEMU_ARGS={text}: {str(error).lower()}")


def qemu_command(boot, cpu=None, mem=None, image=None, icount=False, record=None):
    """QEMU's command line, without what says where serial line, debug port and monitor go."""
    command = [QEMU, "-cpu", cpu or CPU, "-m", str(mem or MEM), "-display", "none", "-no-reboot",
               "-nodefaults", "-vga", "std", "-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
    if icount:
        command += ["-icount", "shift=0,sleep=off" +
                    (f",rr=record,rrfile={record}" if record else "")]
    command += ["-cdrom", image, "-boot", "d"] if image else boot.qemu_arguments()
    return command + further_arguments()


class Machine:
    """Base: collects what the serial line says, in a thread of its own."""

    def __init__(self, boot):
        self.boot = boot
        self.process = None
        ending.started(self)
        self.folder = tempfile.mkdtemp(prefix="ringpost-")
        self.serial = self.serial_as_it_came = ""
        self._changed = threading.Condition()

    def _collect(self, descriptor):
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while True:
            try:
                data = os.read(descriptor, 65536)
            except OSError:
                data = b""
            with self._changed:
                text = decoder.decode(data)
                self.serial_as_it_came += text
                self.serial += text.replace("\r", "")
                self._changed.notify_all()
            if not data:
                return

    def _start_collecting(self, descriptor):
        self._collector = threading.Thread(target=self._collect, args=(descriptor,), daemon=True)
        self._collector.start()

    def wait_for(self, pattern, seconds, start=0):
        """The match of `pattern` in the serial text from `start` on; None: late, or it ended."""
        end = time.monotonic() + seconds
        with self._changed:
            while True:
                match = re.compile(pattern).search(self.serial, start)
                left = end - time.monotonic()
                if match or left <= 0:
                    return match
                if self.process.poll() is not None and not self._collector.is_alive():
                    return None
                self._changed.wait(min(left, 0.2))

    def _said(self):
        """How much it has said until now, on both lines."""
        return len(self.serial), os.path.getsize(self.debug_file) \
            if os.path.exists(self.debug_file) else 0

    def wait_end(self, seconds, silence=None):
        """Did the machine end by itself in time? One that says nothing for `silence` seconds will
        not."""
        end = time.monotonic() + seconds
        said, quiet_until = None, end
        while self.process.poll() is None:
            now = time.monotonic()
            if silence and said != self._said():
                said, quiet_until = self._said(), now + silence
            left = min(end, quiet_until) - now
            if left <= 0:
                return False
            try:
                self.process.wait(min(left, 1) if silence else left)
            except subprocess.TimeoutExpired:
                pass
        self._collector.join(2)
        return True

    def type(self, text):
        os.write(self._keyboard, text.encode())

    def debug(self):
        try:
            with open(self.debug_file, "rb") as log:
                return log.read().decode("latin-1").replace("\r", "")
        except FileNotFoundError:
            return ""

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        ending.closed(self)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Qemu(Machine):
    name = "qemu"

    def __init__(self, boot, cpu=None, mem=None, icount=False, record=False, from_image=False,
                 extra=(), serial="stdio"):
        super().__init__(boot)
        image = None
        if from_image:
            image = os.path.join(self.folder, "boot.iso")
            boot.make_image(image)
        self.debug_file = os.path.join(self.folder, "debug.log")
        log = option(os.path.join(self.folder, "record")) if record else None
        # The folder by its descriptor: a socket's path has at most 107 bytes, TMPDIR any number.
        place = os.open(self.folder, os.O_PATH)
        command = qemu_command(boot, cpu, mem, image, icount, log) + [
            "-serial", serial, "-debugcon", f"file:{self.debug_file}",
            "-monitor", f"unix:/proc/self/fd/{place}/monitor,server,nowait", *extra]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=open(os.path.join(self.folder, "errors"), "w"),
                                        pass_fds=(place,))
        os.close(place)
        self._keyboard = self.process.stdin.fileno()
        self._start_collecting(self.process.stdout.fileno())

    def errors(self):
        with open(os.path.join(self.folder, "errors")) as text:
            return text.read()

    def exit_code(self):
        """What the guest said when it powered off; None if it ended in another way."""
        code = self.process.returncode
        if code == 1 and not self.debug():
            return None  # QEMU itself did not start
        return code // 2 if code is not None and code > 0 and code % 2 else None

    def monitor(self, command):
        """The answer of QEMU's monitor."""
        with socket.socket(socket.AF_UNIX) as monitor:
            monitor.settimeout(5)
            place = os.open(self.folder, os.O_PATH)
            try:
                monitor.connect(f"/proc/self/fd/{place}/monitor")
            finally:
                os.close(place)
            text = b""
            for send in (None, command):
                if send:
                    monitor.sendall(send.encode() + b"\n")
                    text = b""
                while not text.endswith(b"(qemu) "):
                    data = monitor.recv(65536)
                    if not data:
                        break
                    text += data
        return text.decode("latin-1").replace("\r", "").split("\n", 1)[-1].rsplit("\n", 1)[0]

    def gdb_port(self):
        """Where GDB finds a stub from now on."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            place = f"127.0.0.1:{probe.getsockname()[1]}"
        self.monitor(f"gdbserver tcp:{place}")
        return place

    def registers(self):
        try:
            return self.monitor("info registers").split("\nFCW")[0]
        except OSError as error:
            return f"(the monitor does not answer: {error})"


class Bochs(Machine):
    """Bochs with its text display on a terminal of its own, which also shows the debug port."""

    name = "bochs"

    def __init__(self, boot, cpu=None, mem=None, image=None):
        super().__init__(boot)
        if not image:
            image = os.path.join(self.folder, "boot.iso")
            boot.make_image(image)
        serial, serial_end = pty.openpty()
        settings = termios.tcgetattr(serial_end)
        settings[0] = settings[1] = settings[3] = 0  # raw: no echo, no translation
        termios.tcsetattr(serial_end, termios.TCSANOW, settings)
        config = os.path.join(self.folder, "bochsrc")
        with open(config, "w") as file:
            file.write(f"""\
display_library: term
romimage: file={first_file(BOCHS_ROMS)}
vgaromimage: file={first_file(BOCHS_VGA_ROMS)}
cpu: model={cpu or BOCHS_CPU}, count=1, ips=50000000, reset_on_triple_fault=0
memory: guest={mem or MEM}, host={mem or MEM}
ata0: enabled=1
ata0-master: type=cdrom, path="{os.path.relpath(image, self.folder)}", status=inserted
boot: cdrom
com1: enabled=1, mode=term, dev={os.ttyname(serial_end)}
port_e9_hack: enabled=1
clock: sync=none
log: bochs.log
panic: action=fatal
error: action=report
info: action=ignore
debug: action=ignore
speaker: enabled=0
""")
        commands = os.path.join(self.folder, "commands")  # of Bochs' debugger, which is compiled in
        with open(commands, "w") as file:
            file.write("c\n")
        self._screen, screen_end = pty.openpty()
        self.debug_file = os.path.join(self.folder, "screen")
        self.process = subprocess.Popen(
            ["bochs", "-q", "-f", config, "-rc", commands], stdin=screen_end, stdout=screen_end,
            stderr=screen_end, start_new_session=True, cwd=self.folder,
            env={**os.environ, "TERM": "xterm", "LINES": "25", "COLUMNS": "80"})
        os.close(screen_end)
        threading.Thread(target=self._record_screen, daemon=True).start()
        self._keyboard = serial
        self._serial_end = serial_end  # kept open, or reading ends when Bochs reopens it
        self._start_collecting(serial)

    def debug(self):
        """The debug port's text: what the screen got after the debugger's first prompt."""
        text = re.sub(r"\x1b(\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|[=>])", "", super().debug())
        return text.split("ea5be000f0\n", 1)[-1].split("\n=====", 1)[0]

    def errors(self):
        with open(os.path.join(self.folder, "bochs.log"), errors="replace") as log:
            return "".join(line for line in log if re.match(r"\d+[pe]\[", line))

    def exit_code(self):
        """Bochs' own says nothing, but nano says on the debug port what it was given."""
        said = re.search(r"^nano: power off, exit code (\d+)", self.debug(), re.M)
        return int(said.group(1)) if said else None

    def registers(self):
        """Interrupt the run: Bochs' debugger takes over, and answers."""
        before = len(super().debug())
        os.killpg(self.process.pid, signal.SIGINT)
        for command in ("r", "sreg", "creg"):
            time.sleep(0.5)
            os.write(self._screen, command.encode() + b"\n")
        time.sleep(0.5)
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", super().debug()[before:])

    def _record_screen(self):
        with open(self.debug_file, "wb", buffering=0) as file:
            while True:
                try:
                    data = os.read(self._screen, 65536)
                except OSError:
                    return
                if not data:
                    return
                file.write(data)
