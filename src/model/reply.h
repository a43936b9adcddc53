/* Answers that come back from mail programs and calendars (iMIP REPLY, RFC 5546 3.2.3, RFC 6047): which of them count.
 * The UID says which calendar entry is meant, and only who was sent it knows it. */
#ifndef MUSTER_MODEL_REPLY_H
#define MUSTER_MODEL_REPLY_H
#include "model/ctx.h"

enum { REPLY_EVENTS = 32, REPLY_COMMENT_BYTES = 2000, REPLY_ADDRESS_BYTES = 254 };

/* What one event of a calendar object says. Text is clean (base/scrub.h); empty where there was none. */
struct reply_said {
	struct str uid;
	int64_t sequence;    /* 0: not said */
	int64_t dtstamp;     /* Unix seconds; 0: not said */
	bool instance;       /* about one event of a series (RECURRENCE-ID) */
	size_t attendees;    /* how many; what follows is of the first */
	struct str attendee; /* its address in lower case, without "mailto:" */
	struct str partstat; /* in upper case; NEEDS-ACTION unless said (RFC 5545 3.2.12) */
	struct str delegated_to;
	struct str comment;
};

/* One message, as mail/inbound.h reads it. */
struct reply_mail {
	struct str digest; /* the same for the same message, whichever way and however often it comes */
	struct str sender; /* the address of From, in lower case; empty: none, or several */
	struct str proven; /* whom our own mail server found to have sent it; empty: it could be anybody */
	bool unreadable;   /* an answer in Outlook's own form (winmail.dat) */
	struct str method; /* in upper case */
	struct reply_said said[REPLY_EVENTS];
	size_t said_n;
};

/* Stored by name, and shown as replies_outcome_NAME. */
enum reply_outcome {
	REPLY_APPLIED,
	REPLY_ASKED,      /* would free a seat, and anybody could have sent it: the user is asked by mail */
	REPLY_FORWARDED,  /* by somebody who was not invited: counts for nobody (R4) */
	REPLY_OLDER,      /* than what was answered since */
	REPLY_OUTDATED,   /* about a time that has changed */
	REPLY_LATE,       /* the day has begun */
	REPLY_CLOSED,     /* waiting, cancelled or withdrawn */
	REPLY_DELEGATED,  /* to somebody else: an administrator's business */
	REPLY_COUNTER,    /* proposes another time */
	REPLY_IGNORED,    /* no REPLY: nothing else changes anything here */
	REPLY_REJECTED,   /* says nothing clear about one person */
	REPLY_UNREADABLE, /* in Outlook's own form */
	REPLY_UNKNOWN,    /* of no calendar entry of ours */
	REPLY_OUTCOMES,
};
const char *reply_outcome_name(enum reply_outcome o);

struct reply_taken {
	bool again; /* it had come before, and nothing was done */
	size_t count[REPLY_OUTCOMES];
};
/* In a write transaction, with a context of the program itself: decides about each event, answers for the day that it
 * is about, and keeps what became of it. The same message counts once. */
bool reply_take(struct ctx *c, const struct reply_mail *m, struct reply_taken *out);

/* ---- looking at it: what is about users in scope of PERM_OUTBOX (R3); what is about nobody, with PERM_SETTINGS */
struct reply_item {
	int64_t id, at, day; /* of a session of several days, else 0 */
	struct opt_i64 user, training;
	struct str user_name, title, sender, method, partstat, comment;
	struct str outcome; /* by name */
	bool proven;
};
struct reply_items {
	struct reply_item *items;
	size_t n;
	bool more, has_before;
};
bool reply_page(struct ctx *c, const struct db_page *page, struct reply_items *out);
/* Counted up to REPLY_COUNT_BOUND + 1. */
enum { REPLY_COUNT_BOUND = 10000 };
int64_t reply_count_all(struct ctx *c);
/* When the last one came, of whomever; 0: none has. */
int64_t reply_last_at(struct ctx *c);

/* Drops what is old, and what is too much of nobody's. */
void reply_clean(struct db *tx, int64_t now);
#endif
