/* Calendar objects that come back (RFC 5545, 5546): what a mail program sends when somebody answers. Read as sloppy as
 * they come (a byte order mark, bare line feeds, no ORGANIZER, MAILTO in capitals, unknown time zones), and as hostile:
 * a few properties are taken, the rest is skipped, all of it bounded. Pure and thread-safe. */
#ifndef MUSTER_CALENDAR_ICS_READ_H
#define MUSTER_CALENDAR_ICS_READ_H
#include "model/reply.h"

enum { ICS_READ_BYTES = 64 * 1024 };

struct ics_object {
	struct str method; /* in upper case; empty when it says none */
	struct reply_said said[REPLY_EVENTS];
	size_t said_n;
};

/* The first VCALENDAR in these bytes. False when there is none, it does not end, or it is larger than the limits. */
bool ics_read(struct arena *a, struct str bytes, struct ics_object *out);
#endif
