#include "base/log.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void line(const char *level, const char *fmt, va_list args)
{
	char text[1024];
	struct timespec now;
	struct tm t;
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &t);
	int n = snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ %s ", t.tm_year + 1900, t.tm_mon + 1,
		t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, now.tv_nsec / 1000000, level);
	int m = vsnprintf(text + n, sizeof text - (size_t)n - 1, fmt, args);
	size_t end = (size_t)n + (m < 0 ? 0 : (size_t)m);
	if (end > sizeof text - 2)
		end = sizeof text - 2;
	/* One write a line, so that threads do not mix theirs; a line break inside would forge another. */
	for (size_t i = 0; i < end; i++)
		if ((unsigned char)text[i] < 0x20)
			text[i] = ' ';
	text[end++] = '\n';
	if (write(STDERR_FILENO, text, end) < 0)
		return;
}

void log_info(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	line("info", fmt, args);
	va_end(args);
}

void log_warn(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	line("warn", fmt, args);
	va_end(args);
}

void log_fatal(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	line("fatal", fmt, args);
	va_end(args);
	abort();
}

void *must_calloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size);
	if (!p)
		log_fatal("out of memory");
	return p;
}
