#include "model/tell.h"
#include "gen/queries.h"
#include "model/policy.h"

/* What may be told to somebody by mail now. */
static bool mailable(const struct tell_facts_row *e)
{
	return !str_is_null(e->email) && str_eq(e->user_status, STR("active"));
}

static bool facts(struct ctx *c, int64_t enrollment_id, struct tell_facts_row *e)
{
	return tell_facts(c->db, c->arena, enrollment_id, e) && e->announced_at.has;
}

static void notify(struct ctx *c, const struct tell_facts_row *e, const char *kind)
{
	notification_insert(c->db, e->user_id, str_from(kind), SOME(e->id), NONE, c->now);
}

void tell_invited(struct ctx *c, int64_t enrollment_id, const char *kind)
{
	struct tell_facts_row e;
	if (!facts(c, enrollment_id, &e))
		return;
	bool seated = str_eq(e.status, STR("enrolled")) && e.session_id.has;
	notify(c, &e, kind);
	tell_calendar(c, enrollment_id);
	/* Without a seat there is nothing for a calendar: what was there goes, and a plain message says the rest. */
	if (!seated && mailable(&e))
		outbox_note(c->db, enrollment_id, str_eq(e.status, STR("waiting")) ? STR("waiting") : STR("choose"), c->now);
}

void tell_cancelled(struct ctx *c, int64_t enrollment_id)
{
	struct tell_facts_row e;
	struct invitation_any_row any;
	if (!facts(c, enrollment_id, &e))
		return;
	notify(c, &e, "cancelled");
	outbox_drop(c->db, enrollment_id, c->now);
	if (invitation_any(c->db, c->arena, enrollment_id, &any))
		outbox_cancel(c->db, enrollment_id, 0, c->now);
	else if (mailable(&e))
		outbox_note(c->db, enrollment_id, STR("cancelled"), c->now);
}

void tell_calendar(struct ctx *c, int64_t enrollment_id)
{
	struct tell_facts_row e;
	struct tell_session_days_row days = { 0 };
	if (!facts(c, enrollment_id, &e))
		return;
	bool seated = str_eq(e.status, STR("enrolled")) && e.session_id.has && !e.session_cancelled_at.has;
	if (seated)
		tell_session_days(c->db, c->arena, e.session_id.v, &days);
	outbox_drop_days(c->db, enrollment_id, days.last, c->now);
	outbox_cancel(c->db, enrollment_id, days.last, c->now);
	if (seated && mailable(&e))
		outbox_invite(c->db, enrollment_id, c->now);
}

void tell_session(struct ctx *c, int64_t session_id, const char *kind)
{
	struct tell_session_days_row days = { 0 };
	bool cancelled = str_eq(str_from(kind), STR("cancelled"));
	if (!cancelled)
		tell_session_days(c->db, c->arena, session_id, &days);
	tell_session_notify(c->db, session_id, str_from(kind), c->now);
	tell_session_drop(c->db, session_id, days.last, c->now);
	tell_session_cancel(c->db, session_id, days.last, c->now);
	if (cancelled)
		tell_session_drop_waiting(c->db, session_id, c->now);
	else
		tell_session_invite(c->db, session_id, c->now);
	reminder_drop(c->db, session_id, c->now);
	tell_session_waiting(c->db, session_id, cancelled ? STR("waiting_cancelled") : STR("waiting_changed"), c->now);
}

void tell_organizer(struct ctx *c, int64_t enrollment_id, const char *kind)
{
	struct tell_facts_row e;
	/* Whoever does it to his own training need not be told. */
	if (tell_facts(c->db, c->arena, enrollment_id, &e) && !(c->actor && c->actor->id == e.organizer_id))
		notification_insert(c->db, e.organizer_id, str_from(kind), SOME(e.id), NONE, c->now);
}

void tell_supervisor(struct ctx *c, int64_t enrollment_id, const char *kind, bool organizer_knows)
{
	notification_insert_supervisor(c->db, enrollment_id, str_from(kind), organizer_knows, c->now);
}

void tell_user(struct ctx *c, int64_t user_id, const char *kind, int64_t enrollment_id, int64_t batch_id)
{
	notification_insert(c->db, user_id, str_from(kind), enrollment_id ? SOME(enrollment_id) : NONE,
		batch_id ? SOME(batch_id) : NONE, c->now);
}

void tell_due(struct ctx *c, int64_t rows, bool *left, int64_t *next_at)
{
	struct stage_count_row count = { 0 };
	struct due_next_row next = { 0 };
	stage_id_clear(c->db);
	due_stage(c->db, c->now, rows);
	stage_count(c->db, c->arena, &count);
	if (count.n) {
		due_mark(c->db, c->now);
		figures_changed_staged(c->db);
		due_notify(c->db, c->now);
		due_invite(c->db, c->now);
		due_note(c->db, c->now);
	}
	due_next(c->db, c->arena, c->now, &next);
	*left = count.n == rows;
	*next_at = next.at.has ? next.at.v : 0;
}
