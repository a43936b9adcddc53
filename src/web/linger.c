#include "web/linger.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"

void linger_add(struct leaving *g, int fd)
{
	int copy = g->n < LINGER_MAX ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
	if (copy < 0) {
		return;
	}
	shutdown(copy, SHUT_WR);
	g->items[g->n].fd = copy;
	g->items[g->n].until_ms = clock_mono_ms() + LINGER_MS;
	g->items[g->n].left = LINGER_BYTES;
	g->n++;
}

/* False when the other side has closed too, or has sent more than we care to read. */
static bool read_away(int fd, size_t *left)
{
	char waste[32768];
	ssize_t n;
	while ((n = recv(fd, waste, sizeof waste, MSG_DONTWAIT)) > 0) {
		if ((size_t)n > *left) {
			return false;
		}
		*left -= (size_t)n;
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

void linger_pass(struct leaving *g)
{
	int64_t now = g->n > 0 ? clock_mono_ms() : 0;
	for (int i = g->n - 1; i >= 0; i--) {
		if (!read_away(g->items[i].fd, &g->items[i].left) || now >= g->items[i].until_ms) {
			close(g->items[i].fd);
			g->items[i] = g->items[--g->n];
		}
	}
}

void linger_end(struct leaving *g)
{
	while (g->n > 0) {
		close(g->items[--g->n].fd);
	}
}
