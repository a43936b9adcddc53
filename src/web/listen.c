#define _GNU_SOURCE
#include "web/listen.h"
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 4096 };

static bool split(struct str listen, struct str *host, struct str *port)
{
	size_t colon = listen.n;
	int64_t number;
	while (colon > 0 && listen.p[colon - 1] != ':') {
		colon--;
	}
	if (colon == 0) {
		return false;
	}
	*host = str_sub(listen, 0, colon - 1);
	*port = str_sub(listen, colon, listen.n);
	if (str_starts(*host, STR("[")) && str_ends(*host, STR("]"))) {
		*host = str_sub(*host, 1, host->n - 2);
	} else if (str_find(*host, STR(":"), NULL)) {
		return false;
	}
	return str_to_i64(*port, &number) && number >= 0 && number <= 65535;
}

static int port_of(int fd)
{
	struct sockaddr_storage at;
	socklen_t n = sizeof at;
	if (getsockname(fd, (struct sockaddr *)&at, &n) != 0) {
		return 0;
	}
	if (at.ss_family == AF_INET6) {
		return ntohs(((struct sockaddr_in6 *)&at)->sin6_port);
	}
	return ntohs(((struct sockaddr_in *)&at)->sin_port);
}

static void set_port(struct sockaddr_storage *at, int port)
{
	if (at->ss_family == AF_INET6) {
		((struct sockaddr_in6 *)at)->sin6_port = htons((uint16_t)port);
	} else {
		((struct sockaddr_in *)at)->sin_port = htons((uint16_t)port);
	}
}

/* The first socket binds without SO_REUSEPORT, which the kernel refuses while anybody else holds the port, and
 * joins the group only then: two processes can never share a port by accident. */
static int open_one(const struct sockaddr_storage *at, socklen_t n, bool first)
{
	int on = 1, off = 0, fd = socket(at->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		return -1;
	}
	bool ok = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
		(at->ss_family != AF_INET6 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) == 0) &&
		(first || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0) &&
		bind(fd, (const struct sockaddr *)at, n) == 0 &&
		(!first || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0) && listen(fd, BACKLOG) == 0;
	if (!ok) {
		int why = errno;
		close(fd);
		errno = why;
		return -1;
	}
	return fd;
}

static int open_all(struct sockaddr_storage *at, socklen_t len, int *fds, int n)
{
	int port = 0;
	for (int i = 0; i < n; i++) {
		fds[i] = open_one(at, len, i == 0);
		if (fds[i] < 0) {
			int why = errno;
			while (i-- > 0) {
				close(fds[i]);
			}
			errno = why;
			return 0;
		}
		if (i == 0) {
			port = port_of(fds[0]);
			set_port(at, port);
		}
	}
	return port;
}

int listen_open(struct arena *a, struct str listen, int *fds, int n, struct str *why)
{
	struct str host, port;
	if (!split(listen, &host, &port)) {
		*why = str_fmt(a, "\"" STR_FMT "\" is not HOST:PORT", STR_ARG(listen));
		return 0;
	}
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV }, *found;
	int failed = getaddrinfo(host.n ? str_c(a, host) : NULL, str_c(a, port), &hints, &found);
	if (failed) {
		*why = str_fmt(a, "cannot find the address of \"" STR_FMT "\": %s", STR_ARG(host), gai_strerror(failed));
		return 0;
	}
	/* "localhost" and the like: IPv4 first, as that is what people type next. */
	struct addrinfo *chosen = found;
	for (struct addrinfo *f = found; f; f = f->ai_next) {
		if (f->ai_family == AF_INET && host.n) {
			chosen = f;
			break;
		}
	}
	struct sockaddr_storage at = { 0 };
	memcpy(&at, chosen->ai_addr, chosen->ai_addrlen);
	socklen_t len = chosen->ai_addrlen;
	freeaddrinfo(found);
	int got = open_all(&at, len, fds, n);
	if (!got) {
		const char *text = errno == EADDRINUSE ? "another process listens there" : strerrordesc_np(errno);
		*why = str_fmt(a, "cannot listen on " STR_FMT ": %s", STR_ARG(listen), text ? text : "unknown error");
	}
	return got;
}
