/* The plan: what an enrollment would do, computed by set-based statements over staging tables. */
#include "base/crypt.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/enroll.h"
#include "model/policy.h"
#include "model/settings.h"

enum { TRAININGS_MAX = 20, MESSAGE_MAX = 2000 };

static bool invalid(struct ctx *c, struct str field, enum err_code code, struct str words)
{
	return err_add(&c->errs, c->arena, ERR_INVALID, field, code, words);
}

static bool is_one_of(struct str s, const char *const *words)
{
	for (; *words; words++)
		if (str_eq(s, str_from(*words)))
			return true;
	return false;
}

/* Trainings and sessions: there, belonging together, not cancelled; the access date not behind the start (E10). */
static bool check_training(struct ctx *c, const struct enroll_spec *s, size_t i, int64_t access_at)
{
	const struct enroll_training *t = &s->trainings[i];
	struct plan_training_check_row row;
	struct str field = str_fmt(c->arena, "trainings[%zu].training", i),
			   session = str_fmt(c->arena, "trainings[%zu].session", i);
	for (size_t k = 0; k < i; k++)
		if (s->trainings[k].training == t->training)
			return invalid(c, field, CODE_duplicate, t_enroll_training_twice(&c->text));
	if (!plan_training_check(c->db, c->arena, t->training, t->session, &row))
		return invalid(c, field, CODE_not_found, t_error_not_found(&c->text));
	if (!t->session.has)
		return true;
	if (!row.session.has || row.session_training.v != t->training)
		return invalid(c, session, CODE_not_found, t_error_not_found(&c->text));
	if (row.cancelled_at.has)
		return invalid(c, session, CODE_invalid, t_enroll_session_cancelled(&c->text, row.session_title));
	if (row.starts_at.v > c->now && access_at > row.starts_at.v)
		return invalid(
			c, STR("access_at"), CODE_out_of_range, t_enroll_access_late(&c->text, row.title, row.session_title));
	return true;
}

static bool check_spec(struct ctx *c, const struct enroll_spec *s, struct str when_full, int64_t access_at)
{
	static const char *const fulls[] = { "wait", "refuse", "over", NULL }, *const clashes[] = { "warn", "skip", NULL };
	static const char *const choices[] = { "enroll", "skip", "move", "wait", "over", NULL };
	bool over = str_eq(when_full, STR("over"));
	if (audience_is_empty(&s->audience))
		invalid(c, STR("audience"), CODE_required, t_enroll_no_users(&c->text));
	if (s->trainings_n == 0)
		invalid(c, STR("trainings"), CODE_required, t_enroll_no_trainings(&c->text));
	if (s->trainings_n > TRAININGS_MAX)
		return invalid(c, STR("trainings"), CODE_out_of_range, t_enroll_too_many_trainings(&c->text, TRAININGS_MAX));
	if (!is_one_of(when_full, fulls))
		invalid(c, STR("when_full"), CODE_invalid, t_error_invalid(&c->text));
	if (!str_is_null(s->on_clash) && !is_one_of(s->on_clash, clashes))
		invalid(c, STR("on_clash"), CODE_invalid, t_error_invalid(&c->text));
	if (str_count_chars(s->message) > MESSAGE_MAX)
		invalid(c, STR("message"), CODE_too_long, t_enroll_message_long(&c->text, MESSAGE_MAX));
	if (s->decisions_n > ENROLL_DECISIONS_MAX)
		return invalid(c, STR("decisions"), CODE_out_of_range, t_error_out_of_range(&c->text));
	for (size_t i = 0; i < s->decisions_n; i++) {
		if (!is_one_of(s->decisions[i].choice, choices))
			return invalid(c, str_fmt(c->arena, "decisions[%zu].do", i), CODE_invalid, t_error_invalid(&c->text));
		over = over || str_eq(s->decisions[i].choice, STR("over"));
		if (s->decisions[i].session.has) {
			struct plan_training_check_row row;
			if (!plan_training_check(c->db, c->arena, s->decisions[i].training, s->decisions[i].session, &row) ||
				!row.session.has || row.session_training.v != s->decisions[i].training || row.cancelled_at.has)
				return invalid(
					c, str_fmt(c->arena, "decisions[%zu].session", i), CODE_not_found, t_error_not_found(&c->text));
		}
	}
	if (over && !actor_can(c->actor, PERM_OVER))
		return err_set(&c->errs, ERR_FORBIDDEN);
	for (size_t i = 0; i < s->trainings_n; i++)
		check_training(c, s, i, access_at);
	return c->errs.kind == ERR_NONE;
}

static void stage_spec(struct ctx *c, const struct enroll_spec *s)
{
	pick_training_clear(c->db);
	for (size_t i = 0; i < s->trainings_n; i++)
		pick_training_add(c->db, s->trainings[i].training, s->trainings[i].session, (int64_t)i + 1);
	pick_decision_clear(c->db);
	for (size_t i = 0; i < s->decisions_n; i++) {
		const struct enroll_decision *d = &s->decisions[i];
		pick_decision_add(c->db, d->user, d->training, d->choice, d->session);
	}
}

static void compute(struct ctx *c, struct str when_full, struct str on_clash)
{
	plan_clear(c->db);
	plan_pairs(c->db);
	plan_started(c->db, c->now);
	plan_teaches(c->db);
	plan_declined_before(c->db);
	plan_overlap_existing(c->db);
	plan_overlap_inside(c->db);
	if (str_eq(on_clash, STR("skip")))
		plan_clash_skip(c->db);
	plan_closed(c->db, c->now);
	plan_asks(c->db);
	plan_seats(c->db, when_full);
	plan_freed_seats(c->db);
	plan_note_codes(c->db);
}

static void count(struct ctx *c, struct plan *out)
{
	struct plan_counts_rows rows;
	plan_counts(c->db, c->arena, &rows);
	for (size_t i = 0; i < rows.n; i++) {
		const struct plan_counts_row *r = &rows.items[i];
		out->pairs += r->n;
		if (str_eq(r->effect, STR("enroll")) || str_eq(r->effect, STR("over")))
			out->enroll += r->n;
		else if (str_eq(r->effect, STR("wait")))
			out->wait += r->n;
		else if (str_eq(r->effect, STR("move")))
			out->move += r->n;
		else if (str_eq(r->effect, STR("decide")))
			out->decide += r->n;
		else
			out->skip += r->n;
		if (str_eq(r->effect, STR("skip")))
			continue;
		out->no_email += r->no_email;
		out->overlaps += r->overlaps;
		out->closed += r->closed;
	}
}

/* Whoever waits gets the seats that become free, in the transaction of the commit. */
static void promote(struct plan_session *s)
{
	int64_t room = s->capacity.has ? s->capacity.v - s->after : s->waiting_after;
	int64_t seated = room < s->waiting_after ? room : s->waiting_after;
	if (seated > 0) {
		s->after += seated;
		s->waiting_after -= seated;
	}
}

static void count_seats(struct ctx *c, struct plan *out)
{
	struct plan_sessions_rows rows;
	struct plan_leaving_rows leaving;
	plan_sessions(c->db, c->arena, &rows);
	plan_leaving(c->db, c->arena, &leaving);
	for (size_t i = 0; i < rows.n; i++) {
		const struct plan_sessions_row *r = &rows.items[i];
		struct plan_session *s = VEC_PUSH(c->arena, out->sessions, out->sessions_n, out->sessions_cap);
		*s = (struct plan_session){ .training = r->training_id,
			.session = r->session,
			.before = r->seats_taken,
			.after = r->seats_taken + r->taking,
			.waiting_before = r->waiting,
			.waiting_after = r->waiting + r->queueing,
			.capacity = r->capacity };
		for (size_t k = 0; k < leaving.n; k++)
			if (leaving.items[k].session == r->session) {
				s->after -= leaving.items[k].seats;
				s->waiting_after -= leaving.items[k].queue;
			}
		promote(s);
	}
}

static struct str digest(struct ctx *c)
{
	struct plan_digest_rows_rows rows;
	struct buf b = buf_new(c->arena);
	plan_digest_rows(c->db, c->arena, &rows);
	for (size_t i = 0; i < rows.n; i++) {
		const struct plan_digest_rows_row *r = &rows.items[i];
		buf_i64(&b, r->training_id);
		buf_char(&b, ' ');
		buf_i64(&b, r->user_id);
		buf_char(&b, ' ');
		buf_i64(&b, r->session_id.has ? r->session_id.v : 0);
		buf_char(&b, ' ');
		buf_put(&b, r->effect);
		buf_char(&b, ' ');
		buf_i64(&b, r->code);
		buf_char(&b, '\n');
	}
	return str_sub(crypt_hash(c->arena, buf_str(&b)), 0, 32);
}

bool enroll_plan(
	struct ctx *c, const struct enroll_spec *s, int64_t hold, const struct account *account, struct plan *out)
{
	struct str when_full = str_is_null(s->when_full) ? account->when_full : s->when_full;
	struct str on_clash = str_is_null(s->on_clash) ? account->on_clash : s->on_clash;
	*out = (struct plan){ 0 };
	/* Now, or a moment in the past (E11), means now plus the hold: until then it can be undone. */
	out->access_was_past = s->access_at.has && s->access_at.v < c->now;
	out->access_is_hold = !s->access_at.has || s->access_at.v <= c->now;
	out->access_at = out->access_is_hold ? c->now + hold : s->access_at.v;
	/* An account's own "over" is a wish; who lacks the permission gets the waiting list. */
	if (str_is_null(s->when_full) && str_eq(when_full, STR("over")) && !actor_can(c->actor, PERM_OVER))
		when_full = STR("wait");
	if (!check_spec(c, s, when_full, out->access_is_hold ? c->now : out->access_at))
		return false;
	if (!audience_resolve(c, &s->audience, &out->unknown, &out->users))
		return false;
	stage_spec(c, s);
	compute(c, when_full, on_clash);
	count(c, out);
	count_seats(c, out);
	out->digest = digest(c);
	out->repeated =
		(int64_t)s->audience.users_n + (int64_t)s->audience.logins_n + (int64_t)s->audience.emails_n > out->users &&
			!s->audience.departments_n && !s->audience.groups_n && !s->audience.filter_n && !s->audience.except_n
		? (int64_t)s->audience.users_n + (int64_t)s->audience.logins_n + (int64_t)s->audience.emails_n - out->users -
			(int64_t)(out->unknown.users_n + out->unknown.logins_n + out->unknown.emails_n)
		: 0;
	return !db_failed(c->db);
}

void enroll_plan_items(
	struct ctx *c, struct str effect, int64_t code, int64_t note, int64_t after, int64_t limit, struct plan_items *out)
{
	struct plan_rows_rows rows;
	plan_rows(c->db, c->arena, str_is_null(effect) ? STR("") : effect, code, note, after, limit + 1, &rows);
	out->more = (int64_t)rows.n > limit;
	out->n = out->more ? (size_t)limit : rows.n;
	out->items = ARENA_ARRAY(c->arena, struct plan_item, out->n ? out->n : 1);
	for (size_t i = 0; i < out->n; i++) {
		const struct plan_rows_row *r = &rows.items[i];
		out->items[i] = (struct plan_item){
			.user = r->user_id,
			.training = r->training_id,
			.session = r->session_id,
			.old_session = r->old_session_id,
			.effect = str_eq(r->effect, STR("over")) ? STR("enroll") : r->effect,
			.code = r->code,
			.notes = r->notes,
			.user_name = r->user_name,
			.login = r->login,
			.department = r->department,
			.training_title = r->training_title,
			.session_title = r->session_title,
			.old_session_title = r->old_session_title,
			.position = after + (int64_t)i + 1,
		};
	}
}
