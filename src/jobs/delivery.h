/* Private to this room: letters on their way between the thread that leases them and writes down what came of them
 * (delivery.c) and the threads that send them, one a connection (sender.c). */
#ifndef MUSTER_JOBS_DELIVERY_H
#define MUSTER_JOBS_DELIVERY_H
#include "jobs/room.h"
#include "mail/smtp.h"

enum {
	/* What may have been sent and not been written down when the power goes, beside two letters a connection. */
	UNWRITTEN_MAX = 64,
	WRITE_ROWS = 32,
	WRITE_MS = 100,
	AHEAD_MIN = 32,
	AHEAD_MAX = 128,
	PAUSE_FIRST_MS = 500,
	PAUSE_MAX_MS = 30 * 1000,
};

/* What one lease brought. */
struct bundle {
	struct bundle *next;
	struct arena *arena;       /* of the letters and parcels; only delivery.c allocates */
	struct mail_sender sender; /* its key is the account's */
	struct account account;
	struct letters letters;
	int64_t leased_ms;   /* clock_mono_ms() */
	int64_t lease_until; /* clock_now() */
	size_t left;         /* letters whose outcome is not written down */
};
struct parcel {
	struct bundle *bundle;
	const struct letter *letter;
	struct parcel *next;
	enum outbox_outcome outcome;
	char why[SMTP_WHY_BYTES];
	size_t why_n;
};
struct parcels {
	struct parcel *first, **end;
	size_t n;
};

struct sender {
	struct delivery *delivery;
	pthread_t thread;
	struct smtp *smtp;     /* NULL while nothing was sent for a while */
	struct arena *scratch; /* of one message */
	bool reserved;         /* for what is urgent and found no other connection */
	bool quick;            /* the last letter took little time */
	int64_t pause_ms, rest_until_ms;
};

/* Guarded by jobs->lock, but for the senders' own. */
struct delivery {
	struct jobs *jobs;
	pthread_cond_t work; /* there is something to take, or the end */
	struct parcels urgent, others;
	struct parcels done; /* to be written down */
	int64_t done_ms;     /* since when there are any */
	size_t writing;      /* … which is happening */
	size_t sending;
	bool waits;   /* the thread of delivery.c, for something to do */
	bool more;    /* others are due that are not leased */
	bool hungry;  /* a sender found none */
	size_t ahead; /* how many others are leased ahead of the senders: few while the relay is slow */
	/* The relay is gone: after each pause one letter is tried, alone. */
	bool gone;
	int64_t pause_ms, gone_until_ms;
	int64_t good_ms; /* when the relay last took or judged a message */
};

void parcels_add(struct parcels *to, struct parcel *p);
struct parcel *parcels_take(struct parcels *from); /* NULL: none */
/* With the lock held: whether there is something for the thread of delivery.c to do. */
bool delivery_is_due(const struct delivery *d);
/* With the lock held: nothing of what is leased is sent. */
void delivery_give_up(struct delivery *d);

/* The body of a sender's thread; ends with jobs->stopping. */
void *sender_run(void *sender);
#endif
