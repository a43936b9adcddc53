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
#endif
