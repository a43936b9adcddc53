/* Figures in memory after the first filling: what was read in parts, while results, departments and enrollments change
 * between them, is what a report would read now; and nothing of it is read again. */
#include "database.h"
#include "base/log.h"
#include "gen/queries.h"
#include "model/figures_room.h"

enum { DEPARTMENTS = 5, USERS = 60, SESSIONS = 12, ENROLLMENTS = 500, ROUNDS = 30, PART = 40 };

static uint64_t seed = UINT64_C(0x51a7f3c2d9e84b07);

static int64_t draw(int64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (int64_t)(seed % (uint64_t)below);
}

struct organization {
	struct place at;
	int64_t departments[DEPARTMENTS], users[USERS], trainings[SESSIONS], sessions[SESSIONS];
};

/* ---- what is there, and what happens to it */
static void enroll(struct organization *p, struct db *tx)
{
	static const char *const results[] = { "none", "attended", "absent" }, *const answers[] = { "none", "declined" };
	ARENA_SCOPED a = arena_new();
	int64_t user = p->users[draw(USERS)], i = draw(SESSIONS);
	struct enrollment_in_session_row row;
	if (enrollment_in_session(tx, a, p->sessions[i], user, &row)) {
		enrollment_set_result(tx, row.id, str_from(results[draw(3)]), true, NONE, STR(""));
	} else {
		seed_enrollment_row(tx, user, p->trainings[i], p->sessions[i], 50, str_from(answers[draw(2)]), NONE,
			str_from(results[draw(3)]), NONE);
		seed_session_counts(tx, p->sessions[i], p->sessions[i]);
	}
	figures_changed(tx, p->sessions[i]);
}

static void move_user(struct organization *p, struct db *tx)
{
	int64_t i = draw(USERS);
	ARENA_SCOPED a = arena_new();
	struct str name = str_fmt(a, "u%d", (int)i);
	user_update_row(tx, p->users[i], name, name, name, name, name, name, name, name, name, name, name,
		p->departments[draw(DEPARTMENTS)], STR("active"), NONE);
	figures_changed_user(tx, p->users[i]);
}

static bool make(struct db *tx, void *arg)
{
	struct organization *p = arg;
	ARENA_SCOPED a = arena_new();
	for (int i = 0; i < DEPARTMENTS; i++) {
		struct str name = str_fmt(a, "D%d", i);
		p->departments[i] =
			department_insert(tx, name, name, name, i ? SOME(p->departments[0]) : NONE, i * 2, i * 2 + 1);
	}
	for (int i = 0; i < USERS; i++) {
		struct str name = str_fmt(a, "u%d", i);
		p->users[i] = seed_user_insert(
			tx, name, name, name, name, name, name, name, name, name, p->departments[draw(DEPARTMENTS)], STR(""), 1);
	}
	for (int i = 0; i < SESSIONS; i++) {
		p->trainings[i] = training_insert(tx, STR("T"), STR("t"), STR(" t "), STR(""), p->users[0], NONE, 1);
		p->sessions[i] =
			session_insert(tx, p->trainings[i], STR("S"), STR("s"), STR(""), NONE, NONE, 100 + i, 200 + i, 1);
	}
	for (int i = 0; i < ENROLLMENTS; i++)
		enroll(p, tx);
	return !db_failed(tx);
}

static bool change(struct db *tx, void *arg)
{
	(draw(3) ? enroll : move_user)(arg, tx);
	return !db_failed(tx);
}

/* ---- what is asked */
static size_t sessions_now(struct ctx *c, struct figure_session **out)
{
	struct figures_sessions_rows rows;
	figures_sessions(c->db, c->arena, INT64_MAX, 1000, &rows);
	*out = ARENA_ARRAY(c->arena, struct figure_session, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++)
		(*out)[i] = (struct figure_session){ rows.items[i].id, rows.items[i].mark, rows.items[i].people };
	return rows.n;
}

static int compare_people(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

/* All sessions from memory, without a statement, against what SQL says. */
static void same_as_read(struct organization *p, struct figures *f)
{
	ARENA_SCOPED a = arena_new();
	struct ctx c = { .arena = a, .db = db_read_begin(p->at.store) };
	struct figure_session *sessions;
	size_t n = sessions_now(&c, &sessions);
	struct figure_block *kept[SESSIONS], *read[SESSIONS];
	assert_int_equal(n, SESSIONS);
	figures_take(&c, NULL, sessions, n, read);
	int64_t statements = db_counts(c.db).statements;
	figures_take(&c, f, sessions, n, kept);
	assert_int_equal(db_counts(c.db).statements, statements);
	for (size_t i = 0; i < n; i++) {
		assert_true(kept[i]->mark == read[i]->mark);
		assert_int_equal(kept[i]->people_n, read[i]->people_n);
		assert_memory_equal(&kept[i]->all, &read[i]->all, sizeof kept[i]->all);
		qsort(kept[i]->people, kept[i]->people_n, sizeof(uint32_t), compare_people);
		qsort(read[i]->people, read[i]->people_n, sizeof(uint32_t), compare_people);
		assert_memory_equal(kept[i]->people, read[i]->people, read[i]->people_n * sizeof(uint32_t));
	}
	figures_release(kept, n);
	figures_release(read, n);
	assert_int_equal(db_read_end(c.db), DB_OK);
}

static bool there(struct organization *p, struct figures *f, int64_t people_each, int *percent)
{
	ARENA_SCOPED a = arena_new();
	struct ctx c = { .arena = a, .db = db_read_begin(p->at.store) };
	struct figure_session *sessions;
	size_t n = sessions_now(&c, &sessions);
	for (size_t i = 0; i < n; i++)
		sessions[i].people = people_each;
	db_read_end(c.db);
	return figures_wait(f, sessions, n, 20, percent);
}

static void changes_between_parts(void **state)
{
	struct organization *p = *state;
	for (int round = 0; round < ROUNDS; round++) {
		struct figures *f = figures_new(FIGURES_BYTES, 1);
		int64_t quiet = draw(3);
		f->fill_part = PART;
		pthread_mutex_lock(&f->lock);
		assert_true(filling_begin(f, p->at.store));
		ARENA_SCOPED a = arena_new();
		while (f->filling.next_id < f->filling.last_id) {
			pthread_mutex_unlock(&f->lock);
			if (draw(6) < quiet)
				assert_int_equal(db_write(p->at.store, change, p), DB_OK);
			pthread_mutex_lock(&f->lock);
			filling_read(f, p->at.store, a);
		}
		assert_true(filling_end(f, p->at.store, &(atomic_bool){ false }));
		pthread_mutex_unlock(&f->lock);
		same_as_read(p, f);
		figures_free(f);
	}
}

static void who_wants_much_waits(void **state)
{
	struct organization *p = *state;
	struct figures *f = figures_new(FIGURES_BYTES, 1);
	int percent;
	ARENA_SCOPED a = arena_new();
	f->fill_part = PART;
	assert_false(there(p, f, 1000000, &percent));
	assert_int_equal(percent, 0);
	/* To read a little is quicker. */
	assert_true(there(p, f, 10, &percent));
	pthread_mutex_lock(&f->lock);
	assert_true(filling_begin(f, p->at.store));
	filling_read(f, p->at.store, a);
	pthread_mutex_unlock(&f->lock);
	assert_false(there(p, f, 1000000, &percent));
	assert_in_range(percent, 1, 99);
	assert_true(figures_fill(f, p->at.store, &(atomic_bool){ false }));
	assert_true(there(p, f, 1000000, &percent));
	same_as_read(p, f);
	figures_free(f);
}

static void few_are_not_filled_in(void **state)
{
	struct organization *p = *state;
	struct figures *f = figures_new(FIGURES_BYTES, 1000000);
	int percent;
	assert_true(figures_fill(f, p->at.store, &(atomic_bool){ false }));
	assert_true(there(p, f, 1000000, &percent));
	figures_free(f);
	f = figures_new(FIGURES_BYTES, 1);
	figures_fill_never(f);
	assert_true(there(p, f, 1000000, &percent));
	figures_free(f);
}

static void who_stops_can_begin_again(void **state)
{
	struct organization *p = *state;
	struct figures *f = figures_new(FIGURES_BYTES, 1);
	assert_true(figures_fill(f, p->at.store, &(atomic_bool){ true }));
	assert_int_equal(f->filling.stage, FILLING_COLD);
	assert_true(figures_fill(f, p->at.store, &(atomic_bool){ false }));
	same_as_read(p, f);
	figures_free(f);
}

struct filler {
	struct organization *p;
	struct figures *f;
};

static void *fill(void *arg)
{
	struct filler *x = arg;
	must(figures_fill(x->f, x->p->at.store, &(atomic_bool){ false }));
	return NULL;
}

static void threads_share_the_work(void **state)
{
	struct organization *p = *state;
	for (int round = 0; round < ROUNDS; round++) {
		struct filler x = { p, figures_new(FIGURES_BYTES, 1) };
		pthread_t threads[3];
		x.f->fill_part = 7;
		for (int i = 0; i < 3; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, fill, &x), 0);
		assert_int_equal(db_write(p->at.store, change, p), DB_OK);
		for (int i = 0; i < 3; i++)
			pthread_join(threads[i], NULL);
		/* What changed behind the filling is read by whoever asks. */
		ARENA_SCOPED a = arena_new();
		struct ctx c = { .arena = a, .db = db_read_begin(p->at.store) };
		struct figure_session *sessions;
		struct figure_block *blocks[SESSIONS];
		size_t n = sessions_now(&c, &sessions);
		figures_take(&c, x.f, sessions, n, blocks);
		figures_release(blocks, n);
		db_read_end(c.db);
		same_as_read(p, x.f);
		figures_free(x.f);
	}
}

/* ---- the store */
static int set_up(void **state)
{
	struct organization *p = calloc(1, sizeof *p);
	*state = p;
	if (!p || !place_make(&p->at))
		return -1;
	place_open(&p->at, NULL);
	return db_write(p->at.store, make, p) == DB_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	struct organization *p = *state;
	place_remove(&p->at);
	free(p);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_between_parts),
		cmocka_unit_test(who_wants_much_waits),
		cmocka_unit_test(few_are_not_filled_in),
		cmocka_unit_test(who_stops_can_begin_again),
		cmocka_unit_test(threads_share_the_work),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
