/* How long one fsync takes here: 4 KiB appended and synced, 400 times; the median in milliseconds.
 *
 *   bench_floor_fsync FOLDER */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { TIMES = 400 };

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static char page[4096] = "x";
	double took[TIMES];
	if (argc != 2)
		return 2;
	int fd = open(argv[1], O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	for (int i = 0; i < TIMES; i++) {
		double begun = now_ms();
		if (write(fd, page, sizeof page) != sizeof page || fdatasync(fd) != 0) {
			perror("fdatasync");
			return 1;
		}
		took[i] = now_ms() - begun;
	}
	qsort(took, TIMES, sizeof *took, by_size);
	printf("%.4f\n", took[TIMES / 2]);
	return 0;
}
