/* The outbox: messages waiting to leave. What a message says is decided in the transaction that leases its row, from
 * the state of that moment, so that changes which come meanwhile merge; address, SEQUENCE and time are stamped on the
 * row then, so that a repetition is the same message. */
#ifndef MUSTER_MODEL_OUTBOX_H
#define MUSTER_MODEL_OUTBOX_H
#include "model/ctx.h"

enum letter_kind {
	LETTER_INVITE,
	LETTER_UPDATE,
	LETTER_CANCEL, /* with a calendar object */
	LETTER_CANCELLED,
	LETTER_WAITING,
	LETTER_WAITING_CHANGED,
	LETTER_WAITING_CANCELLED, /* their session, not they */
	LETTER_CHOOSE,
	LETTER_REMINDER, /* of a session that starts soon */
	LETTER_CONFIRM,  /* somebody declined by a mail that anybody could have sent */
	LETTER_TEST,
	LETTER_PASSWORD_FORGOTTEN, /* plain messages; from the test on about no enrollment */
	LETTER_PASSWORD_GIVEN,
	LETTER_PASSWORD_CHANGED,
};
struct letter_day {
	int64_t position, start_at, end_at;
	struct str time_zone, location, url;
};

/* One message, or one calendar entry of the file behind "Add to calendar". Strings live in the arena of the ctx. */
struct letter {
	int64_t id, fence, attempts, user;
	enum letter_kind kind;
	int64_t enrollment, generation;
	int64_t position; /* of its day; 0: a message about no day */
	int64_t sequence, stamped_at;
	int64_t thread, thread_sequence;     /* the first message about this entry; its own id when it is that */
	struct str address, user_name, zone; /* the reader's time zone */
	enum text_locale locale;
	struct str title, session_title, summary, description, instructor, organizer;
	struct str message;    /* what the organizer added; in the first invitation only */
	struct str token;      /* of the link: to answer, or to set a password */
	struct str login;      /* of a link to set a password … */
	int64_t at;            /* … until when it works; of a changed password: when */
	int64_t starts_at;     /* of the session, for that link; 0: none */
	struct letter_day day; /* of `position` */
	struct letter_day *days;
	size_t days_n;
	bool urgent; /* somebody waits for it: it leaves before all others */
	bool fresh;  /* a new invitation at its first try: until it arrives, nothing was said */
	bool waited; /* an invitation after the waiting list: a seat became free */
	bool unsaid; /* of a file: its mail has yet to leave, so that stamped_at is only now */
	bool has_previous;
	struct letter_day previous; /* of an update: what was said before */
	struct str answer;          /* none accepted tentative declined: to its day, or of a reminder to all */
	struct str mail_name;       /* the account's name as a sender; may be empty */
};
struct letters {
	struct letter *items;
	size_t n;
};

enum { OUTBOX_LEASE = 120, OUTBOX_ATTEMPTS_MAX = 20 };
/* Leases up to so many messages that are due, in a write transaction: urgent ones first, then others. Those that have
 * nothing to say any more are dropped. */
void outbox_lease(struct ctx *c, int64_t urgent, int64_t others, struct letters *out);
/* What came of one. Only whoever leased it last counts (the fence). */
enum outbox_outcome {
	OUTBOX_SENT,
	OUTBOX_LOST,    /* it may have arrived: the same message again */
	OUTBOX_RETRY,   /* it did not: again later */
	OUTBOX_REFUSED, /* never */
	OUTBOX_UNTRIED,
};
struct outbox_result {
	const struct letter *letter;
	enum outbox_outcome outcome;
	struct str why;
};
void outbox_finish(struct ctx *c, const struct outbox_result *results, size_t n);
/* Seconds until the next try, after so many: 30 s, 2 min, 10 min, 1 h, 4 h, 4 h …, up to an eighth more by id. */
int64_t outbox_backoff(int64_t attempts, int64_t id);

/* What the title of a calendar entry says: "Negotiation basics – Morning group (day 2 of 3)". */
struct str outbox_summary(
	const struct text *t, struct str title, struct str session_title, int64_t position, int64_t days);
/* The calendar entries of an announced enrollment that has a seat, as letters: what was last sent, or would be. None
 * for others. */
void outbox_entries(struct ctx *c, int64_t enrollment, struct letters *out);

/* ---- looking at it (R3: messages to users in scope of PERM_OUTBOX) */
struct outbox_item {
	int64_t id;
	struct opt_i64 enrollment, training, position, sent_at;
	int64_t user, due_at, attempts;
	struct str kind, state, address, user_name, title, last_error, sort_key;
	int64_t sort_int;
};
struct outbox_items {
	struct outbox_item *items;
	size_t n;
	bool more, has_before;
};
/* state: waiting sent failed dropped, or "" for all; false with `invalid` at "state" for anything else. page.sort is
 * one of outbox_list_sorts. */
bool outbox_page(struct ctx *c, struct str state, const struct db_page *page, struct outbox_items *out);
/* What it is about, with its day from the second on, and what became of it. */
struct str outbox_kind_words(const struct text *t, const struct outbox_item *o);
struct str outbox_state_words(const struct text *t, struct str state);
/* Each counted up to OUTBOX_COUNT_BOUND + 1. */
enum { OUTBOX_COUNT_BOUND = 10000 };
struct outbox_sums {
	int64_t waiting, sent, failed, dropped;
};
void outbox_sums(struct ctx *c, struct outbox_sums *out);
/* Tries a failed message again. ERR_NOT_FOUND out of scope, ERR_CONFLICT when it has not failed. */
bool outbox_retry(struct ctx *c, int64_t id);
#endif
