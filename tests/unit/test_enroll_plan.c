/* The plan of an enrollment against what the commit then does: small organizations at random, several rounds each, with
 * answers, cancellations and undone batches between them. Whatever Check shows is what happens, and seats are always
 * what the enrollments say. */
#include <time.h>
#include "database.h"
#include "base/crypt.h"
#include "base/tz.h"
#include "gen/queries.h"
#include "model/answer.h"
#include "model/department.h"
#include "model/batch_list.h"
#include "model/enroll_batch.h"
#include "model/enroll_commit.h"
#include "model/enrollment.h"
#include "model/seat.h"
#include "model/session.h"
#include "model/settings.h"
#include "model/tell.h"
#include "model/training.h"

enum {
	ORGANIZATIONS = 200,
	ORGANIZATIONS_LONG = 4000,
	USERS = 10,
	TRAININGS = 2,
	SESSIONS = 3,
	ROUNDS = 4,
	ALL = 1000,
	HOLD = 60
};

/* One organization, and what is known of every pair of user and training. */
struct state {
	int64_t id;
	struct opt_i64 session;
	struct str status, answer;
};
struct organization {
	struct ctx *c;
	uint64_t seed;
	struct account account;
	struct actor owner;
	int64_t users[USERS], trainings[TRAININGS], sessions[TRAININGS][SESSIONS];
	struct state before[USERS][TRAININGS], now[USERS][TRAININGS];
};

/* Organizations live on the writer's thread, out of which cmocka cannot jump: what does not hold is counted. */
static int wrong_n, wrong_line, wrong_organization, organization_n;
/* How often each effect was planned: what never comes up proves nothing. */
static int enrolled_n, waiting_n, moved_n, skipped_n, open_n;
#define expect(x) ((x) ? (void)0 : wrong(__LINE__))

static void wrong(int line)
{
	if (wrong_n++)
		return;
	wrong_line = line;
	wrong_organization = organization_n;
}

/* ---- chance that is the same in every run */
static uint64_t draw(struct organization *o)
{
	o->seed ^= o->seed << 13;
	o->seed ^= o->seed >> 7;
	o->seed ^= o->seed << 17;
	return o->seed;
}

static int below(struct organization *o, int n)
{
	return (int)(draw(o) % (uint64_t)n);
}

static bool chance(struct organization *o, int percent)
{
	return below(o, 100) < percent;
}

/* ---- making one */
static void make_user(struct organization *o, int i, int64_t department)
{
	struct ctx *c = o->c;
	struct user_role_form role = { .role = STR("owner") };
	struct user_form form = {
		.login = str_fmt(c->arena, "u%d", i),
		.email = chance(o, 80) ? str_fmt(c->arena, "u%d@example.org", i) : STR(""),
		.first_name = str_fmt(c->arena, "%c%d", 'A' + below(o, 26), i),
		.last_name = STR("Tester"),
		.department = SOME(department),
		.status = i > 0 && chance(o, 10) ? STR("inactive") : STR("active"),
		.has_roles = i == 0,
		.roles = &role,
		.roles_n = i == 0,
	};
	expect(user_create(c, &form, &o->users[i]));
}

static struct str wall(struct ctx *c, int64_t at)
{
	char text[40];
	time_t t = (time_t)at;
	struct tm tm;
	gmtime_r(&t, &tm);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M", &tm);
	return str_dup(c->arena, str_from(text));
}

/* Starts are whole half hours of a few hours, so that many of them overlap; some have begun. */
static void make_session(struct organization *o, int t, int s)
{
	struct ctx *c = o->c;
	int64_t day = (chance(o, 10) ? -2 : 3) * 86400;
	struct session_day_form days[2] = {
		{ .start = wall(c, c->now / 3600 * 3600 + day + below(o, 6) * 1800),
			.duration = 3600 + below(o, 4) * 1800,
			.time_zone = STR("UTC") },
	};
	days[1] = days[0];
	days[1].start = wall(c, c->now / 3600 * 3600 + day + 86400);
	struct session_form form = {
		.path = STR(""),
		.title = str_fmt(c->arena, "S%d", s),
		.has_capacity = true,
		.capacity = chance(o, 80) ? SOME(1 + below(o, 4)) : NONE,
		.has_instructor_user = chance(o, 20),
		.instructor_user = SOME(o->users[0]),
		.has_days = true,
		.days = days,
		.days_n = chance(o, 30) ? 2 : 1,
	};
	expect(session_create(c, o->trainings[t], &form, &o->sessions[t][s]));
}

static void make(struct organization *o)
{
	struct ctx *c = o->c;
	int64_t root = 0, team = 0;
	expect(account_create(c, STR("Company"), STR("Europe/Berlin")));
	expect(account_load(c, &o->account));
	expect(department_create_root(c, STR("Company"), &root));
	expect(department_create(c, STR("Team"), SOME(root), &team));
	for (int i = 0; i < USERS; i++)
		make_user(o, i, chance(o, 50) ? root : team);
	expect(actor_load(c, o->users[0], &o->owner));
	o->owner.time_zone = o->account.time_zone;
	c->actor = &o->owner;
	for (int t = 0; t < TRAININGS; t++) {
		struct training_form form = { .title = str_fmt(c->arena, "T%d", t),
			.description = STR(""),
			.has_closes = chance(o, 30),
			.closes_before = SOME(4 * 86400) };
		expect(training_create(c, &form, &o->trainings[t]));
		for (int s = 0; s < SESSIONS; s++)
			make_session(o, t, s);
	}
}

/* ---- what is there now */
static int index_of(const int64_t *ids, int n, int64_t id)
{
	for (int i = 0; i < n; i++)
		if (ids[i] == id)
			return i;
	return -1;
}

static void look(struct organization *o, struct state all[USERS][TRAININGS])
{
	struct ctx *c = o->c;
	struct db_page page = { .limit = ALL };
	for (int u = 0; u < USERS; u++) {
		struct user_enrollment_list_rows rows;
		bool seen[TRAININGS] = { false };
		for (int t = 0; t < TRAININGS; t++)
			all[u][t] = (struct state){ .status = STR("") };
		user_enrollment_list(c->db, c->arena, o->users[0], o->users[u], STR(""), &page, &rows);
		for (size_t i = 0; i < rows.n; i++) {
			int t = index_of(o->trainings, TRAININGS, rows.items[i].training_id);
			/* R1. */
			expect(t >= 0 && !seen[t]);
			seen[t] = true;
			all[u][t] = (struct state){ rows.items[i].id, rows.items[i].session_id, rows.items[i].status,
				rows.items[i].answer };
		}
	}
}

static bool same_session(struct opt_i64 a, struct opt_i64 b)
{
	return a.has == b.has && (!a.has || a.v == b.v);
}

/* Seats are held by who has the session, is enrolled and has not declined; nobody waits beside a free seat. */
static void check_seats(struct organization *o)
{
	struct ctx *c = o->c;
	for (int t = 0; t < TRAININGS; t++)
		for (int s = 0; s < SESSIONS; s++) {
			struct seat_session_row row;
			int64_t taken = 0, waiting = 0;
			expect(seat_session(c->db, c->arena, o->sessions[t][s], &row));
			for (int u = 0; u < USERS; u++) {
				const struct state *e = &o->now[u][t];
				if (!e->session.has || e->session.v != o->sessions[t][s])
					continue;
				taken += str_eq(e->status, STR("enrolled")) && !str_eq(e->answer, STR("declined"));
				waiting += str_eq(e->status, STR("waiting"));
			}
			expect(row.seats_taken == taken);
			expect(row.waiting == waiting);
			expect(!row.capacity.has || taken <= row.capacity.v + row.seats_over);
			expect(waiting == 0 || (row.capacity.has && taken >= row.capacity.v));
		}
}

/* ---- a round */
static int64_t some_session(struct organization *o, int t)
{
	return o->sessions[t][below(o, SESSIONS)];
}

static void random_decisions(struct organization *o, struct enroll_spec *s)
{
	static const char *const choices[] = { "enroll", "skip", "move", "wait", "over" };
	struct ctx *c = o->c;
	for (int i = below(o, 6); i > 0; i--) {
		int t = below(o, TRAININGS);
		struct enroll_decision *d = VEC_PUSH(c->arena, s->decisions, s->decisions_n, s->decisions_cap);
		*d = (struct enroll_decision){
			.user = o->users[below(o, USERS)], .training = o->trainings[t], .choice = str_from(choices[below(o, 5)])
		};
		if (chance(o, 30))
			d->session = SOME(some_session(o, t));
	}
}

static void random_spec(struct organization *o, struct enroll_spec *s)
{
	static const char *const fulls[] = { "wait", "refuse", "over" };
	struct ctx *c = o->c;
	struct audience *a = &s->audience;
	*s = (struct enroll_spec){ 0 };
	/* Repeated ones among them (E14). */
	for (int i = below(o, USERS); i >= 0; i--)
		*VEC_PUSH(c->arena, a->users, a->users_n, a->users_cap) = o->users[below(o, USERS)];
	if (chance(o, 20)) {
		struct departments all;
		department_list(c, PERM_ENROLL, &all);
		*VEC_PUSH(c->arena, a->departments, a->departments_n, a->departments_cap) =
			(struct audience_department){ all.items[0].id, true };
	}
	if (chance(o, 20))
		*VEC_PUSH(c->arena, a->except, a->except_n, a->except_cap) = o->users[below(o, USERS)];
	int first = below(o, TRAININGS), trainings = 1 + below(o, TRAININGS);
	for (int i = 0; i < trainings; i++) {
		int t = (first + i) % TRAININGS;
		struct enroll_training *x = VEC_PUSH(c->arena, s->trainings, s->trainings_n, s->trainings_cap);
		*x = (struct enroll_training){
			.training = o->trainings[t], .session = chance(o, 85) ? SOME(some_session(o, t)) : NONE, .chosen = true
		};
	}
	s->when_full = str_from(fulls[below(o, 3)]);
	s->on_clash = chance(o, 30) ? STR("skip") : STR("warn");
	random_decisions(o, s);
}

/* One pair: what the plan said, and what has come of it. */
static void check_item(struct organization *o, const struct plan_item *item)
{
	int u = index_of(o->users, USERS, item->user), t = index_of(o->trainings, TRAININGS, item->training);
	if (u < 0 || t < 0) {
		expect(false);
		return;
	}
	const struct state *was = &o->before[u][t], *is = &o->now[u][t];
	if (str_eq(item->effect, STR("enroll")) || str_eq(item->effect, STR("wait"))) {
		expect(was->id == 0 && is->id != 0);
		expect(same_session(is->session, item->session));
		expect(str_eq(is->status, str_eq(item->effect, STR("wait")) ? STR("waiting") : STR("enrolled")));
	} else if (str_eq(item->effect, STR("move"))) {
		expect(was->id != 0 && is->id == was->id);
		expect(same_session(was->session, item->old_session) && same_session(is->session, item->session));
		expect(str_eq(is->status, STR("enrolled")) && str_eq(is->answer, STR("none")));
	} else {
		expect(str_eq(item->effect, STR("skip")) || str_eq(item->effect, STR("decide")));
		expect(item->code != 0 || str_eq(item->effect, STR("skip")));
		expect(is->id == was->id && same_session(is->session, was->session));
	}
}

static void check_plan(struct organization *o, const struct plan *p, const struct plan_items *items, int64_t batch)
{
	struct ctx *c = o->c;
	struct batch b;
	bool planned[USERS][TRAININGS] = { { false } };
	expect(batch_get(c, batch, &b));
	expect(
		b.enrolled == p->enroll && b.waitlisted == p->wait && b.moved == p->move && b.skipped == p->skip + p->decide);
	expect(b.total == p->pairs && b.done == p->pairs && str_eq(b.status, STR("done")));
	expect((int64_t)items->n == p->pairs);
	for (size_t i = 0; i < items->n; i++) {
		int u = index_of(o->users, USERS, items->items[i].user),
			t = index_of(o->trainings, TRAININGS, items->items[i].training);
		check_item(o, &items->items[i]);
		if (u >= 0 && t >= 0)
			planned[u][t] = true;
	}
	for (int u = 0; u < USERS; u++)
		for (int t = 0; t < TRAININGS; t++)
			expect(planned[u][t] || o->before[u][t].id == o->now[u][t].id);
	for (size_t i = 0; i < p->sessions_n; i++) {
		struct seat_session_row row;
		expect(seat_session(c->db, c->arena, p->sessions[i].session, &row));
		expect(row.seats_taken == p->sessions[i].after);
		expect(row.waiting == p->sessions[i].waiting_after);
	}
}

/* Time passes: what is due is announced, people answer, some are cancelled. */
static void live(struct organization *o)
{
	static const char *const answers[] = { "accepted", "tentative", "declined" };
	struct ctx *c = o->c;
	bool left = true;
	int64_t next;
	c->now += HOLD + 1;
	while (left)
		tell_due(c, ALL, &left, &next);
	for (int u = 0; u < USERS; u++)
		for (int t = 0; t < TRAININGS; t++) {
			int64_t id = o->now[u][t].id;
			if (id && chance(o, 40))
				answer_set(c, id, str_from(answers[below(o, 3)]), false, &(struct answered){ 0 });
			if (id && chance(o, 15))
				expect(enrollment_cancel(c, id));
			c->errs = (struct errs){ 0 };
		}
	look(o, o->now);
	check_seats(o);
}

static void play(struct organization *o)
{
	struct ctx *c = o->c;
	struct enroll_spec s;
	struct plan p, again;
	struct plan_items items;
	struct enroll_result result;
	random_spec(o, &s);
	look(o, o->before);
	if (!enroll_plan(c, &s, HOLD, &o->account, &p)) {
		expect(c->errs.kind != ERR_NONE);
		c->errs = (struct errs){ 0 };
		expect(!enroll_commit(c, &s, HOLD, &o->account, STR_NULL, &result));
		c->errs = (struct errs){ 0 };
		return;
	}
	enroll_plan_items(c, STR(""), -1, 0, 0, ALL, &items);
	enrolled_n += p.enroll > 0;
	waiting_n += p.wait > 0;
	moved_n += p.move > 0;
	skipped_n += p.skip > 0;
	open_n += p.decide > 0;
	expect(enroll_plan(c, &s, HOLD, &o->account, &again) && str_eq(again.digest, p.digest));
	expect(enroll_commit(c, &s, HOLD, &o->account, p.digest, &result));
	look(o, o->now);
	check_plan(o, &p, &items, result.batch);
	check_seats(o);
	/* The same once more does nothing new, and is another outcome (E18). */
	if (p.enroll) {
		expect(!enroll_commit(c, &s, HOLD, &o->account, p.digest, &result));
		expect(c->errs.kind == ERR_CONFLICT && c->errs.items[0].code == CODE_outcome_changed);
		c->errs = (struct errs){ 0 };
	}
	if (!chance(o, 20))
		return;
	int64_t undone;
	struct batch_kept kept;
	if (batch_undo(c, result.batch, &undone, &kept))
		expect(undone + (int64_t)kept.n == p.enroll + p.wait + p.move);
	c->errs = (struct errs){ 0 };
	look(o, o->now);
	check_seats(o);
}

struct telling {
	struct arena *arena;
	uint64_t seed;
};

static bool one_organization(struct db *tx, void *arg)
{
	struct telling *t = arg;
	struct organization o = { .seed = t->seed };
	struct ctx c = { .arena = t->arena,
		.db = tx,
		.now = 1800000000,
		.text = { .arena = t->arena, .locale = LOCALE_EN },
		.from = STR("") };
	o.c = &c;
	make(&o);
	look(&o, o.now);
	for (int round = 0; round < ROUNDS && !wrong_n; round++) {
		play(&o);
		live(&o);
	}
	expect(!db_failed(tx));
	/* The next one starts from an empty database. */
	return false;
}

static void test_plan_is_what_happens(void **state)
{
	struct place *p = *state;
	const char *is_long = getenv("MUSTER_LONG");
	int all = is_long && *is_long ? ORGANIZATIONS_LONG : ORGANIZATIONS;
	/* Each of its thousands of statements is a way to the server and back. */
	if (on_postgres())
		all /= 5;
	for (organization_n = 0; organization_n < all; organization_n++) {
		struct arena_mark mark = arena_mark(p->arena);
		struct telling t = { p->arena, UINT64_C(0x9e3779b97f4a7c15) * (uint64_t)(organization_n + 1) };
		assert_int_equal(db_write(p->store, one_organization, &t), DB_OK);
		if (wrong_n)
			fail_msg(
				"organization %d: line %d does not hold (and %d more)", wrong_organization, wrong_line, wrong_n - 1);
		arena_rewind(p->arena, mark);
	}
	assert_true(
		enrolled_n > all / 4 && waiting_n > all / 4 && moved_n > all / 40 && skipped_n > all / 4 && open_n > all / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_plan_is_what_happens, place_set_up, place_tear_down),
	};
	tz_init(NULL);
	if (!crypt_init())
		return 1;
	return cmocka_run_group_tests_name("enroll_plan", tests, NULL, NULL);
}
