/* Delivery: leases what is due, sends it over a kept connection, writes down what came of it. A relay that is gone
 * stops nothing but this thread. */
#include "base/clock.h"
#include "base/log.h"
#include "gen/queries.h"
#include "jobs/room.h"
#include "mail/smtp.h"

enum {
	LEASE_ROWS = 50,
	SEND_MS = 50 * 1000,
	CONNECT_MS = 10 * 1000,
	WHOLE_MS = 30 * 1000,
	STOP_MS = 5 * 1000,
	FLUSH_ROWS = 25,
	FLUSH_MS = 250,
	PAUSE_FIRST_MS = 500,
	PAUSE_MAX_MS = 30 * 1000,
	TROUBLE_MS = 1000
};

struct delivery {
	struct jobs *jobs;
	struct smtp *smtp;
	struct arena *arena;   /* of a lease: letters, outcomes */
	struct arena *scratch; /* of one transaction, or of one message */
	struct account account;
	struct letters letters;
	bool found;
	int64_t next_at;
	int64_t pause_ms; /* after trouble with the relay; doubles */
	/* What came of letters, not yet written. */
	struct outcome {
		const struct letter *letter;
		enum outbox_outcome what;
		struct str why;
	} outcomes[LEASE_ROWS];
	size_t outcomes_n;
	int64_t first_ms;
};

/* ---- transactions */
static bool lease(struct db *tx, void *arg)
{
	struct delivery *d = arg;
	struct ctx c;
	arena_reset(d->arena);
	if (!jobs_ctx(&c, &d->account, d->arena, tx))
		return false;
	outbox_lease(&c, LEASE_ROWS, &d->letters);
	return true;
}

static bool write_outcomes(struct db *tx, void *arg)
{
	struct delivery *d = arg;
	struct ctx c;
	struct account account;
	arena_reset(d->scratch);
	if (!jobs_ctx(&c, &account, d->scratch, tx))
		return false;
	for (size_t i = 0; i < d->outcomes_n; i++)
		outbox_finish(&c, d->outcomes[i].letter, d->outcomes[i].what, d->outcomes[i].why);
	return true;
}

static bool release_all(struct db *tx, void *arg)
{
	(void)arg;
	outbox_release_all(tx);
	return true;
}

/* Must get through: what was sent and is not written down is sent again. */
static void flush(struct delivery *d)
{
	for (int tries = 0; d->outcomes_n && tries < 10; tries++) {
		enum db_error error = db_write(d->jobs->store, write_outcomes, d);
		if (error == DB_OK)
			d->outcomes_n = 0;
		else
			log_warn("mail: outcomes cannot be written: database error %d", (int)error),
				jobs_pause(d->jobs, TROUBLE_MS);
	}
	d->outcomes_n = 0;
}

static void note(struct delivery *d, const struct letter *l, enum outbox_outcome what, struct str why)
{
	if (!d->outcomes_n)
		d->first_ms = clock_mono_ms();
	d->outcomes[d->outcomes_n++] = (struct outcome){ l, what, str_dup(d->arena, why) };
	if (d->outcomes_n >= FLUSH_ROWS || clock_mono_ms() - d->first_ms >= FLUSH_MS)
		flush(d);
}

/* ---- one message */
static bool stop_sending(void *arg)
{
	struct jobs *j = arg;
	return j->stopping && clock_mono_ms() - atomic_load(&j->stop_ms) > STOP_MS;
}

/* Whether the relay is there: a refusal of this message says nothing about the next, anything else does. */
static bool relay_spoke(struct str why)
{
	return why.n >= 3 && why.p[0] == '4' && !str_starts(why, STR("421"));
}

static bool deliver(struct delivery *d, const struct letter *l)
{
	struct mail mail;
	struct str bytes, why = STR("");
	arena_reset(d->scratch);
	struct mail_sender sender = d->jobs->sender;
	sender.key = d->account.secret;
	if (!mail_render(d->scratch, &sender, l, &mail) || !mail_build(d->scratch, &mail, &bytes)) {
		note(d, l, OUTBOX_REFUSED, STR("The address cannot stand in a mail."));
		return true;
	}
	enum smtp_result result = smtp_send(d->smtp, d->scratch, sender.email, l->address, bytes, &why);
	why = str_dup(d->arena, why);
	if (result == SMTP_SENT) {
		note(d, l, OUTBOX_SENT, why);
		d->pause_ms = 0;
	} else if (result == SMTP_REFUSED) {
		log_info("mail %lld is refused: " STR_FMT, (long long)l->id, STR_ARG(why));
		note(d, l, OUTBOX_REFUSED, why);
	} else {
		note(d, l, smtp_may_have_arrived(d->smtp) ? OUTBOX_LOST : OUTBOX_RETRY, why);
		return relay_spoke(why);
	}
	return true;
}

/* Sends what was leased. False when the relay is not there: the others were never tried. */
static bool deliver_all(struct delivery *d)
{
	int64_t begun = clock_mono_ms();
	bool there = true;
	size_t i = 0;
	/* Within the lease, also when the relay takes its time; and not for long when the program ends. */
	for (; i < d->letters.n && there && !d->jobs->stopping && clock_mono_ms() - begun < SEND_MS; i++)
		there = deliver(d, &d->letters.items[i]);
	for (; i < d->letters.n; i++)
		note(d, &d->letters.items[i], OUTBOX_UNTRIED, STR(""));
	flush(d);
	return there;
}

/* ---- the thread */
static bool look(struct delivery *d)
{
	struct outbox_due_rows due;
	struct outbox_next_row next = { 0 };
	int64_t now = clock_now();
	arena_reset(d->scratch);
	struct db *db = db_read_begin(d->jobs->store);
	outbox_due(db, d->scratch, now, 1, &due);
	outbox_next(db, d->scratch, now, &next);
	d->found = due.n > 0;
	d->next_at = next.at.has ? next.at.v : 0;
	return db_read_end(db) == DB_OK;
}

static void wait_for_relay(struct delivery *d)
{
	d->pause_ms = d->pause_ms ? d->pause_ms * 2 : PAUSE_FIRST_MS;
	d->pause_ms = d->pause_ms > PAUSE_MAX_MS ? PAUSE_MAX_MS : d->pause_ms;
	/* Under a clock that jumps, waiting in real time would only be waiting. */
	jobs_pause(d->jobs, d->jobs->test_clock && d->pause_ms > PAUSE_FIRST_MS ? PAUSE_FIRST_MS : d->pause_ms);
}

static void round_trip(struct delivery *d)
{
	d->letters = (struct letters){ 0 };
	if (db_write(d->jobs->store, lease, d) != DB_OK)
		jobs_pause(d->jobs, TROUBLE_MS);
	else if (!deliver_all(d))
		wait_for_relay(d);
}

void *delivery_run(void *arg)
{
	struct jobs *j = arg;
	ARENA_SCOPED a = arena_new();
	ARENA_SCOPED scratch = arena_new();
	struct delivery own = { .jobs = j, .arena = a, .scratch = scratch, .smtp = smtp_open(j->smtp) };
	if (!own.smtp)
		return NULL;
	smtp_set_timeouts(own.smtp, CONNECT_MS, WHOLE_MS);
	smtp_set_stop(own.smtp, stop_sending, j);
	/* What a crash left in flight. Of other nodes it may still be; there the leases end by themselves. */
	if (!store_is_shared(j->store))
		db_write(j->store, release_all, NULL);
	for (bool on = true; on;) {
		uint64_t seen = jobs_seen(j);
		if (look(&own) && own.found) {
			round_trip(&own);
			on = !j->stopping;
		} else {
			on = jobs_sleep(j, &seen, own.next_at);
		}
	}
	smtp_close(own.smtp);
	return NULL;
}
