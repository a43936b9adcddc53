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

enum { LOOK_MS = 1000, CONNECT_MS = 10 * 1000, IN_BYTES = 16 * 1024, WHY_BYTES = 300 };

struct imap {
	struct arena *arena;   /* of the caller: what it says of itself */
	struct arena *scratch; /* of one command */
	CURL *curl;
	int64_t deadline; /* clock_mono_ms() */
	bool (*stop)(void *arg);
	void *stop_arg;
	int64_t validity;
	unsigned commands;
	struct str why;
	bool refused;
	struct imap_reader reader;
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

static bool receive(void *arg, struct str *bytes)
{
	struct imap *m = arg;
	size_t n = 0;
	CURLcode rc;
	if (is_over(m))
		return lost(m, "it took too long");
	while ((rc = curl_easy_recv(m->curl, m->in, sizeof m->in, &n)) == CURLE_AGAIN)
		if (is_over(m))
			return lost(m, "it took too long");
	*bytes = (struct str){ m->in, n };
	return (rc == CURLE_OK && n > 0) || lost(m, rc == CURLE_OK ? "the connection was closed" : curl_easy_strerror(rc));
}

static bool read_response(struct imap *m, struct arena *a, size_t most, struct imap_response *out)
{
	if (imap_response_read(&m->reader, a, most, out))
		return true;
	return m->reader.wrong ? lost(m, m->reader.wrong) : false;
}

typedef void on_untagged(void *arg, const struct imap_response *r);

static bool starts_nocase(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq_nocase(str_sub(s, 0, prefix.n), prefix);
}

/* Sends one command and reads up to its end. Literals stay in `a`. */
static bool command(struct imap *m, struct str words, struct arena *a, size_t most, on_untagged *on, void *arg)
{
	struct imap_response r;
	arena_reset(m->scratch);
	imap_reader_begin(&m->reader, m->scratch);
	m->refused = false;
	struct str tag = str_fmt(m->arena, "m%u ", ++m->commands);
	if (!send_all(m, str_fmt(m->scratch, STR_FMT STR_FMT "\r\n", STR_ARG(tag), STR_ARG(words))))
		return false;
	while (read_response(m, a, most, &r)) {
		if (starts_nocase(r.line, tag)) {
			struct str end = str_sub(r.line, tag.n, r.line.n);
			m->refused = !starts_nocase(end, STR("OK"));
			return !m->refused || lost(m, str_c(m->scratch, end));
		}
		if (str_starts(r.line, STR("* ")))
			on(arg, &r);
	}
	return false;
}

/* ---- commands */
static void on_select(void *arg, const struct imap_response *r)
{
	struct imap *m = arg;
	imap_response_validity(r, &m->validity);
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
	m->reader = (struct imap_reader){ .receive = receive, .arg = m };
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

static void on_search(void *arg, const struct imap_response *r)
{
	imap_response_found(r, arg);
}

bool imap_search(struct imap *m, int64_t after, struct imap_found *found)
{
	*found = (struct imap_found){ .after = after };
	struct str words = str_fmt(m->arena, "UID SEARCH UID %lld:*", (long long)after + 1);
	return command(m, words, m->scratch, IN_BYTES, on_search, found);
}

static void on_fetch(void *arg, const struct imap_response *r)
{
	imap_response_message(r, arg);
}

bool imap_fetch(struct imap *m, struct arena *a, int64_t uid, size_t most, struct str *bytes)
{
	*bytes = STR_NULL;
	struct str words = str_fmt(m->arena, "UID FETCH %lld (UID BODY.PEEK[]<0.%zu>)", (long long)uid, most + 1);
	return command(m, words, a, most + 1, on_fetch, bytes);
}

static void on_nothing(void *arg, const struct imap_response *r)
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

bool imap_refused(const struct imap *m)
{
	return m->refused;
}

void imap_close(struct imap *m)
{
	curl_socket_t fd = CURL_SOCKET_BAD;
	size_t sent;
	if (!m)
		return;
	if (m->curl) {
		if (str_is_empty(m->why) || m->refused)
			curl_easy_send(m->curl, "m0 LOGOUT\r\n", 11, &sent);
		/* libcurl says it, too, and would wait for the answer. */
		if (curl_easy_getinfo(m->curl, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK && fd != CURL_SOCKET_BAD)
			shutdown(fd, SHUT_RD);
		curl_easy_cleanup(m->curl);
	}
	arena_free(m->scratch);
}
