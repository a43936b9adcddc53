#include "mail/imap.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/scrub.h"
#include "mail/server_url.h"

enum { LOOK_MS = 1000, CONNECT_MS = 10 * 1000, IN_BYTES = 16 * 1024, LINE_BYTES = 4 << 20, WHY_BYTES = 300 };

struct imap {
	struct arena *arena;   /* of the caller: what it says of itself */
	struct arena *scratch; /* of one response */
	CURL *curl;
	int64_t deadline; /* clock_mono_ms() */
	bool (*stop)(void *arg);
	void *stop_arg;
	int64_t validity;
	unsigned commands;
	struct str why;
	struct str unread;
	char error[CURL_ERROR_SIZE];
	char in[IN_BYTES];
};

/* ---- the address */
struct place {
	const char *scheme, *host, *port, *user, *password, *folder;
};

/* Other letters would have to be in the modified UTF-7 of mailbox names. */
static bool is_plain(const char *s)
{
	return str_plain(str_from(s)) == strlen(s);
}

static const char *place_parse(struct arena *a, struct str url, struct place *p)
{
	struct server_url u;
	if (!server_url_parse(a, url, &u))
		return "this is not imap[s]://USER:PASSWORD@HOST[:PORT][/FOLDER]";
	*p = (struct place){ u.scheme, u.host, u.port, u.user, u.password, u.path };
	if (!p->scheme || (strcmp(p->scheme, "imap") != 0 && strcmp(p->scheme, "imaps") != 0))
		return "the scheme is imap or imaps";
	if (!p->host || !*p->host || !p->port)
		return "the host is missing";
	if (!p->user || !p->password)
		return "user and password are missing, or hold a control character: USER:PASSWORD@";
	if (u.query || u.fragment)
		return "nothing comes after the folder";
	if (strcmp(p->scheme, "imap") == 0 && !server_url_is_here(p->host))
		return "without TLS only on this machine; imaps is TLS";
	p->folder = p->folder && p->folder[0] && p->folder[1] ? p->folder + 1 : "INBOX";
	return is_plain(p->folder) ? NULL : "a folder with other letters than ASCII is named in modified UTF-7";
}

const char *imap_url_check(struct str url)
{
	ARENA_SCOPED a = arena_new();
	struct place p;
	return place_parse(a, url, &p);
}

struct str imap_shown(struct arena *a, struct str url)
{
	struct place p;
	if (place_parse(a, url, &p))
		return STR("");
	return str_fmt(a, "%s://%s@%s:%s/%s", p.scheme, p.user, p.host, p.port, p.folder);
}

/* ---- the connection */
static bool lost(struct imap *m, const char *words)
{
	m->why = scrub_line(m->arena, str_from(m->error[0] ? m->error : words), WHY_BYTES);
	return false;
}

static bool is_over(const struct imap *m)
{
	return clock_mono_ms() > m->deadline || m->stop(m->stop_arg);
}

static int on_progress(void *user, curl_off_t down, curl_off_t down_now, curl_off_t up, curl_off_t up_now)
{
	(void)down;
	(void)down_now;
	(void)up;
	(void)up_now;
	return is_over(user);
}

#define SET(m, option, value) must(curl_easy_setopt((m)->curl, option, value) == CURLE_OK)

/* Sending and receiving wait in the kernel, but look at the clock and at stop once a second. */
static bool wait_in_calls(curl_socket_t fd)
{
	struct timeval wait = { .tv_sec = LOOK_MS / 1000 };
	int flags = fcntl(fd, F_GETFL);
	return flags >= 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0 &&
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0 &&
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) == 0;
}

static bool sign_in(struct imap *m, const struct place *p)
{
	bool tls = strcmp(p->scheme, "imaps") == 0;
	curl_socket_t fd = CURL_SOCKET_BAD;
	if (!(m->curl = curl_easy_init()))
		return lost(m, "out of memory");
	SET(m, CURLOPT_NOSIGNAL, 1L);
	SET(m, CURLOPT_PROTOCOLS_STR, "imap,imaps");
	SET(m, CURLOPT_PROXY, "");
	SET(m, CURLOPT_CONNECT_ONLY, 1L);
	SET(m, CURLOPT_ERRORBUFFER, m->error);
	SET(m, CURLOPT_NOPROGRESS, 0L);
	SET(m, CURLOPT_XFERINFOFUNCTION, on_progress);
	SET(m, CURLOPT_XFERINFODATA, m);
	SET(m, CURLOPT_USE_SSL, (long)(tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	SET(m, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(m, CURLOPT_USERNAME, p->user);
	SET(m, CURLOPT_PASSWORD, p->password);
	SET(m, CURLOPT_URL, str_fmt(m->arena, "%s://%s:%s/", p->scheme, p->host, p->port).p);
	SET(m, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	SET(m, CURLOPT_TIMEOUT_MS, (long)(m->deadline - clock_mono_ms()));
	CURLcode rc = curl_easy_perform(m->curl);
	if (rc != CURLE_OK)
		return lost(m, curl_easy_strerror(rc));
	if (curl_easy_getinfo(m->curl, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK || fd == CURL_SOCKET_BAD)
		return lost(m, "no connection");
	return wait_in_calls(fd) || lost(m, "no connection");
}

static bool send_all(struct imap *m, struct str bytes)
{
	while (bytes.n) {
		size_t n = 0;
		CURLcode rc = curl_easy_send(m->curl, bytes.p, bytes.n, &n);
		bytes = str_sub(bytes, n, bytes.n);
		if (rc != CURLE_OK && rc != CURLE_AGAIN)
			return lost(m, curl_easy_strerror(rc));
		if (bytes.n && is_over(m))
			return lost(m, "it took too long");
	}
	return true;
}

static bool receive(struct imap *m)
{
	size_t n = 0;
	CURLcode rc;
	if (is_over(m))
		return lost(m, "it took too long");
	while ((rc = curl_easy_recv(m->curl, m->in, sizeof m->in, &n)) == CURLE_AGAIN)
		if (is_over(m))
			return lost(m, "it took too long");
	m->unread = (struct str){ m->in, n };
	return (rc == CURLE_OK && n > 0) || lost(m, rc == CURLE_OK ? "the connection was closed" : curl_easy_strerror(rc));
}

/* ---- responses (RFC 3501 7): lines, in which a literal {N} stands for N bytes after the line's end */
struct response {
	struct str line;    /* without its literals */
	struct str literal; /* the first one; null: none */
};

static bool read_line(struct imap *m, struct buf *line)
{
	for (;;) {
		while (m->unread.n) {
			char ch = m->unread.p[0];
			m->unread = str_sub(m->unread, 1, m->unread.n);
			if (ch == '\n')
				return true;
			if (line->n == LINE_BYTES)
				return lost(m, "a line that does not end");
			if (ch != '\r')
				buf_char(line, ch);
		}
		if (!receive(m))
			return false;
	}
}

/* Whether the line goes on after so many bytes; takes that off its end. */
static bool ends_in_literal(struct buf *line, int64_t *n)
{
	struct str s = buf_str(line);
	size_t at = s.n;
	if (!str_ends(s, STR("}")))
		return false;
	while (at > 0 && s.p[at - 1] != '{')
		at--;
	if (!at || !str_to_i64(str_sub(s, at, s.n - at - 1), n) || *n < 0)
		return false;
	line->n = at - 1;
	return true;
}

static bool read_literal(struct imap *m, struct arena *a, size_t n, struct str *out)
{
	char *bytes = arena_alloc(a, n ? n : 1, 1);
	for (size_t have = 0; have < n;) {
		if (!m->unread.n && !receive(m))
			return false;
		size_t part = m->unread.n < n - have ? m->unread.n : n - have;
		memcpy(bytes + have, m->unread.p, part);
		have += part;
		m->unread = str_sub(m->unread, part, m->unread.n);
	}
	*out = (struct str){ bytes, n };
	return true;
}

static bool read_response(struct imap *m, struct arena *a, size_t most, struct response *out)
{
	struct buf line = buf_new(m->scratch);
	int64_t n;
	*out = (struct response){ .literal = STR_NULL };
	while (read_line(m, &line)) {
		struct str literal;
		if (!ends_in_literal(&line, &n)) {
			out->line = buf_str(&line);
			return true;
		}
		if ((uint64_t)n > most)
			return lost(m, "more than was asked for");
		if (!read_literal(m, a, (size_t)n, &literal))
			return false;
		if (str_is_null(out->literal))
			out->literal = literal;
	}
	return false;
}

typedef void on_untagged(void *arg, const struct response *r);

static bool starts_nocase(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq_nocase(str_sub(s, 0, prefix.n), prefix);
}

/* Sends one command and reads up to its end. Literals stay in `a`. */
static bool command(struct imap *m, struct str words, struct arena *a, size_t most, on_untagged *on, void *arg)
{
	struct response r;
	arena_reset(m->scratch);
	struct str tag = str_fmt(m->arena, "m%u ", ++m->commands);
	if (!send_all(m, str_fmt(m->scratch, STR_FMT STR_FMT "\r\n", STR_ARG(tag), STR_ARG(words))))
		return false;
	while (read_response(m, a, most, &r)) {
		if (starts_nocase(r.line, tag)) {
			struct str end = str_sub(r.line, tag.n, r.line.n);
			return starts_nocase(end, STR("OK")) || lost(m, str_c(m->scratch, end));
		}
		if (str_starts(r.line, STR("* ")))
			on(arg, &r);
	}
	return false;
}

/* ---- commands */
static void on_select(void *arg, const struct response *r)
{
	struct imap *m = arg;
	size_t at, end;
	struct str rest = r->line;
	if (!str_find(rest, STR("[UIDVALIDITY "), &at))
		return;
	rest = str_sub(rest, at + 13, rest.n);
	if (str_find(rest, STR("]"), &end))
		str_to_i64(str_sub(rest, 0, end), &m->validity);
}

static struct str quoted(struct arena *a, const char *s)
{
	struct buf b = buf_new(a);
	buf_char(&b, '"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_char(&b, '\\');
		buf_char(&b, *s);
	}
	buf_char(&b, '"');
	return buf_str(&b);
}

struct imap *imap_open(
	struct arena *a, struct str url, int64_t whole_ms, bool (*stop)(void *arg), void *arg, struct str *why)
{
	struct place p;
	struct imap *m = ARENA_NEW(a, struct imap);
	const char *wrong = place_parse(a, url, &p);
	*why = str_from(wrong);
	if (wrong)
		return NULL;
	m->arena = a;
	m->scratch = arena_new();
	m->deadline = clock_mono_ms() + whole_ms;
	m->stop = stop;
	m->stop_arg = arg;
	m->unread = STR("");
	struct str select = str_fmt(a, "%s " STR_FMT, "SELECT", STR_ARG(quoted(a, p.folder)));
	if (sign_in(m, &p) && command(m, select, m->scratch, IN_BYTES, on_select, m) &&
		(m->validity > 0 || lost(m, "the folder has no UIDVALIDITY")))
		return m;
	*why = m->why;
	imap_close(m);
	return NULL;
}

int64_t imap_validity(const struct imap *m)
{
	return m->validity;
}

struct search {
	int64_t after, *uids;
	size_t n;
};

/* The lowest of them, whatever the order in which they are said. */
static void on_search(void *arg, const struct response *r)
{
	struct search *s = arg;
	struct str rest = r->line, word;
	int64_t uid;
	if (!starts_nocase(rest, STR("* SEARCH")))
		return;
	while (str_split(&rest, ' ', &word)) {
		/* "7:*" finds the last message even where that is before 7 (6.4.8). */
		if (!str_to_i64(word, &uid) || uid <= s->after)
			continue;
		size_t at = s->n < IMAP_UIDS ? s->n++ : IMAP_UIDS;
		for (; at > 0 && s->uids[at - 1] > uid; at--)
			if (at < IMAP_UIDS)
				s->uids[at] = s->uids[at - 1];
		if (at < IMAP_UIDS)
			s->uids[at] = uid;
	}
}

bool imap_search(struct imap *m, int64_t after, int64_t uids[IMAP_UIDS], size_t *n)
{
	struct search s = { after, uids, 0 };
	struct str words = str_fmt(m->arena, "UID SEARCH UID %lld:*", (long long)after + 1);
	bool ok = command(m, words, m->scratch, IN_BYTES, on_search, &s);
	*n = s.n;
	return ok;
}

static void on_fetch(void *arg, const struct response *r)
{
	struct str *bytes = arg, word;
	struct str rest = r->line;
	if (str_is_null(*bytes) && str_split(&rest, ' ', &word) && str_split(&rest, ' ', &word) &&
		starts_nocase(rest, STR("FETCH ")) && !str_is_null(r->literal))
		*bytes = r->literal;
}

bool imap_fetch(struct imap *m, struct arena *a, int64_t uid, size_t most, struct str *bytes)
{
	*bytes = STR_NULL;
	struct str words = str_fmt(m->arena, "UID FETCH %lld (UID BODY.PEEK[]<0.%zu>)", (long long)uid, most + 1);
	return command(m, words, a, most + 1, on_fetch, bytes);
}

static void on_nothing(void *arg, const struct response *r)
{
	(void)arg;
	(void)r;
}

bool imap_mark(struct imap *m, int64_t uid)
{
	struct str words = str_fmt(m->arena, "UID STORE %lld +FLAGS.SILENT (\\Seen)", (long long)uid);
	return command(m, words, m->scratch, IN_BYTES, on_nothing, NULL);
}

struct str imap_why(const struct imap *m)
{
	return m->why;
}

void imap_close(struct imap *m)
{
	curl_socket_t fd = CURL_SOCKET_BAD;
	size_t sent;
	if (!m)
		return;
	if (m->curl) {
		if (str_is_empty(m->why))
			curl_easy_send(m->curl, "m0 LOGOUT\r\n", 11, &sent);
		/* libcurl says it, too, and would wait for the answer. */
		if (curl_easy_getinfo(m->curl, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK && fd != CURL_SOCKET_BAD)
			shutdown(fd, SHUT_RD);
		curl_easy_cleanup(m->curl);
	}
	arena_free(m->scratch);
}
