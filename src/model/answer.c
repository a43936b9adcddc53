#include "model/answer.h"
#include "base/crypt.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/policy.h"
#include "model/seat.h"
#include "model/tell.h"

static bool not_open(struct ctx *c)
{
	return err_add(&c->errs, c->arena, ERR_CONFLICT, STR("answer"), CODE_not_open, t_error_not_open(&c->text));
}

static bool load(struct ctx *c, int64_t id, struct enrollment_row_row *e)
{
	return enrollment_row(c->db, c->arena, id, e) ||
		err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
}

/* Declined when every day is, accepted when none is declined or open, else tentative, else none. */
struct str answer_overall(struct ctx *c, int64_t enrollment_id, int64_t day, struct str answer)
{
	struct enrollment_days_rows days;
	size_t none = 0, accepted = 0, declined = 0;
	enrollment_days(c->db, c->arena, enrollment_id, &days);
	for (size_t i = 0; i < days.n; i++) {
		struct str one = days.items[i].id == day ? answer : days.items[i].answer;
		none += str_eq(one, STR("none"));
		accepted += str_eq(one, STR("accepted"));
		declined += str_eq(one, STR("declined"));
	}
	if (days.n == 0 || none == days.n)
		return STR("none");
	if (declined == days.n)
		return STR("declined");
	return accepted == days.n ? STR("accepted") : STR("tentative");
}

/* A decline frees the seat; taking it back needs a free one, else the waiting list. */
static void settle(struct ctx *c, const struct enrollment_row_row *e, struct str answer, struct answered *out)
{
	bool declined_before = str_eq(e->answer, STR("declined")), declines = str_eq(answer, STR("declined"));
	int64_t place = 0;
	*out = (struct answered){ e->training_title, e->session_title, e->status, answer, e->user_locale };
	if (declined_before && !declines && seat_take(c, e->session_id.v, STR("wait"), &place) == SEAT_WAIT) {
		out->status = STR("waiting");
		out->answer = STR("none");
		enrollment_days_clear(c->db, e->id);
		enrollment_answer_waits(c->db, e->id, c->now, place);
		figures_changed(c->db, e->session_id.v);
		tell_invited(c, e->id, "waiting");
		return;
	}
	enrollment_set_answer(c->db, e->id, answer, c->now);
	if (!declined_before && declines) {
		seat_free(c, e->session_id.v);
		seat_promote(c, e->session_id.v);
		tell_organizer(c, e->id, "declined");
	}
}

/* What has become of it, which is not always what was asked for: there may be a waiting list. `said`: about one day. */
static void audit_outcome(struct ctx *c, const struct enrollment_row_row *e, const char *action, struct opt_i64 session,
	struct str status, struct str answer, const struct answer_said *said)
{
	struct buf before = buf_new(c->arena), after = buf_new(c->arena);
	struct audit_diff d = { &before, &after, 0 };
	audit_diff_i64(&d, "session", e->session_id, session);
	audit_diff_text(&d, "status", e->status, status);
	audit_diff_text(&d, "answer", e->answer, answer);
	if (said && !str_eq(said->before, said->answer)) {
		audit_diff_i64(&d, "day", NONE, SOME(said->position));
		audit_diff_text(&d, "day_answer", said->before, said->answer);
	}
	audit_diff_end(&d);
	if (d.n)
		audit_add(c,
			&(struct audit_entry){ .action = action,
				.object = "enrollment",
				.object_id = e->id,
				.user_id = e->user_id,
				.training_id = e->training_id,
				.before = buf_str(&before),
				.after = buf_str(&after) });
}

static bool open_to_answer(struct ctx *c, int64_t id, struct enrollment_row_row *e)
{
	if (!load(c, id, e))
		return false;
	return (e->session_id.has && e->announced_at.has && str_eq(e->status, STR("enrolled")) &&
			   !e->session_cancelled_at.has && e->ends_at.v > c->now) ||
		not_open(c);
}

bool answer_set(struct ctx *c, int64_t enrollment_id, struct str answer, bool by_link, struct answered *out)
{
	struct enrollment_row_row e;
	if (!str_eq(answer, STR("accepted")) && !str_eq(answer, STR("tentative")) && !str_eq(answer, STR("declined")))
		return ctx_invalid(c, STR("answer"), CODE_invalid, t_error_invalid(&c->text));
	if (!open_to_answer(c, enrollment_id, &e))
		return false;
	answer_all_days_set(c->db, enrollment_id, answer, c->now);
	settle(c, &e, answer, out);
	audit_outcome(c, &e, by_link ? "enrollment.answer_by_link" : "enrollment.answer", e.session_id, out->status,
		out->answer, NULL);
	return !db_failed(c->db);
}

bool answer_by_mail(struct ctx *c, int64_t enrollment_id, const struct answer_said *said, struct answered *out)
{
	struct enrollment_row_row e;
	if (!open_to_answer(c, enrollment_id, &e))
		return false;
	struct str answer = answer_overall(c, enrollment_id, said->day, said->answer);
	answer_day_set(c->db, enrollment_id, said->day, said->answer, c->now, said->sequence, said->stamp);
	settle(c, &e, answer, out);
	audit_outcome(c, &e, "enrollment.answer_by_mail", e.session_id, out->status, out->answer, said);
	return !db_failed(c->db);
}

/* ---- participant chooses (R9) */
static bool may_choose(struct ctx *c, const struct enrollment_row_row *e)
{
	if (!e->announced_at.has || str_eq(e->status, STR("cancelled")) || (e->session_id.has && e->preselected))
		return not_open(c);
	if (!str_eq(e->result, STR("none")) || e->score.has)
		return err_add(&c->errs, c->arena, ERR_CONFLICT, STR("session"), CODE_locked, t_error_locked(&c->text));
	/* Leaving a session that begins soon is closed as well. */
	int64_t before = e->closes_before.has ? e->closes_before.v : 0;
	if (e->session_id.has && !e->session_cancelled_at.has && e->starts_at.v - before <= c->now)
		return not_open(c);
	return true;
}

bool answer_choose(struct ctx *c, int64_t enrollment_id, int64_t session_id)
{
	struct enrollment_row_row e;
	struct enrollment_session_facts_row s;
	int64_t position = 0;
	if (!load(c, enrollment_id, &e) || !may_choose(c, &e))
		return false;
	if (!enrollment_session_facts(c->db, c->arena, session_id, &s) || s.training_id != e.training_id ||
		s.cancelled_at.has)
		return ctx_invalid(c, STR("session"), CODE_not_found, t_error_not_found(&c->text));
	if (s.starts_at - (e.closes_before.has ? e.closes_before.v : 0) <= c->now)
		return not_open(c);
	if (e.session_id.has && e.session_id.v == session_id)
		return true;
	/* The old seat is released only when the new one is there. */
	enum seat_result seat = seat_take(c, session_id, STR("wait"), &position);
	bool had_seat = e.session_id.has && str_eq(e.status, STR("enrolled")) && !str_eq(e.answer, STR("declined"));
	if (had_seat)
		seat_free(c, e.session_id.v);
	else if (str_eq(e.status, STR("waiting")))
		seat_stop_waiting(c, e.session_id.v);
	enrollment_days_clear(c->db, e.id);
	enrollment_set_session(c->db, e.id, SOME(session_id), seat == SEAT_WAIT ? STR("waiting") : STR("enrolled"),
		seat == SEAT_WAIT ? SOME(position) : NONE, 0);
	if (seat == SEAT_TAKEN) {
		/* Choosing a time is saying yes to it. */
		answer_all_days_set(c->db, e.id, STR("accepted"), c->now);
		enrollment_set_answer(c->db, e.id, STR("accepted"), c->now);
	}
	figures_changed(c->db, session_id);
	if (e.session_id.has) {
		figures_changed(c->db, e.session_id.v);
		seat_promote(c, e.session_id.v);
	}
	tell_calendar(c, e.id);
	/* R9; a first choice is no change. */
	if (e.session_id.has)
		tell_supervisor(c, e.id, "changed_session", false);
	bool waits = seat == SEAT_WAIT;
	audit_outcome(c, &e, "enrollment.choose", SOME(session_id), waits ? STR("waiting") : STR("enrolled"),
		waits ? STR("none") : STR("accepted"), NULL);
	return !db_failed(c->db);
}

/* ---- links: "ID.MAC"; the generation in the MAC revokes old ones */
struct str answer_token(struct ctx *c, int64_t enrollment_id, int64_t generation)
{
	struct str text = str_fmt(c->arena, "%lld:%lld", (long long)enrollment_id, (long long)generation);
	return str_fmt(
		c->arena, "%lld." STR_FMT, (long long)enrollment_id, STR_ARG(crypt_keyed(c->arena, c->key, "rsvp", text, 32)));
}

int64_t answer_by_token(struct ctx *c, struct str token, int64_t *user_id)
{
	struct policy_enrollment_facts_row e;
	struct str rest = token, id_text;
	int64_t id;
	if (str_split(&rest, '.', &id_text) && str_to_i64(id_text, &id) &&
		policy_enrollment_facts(c->db, c->arena, id, &e) && crypt_equal(answer_token(c, id, e.generation), token) &&
		e.announced_at.has) {
		*user_id = e.user_id;
		return id;
	}
	err_set(&c->errs, ERR_NOT_FOUND);
	return 0;
}
