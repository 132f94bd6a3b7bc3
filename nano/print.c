/*
 * The debug port: what nano says goes to port 0xE9, never to COM1, which the console owns.
 * Ring 0, called from anywhere in nano, never from a hot path.
 */
#include <stdarg.h>
#include "print.h"
#include <ringpost/x86.h>

#define STB_SPRINTF_NOFLOAT
#include <stb/stb_sprintf.h>

#define PORT_DEBUG      0xE9
#define PORT_QEMU_EXIT  0xF4
#define PORT_BOCHS_EXIT 0x8900

void print_char(char c) { outb(PORT_DEBUG, c); }

static void print_list(const char *format, va_list arguments)
{
    char text[256];
    stbsp_vsnprintf(text, sizeof text, format, arguments);
    for (const char *c = text; *c; c++)
        print_char(*c);
}

void print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_list(format, arguments);
    va_end(arguments);
}

void power_off(uint32_t code)
{
    outb(PORT_QEMU_EXIT, code);
    for (const char *c = "Shutdown"; *c; c++)
        outb(PORT_BOCHS_EXIT, *c);
    for (;;)
        asm volatile("cli; hlt");
}

void refuse(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print("ringpost: ");
    print_list(format, arguments);
    print("\n");
    va_end(arguments);
    power_off(1);
}
