#include "mail/connection.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/clock.h"
#include "base/log.h"

enum { LOOK_MS = 1000, GRACE_MS = 500 };

static bool is_over(const struct connection *c, int64_t grace_ms)
{
	return clock_mono_ms() > c->deadline + grace_ms || (c->stop && c->stop(c->stop_arg));
}

static bool lost(struct connection *c, CURLcode fault)
{
	c->fault = fault;
	return false;
}

/* ---- connecting */

/* Each line that the relay says until we are signed in. What it offers is what it said last: a greeting, and the answer
 * to STARTTLS, come before an EHLO. */
static size_t on_line(char *p, size_t size, size_t n, void *user)
{
	struct connection *c = user;
	struct str line = { p, size * n }, rest = line;
	/* The answer to libcurl's QUIT says nothing about what went wrong. */
	if (str_starts(line, STR("221")))
		return size * n;
	if (!c->more)
		reply_begin(&c->reply);
	c->more = reply_read(&c->reply, &rest) == REPLY_PART;
	if (c->reply.code == 220)
		c->pipelining = false;
	if (c->reply.code == 250 && str_eq_nocase(str_trim(str_sub(line, 4, line.n)), STR("PIPELINING")))
		c->pipelining = true;
	return size * n;
}

/* After its own timeout libcurl would say QUIT and wait two minutes for the answer; this ends that wait too. */
static int on_progress(void *user, curl_off_t down, curl_off_t down_now, curl_off_t up, curl_off_t up_now)
{
	(void)down;
	(void)down_now;
	(void)up;
	(void)up_now;
	return is_over(user, GRACE_MS);
}

#define SET(c, option, value) must(curl_easy_setopt((c)->curl, option, value) == CURLE_OK)

static void set_options(struct connection *c, const struct relay *relay)
{
	static const long use_ssl[] = {
		[RELAY_TLS_OFF] = CURLUSESSL_NONE,
		[RELAY_TLS_OFFER] = CURLUSESSL_TRY,
		[RELAY_TLS_REQUIRE] = CURLUSESSL_ALL,
	};
	SET(c, CURLOPT_NOSIGNAL, 1L);
	SET(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	SET(c, CURLOPT_PROXY, "");
	SET(c, CURLOPT_CONNECT_ONLY, 1L);
	SET(c, CURLOPT_ERRORBUFFER, c->error);
	SET(c, CURLOPT_HEADERFUNCTION, on_line);
	SET(c, CURLOPT_HEADERDATA, c);
	SET(c, CURLOPT_NOPROGRESS, 0L);
	SET(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	SET(c, CURLOPT_XFERINFODATA, c);
	SET(c, CURLOPT_USE_SSL, use_ssl[relay->tls]);
	SET(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(c, CURLOPT_SSL_VERIFYPEER, relay->tls == RELAY_TLS_REQUIRE ? 1L : 0L);
	SET(c, CURLOPT_SSL_VERIFYHOST, relay->tls == RELAY_TLS_REQUIRE ? 2L : 0L);
	if (relay->user) {
		SET(c, CURLOPT_USERNAME, relay->user);
		SET(c, CURLOPT_PASSWORD, relay->password);
	}
}

/* Sending and receiving wait, but no longer than until it is time to look at clock and stop again. That is one call of
 * the kernel a reply, where asking poll() first would be two. */
static bool wait_in_calls(curl_socket_t fd, int64_t ms)
{
	struct timeval wait = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };
	int flags = fcntl(fd, F_GETFL);
	return flags >= 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0 &&
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0 &&
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) == 0;
}

bool connection_open(
	struct connection *c, struct arena *a, const struct relay *relay, struct str domain, long connect_ms)
{
	int64_t left = c->deadline - clock_mono_ms();
	reply_begin(&c->reply);
	c->pipelining = c->more = false;
	c->unread = STR("");
	c->error[0] = 0;
	c->fault = CURLE_OK;
	if (left <= 0)
		return lost(c, CURLE_OPERATION_TIMEDOUT);
	if (!(c->curl = curl_easy_init()))
		return lost(c, CURLE_OUT_OF_MEMORY);
	set_options(c, relay);
	/* We present ourselves with the sender's domain: a container's host name is often refused. */
	SET(c, CURLOPT_URL, str_fmt(a, "%s://%s:%s/" STR_FMT, relay->scheme, relay->host, relay->port, STR_ARG(domain)).p);
	SET(c, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
	SET(c, CURLOPT_TIMEOUT_MS, (long)left);
	CURLcode rc = curl_easy_perform(c->curl);
	curl_socket_t fd = CURL_SOCKET_BAD;
	if (rc != CURLE_OK)
		return lost(c, rc);
	if (curl_easy_getinfo(c->curl, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK || fd == CURL_SOCKET_BAD)
		return lost(c, CURLE_COULDNT_CONNECT);
	return wait_in_calls(fd, left < LOOK_MS ? left : LOOK_MS) || lost(c, CURLE_COULDNT_CONNECT);
}

void connection_close(struct connection *c, bool polite)
{
	curl_socket_t fd = CURL_SOCKET_BAD;
	size_t sent;
	if (!c->curl)
		return;
	if (polite)
		curl_easy_send(c->curl, "QUIT\r\n", 6, &sent);
	/* A silent relay cannot hold us up: there is nothing left to read, be it the end of TLS. */
	if (curl_easy_getinfo(c->curl, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK && fd != CURL_SOCKET_BAD)
		shutdown(fd, SHUT_RD);
	curl_easy_cleanup(c->curl);
	c->curl = NULL;
}

/* ---- to and fro */
bool connection_is_quiet(struct connection *c)
{
	return !c->unread.n || lost(c, CURLE_WEIRD_SERVER_REPLY);
}

bool connection_send(struct connection *c, struct str bytes)
{
	c->sent = 0;
	while (c->sent < bytes.n) {
		size_t n = 0;
		CURLcode rc = curl_easy_send(c->curl, bytes.p + c->sent, bytes.n - c->sent, &n);
		c->sent += n;
		if (rc != CURLE_OK && rc != CURLE_AGAIN)
			return lost(c, rc);
		if (c->sent < bytes.n && is_over(c, 0))
			return lost(c, CURLE_OPERATION_TIMEDOUT);
	}
	return true;
}

static bool receive(struct connection *c)
{
	size_t n = 0;
	CURLcode rc;
	while ((rc = curl_easy_recv(c->curl, c->in, sizeof c->in, &n)) == CURLE_AGAIN)
		if (is_over(c, 0))
			return lost(c, CURLE_OPERATION_TIMEDOUT);
	c->unread = (struct str){ c->in, n };
	return (rc == CURLE_OK && n > 0) || lost(c, rc == CURLE_OK ? CURLE_GOT_NOTHING : rc);
}

bool connection_read(struct connection *c)
{
	enum reply_state state;
	reply_begin(&c->reply);
	while ((state = reply_read(&c->reply, &c->unread)) == REPLY_PART) {
		/* A reply that trickles in is one that does not come. */
		if (is_over(c, 0))
			return lost(c, CURLE_OPERATION_TIMEDOUT);
		if (!receive(c))
			return false;
	}
	return state == REPLY_WHOLE || lost(c, CURLE_WEIRD_SERVER_REPLY);
}

struct str connection_fault(const struct connection *c)
{
	return str_from(c->error[0] ? c->error : curl_easy_strerror(c->fault));
}

bool connection_is_late(const struct connection *c)
{
	return c->fault == CURLE_OPERATION_TIMEDOUT || c->fault == CURLE_ABORTED_BY_CALLBACK;
}
