#include "mail/smtp.h"

#include <curl/curl.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/scrub.h"
#include "mail/message.h"

enum { REPLY_MAX_BYTES = 1000 };

enum tls { TLS_OFF, TLS_OFFER, TLS_REQUIRE };

/* What a URL says; the strings live in the arena. */
struct relay {
	const char *scheme, *host, *port, *user, *password;
	enum tls tls;
};

struct smtp {
	struct arena *arena;
	struct relay relay;
	CURL *curl;
	long connect_ms, whole_ms;
	int64_t deadline; /* of this attempt, in clock_mono_ms() */
	/* Of the message under way. */
	struct str bytes;
	size_t sent;
	int code;  /* of the last reply; 0: none */
	bool more; /* the reply goes on in the next line */
	char reply[REPLY_MAX_BYTES];
	size_t reply_n;
	char error[CURL_ERROR_SIZE];
	bool (*stop)(void *arg);
	void *stop_arg;
};

bool smtp_global_init(void)
{
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

void smtp_global_end(void)
{
	curl_global_cleanup();
}

static void url_free_at(CURLU **u)
{
	curl_url_cleanup(*u);
}

/* One part of the URL in the arena; NULL when it is absent. */
static const char *url_part(struct arena *a, CURLU *u, CURLUPart part, unsigned flags)
{
	char *value = NULL;
	if (curl_url_get(u, part, &value, flags) != CURLUE_OK)
		return NULL;
	const char *copy = str_c(a, str_from(value));
	curl_free(value);
	return copy;
}

static bool is_this_machine(const char *host)
{
	return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0;
}

/* NULL, or what is wrong. */
static const char *parse_tls(const char *query, struct relay *r)
{
	bool implicit = strcmp(r->scheme, "smtps") == 0;
	if (!query)
		r->tls = implicit || (r->user && !is_this_machine(r->host)) ? TLS_REQUIRE : TLS_OFFER;
	else if (strcmp(query, "tls=require") == 0)
		r->tls = TLS_REQUIRE;
	else if (strcmp(query, "tls=offer") == 0)
		r->tls = TLS_OFFER;
	else if (strcmp(query, "tls=off") == 0 && !implicit)
		r->tls = TLS_OFF;
	else
		return implicit && strcmp(query, "tls=off") == 0 ? "smtps is TLS; tls=off contradicts it"
														 : "after the ? stands tls=require, tls=offer or tls=off";
	return NULL;
}

static const char *parse_url(struct arena *a, struct str url, struct relay *r)
{
	__attribute__((cleanup(url_free_at))) CURLU *u = curl_url();
	const char *path;

	if (!u || curl_url_set(u, CURLUPART_URL, str_c(a, url), 0) != CURLUE_OK || !str_is_utf8(url))
		return "this is not smtp[s]://[USER:PASSWORD@]HOST:PORT[?tls=require|offer|off]";
	r->scheme = url_part(a, u, CURLUPART_SCHEME, 0);
	r->host = url_part(a, u, CURLUPART_HOST, 0);
	r->port = url_part(a, u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	r->user = url_part(a, u, CURLUPART_USER, CURLU_URLDECODE);
	r->password = url_part(a, u, CURLUPART_PASSWORD, CURLU_URLDECODE);
	path = url_part(a, u, CURLUPART_PATH, 0);
	if (!r->scheme || (strcmp(r->scheme, "smtp") != 0 && strcmp(r->scheme, "smtps") != 0))
		return "the scheme is smtp or smtps";
	if (!r->host || !*r->host || !r->port)
		return "the host is missing";
	if (!r->user != !url_part(a, u, CURLUPART_USER, 0) || !r->password != !url_part(a, u, CURLUPART_PASSWORD, 0))
		return "user or password hold a control character";
	if (!r->user != !r->password)
		return "user and password come together, as USER:PASSWORD@";
	if ((path && *path && strcmp(path, "/") != 0) || url_part(a, u, CURLUPART_FRAGMENT, 0))
		return "nothing but ?tls= comes after the port";
	return parse_tls(url_part(a, u, CURLUPART_QUERY, 0), r);
}

const char *smtp_url_check(struct str url)
{
	ARENA_SCOPED a = arena_new();
	struct relay r;
	return parse_url(a, url, &r);
}

static void keep_reply(struct smtp *s, struct str text)
{
	size_t room = sizeof s->reply - s->reply_n, take = text.n < room ? text.n : room;
	if (take > 0)
		memcpy(s->reply + s->reply_n, text.p, take);
	s->reply_n += take;
}

/* Each line that the relay says. A reply of several lines repeats its code: "550-…", "550 …". */
static size_t on_reply_line(char *p, size_t size, size_t n, void *user)
{
	struct smtp *s = user;
	struct str line = str_trim((struct str){ p, size * n });
	int64_t code;

	if (line.n < 3 || !str_to_i64(str_sub(line, 0, 3), &code) || code < 100)
		return size * n;
	/* The answer to our QUIT says nothing about the message. */
	if (code == 221)
		return size * n;
	/* Kept as one line: "550 5.1.1 No such user Ask the help desk". */
	if (!s->more) {
		s->reply_n = 0;
		keep_reply(s, str_sub(line, 0, 3));
	}
	s->code = (int)code;
	s->more = line.n > 3 && line.p[3] == '-';
	keep_reply(s, STR(" "));
	keep_reply(s, str_trim(str_sub(line, 4, line.n)));
	return size * n;
}

static size_t on_read(char *p, size_t size, size_t n, void *user)
{
	struct smtp *s = user;
	size_t left = s->bytes.n - s->sent, take = left < size * n ? left : size * n;
	if (take > 0)
		memcpy(p, s->bytes.p + s->sent, take);
	s->sent += take;
	return take;
}

/* After a timeout libcurl still says QUIT and would wait two minutes for the answer; this ends that wait too. */
static int on_progress(void *user, curl_off_t down, curl_off_t down_now, curl_off_t up, curl_off_t up_now)
{
	const struct smtp *s = user;
	(void)down;
	(void)down_now;
	(void)up;
	(void)up_now;
	return clock_mono_ms() > s->deadline || (s->stop && s->stop(s->stop_arg));
}

#define SET(s, option, value) must(curl_easy_setopt((s)->curl, option, value) == CURLE_OK)

struct smtp *smtp_open(struct str url)
{
	static const long use_ssl[] = {
		[TLS_OFF] = CURLUSESSL_NONE,
		[TLS_OFFER] = CURLUSESSL_TRY,
		[TLS_REQUIRE] = CURLUSESSL_ALL,
	};
	struct arena *a = arena_new();
	struct smtp *s = ARENA_NEW(a, struct smtp);

	s->arena = a;
	if (parse_url(a, url, &s->relay) || !(s->curl = curl_easy_init())) {
		arena_free(a);
		return NULL;
	}
	SET(s, CURLOPT_NOSIGNAL, 1L);
	SET(s, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	SET(s, CURLOPT_PROXY, "");
	SET(s, CURLOPT_ERRORBUFFER, s->error);
	SET(s, CURLOPT_UPLOAD, 1L);
	SET(s, CURLOPT_READFUNCTION, on_read);
	SET(s, CURLOPT_READDATA, s);
	SET(s, CURLOPT_HEADERFUNCTION, on_reply_line);
	SET(s, CURLOPT_HEADERDATA, s);
	SET(s, CURLOPT_NOPROGRESS, 0L);
	SET(s, CURLOPT_XFERINFOFUNCTION, on_progress);
	SET(s, CURLOPT_XFERINFODATA, s);
	SET(s, CURLOPT_USE_SSL, use_ssl[s->relay.tls]);
	SET(s, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(s, CURLOPT_SSL_VERIFYPEER, s->relay.tls == TLS_REQUIRE ? 1L : 0L);
	SET(s, CURLOPT_SSL_VERIFYHOST, s->relay.tls == TLS_REQUIRE ? 2L : 0L);
	if (s->relay.user) {
		SET(s, CURLOPT_USERNAME, s->relay.user);
		SET(s, CURLOPT_PASSWORD, s->relay.password);
	}
	smtp_set_timeouts(s, 10000, 60000);
	return s;
}

void smtp_close(struct smtp *s)
{
	if (!s)
		return;
	/* The relay gets its QUIT, and a silent one cannot hold us up: there is nothing left to read. */
	curl_socket_t fd = CURL_SOCKET_BAD;
	if (curl_easy_getinfo(s->curl, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK && fd != CURL_SOCKET_BAD)
		shutdown(fd, SHUT_RD);
	curl_easy_cleanup(s->curl);
	arena_free(s->arena);
}

void smtp_set_timeouts(struct smtp *s, long connect_ms, long whole_ms)
{
	s->connect_ms = connect_ms;
	s->whole_ms = whole_ms;
}

void smtp_set_stop(struct smtp *s, bool (*stop)(void *arg), void *arg)
{
	s->stop = stop;
	s->stop_arg = arg;
}

static CURLcode perform(struct smtp *s, struct str bytes, bool fresh)
{
	s->bytes = bytes;
	s->sent = 0;
	s->code = 0;
	s->more = false;
	s->reply_n = 0;
	s->error[0] = 0;
	s->deadline = clock_mono_ms() + s->whole_ms + 500;
	SET(s, CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
	return curl_easy_perform(s->curl);
}

/* A kept connection may have been closed by the relay while nothing was sent. Nothing of the message has left
 * then, so that a second try at once cannot deliver it twice. */
static bool was_stale(struct smtp *s, CURLcode rc)
{
	long connects = 1;
	curl_easy_getinfo(s->curl, CURLINFO_NUM_CONNECTS, &connects);
	bool unheard = s->sent == 0 && (s->code < 400 || s->code == 421);
	return rc != CURLE_OK && rc != CURLE_OPERATION_TIMEDOUT && connects == 0 && unheard;
}

/* libcurl's answer when MAIL, RCPT or DATA got a no: SEND_ERROR with "RCPT failed: 550". A connection that breaks while
 * a command is sent is a SEND_ERROR too, and the reply before it may have been anything. */
static bool command_was_refused(const struct smtp *s, CURLcode rc)
{
	return rc == CURLE_SEND_ERROR && str_find(str_from(s->error), STR(" failed: "), NULL);
}

/* A 5xx is about this message only from MAIL on: before, the relay is closed or our sign-in is wrong, and every
 * message would get it. */
static enum smtp_result judge(const struct smtp *s, CURLcode rc)
{
	if (rc == CURLE_OK)
		return SMTP_SENT;
	if (s->code < 500 || s->code > 599 || (!command_was_refused(s, rc) && s->sent == 0))
		return SMTP_RETRY;
	/* "Sign in first", "bad sequence", "sign-in failed" and its kin. */
	bool ours = s->code == 503 || s->code == 530 || s->code == 534 || s->code == 535 || s->code == 538;
	return ours ? SMTP_RETRY : SMTP_REFUSED;
}

static struct str explain(const struct smtp *s, struct arena *a, CURLcode rc)
{
	struct str reply = { s->reply, s->reply_n };
	struct str error = str_from(s->error[0] ? s->error : curl_easy_strerror(rc));
	/* The relay's own words when it said no; otherwise the reply before the fault only misleads. */
	return scrub_line(a, rc == CURLE_OK || s->code >= 400 ? reply : error, SMTP_WHY_BYTES);
}

enum smtp_result smtp_send(
	struct smtp *s, struct arena *a, struct str from, struct str to, struct str bytes, struct str *why)
{
	if (!mail_address_ok(from) || !mail_address_ok(to)) {
		*why = STR("The address cannot be used in an SMTP command.");
		return SMTP_REFUSED;
	}
	/* We present ourselves with the sender's domain: a container's host name is often refused. */
	size_t at = 0;
	must(str_find(from, STR("@"), &at));
	struct str url = str_fmt(a, "%s://%s:%s/" STR_FMT, s->relay.scheme, s->relay.host, s->relay.port,
		STR_ARG(str_sub(from, at + 1, from.n)));
	struct curl_slist *recipients = curl_slist_append(NULL, str_c(a, to));

	must(recipients);
	SET(s, CURLOPT_URL, url.p);
	SET(s, CURLOPT_MAIL_FROM, str_c(a, from));
	SET(s, CURLOPT_MAIL_RCPT, recipients);
	SET(s, CURLOPT_INFILESIZE_LARGE, (curl_off_t)bytes.n);
	SET(s, CURLOPT_CONNECTTIMEOUT_MS, s->connect_ms);
	SET(s, CURLOPT_TIMEOUT_MS, s->whole_ms);
	CURLcode rc = perform(s, bytes, false);
	if (was_stale(s, rc))
		rc = perform(s, bytes, true);
	SET(s, CURLOPT_MAIL_RCPT, NULL);
	curl_slist_free_all(recipients);
	*why = explain(s, a, rc);
	return judge(s, rc);
}

bool smtp_may_have_arrived(const struct smtp *s)
{
	return s->sent > 0 && s->sent >= s->bytes.n && s->code < 400;
}

bool smtp_said_later(const struct smtp *s)
{
	return s->code >= 400 && s->code < 500 && s->code != 421;
}
