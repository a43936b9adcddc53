/* Mail that comes in: from bytes to the answer in them. GMime takes the message apart, calendar/ics_read.h reads the
 * calendar object. A message may be anything at all: size, parts, depth, and what its fields cost are bounded.
 * Thread-safe. */
#ifndef MUSTER_MAIL_INBOUND_H
#define MUSTER_MAIL_INBOUND_H
#include "model/reply.h"

enum { INBOUND_BYTES = 1024 * 1024, INBOUND_PARTS = 20, INBOUND_DEPTH = 5 };

enum inbound {
	INBOUND_ANSWER, /* there is a calendar object with a method, or one that cannot be read (reply_mail.unreadable) */
	INBOUND_OTHER,  /* no calendar object: a person writes, or an automatic reply */
	INBOUND_BROKEN, /* no message, or beyond the limits */
};
/* `server`: the name under which our own mail server writes Authentication-Results; empty: nobody's word counts.
 * Strings live in the arena. */
enum inbound inbound_read(struct arena *a, struct str bytes, struct str server, struct reply_mail *out);

/* For mail_init(). */
void inbound_global_init(void);
#endif
