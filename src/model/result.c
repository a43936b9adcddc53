#include "model/result.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/policy.h"

bool result_is(struct str s)
{
	return str_eq(s, STR("none")) || str_eq(s, STR("attended")) || str_eq(s, STR("absent"));
}

/* Attended when every day is, absent when every day is said and one is not; none while something is open. */
static struct str from_days(struct ctx *c, int64_t id)
{
	struct enrollment_days_rows days;
	size_t attended = 0, none = 0;
	enrollment_days(c->db, c->arena, id, &days);
	for (size_t i = 0; i < days.n; i++) {
		attended += str_eq(days.items[i].result, STR("attended"));
		none += str_eq(days.items[i].result, STR("none"));
	}
	if (days.n == 0 || none)
		return STR("none");
	return attended == days.n ? STR("attended") : STR("absent");
}

static bool check(struct ctx *c, const struct result_entry *r, struct str field, const struct enrollment_row_row *e)
{
	if (!result_is(r->result))
		return ctx_invalid(c, str_cat(c->arena, field, STR("result")), CODE_invalid, t_error_invalid(&c->text));
	if (r->score.has && (r->score.v < 0 || r->score.v > RESULT_SCORE_MAX))
		return ctx_invalid(
			c, str_cat(c->arena, field, STR("score")), CODE_out_of_range, t_error_out_of_range(&c->text));
	if (str_count_chars(r->comment) > RESULT_COMMENT_MAX)
		return ctx_invalid(c, str_cat(c->arena, field, STR("comment")), CODE_too_long, t_error_too_long(&c->text));
	if (!e->session_id.has || !str_eq(e->status, STR("enrolled")))
		return ctx_invalid(c, str_cat(c->arena, field, STR("user")), CODE_not_found, t_result_no_participant(&c->text));
	if (r->day) {
		struct day_of_session_row day;
		if (!day_of_session(c->db, c->arena, r->day, e->session_id.v, &day))
			return ctx_invalid(c, str_cat(c->arena, field, STR("day")), CODE_not_found, t_error_not_found(&c->text));
	}
	return true;
}

static bool apply(struct ctx *c, int64_t id, const struct result_entry *r, struct str field)
{
	struct enrollment_row_row e;
	if (!enrollment_row(c->db, c->arena, id, &e))
		return err_set(&c->errs, ERR_NOT_FOUND);
	if (!check(c, r, field, &e))
		return false;
	bool by_hand = e.result_by_hand != 0;
	struct str result = e.result;
	if (r->day) {
		result_day_set(c->db, id, r->day, r->result);
		/* What was set for the whole session wins until it is taken back. */
		if (!by_hand)
			result = from_days(c, id);
	} else {
		by_hand = !str_eq(r->result, STR("none"));
		result = by_hand ? r->result : from_days(c, id);
	}
	struct opt_i64 score = r->has_score ? r->score : e.score;
	struct str comment = e.comment;
	if (r->has_comment && !text_clean_block(c->arena, str_is_null(r->comment) ? STR("") : r->comment, &comment))
		return ctx_invalid(c, str_cat(c->arena, field, STR("comment")), CODE_invalid, t_error_invalid(&c->text));
	if (str_is_empty(comment))
		comment = STR_NULL;
	struct buf before = buf_new(c->arena), after = buf_new(c->arena);
	struct audit_diff d = { &before, &after, 0 };
	audit_diff_text(&d, "result", e.result, result);
	audit_diff_i64(&d, "score", e.score, score);
	audit_diff_text(&d, "comment", e.comment, comment);
	if (r->day)
		audit_diff_text(&d, "day_result", STR_NULL, r->result);
	audit_diff_end(&d);
	if (d.n || by_hand != (e.result_by_hand != 0))
		enrollment_set_result(c->db, id, result, by_hand, score, comment);
	if (!str_eq(result, e.result))
		figures_changed(c->db, e.session_id.v);
	if (d.n)
		audit_add(c,
			&(struct audit_entry){ .action = "enrollment.result",
				.object = "enrollment",
				.object_id = id,
				.user_id = e.user_id,
				.training_id = e.training_id,
				.before = buf_str(&before),
				.after = buf_str(&after) });
	return !db_failed(c->db);
}

/* Somebody out of scope is no participant for the actor (R3); organizer and instructor record for all of theirs (R11).
 */
static bool may_record(struct ctx *c, int64_t enrollment_id)
{
	struct errs before = c->errs;
	bool ok = policy_enrollment(c, PERM_RESULTS, enrollment_id);
	c->errs = before;
	return ok;
}

bool result_set(struct ctx *c, int64_t session_id, const struct result_entry *entries, size_t n, int64_t *updated)
{
	*updated = 0;
	for (size_t i = 0; i < n; i++) {
		struct enrollment_in_session_row row;
		struct str field = str_fmt(c->arena, "results[%zu].", i);
		if (!enrollment_in_session(c->db, c->arena, session_id, entries[i].user, &row) || !may_record(c, row.id))
			ctx_invalid(c, str_cat(c->arena, field, STR("user")), CODE_not_found, t_result_no_participant(&c->text));
		else if (apply(c, row.id, &entries[i], field))
			++*updated;
	}
	return c->errs.kind == ERR_NONE && !db_failed(c->db);
}

bool result_set_one(struct ctx *c, int64_t enrollment_id, const struct result_entry *entry)
{
	return apply(c, enrollment_id, entry, STR(""));
}
