/* format.h: lets the compiler compare formats with what they are given. */
#ifndef FCL_HARNESS_FORMAT_H
#define FCL_HARNESS_FORMAT_H

#if defined(__MINGW32__) /* printf is the C library's own here, not the system's */
#define FCL__FORMAT(text, args) __attribute__((format(gnu_printf, text, args)))
#elif defined(__GNUC__)
#define FCL__FORMAT(text, args) __attribute__((format(printf, text, args)))
#else
#define FCL__FORMAT(text, args)
#endif
#endif
