/* Sorted pages and filters against the plainest C that does the same. */
#include "db_fixture.h"
#include "base/text.h"

enum { PEOPLE = 120, TEAMS = 7, FIELDS = 2 };

struct person {
	int64_t id, team;
	char name[32], key[8];
	size_t key_n;
	struct str email, photo;
	struct opt_i64 joined;
	const char *fields[FIELDS];
};
struct people {
	struct place *f;
	struct person items[PEOPLE];
};

static const char *const words[] = { "ada", "b%b", "c_c", "d\\d", "emil", "ada b", "", "100%" };

/* Values from few, so that there are many ties; some of each are missing. */
static void make_people(struct people *p, uint64_t seed)
{
	for (int i = 0; i < PEOPLE; i++) {
		struct person *x = &p->items[i];
		*x = (struct person){ .team = (int64_t)(fixture_random(&seed) % TEAMS) - 3 };
		snprintf(x->name, sizeof x->name, "%s %d", words[fixture_random(&seed) % 8], i);
		x->key_n = fixture_random(&seed) % 3;
		for (size_t k = 0; k < x->key_n; k++)
			x->key[k] = (char)(fixture_random(&seed) % 2 ? 0 : 255);
		x->email = fixture_random(&seed) % 3 ? str_from(words[fixture_random(&seed) % 8]) : STR_NULL;
		x->photo = fixture_random(&seed) % 2 ? (struct str){ "\0\1", fixture_random(&seed) % 3 } : STR_NULL;
		if (fixture_random(&seed) % 3)
			x->joined = SOME((int64_t)(fixture_random(&seed) % 9) - 4);
		for (int k = 0; k < FIELDS; k++)
			x->fields[k] = fixture_random(&seed) % 3 ? words[fixture_random(&seed) % 8] : NULL;
	}
}

static bool write_people(struct db *tx, void *arg)
{
	struct people *p = arg;
	for (int i = 0; i < PEOPLE; i++) {
		struct person *x = &p->items[i];
		x->id = fx_person_add(
			tx, str_from(x->name), (struct str){ x->key, x->key_n }, x->email, x->team, x->joined, x->photo, 0, NONE);
		for (int k = 0; k < FIELDS; k++)
			if (x->fields[k])
				fx_field_set(tx, x->id, k, str_from(x->fields[k]));
	}
	return true;
}

static int set_up(void **state)
{
	if (fixture_new(state) != 0)
		return -1;
	struct place *f = *state;
	struct people *p = calloc(1, sizeof *p);
	p->f = f;
	make_people(p, 20260101);
	*state = p;
	return db_write(f->store, write_people, p) == DB_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	struct people *p = *state;
	void *f = p->f;
	free(p);
	return place_tear_down(&f);
}

/* ---- pages */

static int compare_i64(int64_t x, int64_t y)
{
	return (x > y) - (x < y);
}

static int compare_opt(struct opt_i64 x, struct opt_i64 y)
{
	return x.has && y.has ? compare_i64(x.v, y.v) : x.has - y.has;
}

/* Where nulls are equal to empty: both are the smallest. */
static int compare_by(int sort, const struct person *x, const struct person *y)
{
	switch (sort) {
	case FX_PAGE_SORT_KEY: return str_cmp((struct str){ x->key, x->key_n }, (struct str){ y->key, y->key_n });
	case FX_PAGE_SORT_NAME: return str_cmp(str_from(x->name), str_from(y->name));
	case FX_PAGE_SORT_TEAM: return compare_i64(x->team, y->team);
	case FX_PAGE_SORT_EMAIL: return str_cmp(x->email, y->email);
	case FX_PAGE_SORT_JOINED: return compare_opt(x->joined, y->joined);
	case FX_PAGE_SORT_PHOTO: return str_cmp(x->photo, y->photo);
	default: return compare_i64(x->joined.has ? x->joined.v : x->team, y->joined.has ? y->joined.v : y->team);
	}
}

static int order_sort;
static bool order_desc;

static int compare_people(const void *a, const void *b)
{
	const struct person *x = *(const struct person *const *)a, *y = *(const struct person *const *)b;
	int c = compare_by(order_sort, x, y);
	if (!c)
		c = compare_i64(x->id, y->id);
	return order_desc ? -c : c;
}

static void follow(struct db_page *page, const struct fx_page_row *row)
{
	page->has_after = true;
	page->after_key = row->sort_key;
	page->after_int = row->sort_int;
	page->after_id = row->sort_id;
}

/* From the front to the back, and from the back to the front, all pages must be the slices of one order. */
static void walk(struct people *p, struct person **order, size_t n, int64_t least, struct db_page page)
{
	struct place *f = p->f;
	struct fx_page_rows rows;
	struct db *db = db_read_begin(f->store);
	size_t at = 0;
	do {
		fx_page(db, f->arena, least, NULL, &page, &rows);
		assert_int_equal(rows.has_before, at > 0);
		assert_int_equal(rows.n, at + (size_t)page.limit < n ? (size_t)page.limit : n - at);
		for (size_t i = 0; i < rows.n; i++, at++) {
			assert_int_equal(rows.items[i].id, order[at]->id);
			assert_int_equal(rows.items[i].sort_id, order[at]->id);
			assert_int_equal(rows.items[i].of, PEOPLE);
		}
		assert_int_equal(rows.more, at < n);
		if (rows.n)
			follow(&page, &rows.items[rows.n - 1]);
	} while (rows.more);
	assert_int_equal(at, n);

	page.last = true; /* and the cursor is of no account */
	do {
		fx_page(db, f->arena, least, NULL, &page, &rows);
		assert_int_equal(rows.more, !page.last);
		assert_true(rows.n <= at);
		for (size_t i = 0; i < rows.n; i++)
			assert_int_equal(rows.items[i].id, order[at - rows.n + i]->id);
		at -= rows.n;
		assert_int_equal(rows.has_before, at > 0);
		page.last = false;
		page.backward = true;
		if (rows.n)
			follow(&page, &rows.items[0]);
	} while (rows.has_before);
	assert_int_equal(at, 0);
	assert_int_equal(db_read_end(db), DB_OK);
}

static void pages_are_slices(void **state)
{
	struct people *p = *state;
	struct person *order[PEOPLE];
	static const int64_t limits[] = { 1, 7, 40, PEOPLE - 1, PEOPLE, 1000 };
	assert_int_equal(FX_PAGE_SORT_COUNT, 7);
	assert_string_equal(fx_page_sorts[FX_PAGE_SORT_TEAM], "team");
	for (int sort = 0; sort < FX_PAGE_SORT_COUNT; sort++) {
		for (int desc = 0; desc < 2; desc++) {
			for (size_t l = 0; l < sizeof limits / sizeof *limits; l++) {
				for (int i = 0; i < PEOPLE; i++)
					order[i] = &p->items[i];
				order_sort = sort;
				order_desc = desc;
				qsort(order, PEOPLE, sizeof *order, compare_people);
				walk(p, order, PEOPLE, 0, (struct db_page){ .sort = sort, .desc = desc, .limit = limits[l] });
			}
		}
	}
	walk(p, order, 0, 4711, (struct db_page){ .limit = 5 });
}

/* A list that is found in parts has the same pages. */
static void parted_pages_are_slices(void **state)
{
	struct people *p = *state;
	struct person *order[PEOPLE];
	for (int sort = 0; sort < FX_PARTED_SORT_COUNT; sort++) {
		for (int desc = 0; desc < 2; desc++) {
			struct fx_parted_rows rows;
			struct db_page page = { .sort = sort, .desc = desc, .limit = 3 };
			size_t n = 0, at = 0;
			for (int i = 0; i < PEOPLE; i++)
				if (p->items[i].team >= 0)
					order[n++] = &p->items[i];
			order_sort = sort == FX_PARTED_SORT_KEY ? (int)FX_PAGE_SORT_KEY : (int)FX_PAGE_SORT_JOINED;
			order_desc = desc;
			qsort(order, n, sizeof *order, compare_people);
			struct db *db = db_read_begin(p->f->store);
			do {
				fx_parted(db, p->f->arena, 0, &page, &rows);
				for (size_t i = 0; i < rows.n; i++, at++)
					assert_int_equal(rows.items[i].id, order[at]->id);
				if (rows.n)
					follow(&page,
						&(struct fx_page_row){ .sort_key = rows.items[rows.n - 1].sort_key,
							.sort_int = rows.items[rows.n - 1].sort_int,
							.sort_id = rows.items[rows.n - 1].sort_id });
			} while (rows.more);
			assert_int_equal(at, n);
			page.last = true;
			fx_parted(db, p->f->arena, 0, &page, &rows);
			for (size_t i = 0; i < rows.n; i++)
				assert_int_equal(rows.items[i].id, order[n - rows.n + i]->id);
			assert_int_equal(db_read_end(db), DB_OK);
		}
	}
}

/* ---- filters */

struct predicate {
	const char *field;
	enum filter_op op;
	int64_t profile;
	struct str values[4];
	size_t n;
};

static bool is_in(struct str s, const struct predicate *q)
{
	for (size_t i = 0; i < q->n; i++)
		if (str_eq(s, q->values[i]))
			return true;
	return false;
}

static bool number_holds(int64_t x, const struct predicate *q)
{
	int64_t v[4] = { 0 };
	bool found = false;
	for (size_t i = 0; i < q->n; i++) {
		assert_true(str_to_i64(q->values[i], &v[i]));
		found |= v[i] == x;
	}
	switch (q->op) {
	case FILTER_IS:
	case FILTER_IN: return found;
	case FILTER_IS_NOT: return !found;
	case FILTER_BEFORE: return x < v[0];
	case FILTER_AFTER: return x > v[0];
	default: return false;
	}
}

static bool text_holds(struct str s, const struct predicate *q)
{
	switch (q->op) {
	case FILTER_IS:
	case FILTER_IN: return !str_is_null(s) && is_in(s, q);
	case FILTER_IS_NOT: return str_is_null(s) || !is_in(s, q);
	case FILTER_CONTAINS: return !str_is_null(s) && str_find(s, q->values[0], NULL);
	case FILTER_STARTS_WITH: return !str_is_null(s) && str_starts(s, q->values[0]);
	case FILTER_EMPTY: return str_is_null(s);
	case FILTER_NOT_EMPTY: return !str_is_null(s);
	default: return false;
	}
}

static bool holds(const struct person *x, const struct predicate *q)
{
	if (!strcmp(q->field, "id"))
		return number_holds(x->id, q);
	if (!strcmp(q->field, "team"))
		return number_holds(x->team, q);
	if (!strcmp(q->field, "around")) {
		int64_t v = 0;
		assert_true(str_to_i64(q->values[0], &v));
		return x->team >= v - 1 && x->team <= v + 1;
	}
	if (!strcmp(q->field, "joined")) {
		if (q->op == FILTER_EMPTY || q->op == FILTER_NOT_EMPTY)
			return x->joined.has == (q->op == FILTER_NOT_EMPTY);
		return x->joined.has && number_holds(x->joined.v, q);
	}
	if (!strcmp(q->field, "profile"))
		return text_holds(x->fields[q->profile] ? str_from(x->fields[q->profile]) : STR_NULL, q);
	return text_holds(!strcmp(q->field, "name") ? str_from(x->name) : x->email, q);
}

static struct predicate random_predicate(struct people *p, uint64_t *seed)
{
	static const struct {
		const char *field, *ops;
	} known[] = {
		{ "id", "04" },
		{ "team", "01564" },
		{ "joined", "5678" },
		{ "name", "01234" },
		{ "email", "0178" },
		{ "around", "0" },
		{ "profile", "012478" },
	};
	size_t k = fixture_random(seed) % 7;
	struct predicate q = { .field = known[k].field, .profile = fixture_random(seed) % FIELDS };
	q.op = (enum filter_op)(known[k].ops[fixture_random(seed) % strlen(known[k].ops)] - '0');
	q.n = q.op == FILTER_EMPTY || q.op == FILTER_NOT_EMPTY ? 0 : q.op == FILTER_IN ? 1 + fixture_random(seed) % 4 : 1;
	for (size_t i = 0; i < q.n; i++) {
		const struct person *some = &p->items[fixture_random(seed) % PEOPLE];
		if (!strcmp(q.field, "id"))
			q.values[i] = str_fmt(p->f->arena, "%lld", (long long)some->id);
		else if (k == 1 || k == 2 || k == 5)
			q.values[i] = str_fmt(p->f->arena, "%d", (int)(fixture_random(seed) % 9) - 4);
		else if (k == 3 && q.op != FILTER_CONTAINS)
			q.values[i] = str_sub(str_from(some->name), 0, q.op == FILTER_STARTS_WITH ? 2 : 32);
		else
			q.values[i] = str_from(words[fixture_random(seed) % 8]);
		/* A folded value has no white space at its end. */
		q.values[i] = str_trim(q.values[i]);
	}
	return q;
}

static void filters_mean_what_they_say(void **state)
{
	struct people *p = *state;
	struct place *f = p->f;
	uint64_t seed = 7;
	size_t some = 0;
	for (int round = 0; round < 600; round++) {
		struct predicate q[4];
		size_t n = 1 + fixture_random(&seed) % 4, expected = 0, at = 0;
		struct db_filter *filter = filter_new(f->arena, &filter_person);
		for (size_t i = 0; i < n; i++) {
			q[i] = random_predicate(p, &seed);
			struct str field = str_from(q[i].field), op = str_from(filter_op_name(q[i].op));
			enum filter_problem problem = strcmp(q[i].field, "profile")
				? filter_add(filter, field, op, q[i].values, q[i].n)
				: filter_add_profile(filter, field, q[i].profile, op, q[i].values, q[i].n);
			assert_int_equal(problem, FILTER_OK);
		}
		assert_int_equal(filter_count(filter), n);
		int64_t ids[PEOPLE];
		for (int i = 0; i < PEOPLE; i++) {
			bool all = true;
			for (size_t k = 0; k < n; k++)
				all &= holds(&p->items[i], &q[k]);
			if (all)
				ids[expected++] = p->items[i].id;
		}
		some += expected > 0;

		/* Counted, staged, and page by page. */
		struct fx_count_row counted;
		struct fx_chosen_row chosen;
		struct fx_page_rows rows = { .more = true };
		struct db_page page = { .sort = FX_PAGE_SORT_KEY, .limit = 50 };
		struct db *db = db_read_begin(f->store);
		assert_true(fx_count(db, f->arena, 0, filter, &counted));
		assert_int_equal(counted.n, expected);
		assert_int_equal(fx_choose(db, filter), expected);
		assert_true(fx_chosen(db, f->arena, &chosen));
		assert_int_equal(chosen.n, expected);
		while (rows.more) {
			fx_page(db, f->arena, 0, filter, &page, &rows);
			for (size_t i = 0; i < rows.n; i++, at++) {
				bool found = false;
				for (size_t k = 0; k < expected; k++)
					found |= ids[k] == rows.items[i].id;
				assert_true(found);
			}
			if (rows.n)
				follow(&page, &rows.items[rows.n - 1]);
		}
		assert_int_equal(at, expected);
		assert_int_equal(db_read_end(db), DB_OK);
	}
	/* The comparison would be worth little if nearly all were empty. */
	assert_true(some > 200);
}

static void text_is_folded(void **state)
{
	struct people *p = *state;
	struct str value = STR("  EMIL ");
	struct fx_count_row upper, lower;
	struct db_filter *filter = filter_new(p->f->arena, &filter_person), *same = filter_new(p->f->arena, &filter_person);
	assert_int_equal(filter_add(filter, STR("name"), STR("starts_with"), &value, 1), FILTER_OK);
	value = STR("emil");
	assert_int_equal(filter_add(same, STR("name"), STR("starts_with"), &value, 1), FILTER_OK);
	struct db *db = db_read_begin(p->f->store);
	assert_true(fx_count(db, p->f->arena, 0, filter, &upper) && fx_count(db, p->f->arena, 0, same, &lower));
	assert_true(upper.n > 0 && upper.n == lower.n);
	assert_int_equal(db_read_end(db), DB_OK);
}

static void filters_refuse_nonsense(void **state)
{
	struct people *p = *state;
	struct arena *a = p->f->arena;
	struct db_filter *filter = filter_new(a, &filter_person);
	struct str values[FILTER_VALUES + 1],
		one = STR("1"), long_one = { arena_alloc(a, FILTER_VALUE_BYTES + 1, 1), FILTER_VALUE_BYTES + 1 };
	for (size_t i = 0; i <= FILTER_VALUES; i++)
		values[i] = str_fmt(a, "%zu", i);
	memset((char *)(uintptr_t)long_one.p, 'x', long_one.n);
	assert_int_equal(filter_add(filter, STR("id; DROP TABLE person"), STR("is"), &one, 1), FILTER_NO_FIELD);
	assert_int_equal(filter_add(filter, STR("profile"), STR("is"), &one, 1), FILTER_NO_FIELD);
	assert_int_equal(filter_add_profile(filter, STR("team"), 1, STR("is"), &one, 1), FILTER_NO_FIELD);
	assert_int_equal(filter_add(filter, STR("id"), STR("like"), &one, 1), FILTER_NO_OP);
	assert_int_equal(filter_add(filter, STR("id"), STR("contains"), &one, 1), FILTER_NO_OP);
	assert_int_equal(filter_add(filter, STR("id"), STR("is"), NULL, 0), FILTER_BAD_VALUE);
	assert_int_equal(filter_add(filter, STR("id"), STR("is"), values, 2), FILTER_BAD_VALUE);
	assert_int_equal(filter_add(filter, STR("id"), STR("in"), NULL, 0), FILTER_BAD_VALUE);
	assert_int_equal(filter_add(filter, STR("id"), STR("in"), values, FILTER_VALUES + 1), FILTER_BAD_VALUE);
	assert_int_equal(filter_add(filter, STR("email"), STR("empty"), &one, 1), FILTER_BAD_VALUE);
	assert_int_equal(filter_add(filter, STR("name"), STR("is"), &long_one, 1), FILTER_BAD_VALUE);
	assert_int_equal(filter_add(filter, STR("id"), STR("is"), &STR("1 OR 1=1"), 1), FILTER_BAD_VALUE);
	assert_int_equal(filter_add(filter, STR("name"), STR("is"), &STR("\xff"), 1), FILTER_BAD_VALUE);
	assert_int_equal(filter_count(filter), 0);
	assert_int_equal(filter_count(NULL), 0);

	/* The largest that is allowed still runs. */
	for (int i = 0; i < FILTER_PREDICATES; i++)
		assert_int_equal(filter_add(filter, STR("id"), STR("in"), values, FILTER_VALUES), FILTER_OK);
	assert_int_equal(filter_add(filter, STR("id"), STR("is"), &one, 1), FILTER_TOO_MANY);
	struct fx_count_row row;
	struct db *db = db_read_begin(p->f->store);
	assert_true(fx_count(db, a, 0, filter, &row));
	assert_int_equal(row.n, PEOPLE);
	assert_int_equal(db_read_end(db), DB_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pages_are_slices),
		TEST(parted_pages_are_slices),
		TEST(filters_mean_what_they_say),
		TEST(text_is_folded),
		TEST(filters_refuse_nonsense),
	};
	return cmocka_run_group_tests_name("db_lists", tests, NULL, NULL);
}
