/* Looking into a mailbox for what calendars answered. One node does it at a time; a message is marked when what became
 * of it is durable, and until where all that has come is kept after that. So a message may be looked at twice after a
 * crash, and counts once (model/reply.h). */
#include "base/clock.h"
#include "base/log.h"
#include "jobs/room.h"
#include "mail/imap.h"
#include "mail/inbound.h"
#include "model/mailbox.h"
#include "model/reply.h"

enum { EVERY_S = 60, EVERY_TEST_MS = 200, ROUND_MS = 120 * 1000, REFUSALS = 10 };

struct look {
	struct jobs *jobs;
	struct arena *arena;   /* of a round */
	struct arena *scratch; /* of a message */
	int64_t every;         /* seconds */
	struct str shown;
	struct mailbox box;
	bool mine;
	const struct reply_mail *mail;
	struct reply_taken taken;
	int64_t refused, refusals; /* a message that the server did not hand over, and in how many rounds */
};

static bool is_stopping(void *arg)
{
	struct jobs *j = arg;
	return j->stopping;
}

/* ---- transactions */
static bool claim(struct db *tx, void *arg)
{
	struct look *l = arg;
	l->mine = mailbox_claim_now(tx, l->arena, l->shown, clock_now(), l->every, &l->box);
	return !db_failed(tx);
}

static bool take(struct db *tx, void *arg)
{
	struct look *l = arg;
	struct ctx c;
	struct account account;
	return jobs_ctx(&c, &account, l->scratch, tx) && reply_take(&c, l->mail, &l->taken);
}

static bool done(struct db *tx, void *arg)
{
	struct look *l = arg;
	mailbox_done(tx, l->shown, &l->box, clock_now());
	return !db_failed(tx);
}

/* ---- a round */

/* What the server does not hand over may come in another round; but one message must not keep all others for ever. */
static bool is_left_out(struct look *l, int64_t uid, struct str why)
{
	l->refusals = l->refused == uid ? l->refusals + 1 : 1;
	l->refused = uid;
	if (l->refusals < REFUSALS)
		return false;
	log_warn("mailbox: message %lld is left out: " STR_FMT, (long long)uid, STR_ARG(why));
	return true;
}

/* False when the round ends here: the server or the database is away, and the message waits. *why also where something
 * went wrong beside it. */
static bool look_at(struct look *l, struct imap *m, int64_t uid, struct str *why)
{
	struct reply_mail mail;
	struct str bytes;
	arena_reset(l->scratch);
	if (!imap_fetch(m, l->scratch, uid, INBOUND_BYTES, &bytes)) {
		*why = imap_why(m);
		return imap_refused(m) && is_left_out(l, uid, *why);
	}
	/* What is not for us stays as it is, for whoever reads that mailbox. */
	if (inbound_read(l->scratch, bytes, l->jobs->authserv_id, &mail) != INBOUND_ANSWER)
		return true;
	l->mail = &mail;
	if (db_write(l->jobs->store, take, l) != DB_OK) {
		*why = STR("an answer could not be written down");
		return false;
	}
	if (imap_mark(m, uid))
		return true;
	/* A mark is for who reads that mailbox: where it may not be set, the answers count all the same. */
	*why = imap_why(m);
	return imap_refused(m);
}

/* Answers whether there may be more at once. */
static bool look_into(struct look *l, struct str *why)
{
	struct imap_found found;
	struct imap *m = imap_open(l->arena, l->jobs->imap, ROUND_MS, is_stopping, l->jobs, why);
	if (!m)
		return false;
	if (imap_validity(m) != l->box.validity) {
		l->box.validity = imap_validity(m);
		l->box.last_uid = 0;
	}
	bool well = imap_search(m, l->box.last_uid, &found);
	*why = well ? STR_NULL : imap_why(m);
	for (size_t i = 0; well && i < found.n && !l->jobs->stopping; i++) {
		well = look_at(l, m, found.uids[i], why);
		if (well)
			l->box.last_uid = found.uids[i];
	}
	imap_close(m);
	return well && found.n == IMAP_UIDS;
}

static bool round_once(struct look *l)
{
	struct str why = STR_NULL;
	arena_reset(l->arena);
	l->mine = false;
	if (db_write(l->jobs->store, claim, l) != DB_OK || !l->mine)
		return false;
	struct str before = l->box.last_error;
	bool more = look_into(l, &why);
	if (!str_is_empty(why) && !str_eq(why, before))
		log_warn("mailbox: " STR_FMT, STR_ARG(why));
	/* Being stopped is no trouble of the mailbox. */
	l->box.last_error = l->jobs->stopping ? before : why;
	return db_write(l->jobs->store, done, l) == DB_OK && more;
}

void *mailbox_run(void *arg)
{
	struct jobs *j = arg;
	ARENA_SCOPED a = arena_new();
	ARENA_SCOPED scratch = arena_new();
	ARENA_SCOPED own = arena_new();
	struct look l = { .jobs = j, .arena = a, .scratch = scratch, .shown = imap_shown(own, j->imap) };
	int64_t pause_ms = j->test_clock ? EVERY_TEST_MS : EVERY_S * 1000;
	for (bool on = true; on;) {
		l.every = j->test_clock ? 0 : EVERY_S - 1;
		while (round_once(&l) && !j->stopping)
			l.every = 0;
		on = jobs_pause(j, pause_ms);
	}
	return NULL;
}
