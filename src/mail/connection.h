/* Private to this room: a connection to the relay. libcurl makes it, up to the sign-in (names, TLS and certificates,
 * EHLO, AUTH); from then on commands go out and replies come in as they are. */
#ifndef MUSTER_MAIL_CONNECTION_H
#define MUSTER_MAIL_CONNECTION_H
#include <curl/curl.h>
#include "mail/relay.h"
#include "mail/reply.h"

enum { CONNECTION_UNREAD_BYTES = 4096 };

struct connection {
	CURL *curl;         /* NULL: there is no connection */
	bool pipelining;    /* the relay takes several commands at once (RFC 2920) */
	struct reply reply; /* the last one, or what has come of it */
	size_t sent;        /* bytes of the last connection_send() that left */
	/* Set by whoever uses it, before each message. */
	int64_t deadline; /* clock_mono_ms() */
	bool (*stop)(void *arg);
	void *stop_arg;
	/* Of the last call that answered false. */
	CURLcode fault;
	char error[CURL_ERROR_SIZE];
	/* Its own. */
	bool more; /* the reply goes on in the next line */
	struct str unread;
	char in[CONNECTION_UNREAD_BYTES];
};

/* Each answers false when there is no connection any more: the deadline, stop, the network, or (connection_open()) a
 * relay that does not want us, which is what `reply` says then. Close it then. */
bool connection_open(
	struct connection *c, struct arena *a, const struct relay *relay, struct str domain, long connect_ms);
bool connection_send(struct connection *c, struct str bytes);
/* The next reply. */
bool connection_read(struct connection *c);
/* Where none is outstanding: one that nobody asked for would be taken for the answer to what is said next. */
bool connection_is_quiet(struct connection *c);
/* Why it was, in the words of libcurl. */
struct str connection_fault(const struct connection *c);
/* Whether that was the deadline or stop: then another try would only be late as well. */
bool connection_is_late(const struct connection *c);
/* With QUIT when `polite`, whose answer is not waited for. Without a connection nothing happens. */
void connection_close(struct connection *c, bool polite);
#endif
