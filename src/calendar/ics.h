/* Calendar objects (RFC 5545, 5546): the invitation, its withdrawal, the file behind "Add to calendar" and
 * the feed. Pure functions: the same input gives the same bytes. Thread-safe. */
#ifndef MUSTER_CALENDAR_ICS_H
#define MUSTER_CALENDAR_ICS_H
#include "base/arena.h"
#include "base/str.h"

enum ics_answer { ICS_NEEDS_ACTION, ICS_ACCEPTED, ICS_TENTATIVE, ICS_DECLINED };

enum ics_method {
	ICS_REQUEST, /* METHOD:REQUEST, for new and for changed: exactly one event */
	ICS_CANCEL,  /* METHOD:CANCEL, with a SEQUENCE above that of the last REQUEST: exactly one event */
	/* "Add to calendar". One event with an attendee: the same bytes as ICS_REQUEST, so that mail and file are
	 * one entry in the calendar (a file without METHOD gets a new UID in Outlook). Several events, or nobody to
	 * answer: no METHOD and no people, since a REQUEST has one UID and at least one ATTENDEE (RFC 5546 3.2.2). */
	ICS_FILE,
	ICS_FEED, /* a snapshot that calendars subscribe to: no METHOD, no ORGANIZER, no ATTENDEE; sorted by start */
};

/* One day of one enrollment. Text may hold anything: what a calendar cannot carry is taken out. */
struct ics_event {
	struct str uid;   /* never changes; required */
	int64_t sequence; /* of the organizer's last change */
	int64_t dtstamp;  /* Unix seconds: when this message was made; in a feed: the last change */
	struct str summary, description, location, url; /* empty: left out, but for the summary */
	int64_t start_at, end_at;                       /* Unix seconds */
	struct str time_zone;                           /* IANA id of the wall time; unknown: times are written in UTC */
	struct str organizer_name, organizer_email;
	struct str attendee_name, attendee_email;
	enum ics_answer partstat;
	bool rsvp;
};

/* What the head of a feed says. */
struct ics_feed {
	struct str name;
	struct str time_zone;
};

/* The object's bytes, in the arena: CRLF, lines of at most 75 octets. `feed` is for ICS_FEED only, else NULL.
 * Times are wall times with a VTIMEZONE of two yearly rules at most; where a zone cannot be said that way, or
 * the wall time happens twice or never, they are UTC (clients disagree on both). */
struct str ics_write(
	struct arena *a, enum ics_method method, const struct ics_event *events, size_t n, const struct ics_feed *feed);

/* "REQUEST", "CANCEL" or "" (no METHOD): what the mail's Content-Type has to repeat. */
struct str ics_method_name(enum ics_method method, const struct ics_event *events, size_t n);
#endif
