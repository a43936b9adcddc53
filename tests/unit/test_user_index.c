/* What the index of users proposes, picked from by SQL, is what SQL finds alone, in the same order: a random
 * organization that keeps changing, read by people with small and large scopes, while the index follows or has not yet.
 * And what a segment finds against a naive look at the same texts. */
#include "database.h"
#include "gen/queries.h"
#include "model/department.h"
#include "model/find.h"
#include "model/user.h"
#include "model/user_index_room.h"

enum { PEOPLE = 260, DEPARTMENTS = 24, ACTORS = 6, ROUNDS = 25, ASKED = 12, MOST = 2000 };

static uint64_t seed = UINT64_C(0x9e6c63d0676a9a99);

static uint64_t draw(uint64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % below;
}
#define ONE(list) list[draw(sizeof(list) / sizeof *(list))]

static const char *const firsts[] = { "Ana", "Anna", "Zoë", "Émile", "ana", "Björn", "Mary Jane", "Ng", "", "李" };
static const char *const lasts[] = { "Novák", "novak", "O'Neil", "Zhang", "van Dijk", "Åker", "100%", "Under_score",
	"B\\S", "Anderson" };
static const char *const words[] = { "a", "an", "ana", "nov", "novak", "u1", "u2", "u17", "zhang", "van", "dijk", "%",
	"_", "\\", "é", "李", "ö", "example", "@", "e.org", "ja", "jane mary", "ana novak u", "nobody", "org", "ana n",
	"o'n", "ng", "u12", "an u1", "u5@example.org", "U9", "novák 1" };

/* ---- a segment by itself */

static bool naive_has(struct str text, struct str what)
{
	return str_find(text, what, NULL);
}

static struct str random_text(struct arena *a)
{
	return text_fold(a, str_fmt(a, " %s %s x%d ", ONE(firsts), ONE(lasts), (int)draw(5000)));
}

static void segment_against_naive(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	enum { N = 3000, SLOTS = 90 };
	struct str *texts = ARENA_ARRAY(a, struct str, N);
	uint32_t *slots = ARENA_ARRAY(a, uint32_t, N);
	struct user_segment *g = user_segment_new(N);
	for (uint32_t i = 0; i < N; i++) {
		texts[i] = str_fmt(a, " " STR_FMT " ", STR_ARG(random_text(a)));
		slots[i] = draw(50) ? (uint32_t)draw(SLOTS) : USER_SLOT_NONE;
		assert_true(user_segment_add(g, (int64_t)i * 3 + 1, texts[i], slots[i]));
	}
	assert_false(user_segment_add(g, 1, STR(" full "), 0));
	user_segment_finish(g);
	for (uint32_t i = 0, at; i < N; i++)
		assert_true(
			user_segment_find(g, (int64_t)i * 3 + 1, &at) && at == i && !user_segment_find(g, (int64_t)i * 3, &at));
	for (int round = 0; round < 3000; round++) {
		struct user_seek s = { .inside_n = 1 + draw(2), .most = 1 + draw(40), .slots_n = SLOTS };
		uint64_t in[USER_BITS_WORDS(SLOTS)] = { 0 }, *dead = ARENA_ARRAY(a, uint64_t, USER_BITS_WORDS(N));
		uint64_t share = 1 + draw(20);
		for (size_t i = 0; i < SLOTS; i++)
			if (!draw(share))
				user_bit_set(in, i);
		for (size_t i = 0; i < N; i++)
			if (!draw(30))
				user_bit_set(dead, i);
		s.slots = draw(4) ? in : NULL;
		s.dead = draw(3) ? dead : NULL;
		for (size_t i = 0; i < s.inside_n; i++)
			s.inside[i] = str_sub(random_text(a), draw(6), 1 + draw(7));
		if (s.inside[0].n == 0 || (s.inside_n > 1 && s.inside[1].n == 0))
			continue;
		s.beginning = draw(2) ? str_cat(a, STR(" "), s.inside[0]) : STR_NULL;
		/* First those who begin, then the others. */
		int64_t wanted[64];
		size_t wanted_n = 0;
		for (int rank = 0; rank < 2; rank++)
			for (uint32_t i = 0; i < N && wanted_n < s.most; i++) {
				bool begins = !str_is_null(s.beginning) && naive_has(texts[i], s.beginning);
				if (begins != (rank == 0) || !naive_has(texts[i], s.inside[0]) ||
					(s.inside_n > 1 && !naive_has(texts[i], s.inside[1])) || (s.dead && user_bit(dead, i)) ||
					(s.slots && (slots[i] == USER_SLOT_NONE || !user_bit(in, slots[i]))))
					continue;
				wanted[wanted_n++] = (int64_t)i * 3 + 1;
			}
		int64_t *found;
		assert_int_equal(user_segment_seek(g, &s, a, &found), wanted_n);
		for (size_t i = 0; i < wanted_n; i++) {
			size_t k = 0;
			while (k < wanted_n && found[k] != wanted[i])
				k++;
			assert_true(k < wanted_n);
		}
	}
	user_segment_unref(g);
}

/* ---- an organization */

struct organization {
	struct place at;
	struct user_index *index;
	int64_t user[MOST], department[MOST];
	size_t users_n, departments_n;
	int made;
	bool wrong; /* stories run on the writer's thread, out of which cmocka cannot jump */
};

static int set_up(void **state)
{
	struct organization *p = calloc(1, sizeof *p);
	*state = p;
	if (!p || !place_make(&p->at))
		return -1;
	place_open(&p->at, NULL);
	p->index = user_index_new(1);
	return 0;
}

static int tear_down(void **state)
{
	struct organization *p = *state;
	user_index_free(p->index);
	place_remove(&p->at);
	free(p);
	return 0;
}

static struct ctx ctx_of(struct organization *p, struct db *db)
{
	return (struct ctx){ .arena = p->at.arena,
		.db = db,
		.now = 1800000000,
		.from = STR(""),
		.text = { .arena = p->at.arena, .locale = LOCALE_EN } };
}

static void must_hold(struct organization *p, struct ctx *c, bool ok)
{
	if (ok && !db_failed(c->db))
		return;
	p->wrong = true;
	for (size_t i = 0; i < c->errs.n; i++)
		fprintf(stderr, STR_FMT ": " STR_FMT "\n", STR_ARG(c->errs.items[i].field), STR_ARG(c->errs.items[i].message));
}

static int64_t some_department(struct organization *p)
{
	return p->department[draw(p->departments_n)];
}

static void add_user(struct organization *p, struct ctx *c)
{
	int n = p->made++;
	struct user_form f = { .login = str_fmt(p->at.arena, "u%d", n),
		.email = draw(10) ? str_fmt(p->at.arena, "u%d@example.org", n) : STR(""),
		.first_name = str_from(ONE(firsts)),
		.last_name = str_from(ONE(lasts)),
		.department = SOME(some_department(p)) };
	if (p->users_n > 8 && draw(2)) {
		f.has_supervisor = true;
		f.supervisor = SOME(p->user[draw(draw(3) ? 8 : p->users_n)]);
	}
	must_hold(p, c, user_create(c, &f, &p->user[p->users_n]));
	p->users_n++;
}

static void add_department(struct organization *p, struct ctx *c)
{
	struct str name = str_fmt(p->at.arena, "Department %d", p->made++);
	must_hold(p, c, department_create(c, name, SOME(some_department(p)), &p->department[p->departments_n]));
	p->departments_n++;
}

static void give_roles(struct organization *p, struct ctx *c)
{
	for (size_t i = 0; i < ACTORS; i++) {
		int64_t departments[3] = { p->department[3 + i], p->department[9 + i], p->department[i] };
		struct user_role_form role = { .role = i ? STR("department_admin") : STR("owner"),
			.departments = departments,
			.departments_n = i ? i % 3 + 1 : 0 };
		struct user_form f = { .has_roles = true, .roles = &role, .roles_n = i == 1 ? 0 : 1 };
		must_hold(p, c, user_update(c, p->user[i], &f, &(int64_t){ 0 }));
	}
}

static bool found(struct db *tx, void *arg)
{
	struct organization *p = arg;
	struct ctx c = ctx_of(p, tx);
	/* It may run more than once. */
	p->users_n = p->departments_n = 0;
	p->made = 0;
	must_hold(p, &c, department_create_root(&c, STR("Company"), &p->department[0]));
	p->departments_n = 1;
	while (p->departments_n < DEPARTMENTS)
		add_department(p, &c);
	while (p->users_n < PEOPLE)
		add_user(p, &c);
	give_roles(p, &c);
	return !p->wrong;
}

static void change_user(struct organization *p, struct ctx *c)
{
	struct user_form f = { 0 };
	size_t who = draw(p->users_n);
	switch (draw(5)) {
	case 0: f.first_name = str_from(ONE(firsts)); break;
	case 1: f.last_name = str_from(ONE(lasts)); break;
	case 2: f.department = SOME(some_department(p)); break;
	case 3: f.status = who < ACTORS ? STR("active") : draw(2) ? STR("inactive") : STR("active"); break;
	default:
		if (who < ACTORS)
			return;
		f.has_supervisor = true;
		f.supervisor = draw(3) ? SOME(p->user[draw(8)]) : NONE;
		if (f.supervisor.has && who < 8)
			return;
	}
	must_hold(p, c, user_update(c, p->user[who], &f, &(int64_t){ 0 }));
}

static bool changed(struct db *tx, void *arg)
{
	struct organization *p = arg;
	struct ctx c = ctx_of(p, tx);
	/* The rarer the larger; now and then more than anybody who asks looks at. */
	size_t n = draw(12) ? 1 + draw(8) : 250;
	for (size_t i = 0; i < n; i++) {
		if (!draw(6) && p->users_n < MOST)
			add_user(p, &c);
		else
			change_user(p, &c);
	}
	if (!draw(4) && p->departments_n < MOST)
		add_department(p, &c);
	if (!draw(4)) {
		struct department_change move = { .has_parent = true, .parent = SOME(some_department(p)) };
		c.errs = (struct errs){ 0 };
		/* Below itself is refused, and changes nothing. */
		department_update(&c, some_department(p), &move);
	}
	if (!draw(10))
		user_changed(c.db, -1);
	return !p->wrong;
}

static void write_one(struct organization *p, db_write_fn *fn)
{
	assert_int_equal(db_write(p->at.store, fn, p), DB_OK);
	assert_false(p->wrong);
}

static void feed_once(struct organization *p)
{
	struct db *db = db_read_begin(p->at.store);
	p->index->looked_ms = p->index->fed_ms = 0;
	user_index_step(p->index, db);
	assert_int_equal(db_read_end(db), DB_OK);
}

/* Until it has followed all there is. */
static void feed(struct organization *p)
{
	for (int i = 0; i < 20; i++)
		feed_once(p);
	size_t bytes;
	assert_int_equal(user_index_count(p->index, &bytes) > 0, 1);
}

/* ---- the same with and without */

static void same_hits(const struct find_hits *a, const struct find_hits *b, struct str q)
{
	if (a->n != b->n || a->more != b->more)
		fail_msg("\"%.*s\": %zu instead of %zu", STR_ARG(q), b->n, a->n);
	for (size_t i = 0; i < a->n; i++)
		if (a->items[i].id != b->items[i].id)
			fail_msg("\"%.*s\": another at %zu", STR_ARG(q), i);
}

static void same_list(struct ctx *c, struct user_index *index, const struct user_query *q, struct db_page page)
{
	for (int step = 0; step < 4; step++) {
		struct user_items a, b;
		c->index = NULL;
		user_page(c, q, &page, &a);
		c->index = index;
		user_page(c, q, &page, &b);
		if (a.n != b.n || a.more != b.more || a.has_before != b.has_before)
			fail_msg("list of \"%.*s\": %zu instead of %zu", STR_ARG(q->q), b.n, a.n);
		for (size_t i = 0; i < a.n; i++)
			assert_int_equal(a.items[i].id, b.items[i].id);
		if (!a.n || (page.backward ? !a.has_before : !a.more))
			break;
		const struct user_item *end = &a.items[page.backward ? 0 : a.n - 1];
		page.has_after = true;
		page.after_key = end->sort_key;
		page.after_id = end->id;
		page.last = false;
	}
	c->index = NULL;
	int64_t alone = user_count(c, q);
	c->index = index;
	assert_int_equal(user_count(c, q), alone);
}

static void ask(struct organization *p, struct ctx *c)
{
	static const char *const statuses[] = { "active", "inactive" };
	struct found alone, helped;
	struct find_hits people[2];
	struct str q = str_from(ONE(words));
	int64_t limit = 1 + (int64_t)draw(draw(3) ? 6 : 60);
	c->index = NULL;
	find_all(c, q, limit, &alone);
	find_people(c, PERM_ENROLL, q, limit, &people[0]);
	c->index = p->index;
	find_all(c, q, limit, &helped);
	find_people(c, PERM_ENROLL, q, limit, &people[1]);
	same_hits(&alone.users, &helped.users, q);
	same_hits(&people[0], &people[1], q);
	struct user_query list = { .q = draw(5) ? q : STR("") };
	if (!draw(3))
		list.department = SOME(some_department(p));
	if (!draw(3))
		list.status = str_from(ONE(statuses));
	same_list(c, p->index, &list,
		(struct db_page){ .sort = (int)draw(USER_LIST_SORT_COUNT),
			.desc = draw(2),
			.last = !draw(4),
			.backward = draw(2),
			.limit = 1 + (int64_t)draw(40) });
}

static void compare(struct organization *p)
{
	for (size_t i = 0; i < ASKED; i++) {
		struct db *db = db_read_begin(p->at.store);
		struct ctx c = ctx_of(p, db);
		struct actor actor;
		struct arena_mark mark = arena_mark(p->at.arena);
		assert_true(actor_load(&c, p->user[draw(ACTORS)], &actor));
		c.actor = &actor;
		ask(p, &c);
		assert_int_equal(db_read_end(db), DB_OK);
		arena_rewind(p->at.arena, mark);
	}
}

/* Whether the index answers at all. */
static bool proposes(struct organization *p)
{
	struct db *db = db_read_begin(p->at.store);
	struct ctx c = ctx_of(p, db);
	struct actor actor;
	struct user_wanted w = { .permission = PERM_USERS_VIEW, .inside = { STR("an") }, .inside_n = 1, .most = 5 };
	struct user_proposed proposed;
	assert_true(actor_load(&c, p->user[0], &actor));
	c.actor = &actor;
	c.index = p->index;
	bool ok = user_index_find(&c, &w, &proposed);
	db_read_end(db);
	return ok;
}

static bool lags(struct organization *p)
{
	ARENA_SCOPED a = arena_new();
	struct user_change_since_rows rows;
	struct user_view *v = user_view_take(p->index);
	/* While there is none SQL answers. */
	if (!v)
		return false;
	struct db *db = db_read_begin(p->at.store);
	user_change_since(db, a, v->id, v->tx, 300, &rows);
	db_read_end(db);
	user_view_give(p->index, v);
	return rows.n > 200;
}

static void index_against_sql(void **state)
{
	struct organization *p = *state;
	write_one(p, found);
	compare(p);
	feed(p);
	for (int round = 0; round < ROUNDS; round++) {
		write_one(p, changed);
		if (!draw(3))
			feed_once(p);
		if (lags(p))
			feed(p);
		compare(p);
	}
}

static bool pruned(struct db *tx, void *arg)
{
	struct organization *p = arg;
	struct user_change_position_row at;
	return user_change_position(tx, p->at.arena, &at) && user_change_prune(tx, at.id) > 0;
}

/* What was pruned away before it was read is noticed: SQL answers until the index is made anew. */
static void missed_changes_are_noticed(void **state)
{
	struct organization *p = *state;
	write_one(p, found);
	feed(p);
	for (int round = 0; round < 3; round++) {
		write_one(p, changed);
		write_one(p, pruned);
		assert_false(proposes(p));
		compare(p);
		feed(p);
		assert_true(proposes(p));
		compare(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segment_against_naive),
		cmocka_unit_test_setup_teardown(index_against_sql, set_up, tear_down),
		cmocka_unit_test_setup_teardown(missed_changes_are_noticed, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
