/* Requests that two parsers could read in two ways. Each is sent whole and byte by byte, and each is followed by
 * an innocent request: after a refusal the connection closes and that one is never heard of; after an
 * acceptance it is answered as a request of its own. Nothing is swallowed, nothing is invented. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "web/server.h"
#include "wire.h"

/* MHD refuses a bad length before anybody is asked, and repeats the head of its reply as the body. It closes all the
 * same, so nothing follows that could be taken for another reply. */
enum { BY_MHD = 1000 };
struct probe {
	const char *name;
	const char *bytes;
	size_t n;
	int status;
};
#define PROBE(name, bytes, status) \
	{ \
		name, "" bytes, sizeof(bytes) - 1, status \
	}
#define GET  "GET / HTTP/1.1\r\nHost: a\r\n"
#define POST "POST / HTTP/1.1\r\nHost: a\r\n"

static const struct probe probes[] = {
	PROBE("baseline", GET "\r\n", 200),
	PROBE("no Host", "GET / HTTP/1.1\r\n\r\n", 400),
	PROBE("two Hosts", GET "Host: b\r\n\r\n", 400),
	PROBE("bare LF everywhere", "GET / HTTP/1.1\nHost: a\n\n", 400),
	PROBE("LF after an HTTP/0.9 line", "GET /\nHost: a\r\nContent-Length: 0\r\n\r\n", 400),
	PROBE("bare CR in a header", GET "X: \rY: z\r\n\r\n", 400),
	PROBE("space before colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
	PROBE("folded line", GET "X: a\r\n b\r\n\r\n", 400),
	PROBE("length and coding", GET "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
	PROBE("two lengths that differ", GET "Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello", 400),
	PROBE("length with a plus", GET "Content-Length: +0\r\n\r\n", 400 + BY_MHD),
	PROBE("coding xchunked", GET "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 411),
	PROBE("coding chunked, identity", GET "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 411),
	PROBE("NUL in a value", GET "X: a\0b\r\n\r\n", 400),
	PROBE("control character in the path", "GET /\001a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("two lengths alike", GET "Content-Length: 0\r\nContent-Length: 0\r\n\r\n", 400),
	PROBE("length as a list", POST "Content-Length: 5, 5\r\n\r\nhello", 400 + BY_MHD),
	PROBE("empty length", GET "Content-Length:\r\n\r\n", 400 + BY_MHD),
	PROBE("hexadecimal length", GET "Content-Length: 0x0\r\n\r\n", 400 + BY_MHD),
	/* Legal, but MHD itself refuses it, and nobody sends it. */
	PROBE("length with a space behind", GET "Content-Length: 0 \r\n\r\n", 400 + BY_MHD),
	PROBE("negative length", GET "Content-Length: -1\r\n\r\n", 400 + BY_MHD),
	PROBE("length of 2^64", GET "Content-Length: 18446744073709551616\r\n\r\n", 413 + BY_MHD),
	PROBE("chunked", POST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
	PROBE("cHuNkEd", POST "Transfer-Encoding: cHuNkEd\r\n\r\n0\r\n\r\n", 411),
	PROBE("tab before chunked", POST "Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n", 411),
	PROBE("two codings", POST "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
	PROBE("coding, space before colon", POST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
	/* Another name: nothing here maps '_' to '-'. */
	PROBE("Transfer_Encoding", POST "Transfer_Encoding: chunked\r\nContent-Length: 0\r\n\r\n", 200),
	PROBE("coding in a folded line", POST "X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n", 400),
	PROBE("coding with a folded value", POST "Transfer-Encoding:\r\n chunked\r\nContent-Length: 0\r\n\r\n", 400),
	PROBE("first line folded", "GET / HTTP/1.1\r\n X: y\r\nHost: a\r\n\r\n", 400),
	PROBE("coding in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
	PROBE("NUL in a name", GET "X\0Y: a\r\n\r\n", 400),
	PROBE("NUL before the length", GET "X: \0\r\nContent-Length: 0\r\n\r\n", 400),
	PROBE("NUL in the path", "GET /\0a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("%00 in the path", "GET /%00a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("bare LF after the last header", GET "X: y\n\r\n", 400),
	PROBE("bare LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400),
	PROBE("bare LF as the empty line", GET "\n", 400),
	PROBE("bare LF behind a space", "GET / HTTP/1.1\r\nHost: a \nX: y\r\n\r\n", 400),
	PROBE("no colon", GET "foo\r\n\r\n", 400),
	PROBE("empty name", GET ": x\r\n\r\n", 400),
	PROBE("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("space behind the request line", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
	PROBE("tab in the request line", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 400),
	PROBE("http/1.1", "GET / http/1.1\r\nHost: a\r\n\r\n", 400),
	/* RFC 9112 2.2 asks to ignore it. */
	PROBE("empty line in front", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 200),
	PROBE("absolute form", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("8-bit name", GET "X\x80: y\r\n\r\n", 400),
	PROBE("DEL in a value", GET "X: \x7f\r\n\r\n", 400),
	PROBE("vertical tab before a value", GET "X:\x0by\r\n\r\n", 400),
	PROBE("GET with a body", GET "Content-Length: 5\r\n\r\nhello", 200),

	/* Found by fuzzing: two broken line ends that make up for each other's length. */
	PROBE("bare LF, then an empty name", "GET / HTTP/1.1\r\nHost: a\t\n: \n\r\n", 400),
	/* The endings that stay hidden (web/guard.h). They are read as what they pass for, and swallow nothing. */
	PROBE("NUL LF for CR LF", GET "X: y\0\n\r\n", 200),
	PROBE("line that begins with NUL in front", "\0GET /x HTTP/1.1\r\n" GET "\r\n", 200),

	PROBE("broken escape", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("cut escape", "GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("escaped invalid UTF-8", "GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("escaped surrogate", "GET /%ed%a0%80 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("overlong slash", "GET /%c0%af HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("escaped line feed", "GET /%0a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("escaped DEL", "GET /%7f HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("dot segment", "GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("dot segment at the end", "GET /a/.. HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("single dot segment", "GET /./a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("escaped dot segment", "GET /%2e%2E/a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("dot segment behind an escaped slash", "GET /a%2f..%2fb HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("backslash", "GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("escaped backslash", "GET /a%5cb HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("raw 8-bit path", "GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("raw 8-bit query", "GET /?\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("fragment", "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("asterisk form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("authority form", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("method that is no token", "GE[T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
	PROBE("empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400),
	PROBE("Host with user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400),
	PROBE("Host with path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
	PROBE("two Hosts in one", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400),
	PROBE("Host with port", "GET / HTTP/1.1\r\nHost: a:80\r\n\r\n", 200),
	PROBE("Host as IPv6", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 200),
	PROBE("tabs and spaces around a value", GET "X: \t y \t\r\n\r\n", 200),
	PROBE("empty value", GET "X:\r\n\r\n", 200),
	PROBE("no space before a value", GET "X:y\r\n\r\n", 200),
	PROBE("8-bit value", GET "X: \xe9\r\n\r\n", 200),
	PROBE("cookies", GET "Cookie: a=b; c=d\r\nCookie: e=f\r\n\r\n", 200),
	PROBE("query that MHD would decode", "GET /?a=%00&b=+%zz&&= HTTP/1.1\r\nHost: a\r\n\r\n", 200),
	PROBE("twelve digits of length", POST "Content-Length: 999999999999\r\n\r\n", 413),
	PROBE("sixteen digits of length", POST "Content-Length: 0000000000000005\r\n\r\nhello", 400),
	PROBE("body behind leading zeros", POST "Content-Length: 005\r\n\r\nhello", 200),
	PROBE("other method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 200),
	PROBE("method in lower case", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 200),
};
enum { PROBES = sizeof probes / sizeof probes[0] };

static atomic_int handled, second;

static enum http_next answer(struct http *h, void *arg)
{
	(void)arg;
	bool is_second = str_eq(h->path, STR("/second"));
	handled++;
	second += is_second;
	h->status = is_second ? 404 : 200;
	return HTTP_REPLY;
}

static struct arena *arena;
static struct server *server;

static int setup(void **state)
{
	(void)state;
	struct server_options o = {
		.listen = STR("127.0.0.1:0"),
		.threads = 1,
		.body_max = 65536,
		.deadline_s = 20,
		.handler = answer,
	};
	struct str why = STR("");
	arena = arena_new();
	server = server_start(arena, &o, &why);
	return server ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	server_free(server);
	arena_free(arena);
	return 0;
}

static bool is_refused(struct wire *w, const struct probe *p)
{
	if (p->status > BY_MHD) {
		struct wire_reply again;
		wire_reply(w, &again, true);
		return wire_read_all(w) && !strstr(w->in, "HTTP/1.") &&
			(again.status == 0 || again.status == p->status - BY_MHD);
	}
	return wire_wait_eof(w);
}

static void check(const struct probe *p, bool drip)
{
	struct wire *w = wire_open(server_port(server));
	struct wire_reply r;
	handled = second = 0;
	if (drip) {
		wire_drip(w, p->bytes, p->n);
	} else {
		wire_send(w, p->bytes, p->n);
	}
	wire_say(w, "GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
	bool came = wire_reply(w, &r, false);
	if (!came || r.status != p->status % BY_MHD) {
		fail_msg("%s%s: %d instead of %d", p->name, drip ? ", dripped" : "", r.status, p->status);
	}
	if (p->status == 200) {
		assert_true(wire_reply(w, &r, false));
		assert_int_equal(r.status, 404);
	} else if (!is_refused(w, p)) {
		fail_msg("%s%s: not closed: %s", p->name, drip ? ", dripped" : "", w->in);
	}
	assert_int_equal(handled, p->status == 200 ? 2 : 0);
	assert_int_equal(second, p->status == 200);
	wire_close(w);
}

static void at_once(void **state)
{
	(void)state;
	for (int i = 0; i < PROBES; i++) {
		check(&probes[i], false);
	}
}

static void byte_by_byte(void **state)
{
	(void)state;
	for (int i = 0; i < PROBES; i++) {
		check(&probes[i], true);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(at_once), cmocka_unit_test(byte_by_byte) };
	return cmocka_run_group_tests_name("guard_matrix", tests, setup, teardown);
}
