#include "model/mailbox.h"
#include "gen/queries.h"

static bool read_row(struct db *db, struct arena *a, struct str address, struct mailbox *out)
{
	struct mailbox_row_row r;
	if (!mailbox_row(db, a, address, &r))
		return false;
	*out = (struct mailbox){ r.fence, r.validity, r.last_uid, r.looked_at, r.last_error };
	return true;
}

bool mailbox_claim_now(
	struct db *tx, struct arena *a, struct str address, int64_t now, int64_t every, struct mailbox *out)
{
	mailbox_insert(tx, address);
	return mailbox_claim(tx, address, now, now + MAILBOX_LEASE, now - every) == 1 && read_row(tx, a, address, out);
}

void mailbox_done(struct db *tx, struct str address, const struct mailbox *m, int64_t now)
{
	mailbox_looked(tx, address, m->fence, now, m->validity, m->last_uid, m->last_error);
}

bool mailbox_get(struct ctx *c, struct str address, struct mailbox *out)
{
	return read_row(c->db, c->arena, address, out);
}
