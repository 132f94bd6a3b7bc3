/*
 * What a task in ring 3 may try, one row each, and how it must end:
 *
 *   CRIME(what, exit code, a second exit code that is as good, the deed in C)
 *
 * By(X86_EXC_GP) is the exit code of a task that this exception ended. Addresses of the inner rings
 * are beyond ring 3's segments and are not its pages: an engine that checks limits says #GP, QEMU, which
 * does not, #PF. Either is a fence, and either will do here.
 */
/* A row is a line: */
/* clang-format off */
#define X86_EXC_DE 0
#define X86_EXC_BP 3
#define X86_EXC_OF 4
#define X86_EXC_UD 6
#define X86_EXC_NM 7
#define X86_EXC_TS 10
#define X86_EXC_GP 13
#define X86_EXC_PF 14
#define By(exception) (EXIT_KILLED + (exception))
#define GP            By(X86_EXC_GP)
#define PF            By(X86_EXC_PF)
#define DO(code)      asm volatile(code) /* without operands: registers are the dying task's affair */
#define READ(a)       (void)*(volatile uint32_t *)somewhere((uint32_t)(a))
#define WRITE(a)      (*(volatile uint32_t *)somewhere((uint32_t)(a)) = 0)
#define JUMP(a)       ((void (*)(void))somewhere((uint32_t)(a)))()
#define FAR(op, sel)  asm volatile(op " %0, $0" : : "i"(sel) : "memory")
#define LOAD(reg, sel) asm volatile("movw %w0, %%" reg : : "r"(sel) : "memory")
#define INT(vector)   asm volatile("int %0" : : "i"(vector), "a"(1) : "ebx", "ecx", "edx", "esi", "edi", "memory")

/* Instructions of ring 0. */
CRIME("cli", GP, GP, DO("cli"))
CRIME("sti", GP, GP, DO("sti"))
CRIME("hlt", GP, GP, DO("hlt"))
CRIME("lgdt", GP, GP, DO("lgdt 0x400000"))
CRIME("lidt", GP, GP, DO("lidt 0x400000"))
CRIME("ltr", GP, GP, DO("ltr %ax"))
CRIME("read CR0", GP, GP, DO("mov %cr0, %eax"))
CRIME("write CR3", GP, GP, DO("mov %eax, %cr3"))
CRIME("write CR4", GP, GP, DO("mov %eax, %cr4"))
CRIME("write DR7", GP, GP, DO("mov %eax, %db7"))
CRIME("invlpg", GP, GP, DO("invlpg 0x400000"))
CRIME("wrmsr", GP, GP, DO("mov $0x174, %ecx; wrmsr"))
CRIME("sgdt, under UMIP", GP, GP, asm volatile("sgdt (%0)" : : "r"(scratch) : "memory"))
CRIME("sysenter", GP, GP, DO("sysenter"))

/* Ports: no task of this test has any. */
CRIME("in from the keyboard", GP, GP, DO("in $0x60, %al"))
CRIME("out to the serial line", GP, GP, DO("mov $0x3f8, %edx; out %al, %dx"))
CRIME("out to the reset port", GP, GP, DO("mov $0xcf9, %edx; out %al, %dx"))
CRIME("out to the debug port", GP, GP, DO("out %al, $0xe9"))

/* Gates and selectors. */
CRIME("the router's gate to nano", GP, GP, INT(VECTOR_PARK))
CRIME("the pager's gate to nano", GP, GP, INT(VECTOR_PAGER))
CRIME("int 8, a double fault", GP, GP, INT(8))
CRIME("int 14, a page fault", GP, GP, INT(14))
CRIME("int 32, the tick", GP, GP, INT(VECTOR_LINE))
CRIME("int 128, beyond the table", GP, GP, INT(128))
CRIME("far call to nano's code", GP, GP, FAR("lcall", SEL_NANO_CS))
CRIME("far call to the router's code", GP, GP, FAR("lcall", SEL_ROUTER_CS))
CRIME("far jump to nano's code", GP, GP, FAR("ljmp", SEL_NANO_CS))
CRIME("far jump to the call gate", GP, GP, FAR("ljmp", SEL_CALL_GATE))
CRIME("far call to the TSS", GP, GP, FAR("lcall", SEL_TSS))
CRIME("nano's data segment", GP, GP, LOAD("ds", SEL_NANO_DS))
CRIME("the router's data segment", GP, GP, LOAD("es", SEL_ROUTER_DS))
CRIME("the router's stack segment", GP, GP, LOAD("ss", SEL_ROUTER_DS))
CRIME("a selector beyond the GDT", GP, GP, LOAD("ds", SELECTOR(GDT_ENTRIES, RING_APP)))
CRIME("iret with the nested-task flag", By(X86_EXC_TS), GP, DO("pushf; orl $0x4000, (%esp); popf; iret"))

/* Memory of others. */
CRIME("read nano", PF, GP, READ(NANO_BASE))
CRIME("write nano", PF, GP, WRITE(NANO_BASE))
CRIME("jump into nano", PF, GP, JUMP(NANO_BASE))
CRIME("read the gatehouse", PF, GP, READ(GATEHOUSE))
CRIME("write the gatehouse", PF, GP, WRITE(GATEHOUSE))
CRIME("read the router", PF, GP, READ(ROUTER_BASE))
CRIME("write the router's stack", PF, GP, WRITE(ROUTER_STACK))
CRIME("jump into the router", PF, GP, JUMP(ROUTER_BASE))
CRIME("read the task directory", PF, GP, READ(DIRECTORY))
CRIME("write the wake list", PF, GP, WRITE(WAKE_LIST))
CRIME("read another's mailbox", PF, GP, READ(WINDOW + (1 << MAILBOX_SHIFT)))

/* Its own memory, in ways that it may not. */
CRIME("read the nameplate", PF, PF, READ(NAMEPLATE))
CRIME("write the clock", PF, PF, WRITE(CLOCK))
CRIME("write its in header", PF, PF, WRITE(&post_own->in.in_tail))
CRIME("write its inbox", PF, PF, WRITE(&post_own->inbox[0]))
CRIME("write its text", PF, PF, WRITE((uint32_t)&commit))
CRIME("run its data", PF, PF, JUMP(scratch))
CRIME("run its outbox", PF, PF, JUMP(&post_own->outbox[0]))
CRIME("a null pointer", PF, PF, READ(0x10))
CRIME("write at 4 MiB - 4", PF, PF, WRITE(PROGRAM_BASE - 4))
CRIME("read the landing zone", PF, PF, READ(LANDING_BASE))
CRIME("read a hole in its mailbox", PF, PF, READ(OWN_MAILBOX + 2 * PAGE_SIZE))
CRIME("a stack without end", PF, PF, without_end(1))

/* Plain mistakes. */
CRIME("divide by zero", By(X86_EXC_DE), By(X86_EXC_DE), DO("xor %edx, %edx; xor %ecx, %ecx; div %ecx"))
CRIME("ud2", By(X86_EXC_UD), By(X86_EXC_UD), DO("ud2"))
CRIME("int3", By(X86_EXC_BP), By(X86_EXC_BP), DO("int3"))
CRIME("into", By(X86_EXC_OF), By(X86_EXC_OF), DO("mov $0x7fffffff, %eax; inc %eax; into"))
CRIME("the FPU, which no task has", By(X86_EXC_NM), By(X86_EXC_NM), DO("fninit"))

/* What the CPU ignores: the task exits with 0 if nothing has changed. */
CRIME("popf with IF clear, IOPL 3", 0, 0, survived(flags_after(0x3000) == 0x200))
CRIME("verr on nano's selector", 0, 0, survived(!readable(SEL_NANO_DS)))
CRIME("lar on nano's selector", 0, 0, survived(!access_rights(SEL_NANO_CS)))
