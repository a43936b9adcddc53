#define _GNU_SOURCE
#include "wire.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000 };

long long wire_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

struct wire *wire_open(int port)
{
	struct wire *w = calloc(1, sizeof *w);
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port) };
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int on = 1;
	if (!w) {
		abort();
	}
	w->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (w->fd < 0 || connect(w->fd, (struct sockaddr *)&at, sizeof at) != 0) {
		perror("connect");
		abort();
	}
	return w;
}

void wire_close(struct wire *w)
{
	close(w->fd);
	free(w);
}

bool wire_send(struct wire *w, const void *p, size_t n)
{
	const char *at = p;
	while (n > 0) {
		ssize_t did = send(w->fd, at, n, MSG_NOSIGNAL);
		if (did < 0 && errno != EINTR) {
			return false;
		}
		if (did > 0) {
			at += did;
			n -= (size_t)did;
		}
	}
	return true;
}

bool wire_say(struct wire *w, const char *text)
{
	return wire_send(w, text, strlen(text));
}

void wire_drip(struct wire *w, const void *p, size_t n)
{
	const char *at = p;
	for (size_t i = 0; i < n && wire_send(w, at + i, 1); i++) {}
}

/* More bytes into `in`; false when there are none within the time. */
static bool more(struct wire *w, int ms)
{
	struct pollfd p = { .fd = w->fd, .events = POLLIN };
	if (w->eof || w->n == WIRE_MAX || poll(&p, 1, ms) <= 0) {
		return false;
	}
	ssize_t n = recv(w->fd, w->in + w->n, WIRE_MAX - w->n, 0);
	if (n <= 0) {
		w->eof = true;
		w->reset = n < 0;
		return false;
	}
	w->n += (size_t)n;
	w->in[w->n] = 0;
	return true;
}

static void take(struct wire *w, size_t n)
{
	w->n -= n;
	memmove(w->in, w->in + n, w->n + 1);
}

static void copy(char *to, size_t cap, const char *from, size_t n)
{
	n = n < cap ? n : cap - 1;
	memcpy(to, from, n);
	to[n] = 0;
}

bool wire_reply(struct wire *w, struct wire_reply *r, bool to_head)
{
	const char *end;
	memset(r, 0, sizeof *r);
	while (!(end = memmem(w->in, w->n, "\r\n\r\n", 4))) {
		if (!more(w, PATIENCE_MS)) {
			return false;
		}
	}
	size_t head_n = (size_t)(end - w->in) + 4;
	copy(r->head, sizeof r->head, w->in, head_n);
	if (sscanf(r->head, "HTTP/1.%*1[01] %d", &r->status) != 1) {
		return false;
	}
	const char *length = strcasestr(r->head, "\r\nContent-Length:");
	r->body_n = length ? strtoul(length + strlen("\r\nContent-Length:"), NULL, 10) : 0;
	size_t sent = to_head || r->status == 304 || r->status < 200 ? 0 : r->body_n;
	while (w->n < head_n + sent) {
		if (!more(w, PATIENCE_MS)) {
			return false;
		}
	}
	copy(r->body, sizeof r->body, w->in + head_n, sent);
	take(w, head_n + sent);
	return true;
}

bool wire_read(struct wire *w)
{
	return more(w, PATIENCE_MS);
}

bool wire_read_all(struct wire *w)
{
	while (more(w, PATIENCE_MS)) {}
	return w->eof;
}

bool wire_wait_eof(struct wire *w)
{
	return wire_read_all(w) && w->n == 0;
}

bool wire_header(const struct wire_reply *r, const char *line)
{
	const char *found = strstr(r->head, line);
	return found && found > r->head && found[-1] == '\n' && found[strlen(line)] == '\r';
}
