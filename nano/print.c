/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The debug port: what nano says goes to port 0xE9, never to COM1, which the console owns.
 * Ring 0, called from anywhere in nano, never from a hot path.
 */
#include <stdarg.h>
#include "print.h"
#include <ringpost/x86.h>

#define PORT_DEBUG      0xE9
#define PORT_QEMU_EXIT  0xF4
#define PORT_BOCHS_EXIT 0x8900

void print_char(char c) { outb(PORT_DEBUG, c); }

static void print_number(uint32_t n, uint32_t base, uint32_t width)
{
    char digits[10];
    uint32_t count = 0;

    do
        digits[count++] = "0123456789abcdef"[n % base];
    while (n /= base);
    for (; width > count; width--)
        print_char('0');
    while (count)
        print_char(digits[--count]);
}

/* %s, %u, %x and %08x: what nano needs (the whole of printf was a fifth of its text). */
static void print_list(const char *format, va_list arguments)
{
    for (; *format; format++) {
        uint32_t width = 0;

        if (*format != '%') {
            print_char(*format);
            continue;
        }
        while (*++format >= '0' && *format <= '9')
            width = width * 10 + *format - '0';
        if (*format == 's')
            for (const char *c = va_arg(arguments, const char *); *c; c++)
                print_char(*c);
        else
            print_number(va_arg(arguments, uint32_t), *format == 'u' ? 10 : 16, width);
    }
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

void nano_stop(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print("ringpost: ");
    print_list(format, arguments);
    print("\n");
    va_end(arguments);
    power_off(1);
}
