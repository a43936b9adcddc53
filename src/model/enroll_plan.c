/* The plan: what an enrollment would do, computed by set-based statements over staging tables. */
#include <stdlib.h>
#include "base/crypt.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/enroll_plan.h"
#include "model/policy.h"
#include "model/settings.h"

enum { TRAININGS_MAX = 20, MESSAGE_MAX = 2000, SCAN_ROWS = 10000 };

static bool is_one_of(struct str s, const char *const *words)
{
	for (; *words; words++)
		if (str_eq(s, str_from(*words)))
			return true;
	return false;
}

static void put_target(struct jw *w, int64_t training, struct opt_i64 session)
{
	jw_arr(w);
	jw_i64(w, training);
	jw_opt_i64(w, session.has, session.v);
	jw_end(w);
}

/* The trainings, then, where decisions are wanted as well, what each of these names: a JSON list of [training,
 * session]. */
static struct str targets(struct ctx *c, const struct enroll_spec *s, bool decisions)
{
	struct buf b = buf_new(c->arena);
	struct jw w = jw_new(&b);
	jw_arr(&w);
	for (size_t i = 0; i < s->trainings_n; i++)
		put_target(&w, s->trainings[i].training, s->trainings[i].session);
	for (size_t i = 0; decisions && i < s->decisions_n; i++)
		put_target(&w, s->decisions[i].training, s->decisions[i].session);
	jw_end(&w);
	return buf_str(&b);
}

/* Trainings and sessions: there, belonging together, not cancelled; the access date not behind the start (E10). */
static bool check_training(
	struct ctx *c, const struct enroll_spec *s, size_t i, const struct plan_targets_row *row, int64_t access_at)
{
	const struct enroll_training *t = &s->trainings[i];
	struct str field = str_fmt(c->arena, "trainings[%zu].training", i),
			   session = str_fmt(c->arena, "trainings[%zu].session", i);
	for (size_t k = 0; k < i; k++)
		if (s->trainings[k].training == t->training)
			return ctx_invalid(c, field, CODE_duplicate, t_enroll_training_twice(&c->text));
	if (!row->id.has)
		return ctx_invalid(c, field, CODE_not_found, t_error_not_found(&c->text));
	if (!t->session.has)
		return true;
	if (!row->session.has || row->session_training.v != t->training)
		return ctx_invalid(c, session, CODE_not_found, t_error_not_found(&c->text));
	if (row->cancelled_at.has)
		return ctx_invalid(c, session, CODE_invalid, t_enroll_session_cancelled(&c->text, row->session_title));
	if (row->starts_at.v > c->now && access_at > row->starts_at.v)
		return ctx_invalid(
			c, STR("access_at"), CODE_out_of_range, t_enroll_access_late(&c->text, row->title, row->session_title));
	return true;
}

static bool check_spec(struct ctx *c, const struct enroll_spec *s, struct str when_full, int64_t access_at)
{
	static const char *const fulls[] = { "wait", "refuse", "over", NULL }, *const clashes[] = { "warn", "skip", NULL };
	static const char *const choices[] = { "enroll", "skip", "move", "wait", "over", NULL };
	struct plan_targets_rows rows;
	struct str over = str_eq(when_full, STR("over")) ? STR("when_full") : STR_NULL; /* what asks for it */
	if (audience_is_empty(&s->audience))
		ctx_invalid(c, STR("audience"), CODE_required, t_enroll_no_users(&c->text));
	if (s->trainings_n == 0)
		ctx_invalid(c, STR("trainings"), CODE_required, t_enroll_no_trainings(&c->text));
	if (s->trainings_n > TRAININGS_MAX)
		return ctx_invalid(
			c, STR("trainings"), CODE_out_of_range, t_enroll_too_many_trainings(&c->text, TRAININGS_MAX));
	if (!is_one_of(when_full, fulls))
		ctx_invalid(c, STR("when_full"), CODE_invalid, t_error_invalid(&c->text));
	if (!str_is_null(s->on_clash) && !is_one_of(s->on_clash, clashes))
		ctx_invalid(c, STR("on_clash"), CODE_invalid, t_error_invalid(&c->text));
	if (str_count_chars(s->message) > MESSAGE_MAX)
		ctx_invalid(c, STR("message"), CODE_too_long, t_enroll_message_long(&c->text, MESSAGE_MAX));
	if (s->decisions_n > ENROLL_DECISIONS_MAX)
		return ctx_invalid(c, STR("decisions"), CODE_out_of_range, t_error_out_of_range(&c->text));
	plan_targets(c->db, c->arena, targets(c, s, true), &rows);
	if (rows.n != s->trainings_n + s->decisions_n)
		return err_set(&c->errs, ERR_UNAVAILABLE);
	for (size_t i = 0; i < s->decisions_n; i++) {
		const struct enroll_decision *d = &s->decisions[i];
		const struct plan_targets_row *row = &rows.items[s->trainings_n + i];
		if (!is_one_of(d->choice, choices))
			return ctx_invalid(c, str_fmt(c->arena, "decisions[%zu].do", i), CODE_invalid, t_error_invalid(&c->text));
		if (str_is_null(over) && str_eq(d->choice, STR("over")))
			over = str_fmt(c->arena, "decisions[%zu].do", i);
		if (d->session.has && (!row->session.has || row->session_training.v != d->training || row->cancelled_at.has))
			return ctx_invalid(
				c, str_fmt(c->arena, "decisions[%zu].session", i), CODE_not_found, t_error_not_found(&c->text));
	}
	if (!str_is_null(over) && !actor_can(c->actor, PERM_OVER))
		return err_add(&c->errs, c->arena, ERR_FORBIDDEN, over, CODE_invalid, t_enrollment_over_forbidden(&c->text));
	for (size_t i = 0; i < s->trainings_n; i++)
		check_training(c, s, i, &rows.items[i], access_at);
	return c->errs.kind == ERR_NONE;
}

static void stage_spec(struct ctx *c, const struct enroll_spec *s)
{
	struct buf b = buf_new(c->arena);
	struct jw w = jw_new(&b);
	jw_arr(&w);
	for (size_t i = 0; i < s->decisions_n; i++) {
		const struct enroll_decision *d = &s->decisions[i];
		jw_arr(&w);
		jw_i64(&w, d->user);
		jw_i64(&w, d->training);
		jw_str(&w, d->choice);
		jw_opt_i64(&w, d->session.has, d->session.v);
		jw_end(&w);
	}
	jw_end(&w);
	pick_training_clear(c->db);
	pick_training_fill(c->db, targets(c, s, false));
	pick_decision_clear(c->db);
	if (s->decisions_n)
		pick_decision_fill(c->db, buf_str(&b));
}

/* The statements that can find something, in this order; facts about the sessions rule most of them out. */
static void compute(struct ctx *c, struct str when_full, struct str on_clash, int64_t pairs)
{
	struct plan_facts_row facts = { 0 };
	plan_clear(c->db);
	plan_pairs(c->db);
	plan_facts(c->db, c->arena, c->now, &facts);
	if (facts.started)
		plan_started(c->db, c->now);
	plan_teaches(c->db);
	plan_declined_before(c->db);
	if (facts.clashing > pairs) {
		plan_overlap_of_users(c->db);
	} else if (facts.clashing) {
		plan_busy_clear(c->db);
		plan_busy_add(c->db);
		plan_overlap_of_sessions(c->db);
	}
	if (facts.inside)
		plan_overlap_inside(c->db);
	if (str_eq(on_clash, STR("skip")) && (facts.clashing || facts.inside))
		plan_clash_skip(c->db);
	if (facts.closed)
		plan_closed(c->db, c->now);
	if (facts.limited) {
		plan_asks(c->db);
		plan_seats(c->db, when_full);
		plan_freed_seats(c->db);
	}
	if (facts.clashing || facts.inside || facts.closed)
		plan_note_codes(c->db);
}

/* ---- what came of it: one look at each row */
struct group {
	struct plan_group it;
	int64_t *users;
	size_t cap;
	int64_t rank; /* place of its training, then of its effect */
};
struct groups {
	struct group *items;
	size_t n, cap, last; /* last: the one that the row before belonged to */
};

static int64_t rank_of(const struct enroll_spec *s, const struct plan_scan_row *r)
{
	/* Moves, whose seats the plan has kept, then seats, then places in the waiting list. */
	static const char *const effects[] = { "move", "over", "enroll", "wait", "decide", "skip", NULL };
	int64_t training = 0, effect = 0;
	while (s->trainings[training].training != r->training_id)
		training++;
	while (effects[effect] && !str_eq(r->effect, str_from(effects[effect])))
		effect++;
	return training * 10 + effect;
}

static bool belongs(const struct plan_scan_row *r, const struct plan_group *g)
{
	return g->code == r->code && g->training == r->training_id && g->session.has == r->session_id.has &&
		(!g->session.has || g->session.v == r->session_id.v) && str_eq(g->effect, r->effect);
}

static struct group *group_of(
	struct ctx *c, const struct enroll_spec *s, struct groups *all, const struct plan_scan_row *r)
{
	if (all->n && belongs(r, &all->items[all->last].it))
		return &all->items[all->last];
	for (all->last = 0; all->last < all->n; all->last++)
		if (belongs(r, &all->items[all->last].it))
			return &all->items[all->last];
	struct group *g = VEC_PUSH(c->arena, all->items, all->n, all->cap);
	*g = (struct group){ .it = { .training = r->training_id,
							 .session = r->session_id,
							 .effect = str_dup(c->arena, r->effect),
							 .code = r->code },
		.rank = rank_of(s, r) };
	return g;
}

static void add_row(
	struct ctx *c, const struct enroll_spec *s, struct groups *all, const struct plan_scan_row *r, struct plan *out)
{
	struct group *g = group_of(c, s, all, r);
	*VEC_PUSH(c->arena, g->users, g->it.n, g->cap) = r->user_id;
	out->pairs++;
	if (str_eq(r->effect, STR("enroll")) || str_eq(r->effect, STR("over")))
		out->enroll++;
	else if (str_eq(r->effect, STR("wait")))
		out->wait++;
	else if (str_eq(r->effect, STR("move")))
		out->move++;
	else if (str_eq(r->effect, STR("decide")))
		out->decide++;
	else
		out->skip++;
	if (str_eq(r->effect, STR("skip")) || str_eq(r->effect, STR("decide")))
		return;
	out->no_email += (r->notes & NOTE_NO_EMAIL) != 0;
	out->overlaps += (r->notes & NOTE_OVERLAP) != 0;
	out->closed += (r->notes & NOTE_CLOSED) != 0;
}

static int by_rank(const void *a, const void *b)
{
	const struct group *x = a, *y = b;
	int64_t xs = x->it.session.has ? x->it.session.v : 0, ys = y->it.session.has ? y->it.session.v : 0;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (xs != ys)
		return xs < ys ? -1 : 1;
	return x->it.code < y->it.code ? -1 : x->it.code > y->it.code;
}

static void read_groups(struct ctx *c, const struct enroll_spec *s, struct plan *out)
{
	struct groups all = { 0 };
	struct plan_scan_rows rows;
	int64_t training = 0, user = 0;
	ARENA_SCOPED page = arena_new();
	do {
		arena_reset(page);
		plan_scan(c->db, page, training, user, SCAN_ROWS, &rows);
		for (size_t i = 0; i < rows.n; i++)
			add_row(c, s, &all, &rows.items[i], out);
		if (rows.n) {
			training = rows.items[rows.n - 1].training_id;
			user = rows.items[rows.n - 1].user_id;
		}
	} while (rows.n == SCAN_ROWS);
	if (all.n)
		qsort(all.items, all.n, sizeof *all.items, by_rank);
	out->groups = ARENA_ARRAY(c->arena, struct plan_group, all.n + 1);
	for (size_t i = 0; i < all.n; i++) {
		all.items[i].it.users = all.items[i].users;
		out->groups[out->groups_n++] = all.items[i].it;
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

static bool is_chosen(const struct enroll_spec *s, int64_t session)
{
	for (size_t i = 0; i < s->trainings_n; i++)
		if (s->trainings[i].session.has && s->trainings[i].session.v == session)
			return true;
	return false;
}

/* What the groups ask of one session; false when none is about it. */
static bool add_asked(const struct plan *p, struct plan_session *s)
{
	bool any = false;
	for (size_t i = 0; i < p->groups_n; i++) {
		const struct plan_group *g = &p->groups[i];
		if (!g->session.has || g->session.v != s->session)
			continue;
		any = true;
		if (str_eq(g->effect, STR("wait")))
			s->waiting_after += (int64_t)g->n;
		else if (!str_eq(g->effect, STR("skip")) && !str_eq(g->effect, STR("decide")))
			s->after += (int64_t)g->n;
	}
	return any;
}

static void count_seats(struct ctx *c, const struct enroll_spec *spec, struct plan *out)
{
	struct plan_sessions_rows rows;
	struct plan_leaving_rows leaving = { 0 };
	plan_sessions(c->db, c->arena, &rows);
	if (out->move)
		plan_leaving(c->db, c->arena, &leaving);
	for (size_t i = 0; i < rows.n; i++) {
		const struct plan_sessions_row *r = &rows.items[i];
		struct plan_session s = { .training = r->training_id,
			.session = r->session,
			.before = r->seats_taken,
			.after = r->seats_taken,
			.waiting_before = r->waiting,
			.waiting_after = r->waiting,
			.capacity = r->capacity };
		/* Somebody's decision may name a session that nobody comes to. */
		if (!add_asked(out, &s) && !is_chosen(spec, s.session))
			continue;
		for (size_t k = 0; k < leaving.n; k++)
			if (leaving.items[k].session == r->session) {
				s.after -= leaving.items[k].seats;
				s.waiting_after -= leaving.items[k].queue;
			}
		promote(&s);
		*VEC_PUSH(c->arena, out->sessions, out->sessions_n, out->sessions_cap) = s;
	}
}

static struct str digest(struct ctx *c, const struct plan *p)
{
	struct buf b = buf_new(c->arena);
	for (size_t i = 0; i < p->groups_n; i++) {
		const struct plan_group *g = &p->groups[i];
		buf_fmt(&b, "%lld %lld " STR_FMT " %lld %zu\n", (long long)g->training,
			(long long)(g->session.has ? g->session.v : 0), STR_ARG(g->effect), (long long)g->code, g->n);
		buf_put(&b, (struct str){ (const char *)g->users, g->n * sizeof *g->users });
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
	compute(c, when_full, on_clash, out->users * (int64_t)s->trainings_n);
	read_groups(c, s, out);
	count_seats(c, s, out);
	out->digest = digest(c, out);
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

void enroll_plan_people(struct ctx *c, struct plan_people *out)
{
	struct plan_people_row r = { 0 };
	plan_people(c->db, c->arena, &r);
	*out = (struct plan_people){ r.taking_part, r.enroll, r.wait, r.move, r.skip, r.decide, r.no_email, r.overlaps,
		r.closed, r.noted };
}

void enroll_plan_reasons(struct ctx *c, struct plan_reason_list *out)
{
	struct plan_reasons_rows rows;
	plan_reasons(c->db, c->arena, &rows);
	*out = (struct plan_reason_list){ ARENA_ARRAY(c->arena, struct plan_reason, rows.n), rows.n };
	for (size_t i = 0; i < rows.n; i++)
		out->items[i] = (struct plan_reason){ rows.items[i].effect, rows.items[i].code, rows.items[i].people };
}
