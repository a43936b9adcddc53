/* Delivery of messages through a relay (SMTP, RFC 5321), each to one recipient. */
#ifndef MUSTER_MAIL_SMTP_H
#define MUSTER_MAIL_SMTP_H
#include "base/arena.h"
#include "base/str.h"

enum smtp_result {
	SMTP_SENT,
	/* Try again later: no connection, a timeout, TLS or sign-in at the relay failed, a 4xx reply, a connection lost.
	 * When the reply to the whole message was lost it may have arrived, so delivery is at least once: the Message-ID
	 * and the calendar UID stay the same. */
	SMTP_RETRY,
	SMTP_REFUSED, /* 5xx for this sender, recipient or message: it will not get better */
};

enum { SMTP_WHY_BYTES = 300 };

/* A relay and the connection that is kept to it between messages. Used by one thread at a time. */
struct smtp;

/* NULL when `url` has the form smtp[s]://[USER:PASSWORD@]HOST[:PORT][?tls=require|offer|off], else what is wrong
 * with it, for the command line. USER and PASSWORD are percent-decoded. smtps is TLS from the first byte. Without tls=,
 * smtp means "offer" (STARTTLS when the relay has it), but "require" when a password would leave this machine; smtps
 * means "require". The relay's certificate is checked with "require" only. */
const char *smtp_url_check(struct str url);
/* No connection is made yet. NULL: a bad URL. mail_init() has to come first, and the process ignores SIGPIPE. */
struct smtp *smtp_open(struct str url);
void smtp_close(struct smtp *s); /* NULL is fine */
/* Until the connection stands, and for the whole message with its replies; 10 s and 60 s unless set. */
void smtp_set_timeouts(struct smtp *s, long connect_ms, long whole_ms);
/* `stop` is asked about once a second, from within smtp_send(): true ends the message there, as a timeout would. */
void smtp_set_stop(struct smtp *s, bool (*stop)(void *arg), void *arg);

struct smtp_message {
	struct str from, to; /* as mail_address_ok(); others are refused */
	struct str bytes;    /* CRLF line ends; dots are doubled on the way */
};
/* Sends one message. `ahead`: whom the next one goes to, from the same sender, when that is known; else STR_NULL. Where
 * the relay allows it, the next one is announced along with the end of this one, which saves a round trip; should the
 * next call send something else, or none come, that is a connection lost. *why, in the arena: the relay's reply that
 * decided or what went wrong, one line of at most 300 bytes of clean UTF-8. */
enum smtp_result smtp_send(
	struct smtp *s, struct arena *a, const struct smtp_message *m, struct str ahead, struct str *why);

/* After SMTP_RETRY: whether the message may have arrived all the same, because its end was sent and no answer came. */
bool smtp_may_have_arrived(const struct smtp *s);
/* After SMTP_RETRY: whether the relay is there and said "later" about this message, which says nothing about the next.
 */
bool smtp_said_later(const struct smtp *s);

/* For mail_init() and mail_end(). */
bool smtp_global_init(void);
void smtp_global_end(void);
#endif
