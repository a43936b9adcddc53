/* One line an event on standard error: time, level, words. Never a token, a password or a mail body. */
#ifndef MUSTER_BASE_LOG_H
#define MUSTER_BASE_LOG_H
#include <stddef.h>
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A broken promise of the program itself: says so and aborts. */
_Noreturn void log_fatal(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A precondition that stays in the release build. */
#define must(x) ((x) ? (void)0 : log_fatal("%s:%d: %s does not hold", __FILE__, __LINE__, #x))
/* Zeroed memory of the heap, for free(); without any the process ends, as an arena does. */
void *must_calloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
#endif
