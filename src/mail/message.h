/* One mail as bytes: a MIME tree that mail programs read as an invitation. Pure: the same struct gives the
 * same bytes, so that a delivery can be replayed. Thread-safe. */
#ifndef MUSTER_MAIL_MESSAGE_H
#define MUSTER_MAIL_MESSAGE_H
#include "base/arena.h"
#include "base/str.h"

struct mail {
	struct str from_name, from_email;
	struct str to_name, to_email; /* the one recipient */
	struct str subject;
	struct str message_id;  /* without <>; never changes for one message, and the boundaries come from it */
	struct str in_reply_to; /* without <>; may be empty */
	struct str references;  /* ids without <>, separated by spaces; may be empty */
	int64_t date;           /* Unix seconds */
	struct str text_plain;
	struct str text_html;       /* may be empty */
	struct str calendar;        /* an object as ics_write() made it; may be empty */
	struct str calendar_method; /* "REQUEST" or "CANCEL": what the object says; with `calendar` only */
};

/* The libraries of this room (libcurl, GMime): once in main, before any thread; and at the very end. */
bool mail_init(void);
void mail_end(void);

/* Whether this is an address that can stand in a header and in an SMTP command as it is: local@domain in ASCII, no
 * white space, control character, quote, bracket or comma, at most 254 bytes. A domain with other letters has to be
 * in its "xn--" form; local parts with other letters need SMTPUTF8, which few relays speak. */
bool mail_address_ok(struct str address);

/* The message in the arena, CRLF line ends, seven bits. With a calendar object: multipart/mixed (alternative (plain,
 * html, calendar), the same as the file invite.ics); without: multipart/alternative (plain, html), or plain alone.
 * Names and subject are cleaned of control characters and encoded (RFC 2047). False, and nothing built, when an
 * address, a message id or the method could not stand in a header. */
bool mail_build(struct arena *a, const struct mail *m, struct str *bytes);
#endif
