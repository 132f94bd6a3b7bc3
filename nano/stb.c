/* The formatter, built once: stb_sprintf (Debian's libstb-dev), without floating point. */
#define STB_SPRINTF_IMPLEMENTATION
#define STB_SPRINTF_NOFLOAT
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb/stb_sprintf.h>
