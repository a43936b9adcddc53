#include "model/enrollment.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/policy.h"
#include "model/seat.h"
#include "model/stage.h"
#include "model/tell.h"

static bool invalid(struct ctx *c, enum err_kind kind, const char *field, enum err_code code, struct str words)
{
	return err_add(&c->errs, c->arena, kind, str_from(field), code, words);
}

static bool load(struct ctx *c, int64_t id, struct enrollment_row_row *e)
{
	return enrollment_row(c->db, c->arena, id, e) ||
		err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
}

static struct opt_i64 place_of(struct ctx *c, int64_t id)
{
	struct waiting_places_rows rows;
	waiting_places(c->db, c->arena, stage_list(c->arena, &id, 1), &rows);
	return rows.n ? SOME(rows.items[0].place) : NONE;
}

bool enrollment_get(struct ctx *c, int64_t id, struct enrollment *out)
{
	struct enrollment_row_row e;
	struct enrollment_days_rows days;
	if (!load(c, id, &e))
		return false;
	*out = (struct enrollment){
		.id = e.id,
		.user = e.user_id,
		.training = e.training_id,
		.session = e.session_id,
		.user_name = e.user_name,
		.login = e.login,
		.email = e.email,
		.department = e.department,
		.training_title = e.training_title,
		.session_title = e.session_title,
		.access_at = e.access_at,
		.announced_at = e.announced_at,
		.status = e.status,
		.position = e.position,
		.answer = e.answer,
		.answered_at = e.answered_at,
		.result = e.result,
		.result_by_hand = e.result_by_hand != 0,
		.score = e.score,
		.comment = e.comment,
		.source = e.source,
		.batch = e.batch_id,
		.preselected = e.preselected != 0,
		.version = e.version,
		.generation = e.generation,
		.created_at = e.created_at,
		.starts_at = e.starts_at,
		.ends_at = e.ends_at,
		.session_cancelled = e.session_cancelled_at.has,
		.organizer = e.organizer_id,
		.instructor = e.instructor,
		.closes_before = e.closes_before,
	};
	if (e.position.has)
		out->position = place_of(c, id);
	enrollment_days(c->db, c->arena, id, &days);
	out->days_n = days.n;
	out->days = ARENA_ARRAY(c->arena, struct enrollment_day, days.n ? days.n : 1);
	for (size_t i = 0; i < days.n; i++) {
		const struct enrollment_days_row *d = &days.items[i];
		out->days[i] = (struct enrollment_day){ .day = d->id,
			.position = d->position,
			.answer = d->answer,
			.result = d->result,
			.start_at = d->start_at,
			.end_at = d->end_at,
			.time_zone = d->time_zone,
			.location = d->location,
			.url = d->url };
	}
	return !db_failed(c->db);
}

struct str enrollment_status_word(struct str status, struct opt_i64 announced_at)
{
	return !str_eq(status, STR("cancelled")) && !announced_at.has ? STR("scheduled") : status;
}

/* Whether it holds a seat now (product: a session, enrolled, not declined). */
static bool holds_seat(const struct enrollment_row_row *e)
{
	return e->session_id.has && str_eq(e->status, STR("enrolled")) && !str_eq(e->answer, STR("declined"));
}

/* Gives back what it holds: a seat, or a place in the waiting list. */
static void leave_session(struct ctx *c, const struct enrollment_row_row *e)
{
	if (!e->session_id.has)
		return;
	if (str_eq(e->status, STR("waiting")))
		seat_stop_waiting(c, e->session_id.v);
	else if (holds_seat(e))
		seat_free(c, e->session_id.v);
}

/* Who is not announced is counted nowhere. */
static void count_anew(struct ctx *c, const struct enrollment_row_row *e, struct opt_i64 session)
{
	if (e->announced_at.has && session.has)
		figures_changed(c->db, session.v);
}

static void audit_one(
	struct ctx *c, const struct enrollment_row_row *e, const char *action, struct str before, struct str after)
{
	audit_add(c,
		&(struct audit_entry){ .action = action,
			.object = "enrollment",
			.object_id = e->id,
			.user_id = e->user_id,
			.training_id = e->training_id,
			.batch_id = e->batch_id.has ? e->batch_id.v : 0,
			.before = before,
			.after = after });
}

/* ---- edit: everything is checked before anything is written, so that one of several that cannot change leaves nothing
 * behind */
static bool same(struct opt_i64 a, struct opt_i64 b)
{
	return a.has == b.has && (!a.has || a.v == b.v);
}

/* What a change of session needs to know: the target, or none for "participant chooses". */
struct target {
	struct opt_i64 session, starts_at;
	struct str title;
};

static bool check_session(struct ctx *c, const struct enrollment_row_row *e, struct opt_i64 session, struct target *out)
{
	struct enrollment_session_facts_row s;
	if (e->score.has)
		return invalid(c, ERR_CONFLICT, "session", CODE_locked, t_error_locked(&c->text)); /* R8 */
	*out = (struct target){ .session = session };
	if (!session.has)
		return true;
	if (!enrollment_session_facts(c->db, c->arena, session.v, &s) || s.training_id != e->training_id)
		return invalid(c, ERR_INVALID, "session", CODE_not_found, t_error_not_found(&c->text));
	if (s.cancelled_at.has)
		return invalid(c, ERR_INVALID, "session", CODE_invalid, t_enroll_session_cancelled(&c->text, s.title));
	out->starts_at = SOME(s.starts_at);
	out->title = s.title;
	return true;
}

static bool check_access(struct ctx *c, const struct enrollment_row_row *e, int64_t access_at, const struct target *in)
{
	if (e->announced_at.has)
		return invalid(c, ERR_CONFLICT, "access_at", CODE_announced, t_error_announced(&c->text));
	if (access_at > c->now && in->starts_at.has && in->starts_at.v > c->now && access_at > in->starts_at.v)
		return invalid(c, ERR_INVALID, "access_at", CODE_out_of_range,
			t_enroll_access_late(&c->text, e->training_title, in->title));
	return true;
}

static bool check_when_full(struct ctx *c, struct str when_full)
{
	if (str_is_null(when_full) || str_eq(when_full, STR("wait")) || str_eq(when_full, STR("refuse")))
		return true;
	if (!str_eq(when_full, STR("over")))
		return invalid(c, ERR_INVALID, "when_full", CODE_invalid, t_error_invalid(&c->text));
	return actor_can(c->actor, PERM_OVER) ||
		invalid(c, ERR_FORBIDDEN, "when_full", CODE_invalid, t_enrollment_over_forbidden(&c->text));
}

static bool change_session(struct ctx *c, const struct enrollment_row_row *e, const struct enrollment_edit *edit)
{
	struct opt_i64 session = edit->session;
	struct str when_full = str_is_null(edit->when_full) ? STR("wait") : edit->when_full;
	int64_t position = 0;
	enum seat_result seat = SEAT_TAKEN;
	/* The new seat first: who gets none keeps the old one. */
	if (session.has)
		seat = seat_take(c, session.v, when_full, &position);
	if (seat == SEAT_REFUSED)
		return invalid(c, ERR_CONFLICT, "session", CODE_full, t_error_full(&c->text));
	leave_session(c, e);
	enrollment_days_clear(c->db, e->id);
	enrollment_set_session(c->db, e->id, session, seat == SEAT_WAIT ? STR("waiting") : STR("enrolled"),
		seat == SEAT_WAIT ? SOME(position) : NONE, session.has);
	count_anew(c, e, e->session_id);
	count_anew(c, e, session);
	if (e->session_id.has && !edit->promote_later)
		seat_promote(c, e->session_id.v);
	const char *kind = !session.has ? "choose" : same(session, e->session_id) ? "seat" : "moved";
	tell_invited(c, e->id, seat == SEAT_WAIT ? "waiting" : kind);
	return true;
}

static void audit_edit(struct ctx *c, const struct enrollment_row_row *e)
{
	struct enrollment_row_row now;
	struct buf before = buf_new(c->arena), after = buf_new(c->arena);
	struct audit_diff d = { &before, &after, 0 };
	if (!load(c, e->id, &now))
		return;
	audit_diff_i64(&d, "access_at", SOME(e->access_at), SOME(now.access_at));
	audit_diff_i64(&d, "session", e->session_id, now.session_id);
	audit_diff_text(&d, "status", e->status, now.status);
	audit_diff_text(&d, "answer", e->answer, now.answer);
	audit_diff_text(&d, "result", e->result, now.result);
	audit_diff_end(&d);
	if (d.n)
		audit_one(c, e, "enrollment.edit", buf_str(&before), buf_str(&after));
}

bool enrollment_edit(struct ctx *c, int64_t id, const struct enrollment_edit *edit, int64_t hold)
{
	struct enrollment_row_row e;
	if (!load(c, id, &e))
		return false;
	if (str_eq(e.status, STR("cancelled")))
		return invalid(c, ERR_CONFLICT, "status", CODE_not_open, t_enrollment_is_cancelled(&c->text));
	if (edit->version.has && edit->version.v != e.version)
		return invalid(c, ERR_CONFLICT, "version", CODE_outcome_changed, t_error_outcome_changed(&c->text));
	struct target target = { e.session_id, e.starts_at, e.session_title };
	/* Who waits can be seated over the capacity without going anywhere else. */
	bool seats = edit->has_session && str_eq(e.status, STR("waiting")) && str_eq(edit->when_full, STR("over"));
	bool moves = edit->has_session && (seats || !same(edit->session, e.session_id));
	/* Who is not told yet would be told too late, in an earlier session as with a later date (E10). */
	bool dates = edit->has_access || (moves && !e.announced_at.has);
	if (!check_when_full(c, edit->when_full) || (moves && !check_session(c, &e, edit->session, &target)) ||
		(dates && !check_access(c, &e, edit->has_access ? edit->access_at : e.access_at, &target)))
		return false;
	if (moves && !change_session(c, &e, edit))
		return false;
	/* A date that has passed means now, and now leaves time to undo. */
	int64_t access_at = edit->access_at <= c->now ? c->now + hold : edit->access_at;
	if (edit->has_access && access_at != e.access_at)
		enrollment_set_access(c->db, e.id, access_at);
	audit_edit(c, &e);
	return !db_failed(c->db);
}

/* ---- cancel */
static bool cancel(struct ctx *c, const struct enrollment_row_row *e, const char *action)
{
	tell_cancelled(c, e->id);
	leave_session(c, e);
	enrollment_set_cancelled(c->db, e->id, c->now);
	count_anew(c, e, e->session_id);
	if (e->session_id.has)
		seat_promote(c, e->session_id.v);
	struct str before = str_fmt(c->arena, "{\"status\":\"" STR_FMT "\"}", STR_ARG(e->status));
	audit_one(c, e, action, before, STR("{\"status\":\"cancelled\"}"));
	return !db_failed(c->db);
}

bool enrollment_cancel(struct ctx *c, int64_t id)
{
	struct enrollment_row_row e;
	if (!load(c, id, &e))
		return false;
	return str_eq(e.status, STR("cancelled")) || cancel(c, &e, "enrollment.cancel");
}

bool enrollment_leave_waiting(struct ctx *c, int64_t id, bool by_link)
{
	struct enrollment_row_row e;
	if (!load(c, id, &e))
		return false;
	if (!str_eq(e.status, STR("waiting")) || !e.announced_at.has || e.session_cancelled_at.has ||
		e.starts_at.v <= c->now)
		return invalid(c, ERR_CONFLICT, "status", CODE_not_open, t_leave_not_open(&c->text));
	if (!cancel(c, &e, by_link ? "enrollment.leave_by_link" : "enrollment.leave"))
		return false;
	tell_organizer(c, id, "left_waiting");
	tell_supervisor(c, id, "left_waiting", true);
	return !db_failed(c->db);
}

int64_t enrollment_count_for_leaver(struct ctx *c, int64_t user_id)
{
	struct enrollment_of_leaver_rows rows;
	enrollment_of_leaver(c->db, c->arena, user_id, c->now, &rows);
	return (int64_t)rows.n;
}

bool enrollment_cancel_for_leaver(struct ctx *c, int64_t user_id, int64_t *cancelled)
{
	struct enrollment_of_leaver_rows rows;
	enrollment_of_leaver(c->db, c->arena, user_id, c->now, &rows);
	for (size_t i = 0; i < rows.n; i++) {
		if (!enrollment_cancel(c, rows.items[i].id))
			return false;
		tell_organizer(c, rows.items[i].id, "left");
	}
	if (cancelled)
		*cancelled = (int64_t)rows.n;
	return true;
}

/* ---- the session changed under it */
void enrollment_session_cancelled(struct ctx *c, int64_t session_id)
{
	tell_session(c, session_id, "cancelled");
}

void enrollment_session_changed(struct ctx *c, int64_t session_id, bool moved)
{
	/* Who said yes to another time is asked again; who declined stays declined, or the seat would be taken unasked. */
	if (moved) {
		session_answers_reset(c->db, session_id);
		session_day_answers_reset(c->db, session_id);
	}
	tell_session(c, session_id, "changed");
}
