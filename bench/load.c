/* A client that costs little: sends prepared requests over keep-alive connections and says what came back.
 *
 *   bench_load PORT CONNECTIONS SECONDS FILE [RATE]
 *
 * FILE holds raw requests, each behind a line with its length. SECONDS 0: each once; else again and again for so long.
 * Each connection sends the next as soon as it has its answer; with a RATE so many are sent in a second, answered or
 * not, as long as a connection is free. The answer is one line of JSON. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/log.h"
#include "base/str.h"

enum { ROOM = 1 << 17, STATUSES = 600, TIMES_MAX = 1 << 24 };

struct connection {
	int fd;
	size_t have;
	int64_t sent_us;
	bool busy;
	char room[ROOM];
};

struct times {
	uint32_t *items;
	size_t n;
};

struct load {
	struct str *requests;
	size_t requests_n, next;
	bool once;
	double rate; /* 0: as fast as they are answered */
	struct connection **idle;
	size_t idle_n;
	int64_t port;
	int epoll;
	int64_t begun_us, until_us;
	size_t busy, done, refused_without_retry, broken;
	size_t statuses[STATUSES];
	struct times answered, refused; /* below 500, and 503 */
};

static int64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void __attribute__((noreturn)) give_up(const char *what)
{
	perror(what);
	exit(1);
}

static void read_requests(struct load *l, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY);
	if (fd < 0 || fstat(fd, &st) != 0)
		give_up(path);
	char *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		give_up(path);
	struct str rest = { p, (size_t)st.st_size }, line;
	size_t cap = 0;
	int64_t n;
	while (rest.n && str_split(&rest, '\n', &line) && str_to_i64(line, &n)) {
		if (l->requests_n == cap) {
			cap = cap ? cap * 2 : 1024;
			l->requests = realloc(l->requests, cap * sizeof *l->requests);
			must(l->requests);
		}
		l->requests[l->requests_n++] = str_sub(rest, 0, (size_t)n);
		rest = str_sub(rest, (size_t)n, rest.n);
	}
	must(l->requests_n > 0);
}

static void times_add(struct times *t, int64_t us)
{
	if (t->n < TIMES_MAX)
		t->items[t->n++] = (uint32_t)us;
}

static void dial(struct load *l, struct connection *c)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)l->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};
	int one = 1;
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0)
		give_up("connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &(struct epoll_event){ .events = EPOLLIN, .data.ptr = c });
	c->have = 0;
}

static bool is_over(const struct load *l)
{
	return l->once ? l->next == l->requests_n : now_us() >= l->until_us;
}

static void send_one(struct load *l, struct connection *c)
{
	struct str r = l->requests[l->next++ % l->requests_n];
	c->sent_us = now_us();
	/* A request is small, and the socket's buffer empty. */
	if (send(c->fd, r.p, r.n, MSG_NOSIGNAL) != (ssize_t)r.n)
		give_up("send");
	c->busy = true;
	l->busy++;
}

/* Its answer is there: it goes on, or waits for its turn. */
static void go_on(struct load *l, struct connection *c)
{
	if (l->rate > 0)
		l->idle[l->idle_n++] = c;
	else if (!is_over(l))
		send_one(l, c);
}

/* Sends what is due; answers how many milliseconds to wait for the next. */
static int send_due(struct load *l)
{
	if (l->rate <= 0 || is_over(l))
		return 1000;
	size_t due = (size_t)((double)(now_us() - l->begun_us) / 1e6 * l->rate);
	while (l->next < due && l->idle_n)
		send_one(l, l->idle[--l->idle_n]);
	/* What found no connection is not sent late. */
	l->next = due;
	return 1;
}

static void note(struct load *l, struct connection *c, struct str head)
{
	int64_t status = 0, us = now_us() - c->sent_us;
	str_to_i64(str_sub(head, 9, 3), &status);
	if (status > 0 && status < STATUSES)
		l->statuses[status]++;
	if (status == 503) {
		times_add(&l->refused, us);
		l->refused_without_retry += !str_find(head, STR("\r\nRetry-After: "), NULL);
	} else {
		times_add(&l->answered, us);
	}
	l->done++;
	l->busy--;
	c->busy = false;
}

/* True when a whole reply is there; it is then taken away. */
static bool reply_is_there(struct load *l, struct connection *c)
{
	struct str have = { c->room, c->have };
	size_t head_n, at;
	int64_t body_n = 0;
	if (!str_find(have, STR("\r\n\r\n"), &head_n))
		return false;
	struct str head = str_sub(have, 0, head_n + 2);
	if (str_find(head, STR("\r\nContent-Length: "), &at)) {
		struct str rest = str_sub(head, at + 18, head.n), number;
		str_split(&rest, '\r', &number);
		str_to_i64(number, &body_n);
	}
	size_t all = head_n + 4 + (size_t)body_n;
	must(all <= ROOM);
	if (c->have < all)
		return false;
	note(l, c, head);
	memmove(c->room, c->room + all, c->have - all);
	c->have -= all;
	return true;
}

static void hear(struct load *l, struct connection *c)
{
	ssize_t n = recv(c->fd, c->room + c->have, ROOM - c->have, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		bool asked = c->busy;
		l->broken += asked;
		l->busy -= asked;
		c->busy = false;
		close(c->fd);
		dial(l, c);
		if (asked)
			go_on(l, c);
		return;
	}
	c->have += (size_t)n;
	while (reply_is_there(l, c))
		go_on(l, c);
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static void print_times(const char *name, struct times *t)
{
	qsort(t->items, t->n, sizeof *t->items, by_size);
	printf(", \"%s\": {\"n\": %zu", name, t->n);
	if (t->n)
		printf(", \"p50\": %u, \"p99\": %u, \"max\": %u", t->items[t->n / 2], t->items[t->n * 99 / 100],
			t->items[t->n - 1]);
	printf("}");
}

int main(int argc, char **argv)
{
	struct load l = { .epoll = epoll_create1(EPOLL_CLOEXEC), .rate = argc > 5 ? strtod(argv[5], NULL) : 0 };
	int64_t connections;
	if (argc < 5 || !str_to_i64(str_from(argv[1]), &l.port) || !str_to_i64(str_from(argv[2]), &connections))
		return 2;
	double seconds = strtod(argv[3], NULL);
	struct rlimit files;
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	read_requests(&l, argv[4]);
	l.once = seconds <= 0;
	l.answered.items = malloc(TIMES_MAX * sizeof(uint32_t));
	l.refused.items = malloc(TIMES_MAX * sizeof(uint32_t));
	struct connection *all = calloc((size_t)connections, sizeof *all);
	l.idle = calloc((size_t)connections, sizeof(struct connection *));
	must(all && l.idle && l.answered.items && l.refused.items);
	for (int64_t i = 0; i < connections; i++)
		dial(&l, &all[i]);
	l.begun_us = now_us();
	l.until_us = l.begun_us + (int64_t)(seconds * 1e6);
	for (int64_t i = 0; i < connections; i++)
		go_on(&l, &all[i]);
	while (l.busy || !is_over(&l)) {
		struct epoll_event ready[256];
		int n = epoll_wait(l.epoll, ready, 256, send_due(&l));
		for (int i = 0; i < n; i++)
			hear(&l, ready[i].data.ptr);
	}
	printf("{\"seconds\": %.6f, \"done\": %zu, \"broken\": %zu, \"refused_without_retry\": %zu",
		(double)(now_us() - l.begun_us) / 1e6, l.done, l.broken, l.refused_without_retry);
	print_times("answered", &l.answered);
	print_times("refused", &l.refused);
	printf(", \"statuses\": {");
	for (int i = 0, first = 1; i < STATUSES; i++) {
		if (l.statuses[i])
			printf("%s\"%d\": %zu", first ? "" : ", ", i, l.statuses[i]);
		first &= !l.statuses[i];
	}
	printf("}}\n");
	return 0;
}
