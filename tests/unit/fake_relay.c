#include "fake_relay.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"

const struct script FRIENDLY = {
	.greeting = "220 hi\r\n",
	.ehlo = "250-hi\r\n250-AUTH PLAIN\r\n250 SIZE 1000000\r\n",
	.auth = "235 2.7.0 ok\r\n",
	.mail = "250 ok\r\n",
	.rcpt = "250 ok\r\n",
	.data = "354 go\r\n",
	.end = "250 2.0.0 queued as 4711\r\n",
};

static bool has(struct str s, const char *what)
{
	return str_find(s, str_from(what), NULL);
}

/* One character, or -1 when the client is gone, the test is over or ten seconds passed. */
static int next_char(struct fake_relay *s, int fd)
{
	if (s->in_at == s->in_n) {
		struct pollfd ready[2] = { { .fd = fd, .events = POLLIN }, { .fd = s->stop[0], .events = POLLIN } };
		/* What was sent before the end of the test is read. */
		if (poll(ready, 2, 10000) <= 0 || !ready[0].revents)
			return -1;
		ssize_t n = recv(fd, s->in, sizeof s->in, 0);
		if (n <= 0)
			return -1;
		s->in_n = (size_t)n;
		s->in_at = 0;
	}
	return (unsigned char)s->in[s->in_at++];
}

/* A line with its CRLF at the end of `into`; STR_NULL when the client is gone. */
static struct str read_line(struct fake_relay *s, int fd, struct buf *into)
{
	size_t start = into->n;
	for (int c; (c = next_char(s, fd)) >= 0;) {
		buf_char(into, (char)c);
		if (c == '\n')
			return str_sub(buf_str(into), start, into->n);
	}
	return STR_NULL;
}

static bool flush(struct fake_relay *s, int fd)
{
	bool sent = true;
	for (size_t i = 0, step = s->script.in_pieces ? 1 : s->out.n; sent && i < s->out.n; i += step)
		sent = send(fd, s->out.p + i, step, MSG_NOSIGNAL) == (ssize_t)step;
	s->out.n = 0;
	return sent;
}

/* False when the connection ends. */
static bool say(struct fake_relay *s, int fd, const char *words)
{
	if (!words) {
		while (next_char(s, fd) >= 0)
			;
		return false;
	}
	bool more = s->in_at < s->in_n;
	s->early += more;
	if (!*words)
		return false;
	buf_put(&s->out, str_from(words));
	if (s->script.together && more)
		return true;
	return flush(s, fd);
}

static bool read_message(struct fake_relay *s, int fd)
{
	struct str line;
	do
		line = read_line(s, fd, &s->body);
	while (line.n > 0 && !str_eq(line, STR(".\r\n")));
	s->messages += line.n > 0;
	return line.n > 0;
}

static void talk(struct fake_relay *s, int fd)
{
	int mails = 0, one = 1;
	bool unknown = false;
	s->in_n = s->in_at = s->out.n = 0;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (!say(s, fd, s->script.greeting))
		return;
	for (;;) {
		struct str line = read_line(s, fd, &s->commands);
		const char *words = "502 what?\r\n";
		if (line.n == 0)
			return;
		if (str_starts(line, STR("EHLO ")))
			words = s->script.ehlo;
		else if (str_starts(line, STR("AUTH "))) {
			if (!say(s, fd, "334 \r\n") || read_line(s, fd, &s->commands).n == 0)
				return;
			words = s->script.auth;
		} else if (str_starts(line, STR("RCPT "))) {
			unknown = s->script.refuses && has(line, s->script.refuses);
			words = unknown ? "550 5.1.1 No such user\r\n" : s->script.rcpt;
		} else if (str_starts(line, STR("RSET")))
			words = "250 ok\r\n";
		else if (str_starts(line, STR("QUIT")))
			words = s->script.quit_unheard ? NULL : "221 bye\r\n";
		else if (str_starts(line, STR("MAIL "))) {
			if (++mails == 2 && s->script.second_mail) {
				say(s, fd, s->script.second_mail);
				return;
			}
			words = s->script.mail;
		} else if (str_starts(line, STR("DATA"))) {
			const char *data = unknown && s->script.refuses_data ? "554 5.5.1 No valid recipients\r\n" : s->script.data;
			if (!say(s, fd, data))
				return;
			if (!str_starts(str_from(data), STR("354")))
				continue;
			if (!read_message(s, fd))
				return;
			const char *end = s->messages == 1 && s->script.first_end ? s->script.first_end : s->script.end;
			if (!say(s, fd, unknown ? "554 5.5.1 No valid recipients\r\n" : end) || s->script.close_after)
				return;
			continue;
		}
		if (!say(s, fd, words))
			return;
	}
}

static void *serve(void *arg)
{
	struct fake_relay *s = arg;
	for (;;) {
		struct pollfd ready[2] = { { .fd = s->listener, .events = POLLIN }, { .fd = s->stop[0], .events = POLLIN } };
		if (poll(ready, 2, 10000) <= 0 || ready[1].revents)
			return NULL;
		int fd = accept(s->listener, NULL, NULL);
		if (fd < 0)
			return NULL;
		s->connections++;
		talk(s, fd);
		/* With something unread, closing would take back what was said. */
		flush(s, fd);
		shutdown(fd, SHUT_WR);
		while (next_char(s, fd) >= 0)
			;
		close(fd);
	}
}

struct fake_relay *fake_relay_start(struct arena *a, struct script script)
{
	struct fake_relay *s = ARENA_NEW(a, struct fake_relay);
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;

	s->script = script;
	s->arena = arena_new();
	s->commands = buf_new(s->arena);
	s->body = buf_new(s->arena);
	s->out = buf_new(s->arena);
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(bind(s->listener, (struct sockaddr *)&address, sizeof address) == 0);
	must(listen(s->listener, 8) == 0);
	must(getsockname(s->listener, (struct sockaddr *)&address, &length) == 0);
	s->port = ntohs(address.sin_port);
	must(pipe(s->stop) == 0);
	must(pthread_create(&s->thread, NULL, serve, s) == 0);
	return s;
}

void fake_relay_stop(struct fake_relay *s)
{
	close(s->stop[1]);
	pthread_join(s->thread, NULL);
	close(s->stop[0]);
	close(s->listener);
}
