# SPDX-License-Identifier: BSD-2-Clause
"""What a machine boots: nano, its modules and its command line.

A folder that holds a manifest.txt and a policy.txt (apps/ or a guest test's own) says by its
manifest which modules are wanted; the programs come from the build folder. The same set
becomes QEMU's -kernel and -initrd arguments, or a GRUB image for QEMU and Bochs.
"""

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

GRUB_PLAIN = r"[A-Za-z0-9 ._+=,:/-]"  # what GRUB's script passes on as it is
MODULE_NAME = r"[A-Za-z0-9_-]{1,31}"  # nano takes what follows a dot for an ending
BUILD = os.environ.get("B", "build")


def without_blank(file):
    """QEMU takes what follows a blank for the module's command line: then a link to the file."""
    if " " not in file:
        return file
    target = os.path.abspath(file)
    link = os.path.join(BUILD, "links", hashlib.sha256(target.encode()).hexdigest()[:16])
    os.makedirs(os.path.dirname(link), exist_ok=True)
    with contextlib.suppress(FileExistsError):  # to the same file
        os.symlink(target, link)
    return link


class BootSet:
    def __init__(self, kernel, modules, append="", holes=()):
        self.kernel = kernel
        self.holes = holes  # (from, to) of memory that GRUB keeps for itself, in an image
        self.modules = modules  # (name, file) in the order in which they are loaded
        self.append = append

    def replaced(self, name, file):
        """The same set with another file as module `name`, or without it (file None)."""
        modules = [(n, file if n == name else f) for n, f in self.modules]
        return BootSet(self.kernel, [m for m in modules if m[1] is not None], self.append)

    def qemu_arguments(self):
        initrd = ",".join(f"{without_blank(file)} {name}".replace(",", ",,")
                          for name, file in self.modules)
        return ["-kernel", self.kernel, "-initrd", initrd, "-append", self.append]

    def make_image(self, image):
        """Write a GRUB image. GRUB does not pass a module's file name on: its name follows."""
        strange = re.sub(GRUB_PLAIN, "", self.append)
        if strange:
            sys.exit(f"{self.append}: {strange[0]!r} is no character for the command line in an "
                     "image, because GRUB's script would take it for its own; letters, digits, "
                     "blanks and . _ + = , : / - can be")
        with tempfile.TemporaryDirectory() as folder:
            boot = os.path.join(folder, "boot")
            os.makedirs(os.path.join(boot, "grub"))
            shutil.copy(self.kernel, os.path.join(boot, "nano.elf"))
            lines = [f"cutmem {low:#x} {high:#x}" for low, high in self.holes]
            lines += ["set timeout=0", 'menuentry "Ringpost" {',
                     f"    multiboot /boot/nano.elf {self.append}"]
            for name, file in self.modules:
                shutil.copy(file, os.path.join(boot, name))
                lines.append(f"    module /boot/{name} {name}")
            with open(os.path.join(boot, "grub", "grub.cfg"), "w") as config:
                config.write("\n".join(lines + ["}", ""]))
            made = subprocess.run(
                ["grub-mkrescue", "-d", "/usr/lib/grub/i386-pc", "-o", image, "--locales=",
                 "--fonts=", "--themes=",
                 "--install-modules=normal multiboot iso9660 biosdisk mmap", folder],
                capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if made.returncode != 0:
            sys.exit(f"grub-mkrescue failed:\n{made.stderr}")


def text_of(folder, name):
    own = os.path.join(folder, name)
    return own if os.path.exists(own) else os.path.join("apps", name)


def manifest_modules(manifest):
    """The modules that a manifest names, in its order: programs, and data that it hands out."""
    names = []
    for _, words in words_of(manifest):
        for word in words:
            key, _, value = word.partition("=")
            if key in ("module", "modules"):
                for module in value.split(","):
                    module = module.rstrip("?") if key == "modules" else module
                    names += [module] if module not in names else []
    return names


def words_of(file):
    """(number of the line, its words) of each line of a manifest or policy that has any."""
    with open(file) as lines:
        for number, line in enumerate(lines, 1):
            words = line.split("#")[0].split()
            if words:
                yield number, words


def priorities(manifest):
    """Task -> priority. Of a line that is no good the pager says more."""
    found = {"pager": 30}
    for _, words in words_of(manifest):
        keys = dict(word.partition("=")[::2] for word in words)
        if len(words) > 1 and keys.get("priority", "").isdigit():
            found[words[1]] = int(keys["priority"])
    return found


def late_answers(who, whom, priority):
    """(who calls somebody less important, who can then delay the answer) by one line."""
    server = priority[whom]
    callers = [name for name in (priority if who == "*" else [who])
               if name not in ("pager", "registrar", whom) and priority[name] > server]
    between = [name for name, own in priority.items()
               if name not in (whom, who) and
               any(server < own < priority[caller] for caller in callers)]
    return callers, between


def policy_notes(boot):
    """What the registrar cannot know, because it needs the manifest: lines with names that no task
    has, and lines by which somebody important waits for the answer of somebody less so."""
    files = dict(boot.modules)
    priority = priorities(files["manifest"])
    notes = []
    for number, words in words_of(files["policy"]):
        place = f"{files['policy']}, line {number}: "
        names = words[1:4:2]
        strangers = [name for name in names if name not in {"*", "router", *priority}]
        notes += [f"{place}the manifest has no task '{name}'" for name in strangers]
        rights = [word[7:].split(",") for word in words if word.startswith("rights=")]
        if strangers or len(names) < 2 or names[1] in ("router", "*") or \
                (rights and "call" not in rights[0]):
            continue
        callers, between = late_answers(*names, priority)
        if callers and between:
            callers = ", ".join(f"{caller} ({priority[caller]})" for caller in callers)
            notes.append(f"{place}warning: {names[1]} ({priority[names[1]]}) is less important "
                         f"than {callers}; while a caller waits for the answer, "
                         f"{' and '.join(between)} can delay it")
    return notes


def module_strangers(folder, extra):
    """Further modules that nobody would ask for: neither system nor manifest names them."""
    manifest = text_of(folder, "manifest.txt")
    known = {"router", "pager", "manifest", "policy", *manifest_modules(manifest)}
    names = [module.partition("=")[0] for module in extra]
    return [f"MODULES: {manifest} names no module '{name}'" for name in names
            if name and name not in known]


def test_build(folder):
    """Where the programs of a guest test are."""
    return os.path.join(BUILD, "guest", os.path.basename(folder.rstrip("/")))


def boot_set(folder, append="", extra=()):
    """What `folder` boots; `extra`: further modules, each NAME=FILE, which may take one's place."""
    test = test_build(folder)
    manifest = text_of(folder, "manifest.txt")
    modules = [("router", f"{BUILD}/router.elf"), ("pager", f"{BUILD}/pager.elf"),
               ("manifest", manifest), ("policy", text_of(folder, "policy.txt"))]
    known = {name for name, _ in modules}
    for name in manifest_modules(manifest):
        places = [f"{test}/{name}.elf", f"{BUILD}/{name}.elf", f"{folder}/{name}"]
        found = [place for place in places if os.path.exists(place)]
        if name not in known and found:
            modules.append((name, found[0]))
    for module in extra:
        name, _, file = module.partition("=")
        if not name or not file:
            sys.exit(f"{module}: a further module is NAME=FILE")
        if not re.fullmatch(MODULE_NAME, name):
            sys.exit(f"{name}: a module's name is 1 to 31 letters, digits, '_' or '-'")
        if not os.access(file, os.R_OK) or os.path.isdir(file):
            sys.exit(f"{file}: there is no such file that can be read")
        if name in dict(modules):
            modules = [(n, file if n == name else f) for n, f in modules]
        else:
            modules.append((name, file))
    return BootSet(f"{BUILD}/nano.elf", modules, append)
