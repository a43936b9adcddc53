#include "base/clock.h"
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "base/str.h"

static const char *offset_file;
static atomic_int_fast64_t last_offset;

void clock_init(void)
{
	offset_file = getenv("MUSTER_CLOCK_FILE");
	atomic_store(&last_offset, 0);
}

/* What cannot be read, or is being written at the moment, is as it was: time does not jump back for it. */
static int64_t offset(void)
{
	char text[32];
	int fd = open(offset_file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return atomic_load(&last_offset);
	ssize_t n = read(fd, text, sizeof text);
	close(fd);
	int64_t seconds = 0;
	if (n <= 0)
		return atomic_load(&last_offset);
	struct str number = str_trim((struct str){ text, (size_t)n });
	if (str_starts(number, STR("+")))
		number = str_sub(number, 1, number.n);
	if (str_to_i64(number, &seconds))
		atomic_store(&last_offset, seconds);
	return atomic_load(&last_offset);
}

int64_t clock_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec + (offset_file ? offset() : 0);
}

int64_t clock_mono_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}
