/* The interval tree of departments against a tree that is only parents: random growth, moves and removals, long chains,
 * many siblings. */
#include "database.h"
#include "gen/queries.h"
#include "model/department.h"

enum { MOST = 400 };
/* The naive tree: parent[i] is an index, -1 for the root, -2 where there is nothing. */
struct naive {
	int64_t id[MOST];
	int parent[MOST];
	int n;
};

/* Stories run on the writer's thread, out of which cmocka cannot jump: what does not hold is counted. */
static int wrong_n, wrong_line;
#define expect(x) ((x) ? (void)0 : wrong(__LINE__))

static void wrong(int line)
{
	if (!wrong_n++)
		wrong_line = line;
}

typedef void story(struct ctx *c);
struct telling {
	story *tell;
	struct arena *arena;
};

static int set_up(void **state)
{
	wrong_n = 0;
	return place_set_up(state);
}

static bool run(struct db *tx, void *arg)
{
	struct telling *t = arg;
	struct ctx c = {
		.arena = t->arena, .db = tx, .now = 1800000000, .text = { .arena = t->arena, .locale = LOCALE_EN }
	};
	t->tell(&c);
	expect(!db_failed(tx));
	/* Every story starts from an empty database. */
	return false;
}

static void tell(void **state, story *s)
{
	struct place *p = *state;
	struct telling t = { s, p->arena };
	assert_int_equal(db_write(p->store, run, &t), DB_OK);
	if (wrong_n)
		fail_msg("line %d does not hold (and %d more)", wrong_line, wrong_n - 1);
}

/* Numbers that are the same in every run. */
static uint64_t draw(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static int64_t add(struct ctx *c, const char *name, int64_t parent)
{
	int64_t id = 0;
	expect(department_create(c, str_from(name), SOME(parent), &id));
	return id;
}

static int64_t root(struct ctx *c)
{
	int64_t id = 0;
	expect(department_create_root(c, STR("Company"), &id));
	return id;
}

static bool naive_below(const struct naive *t, int who, int of)
{
	for (int at = who; at >= 0; at = t->parent[at])
		if (at == of)
			return true;
	return false;
}

static void assert_same(struct ctx *c, const struct naive *t)
{
	struct department_row_row rows[MOST];
	expect(department_check(c));
	for (int i = 0; i < t->n; i++)
		if (t->parent[i] > -2)
			expect(department_row(c->db, c->arena, t->id[i], &rows[i]));
	for (int i = 0; i < t->n; i++)
		for (int k = 0; k < t->n; k++) {
			if (t->parent[i] == -2 || t->parent[k] == -2)
				continue;
			bool inside = rows[i].lo >= rows[k].lo && rows[i].lo <= rows[k].hi;
			expect(inside == naive_below(t, i, k));
		}
}

static int somebody(const struct naive *t, uint64_t *seed)
{
	for (;;) {
		int i = (int)(draw(seed) % (uint64_t)t->n);
		if (t->parent[i] > -2)
			return i;
	}
}

static void grow(struct ctx *c, struct naive *t, uint64_t *seed)
{
	char name[20];
	if (t->n == MOST)
		return;
	int parent = somebody(t, seed);
	snprintf(name, sizeof name, "d%d", t->n);
	t->id[t->n] = add(c, name, t->id[parent]);
	t->parent[t->n++] = parent;
}

static void move_one(struct ctx *c, struct naive *t, uint64_t *seed)
{
	int who = somebody(t, seed), to = somebody(t, seed);
	struct department_change change = { .has_parent = true, .parent = SOME(t->id[to]) };
	bool allowed = who != 0 && !naive_below(t, to, who);
	c->errs = (struct errs){ 0 };
	bool done = department_update(c, t->id[who], &change);
	expect(done == allowed);
	if (done)
		t->parent[who] = to;
}

static void remove_one(struct ctx *c, struct naive *t, uint64_t *seed)
{
	int who = somebody(t, seed);
	bool leaf = who != 0;
	for (int i = 0; i < t->n; i++)
		leaf &= t->parent[i] != who;
	c->errs = (struct errs){ 0 };
	expect(department_delete(c, t->id[who]) == leaf);
	if (leaf)
		t->parent[who] = -2;
	else
		expect(c->errs.kind == ERR_CONFLICT);
}

static void random_story(struct ctx *c)
{
	struct naive t = { .n = 1 };
	uint64_t seed = UINT64_C(0x2545f4914f6cdd1d);
	t.id[0] = root(c);
	t.parent[0] = -1;
	for (int step = 0; step < 1500; step++) {
		struct arena_mark mark = arena_mark(c->arena);
		uint64_t dice = draw(&seed) % 10;
		if (dice < 4)
			grow(c, &t, &seed);
		else if (dice < 9)
			move_one(c, &t, &seed);
		else
			remove_one(c, &t, &seed);
		c->errs = (struct errs){ 0 };
		if (step % 100 == 99)
			assert_same(c, &t);
		arena_rewind(c->arena, mark);
	}
	expect(t.n > 300);
}

/* Each level takes a part of the one above: without renumbering a chain ends at about fifteen. */
static void chain_story(struct ctx *c)
{
	struct naive t = { .n = 1 };
	char name[20];
	t.id[0] = root(c);
	t.parent[0] = -1;
	while (t.n < 120) {
		snprintf(name, sizeof name, "level %d", t.n);
		t.id[t.n] = add(c, name, t.id[t.n - 1]);
		t.parent[t.n] = t.n - 1;
		t.n++;
	}
	assert_same(c, &t);
	/* And the lower half as one branch to the top. */
	struct department_change change = { .has_parent = true, .parent = SOME(t.id[0]) };
	expect(department_update(c, t.id[60], &change));
	t.parent[60] = 0;
	assert_same(c, &t);
}

static void siblings_story(struct ctx *c)
{
	struct naive t = { .n = 1 };
	char name[20];
	t.id[0] = root(c);
	t.parent[0] = -1;
	while (t.n < MOST) {
		snprintf(name, sizeof name, "team %d", t.n);
		t.parent[t.n] = t.n % 2 ? 0 : 1;
		t.id[t.n] = add(c, name, t.id[t.parent[t.n]]);
		t.n++;
	}
	for (int more = 0; more < 600; more++) {
		snprintf(name, sizeof name, "more %d", more);
		add(c, name, t.id[0]);
	}
	assert_same(c, &t);
}

static void names_story(struct ctx *c)
{
	int64_t company = root(c), sales = add(c, "Sales", company), support = add(c, "Support", company), id = 0;
	int64_t emea = add(c, "  EMEA\t", sales);
	struct departments list;
	department_list(c, PERM_USERS_VIEW, &list);
	expect(list.n == 4);
	expect(list.items[2].id == emea);
	expect(list.items[2].depth == 2);
	expect(str_eq(list.items[2].path, STR("Company / Sales / EMEA")));
	expect(list.items[1].end == 3);
	expect(str_eq(department_path(c, emea), STR("Company / Sales / EMEA")));
	expect(department_by_path(c, STR("company/ SALES /emea")) == emea);
	expect(department_by_path(c, STR("Company / Nowhere")) == 0);

	/* Siblings differ by more than case and accents; elsewhere the same name is fine. */
	expect(!department_create(c, STR("éméa"), SOME(sales), &id));
	expect(c->errs.items[0].code == CODE_duplicate);
	c->errs = (struct errs){ 0 };
	expect(department_create(c, STR("EMEA"), SOME(support), &id));
	struct department_change change = { .has_parent = true, .parent = SOME(support) };
	expect(!department_update(c, emea, &change));
	expect(c->errs.items[0].code == CODE_duplicate);
	c->errs = (struct errs){ 0 };

	/* Moved and renamed at once, into a place where the old name would have been taken. */
	change.has_name = true;
	change.name = STR("Europe");
	expect(department_update(c, emea, &change));
	expect(str_eq(department_path(c, emea), STR("Company / Support / Europe")));
	expect(department_check(c));
}

static void test_random(void **state)
{
	tell(state, random_story);
}

static void test_chain(void **state)
{
	tell(state, chain_story);
}

static void test_siblings(void **state)
{
	tell(state, siblings_story);
}

static void test_names(void **state)
{
	tell(state, names_story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_random, set_up, place_tear_down),
		cmocka_unit_test_setup_teardown(test_chain, set_up, place_tear_down),
		cmocka_unit_test_setup_teardown(test_siblings, set_up, place_tear_down),
		cmocka_unit_test_setup_teardown(test_names, set_up, place_tear_down),
	};
	return cmocka_run_group_tests_name("department", tests, NULL, NULL);
}
