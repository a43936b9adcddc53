/* Mailboxes that are looked into for answers: by one node at a time, and until where that has come. */
#ifndef MUSTER_MODEL_MAILBOX_H
#define MUSTER_MODEL_MAILBOX_H
#include "model/ctx.h"

enum { MAILBOX_LEASE = 180 };
struct mailbox {
	int64_t fence, validity, last_uid;
	struct opt_i64 looked_at;
	struct str last_error; /* null: the last look went well */
};
/* In a write transaction: whether this node looks now, which is once in `every` seconds. */
bool mailbox_claim_now(
	struct db *tx, struct arena *a, struct str address, int64_t now, int64_t every, struct mailbox *out);
/* Writes down how it went, and ends the lease; only whoever holds it. */
void mailbox_done(struct db *tx, struct str address, const struct mailbox *m, int64_t now);
/* As it is known; false when nobody has looked yet. */
bool mailbox_get(struct ctx *c, struct str address, struct mailbox *out);
#endif
