/* Any bytes, sent to the real front, against a strict reading of RFC 9112 that shares no code with it. Whatever
 * the handler is given must be what the strict reading finds, in the same order: the front may stop
 * earlier, but never read a request differently, invent one, or swallow one. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "web/guard.h"
#include "web/server.h"

enum { BODY_MAX = 4096, RECORD_MAX = 1 << 18 };

/* What was seen, a record a request: method, path, query, token, cookie, body. */
struct record {
	size_t n;
	char text[RECORD_MAX];
};
static struct record seen, expected;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct server *server;

static void put(struct record *r, const void *p, size_t n)
{
	size_t room = sizeof r->text - r->n;
	n = n < room ? n : room;
	if (n > 0) {
		memcpy(r->text + r->n, p, n);
	}
	r->n += n;
}

struct request {
	struct str method, path, query, token, cookie, body;
};

static void note(struct record *r, const struct request *q)
{
	const struct str parts[] = { q->method, STR(" "), q->path, STR("?"), q->query, STR("\ntoken "), q->token,
		STR("\ncookie "), q->cookie, STR("\n"), q->body, STR("\n") };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		put(r, parts[i].p, parts[i].n);
	}
}

/* Names only those that the front tells apart. */
static struct str known_method(enum http_method m)
{
	static const char *const names[] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OTHER" };
	return str_from(names[m]);
}

static enum http_next handle(struct http *h, void *arg)
{
	(void)arg;
	must(h->path.n > 0 && h->path.p[0] == '/' && str_is_utf8(h->path));
	struct request q = { known_method(h->method), h->path, h->query, http_header(h, "authorization"),
		http_cookie(h, "muster"), h->body };
	pthread_mutex_lock(&lock);
	note(&seen, &q);
	pthread_mutex_unlock(&lock);
	h->status = 200;
	return HTTP_REPLY;
}

/* ---- the strict reading */

static bool token_byte(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		(c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool all_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!token_byte((unsigned char)s.p[i])) {
			return false;
		}
	}
	return s.n > 0;
}

static int nibble(unsigned char c)
{
	const char *digits = "0123456789abcdef0123456789ABCDEF", *found = c ? strchr(digits, c) : NULL;
	return found ? (int)(found - digits) % 16 : -1;
}

/* Decodes a path; false when it is none. */
static bool strict_path(struct str raw, char *out, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < raw.n; i++) {
		int c = (unsigned char)raw.p[i];
		if (c == '%') {
			if (raw.n - i < 3 || nibble((unsigned char)raw.p[i + 1]) < 0 || nibble((unsigned char)raw.p[i + 2]) < 0) {
				return false;
			}
			c = nibble((unsigned char)raw.p[i + 1]) * 16 + nibble((unsigned char)raw.p[i + 2]);
			i += 2;
		}
		if (c < 32 || c == 127 || c == '\\') {
			return false;
		}
		out[(*n)++] = (char)c;
	}
	struct str path = { out, *n }, padded_dots[] = { STR("/./"), STR("/../") };
	if (*n == 0 || out[0] != '/' || !str_is_utf8(path)) {
		return false;
	}
	return !str_find(path, padded_dots[0], NULL) && !str_find(path, padded_dots[1], NULL) &&
		!str_ends(path, STR("/.")) && !str_ends(path, STR("/.."));
}

struct strict {
	struct str method, raw_path, query, token, cookie;
	bool v11;
	int hosts, lengths, codings;
	size_t body_n;
};

static bool strict_request_line(struct str line, struct strict *r)
{
	size_t a, b;
	if (!str_find(line, STR(" "), &a)) {
		return false;
	}
	struct str rest = str_sub(line, a + 1, line.n);
	if (!str_find(rest, STR(" "), &b)) {
		return false;
	}
	r->method = str_sub(line, 0, a);
	struct str target = str_sub(rest, 0, b), version = str_sub(rest, b + 1, rest.n);
	r->v11 = str_eq(version, STR("HTTP/1.1"));
	for (size_t i = 0; i < target.n; i++) {
		if (target.p[i] < 33 || target.p[i] > 126 || target.p[i] == '#') {
			return false;
		}
	}
	size_t q = target.n;
	str_find(target, STR("?"), &q);
	r->raw_path = str_sub(target, 0, q);
	r->query = str_sub(target, q + 1, target.n);
	return all_token(r->method) && (r->v11 || str_eq(version, STR("HTTP/1.0")));
}

/* The value of the first "muster" among "name=value; name=value" (RFC 6265, 4.2.1); null when it is not there. */
static struct str strict_cookie(struct str pairs)
{
	for (size_t i = 0, end; i < pairs.n; i = end + 1) {
		for (end = i; end < pairs.n && pairs.p[end] != ';';) {
			end++;
		}
		while (i < end && (pairs.p[i] == ' ' || pairs.p[i] == '\t')) {
			i++;
		}
		struct str pair = str_sub(pairs, i, end - i);
		if (str_starts(pair, STR("muster="))) {
			struct str value = str_sub(pair, 7, pair.n);
			while (value.n && (value.p[value.n - 1] == ' ' || value.p[value.n - 1] == '\t')) {
				value.n--;
			}
			return value;
		}
	}
	return STR_NULL;
}

static bool strict_field(struct str line, struct strict *r)
{
	size_t colon;
	if (!str_find(line, STR(":"), &colon)) {
		return false;
	}
	struct str name = str_sub(line, 0, colon), value = str_sub(line, colon + 1, line.n);
	while (value.n && (value.p[0] == ' ' || value.p[0] == '\t')) {
		value = str_sub(value, 1, value.n);
	}
	while (value.n && (value.p[value.n - 1] == ' ' || value.p[value.n - 1] == '\t')) {
		value = str_sub(value, 0, value.n - 1);
	}
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];
		if ((c < 32 && c != '\t') || c == 127) {
			return false;
		}
	}
	if (str_eq_nocase(name, STR("authorization")) && str_is_null(r->token)) {
		r->token = value;
	}
	if (str_eq_nocase(name, STR("cookie")) && str_is_null(r->cookie)) {
		r->cookie = strict_cookie(value);
	}
	if (str_eq_nocase(name, STR("host"))) {
		r->hosts++;
		if (value.n == 0 || str_find(value, STR("@"), NULL) || str_find(value, STR("/"), NULL) ||
			str_find(value, STR(","), NULL)) {
			return false;
		}
	}
	if (str_eq_nocase(name, STR("transfer-encoding"))) {
		r->codings++;
	}
	if (str_eq_nocase(name, STR("content-length"))) {
		int64_t v;
		r->lengths++;
		if (value.n == 0 || value.p[0] < '0' || value.p[0] > '9' || !str_to_i64(value, &v)) {
			return false;
		}
		r->body_n = (size_t)v;
	}
	return all_token(name);
}

/* The endings that web/guard.h says stay hidden, as what they pass for. */
static struct str with_plain_line_ends(struct str s)
{
	static char plain[1 << 17];
	must(s.n <= sizeof plain);
	for (size_t i = 0; i < s.n; i++) {
		plain[i] = s.p[i] == 0 && i + 1 < s.n && s.p[i + 1] == '\n' ? '\r' : s.p[i];
	}
	return (struct str){ plain, s.n };
}

/* Where the last line of the head ends, and how long the ending is. */
static bool find_head_end(struct str s, size_t *at, size_t *n)
{
	static const struct {
		size_t n;
		const char *p;
	} endings[] = {
		{ 4, "\r\n\r\n" },
		{ 4, "\r\n:\n" },
		{ 4, "\n:\r\n" },
		{ 4, "\n\0\r\n" },
	};
	*at = s.n;
	for (int i = 0; i < 4; i++) {
		size_t here;
		if (str_find(s, (struct str){ endings[i].p, endings[i].n }, &here) && here < *at) {
			*at = here;
			*n = endings[i].n;
		}
	}
	return *at < s.n;
}

static void skip_nothing(struct str *rest)
{
	size_t end;
	while ((str_starts(*rest, STR("\0")) || str_starts(*rest, STR("\n")) || str_starts(*rest, STR("\r\n"))) &&
		str_find(*rest, STR("\n"), &end)) {
		*rest = str_sub(*rest, end + 1, rest->n);
	}
}

/* The first request of *rest, and takes it off. */
static bool strict_request(struct str *rest, struct strict *r, struct str *body)
{
	size_t end, ending = 0;
	*r = (struct strict){ 0 };
	skip_nothing(rest);
	struct str head = with_plain_line_ends(*rest);
	if (!find_head_end(head, &end, &ending)) {
		return false;
	}
	head = str_sub(head, 0, end);
	for (bool first = true; first || head.n > 0; first = false) {
		size_t n = head.n;
		str_find(head, STR("\r\n"), &n);
		struct str line = str_sub(head, 0, n);
		if (!(first ? strict_request_line(line, r) : strict_field(line, r))) {
			return false;
		}
		head = str_sub(head, n + 2, head.n);
	}
	*rest = str_sub(*rest, end + ending, rest->n);
	if (r->hosts > 1 || (r->v11 && r->hosts == 0) || r->lengths > 1 || r->codings > 0 || r->body_n > rest->n) {
		return false;
	}
	*body = str_sub(*rest, 0, r->body_n);
	*rest = str_sub(*rest, r->body_n, rest->n);
	return true;
}

static void read_strictly(struct str all)
{
	struct strict r;
	struct str body;
	expected.n = 0;
	while (strict_request(&all, &r, &body)) {
		static char path[1 << 16];
		size_t n;
		if (r.raw_path.n > sizeof path || !strict_path(r.raw_path, path, &n)) {
			break;
		}
		struct str method = STR("OTHER");
		for (int m = HTTP_GET; m < HTTP_OTHER; m++) {
			if (str_eq(r.method, known_method((enum http_method)m))) {
				method = r.method;
			}
		}
		note(&expected, &(struct request){ method, { path, n }, r.query, r.token, r.cookie, body });
	}
}

/* ---- the exchange */

static void start(void)
{
	struct server_options o = {
		.listen = STR("127.0.0.1:0"),
		.threads = 1,
		.body_max = BODY_MAX,
		.deadline_s = 5,
		.handler = handle,
	};
	struct str why = STR("");
	server = server_start(arena_new(), &o, &why);
	if (!server) {
		log_fatal(STR_FMT, STR_ARG(why));
	}
}

/* Another address each time, so that closed connections do not use up the ports. */
static int dial(void)
{
	static unsigned turn;
	struct sockaddr_in from = { .sin_family = AF_INET }, to = { .sin_family = AF_INET };
	turn = (turn + 1) % 60000;
	from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 256 + turn);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons((uint16_t)server_port(server));
	for (;;) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		must(fd >= 0 && bind(fd, (struct sockaddr *)&from, sizeof from) == 0);
		if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) {
			return fd;
		}
		/* The fuzzer's own alarm. */
		must(errno == EINTR);
		close(fd);
	}
}

static void wait_connections(int64_t n)
{
	enum { PATIENCE_MS = 20000 };
	for (int64_t until = clock_mono_ms() + PATIENCE_MS; server_counters(server).connections != n;) {
		if (clock_mono_ms() > until) {
			log_fatal("%lld connections, not in time", (long long)n);
		}
		sched_yield();
	}
}

/* Until the front closes, or has nothing more to say: then it waits for bytes that never come. */
static void converse(const void *bytes, size_t n)
{
	enum { SILENCE_MS = 5 };
	static char waste[65536];
	struct linger reset = { .l_onoff = 1 };
	int fd = dial();
	struct pollfd p = { .fd = fd, .events = POLLIN };
	/* Else the front might accept it after we are gone, and read it in the middle of the next exchange. */
	wait_connections(1);
	/* A refusal may close before all is sent. */
	(void)!send(fd, bytes, n, MSG_NOSIGNAL);
	while (poll(&p, 1, SILENCE_MS) == 1 && recv(fd, waste, sizeof waste, 0) > 0) {}
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	close(fd);
	wait_connections(0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static char all[1 << 17];
	static const char last[] = "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
	if (n > sizeof all - sizeof last) {
		return 0;
	}
	if (!server) {
		start();
	}
	seen.n = 0;
	if (n > 0) {
		memcpy(all, data, n);
	}
	memcpy(all + n, last, sizeof last - 1);
	converse(all, n + sizeof last - 1);
	read_strictly((struct str){ all, n + sizeof last - 1 });
	pthread_mutex_lock(&lock);
	if (seen.n > expected.n || memcmp(seen.text, expected.text, seen.n) != 0) {
		log_fatal("handled:\n%.*s\nstrictly:\n%.*s", (int)seen.n, seen.text, (int)expected.n, expected.text);
	}
	pthread_mutex_unlock(&lock);
	return 0;
}
