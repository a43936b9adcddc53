/* What happens later: batches, access dates, deliveries, cleaning up. Rows with a due time in the database; these
 * threads lease what is due, sleep until exactly the next one, and can be stopped at any moment: nothing that has to
 * happen is known to a thread alone. */
#ifndef MUSTER_JOBS_JOBS_H
#define MUSTER_JOBS_JOBS_H
#include "db/db.h"
#include "model/user_index.h"

struct jobs_options {
	struct store *store;
	struct figures *figures;  /* to be filled */
	struct user_index *index; /* the keeper feeds it; may be NULL */
	struct str smtp;          /* "" : mail waits in the outbox */
	int64_t smtp_connections;
	struct str mail_from; /* "Name <address>" */
	struct str base_url;  /* for links in mails; never "" */
	struct str imap;      /* the mailbox in which they answer; "": none is looked into */
	struct str authserv_id;
	bool reads_replies; /* what calendars answer comes back, so the mails say so */
};
/* Starts the worker, delivery, and the keepers of what is held in memory. NULL and *why when an option is
 * wrong (an SMTP address that cannot be read). */
struct jobs *jobs_start(struct arena *a, const struct jobs_options *o, struct str *why);
/* Something may be due: cheap, from any thread (also the writer's, after a commit). */
void jobs_wake(void *jobs);
/* What is half done since before `before` (Unix seconds): batches still being prepared, requests without an answer. A
 * crash left it; on a shared database it may be another node's while it is younger than ABANDONED_SECONDS. */
enum { ABANDONED_SECONDS = 600 };
void jobs_drop_abandoned(struct db *tx, int64_t before);
/* Finishes what is in flight and ends the threads. */
void jobs_stop(struct jobs *j);
#endif
