/* Values, errors that stick, snapshots, and the one writer. */
#include "db_fixture.h"
#include <pthread.h>
#include <semaphore.h>

static int64_t add(struct db *db, const char *name, int64_t team)
{
	return fx_person_add(db, str_from(name), str_from(name), STR_NULL, team, NONE, STR_NULL, 0.5, NONE);
}

static int64_t count(struct place *f)
{
	struct fx_count_row row;
	struct db *db = db_read_begin(f->store);
	assert_true(fx_count(db, f->arena, 0, NULL, &row));
	assert_int_equal(db_read_end(db), DB_OK);
	return row.n;
}

/* ---- values */

struct one {
	struct str name, key, email, photo;
	int64_t team;
	struct opt_i64 joined;
	double score;
	int64_t id;
};

static bool write_one(struct db *tx, void *arg)
{
	struct one *o = arg;
	o->id = fx_person_add(tx, o->name, o->key, o->email, o->team, o->joined, o->photo, o->score, NONE);
	return true;
}

static void values_come_back(void **state)
{
	struct place *f = *state;
	struct one all[] = {
		{ STR("first"), STR("k"), STR_NULL, STR_NULL, INT64_MIN, NONE, 0, 0 },
		{ STR("second"), STR("\0\xff\0"), STR(""), STR(""), INT64_MAX, SOME(0), -1.5, 0 },
		{ STR("th\xc3\xa9 third; 'quoted'"), STR("z"), STR("a@example.org"), STR("\0blob\0"), 1, SOME(INT64_MIN), 1e300,
			0 },
	};
	for (size_t i = 0; i < 3; i++) {
		struct one *o = &all[i];
		struct fx_person_row r;
		assert_int_equal(db_write(f->store, write_one, o), DB_OK);
		assert_int_equal(o->id, i + 1);
		struct db *db = db_read_begin(f->store);
		assert_true(fx_person(db, f->arena, o->id, &r));
		assert_int_equal(db_read_end(db), DB_OK);
		assert_true(str_eq(r.name, o->name) && str_eq(r.name_key, o->key));
		assert_int_equal(r.name.p[r.name.n], '\0');
		assert_int_equal(str_is_null(r.email), str_is_null(o->email));
		assert_true(str_eq(r.email, o->email));
		assert_int_equal(str_is_null(r.photo), str_is_null(o->photo));
		assert_true(str_eq(r.photo, o->photo));
		assert_true(r.team == o->team && r.score == o->score);
		assert_true(r.joined.has == o->joined.has && r.joined.v == o->joined.v && r.has_joined == o->joined.has);
		assert_false(r.boss.has);
	}
}

static bool write_many(struct db *tx, void *arg)
{
	struct fx_team_drop_rows dropped;
	struct fx_first_dropped_row first;
	struct place *f = arg;
	for (int i = 0; i < 100; i++)
		add(tx, str_c(f->arena, str_fmt(f->arena, "p%d", i)), i % 4);
	assert_int_equal(fx_team_rename(tx, 1, 9), 25);
	assert_int_equal(fx_team_rename(tx, 1, 9), 0);
	assert_int_equal(fx_person_add_unless(tx, STR("p1")), 0);
	assert_in_range(fx_person_add_unless(tx, STR("new")), 101, 102);
	fx_team_drop(tx, f->arena, 9, &dropped);
	assert_int_equal(dropped.n, 25);
	assert_int_equal(dropped.items[24].id, 98);
	/* The rows that :one does not give are deleted all the same. */
	assert_true(fx_first_dropped(tx, f->arena, 2, &first));
	return true;
}

static void statements_of_every_form(void **state)
{
	struct place *f = *state;
	struct fx_persons_rows rows;
	struct fx_quotes_row quotes;
	struct fx_person_row none = { .id = 7 };
	assert_int_equal(db_write(f->store, write_many, f), DB_OK);
	assert_int_equal(count(f), 51);
	struct db *db = db_read_begin(f->store);
	fx_persons(db, f->arena, &rows);
	assert_int_equal(rows.n, 51);
	assert_int_equal(rows.items[0].id, 1);
	assert_str(rows.items[50].name, "new");
	assert_false(rows.items[0].boss.has || rows.items[0].boss_team.has);
	assert_false(fx_person(db, f->arena, 4711, &none));
	assert_int_equal(none.id, 0);
	assert_true(fx_quotes(db, f->arena, 41, &quotes));
	assert_str(quotes.words, "it's $1, {after} -- no comment");
	assert_int_equal(quotes.next, 42);
	assert_int_equal(db_counts(db).statements, 3);
	assert_true(on_postgres() || db_counts(db).full_scans >= 50);
	assert_int_equal(db_read_end(db), DB_OK);
}

/* ---- errors */

static bool write_conflict(struct db *tx, void *arg)
{
	struct fx_count_row row = { .n = 5 };
	(void)arg;
	add(tx, "same", 1);
	assert_int_equal(add(tx, "same", 2), 0);
	assert_int_equal(db_error(tx), DB_CONFLICT);
	/* From here on nothing happens, and nothing is found. */
	assert_int_equal(add(tx, "other", 1), 0);
	assert_int_equal(fx_team_rename(tx, 1, 2), 0);
	ARENA_SCOPED a = arena_new();
	assert_false(fx_count(tx, a, 0, NULL, &row));
	assert_int_equal(row.n, 0);
	return true;
}

static void errors_stick(void **state)
{
	struct place *f = *state;
	struct fx_broken_promise_row row;
	assert_int_equal(db_write(f->store, write_conflict, NULL), DB_CONFLICT);
	assert_int_equal(count(f), 0);
	/* max() of nothing is null, which nobody declared. */
	struct db *db = db_read_begin(f->store);
	assert_false(fx_broken_promise(db, f->arena, &row));
	assert_int_equal(db_read_end(db), DB_BUG);
	assert_int_equal(count(f), 0);
}

static bool write_foreign_key(struct db *tx, void *arg)
{
	(void)arg;
	fx_field_set(tx, 4711, 1, STR("x"));
	return true;
}

static void references_are_kept(void **state)
{
	struct place *f = *state;
	assert_int_equal(db_write(f->store, write_foreign_key, NULL), DB_CONFLICT);
}

static bool write_person(struct db *tx, void *arg)
{
	return add(tx, arg, 1) > 0;
}

/* What nobody asks anything of may only fail when the transaction is to end. */
static bool put_foreign_key(struct db *tx, void *arg)
{
	(void)arg;
	fx_field_put(tx, 4711, 1, STR("x"));
	return true;
}

static void a_late_failure_leaves_the_next(void **state)
{
	struct place *f = *state;
	/* Enough of them, so that each writer had its turn. */
	for (int i = 0; i < 12; i++) {
		char name[12];
		snprintf(name, sizeof name, "late%d", i);
		assert_int_equal(db_write(f->store, put_foreign_key, NULL), DB_CONFLICT);
		assert_int_equal(db_write(f->store, write_person, name), DB_OK);
	}
	assert_int_equal(count(f), 12);
}

/* ---- snapshots and staging tables */

static void a_snapshot_stays(void **state)
{
	struct place *f = *state;
	struct fx_count_row row;
	char ana[] = "ana", ben[] = "ben";
	db_write(f->store, write_person, ana);
	struct db *db = db_read_begin(f->store);
	assert_true(fx_count(db, f->arena, 0, NULL, &row));
	assert_int_equal(db_write(f->store, write_person, ben), DB_OK);
	assert_true(fx_count(db, f->arena, 0, NULL, &row));
	assert_int_equal(row.n, 1);
	/* A reader's file is read-only whatever a statement says. */
	assert_int_equal(add(db, "cleo", 1), 0);
	assert_int_equal(db_read_end(db), DB_BUG);
	assert_int_equal(count(f), 2);
}

static int64_t connection_of(struct place *f)
{
	struct fx_connection_row row = { -1 };
	struct db *db = db_read_begin(f->store);
	assert_true(fx_connection(db, f->arena, &row));
	assert_int_equal(db_read_end(db), DB_OK);
	return row.n;
}

/* What the one before owes is read by the next that asks for something. */
static void an_empty_snapshot_keeps_the_connection(void **state)
{
	struct place *f = *state;
	int64_t connection = connection_of(f);
	assert_int_equal(db_read_end(db_read_begin(f->store)), DB_OK);
	assert_int_equal(connection_of(f), connection);
	assert_int_equal(connection_of(f), connection);
}

static int64_t choose_all(struct db *db, struct arena *a)
{
	struct fx_chosen_row before, after;
	fx_chosen(db, a, &before);
	fx_choose(db, NULL);
	fx_chosen(db, a, &after);
	return before.n ? -1 : after.n;
}

struct chooser {
	int64_t n;
	bool keep;
};

static bool write_chosen(struct db *tx, void *arg)
{
	struct chooser *c = arg;
	ARENA_SCOPED a = arena_new();
	c->n = choose_all(tx, a);
	return c->keep;
}

static void staging_tables_begin_empty(void **state)
{
	struct place *f = *state;
	char ana[] = "ana", ben[] = "ben";
	db_write(f->store, write_person, ana);
	db_write(f->store, write_person, ben);
	for (int i = 0; i < 3; i++) {
		struct db *db = db_read_begin(f->store);
		assert_int_equal(choose_all(db, f->arena), 2);
		assert_int_equal(db_read_end(db), DB_OK);
		struct chooser c = { .keep = i != 1 };
		assert_int_equal(db_write(f->store, write_chosen, &c), DB_OK);
		assert_int_equal(c.n, 2);
	}
}

/* ---- the writer */

/* Keeps the writer busy until it is told to go on, so that a batch can queue up behind it. */
struct gate {
	struct db_job job;
	sem_t entered, go, over;
};

static bool wait_at_gate(struct db *tx, void *arg)
{
	struct gate *g = arg;
	(void)tx;
	sem_post(&g->entered);
	sem_wait(&g->go);
	return true;
}

static void gate_over(struct db_job *job)
{
	sem_post(&((struct gate *)job->arg)->over);
}

static void gate_close(struct place *f, struct gate *g)
{
	sem_init(&g->entered, 0, 0);
	sem_init(&g->go, 0, 0);
	sem_init(&g->over, 0, 0);
	g->job = (struct db_job){ .run = wait_at_gate, .done = gate_over, .arg = g };
	assert_true(db_write_async(f->store, &g->job));
	sem_wait(&g->entered);
}

static void gate_open(struct gate *g)
{
	sem_post(&g->go);
	sem_wait(&g->over);
}

enum deed { ADD, REFUSE_AT_ONCE, REFUSE, CLASH, DOOM };
struct entry {
	struct db_job job;
	enum deed deed;
	char name[24];
	int runs;
	sem_t *over;
};

static bool run_entry(struct db *tx, void *arg)
{
	struct entry *e = arg;
	e->runs++;
	if (e->deed == REFUSE_AT_ONCE)
		return false;
	add(tx, e->name, 1);
	if (e->deed == CLASH)
		add(tx, e->name, 1);
	if (e->deed == DOOM)
		add(tx, "doomed", 1);
	return e->deed != REFUSE;
}

static void entry_over(struct db_job *job)
{
	sem_post(((struct entry *)job->arg)->over);
}

/* Eight writes of which one does something else. */
static void write_eight(struct place *f, struct entry entries[static 8], enum deed odd)
{
	struct gate gate;
	sem_t over;
	sem_init(&over, 0, 0);
	gate_close(f, &gate);
	assert_false(db_write_waiting(f->store));
	for (int i = 0; i < 8; i++) {
		struct entry *e = &entries[i];
		*e = (struct entry){
			.job = { .run = run_entry, .done = entry_over, .arg = e }, .deed = i == 5 ? odd : ADD, .over = &over
		};
		snprintf(e->name, sizeof e->name, "person %d", i);
		assert_true(db_write_async(f->store, &e->job));
	}
	assert_true(db_write_waiting(f->store));
	gate_open(&gate);
	for (int i = 0; i < 8; i++)
		sem_wait(&over);
}

static void check_eight(struct place *f, struct entry entries[static 8], enum db_error error, int runs)
{
	for (int i = 0; i < 8; i++) {
		assert_int_equal(entries[i].job.kept, i != 5 || entries[i].deed == ADD);
		assert_int_equal(entries[i].job.error, i == 5 ? error : DB_OK);
		if (i < 5)
			assert_int_equal(entries[i].runs, runs);
	}
	assert_int_equal(count(f), entries[5].deed == ADD ? 8 : 7);
}

static void writes_share_a_commit(void **state)
{
	struct place *f = *state;
	struct entry entries[8];
	struct store_counters before = store_counters(f->store);
	write_eight(f, entries, ADD);
	struct store_counters after = store_counters(f->store);
	/* The gate's and theirs. */
	assert_int_equal(after.commits - before.commits, 2);
	assert_int_equal(after.writes - before.writes, 9);
	assert_int_equal(after.queue_max, 8);
	/* The gate's, which is empty, reaches no disk. */
	assert_in_range(after.fsyncs - before.fsyncs, 1, 3);
	check_eight(f, entries, DB_OK, 1);
}

static void a_refusal_leaves_the_others(void **state)
{
	struct place *f = *state;
	struct entry entries[8];
	write_eight(f, entries, REFUSE_AT_ONCE);
	assert_int_equal(store_counters(f->store).commits, 2);
	check_eight(f, entries, DB_OK, 1);
}

static void a_refusal_after_a_write_leaves_the_others(void **state)
{
	struct place *f = *state;
	struct entry entries[8];
	write_eight(f, entries, REFUSE);
	assert_int_equal(store_counters(f->store).commits, 2);
	/* It had written: all of them were begun anew, in savepoints. */
	check_eight(f, entries, DB_OK, 2);
	assert_int_equal(entries[5].runs, 2);
	assert_int_equal(entries[6].runs, 1);
}

static void a_conflict_leaves_the_others(void **state)
{
	struct place *f = *state;
	struct entry entries[8];
	write_eight(f, entries, CLASH);
	assert_int_equal(store_counters(f->store).commits, 2);
	check_eight(f, entries, DB_CONFLICT, 2);
}

static void the_end_of_the_transaction_leaves_the_others(void **state)
{
	struct place *f = *state;
	struct entry entries[8];
	write_eight(f, entries, DOOM);
	/* Each was run again by itself. */
	assert_int_equal(store_counters(f->store).commits, 1 + 7);
	check_eight(f, entries, DB_CONFLICT, 2);
	assert_int_equal(entries[5].runs, 2);
	assert_int_equal(entries[6].runs, 1);
}

static void the_queue_is_bounded(void **state)
{
	struct place *f = *state;
	struct gate gate;
	sem_t over;
	char late[] = "late";
	int accepted = 0;
	struct entry *entries = calloc(5000, sizeof *entries);
	sem_init(&over, 0, 0);
	gate_close(f, &gate);
	for (int i = 0; i < 5000; i++) {
		struct entry *e = &entries[i];
		*e = (struct entry){ .job = { .run = run_entry, .done = entry_over, .arg = e }, .deed = REFUSE, .over = &over };
		snprintf(e->name, sizeof e->name, "n%d", i);
		accepted += db_write_async(f->store, &e->job);
	}
	assert_int_equal(accepted, 4096);
	assert_int_equal(db_write(f->store, write_person, late), DB_BUSY);
	gate_open(&gate);
	for (int i = 0; i < accepted; i++)
		sem_wait(&over);
	assert_int_equal(store_counters(f->store).queue_max, 4096);
	assert_false(db_write_waiting(f->store));
	assert_int_equal(count(f), 0);
	free(entries);
}

static void closing_drains_the_queue(void **state)
{
	struct place *f = *state;
	struct gate gate;
	sem_t over;
	struct entry entries[20];
	sem_init(&over, 0, 0);
	gate_close(f, &gate);
	for (int i = 0; i < 20; i++) {
		struct entry *e = &entries[i];
		*e = (struct entry){ .job = { .run = run_entry, .done = entry_over, .arg = e }, .over = &over };
		snprintf(e->name, sizeof e->name, "n%d", i);
		assert_true(db_write_async(f->store, &e->job));
	}
	sem_post(&gate.go);
	store_close(f->store);
	for (int i = 0; i < 20; i++)
		assert_true(entries[i].job.kept);
	f->store = place_store(f, &db_catalog_fixture);
	assert_int_equal(count(f), 20);
}

static void note_commit(void *arg)
{
	++*(int *)arg;
}

static bool write_nothing(struct db *tx, void *arg)
{
	(void)tx, (void)arg;
	return true;
}

static void commits_are_told(void **state)
{
	struct place *f = *state;
	struct entry refused = { .deed = REFUSE, .name = "x" };
	int told = 0;
	char ana[] = "ana", ben[] = "ben";
	store_on_commit(f->store, note_commit, &told);
	db_write(f->store, write_person, ana);
	db_write(f->store, run_entry, &refused);
	db_write(f->store, write_nothing, NULL);
	db_write(f->store, write_person, ben);
	store_close(f->store);
	f->store = NULL;
	assert_int_equal(told, 2);
}

static void *write_from_another_store(void *arg)
{
	struct place *f = arg;
	static char ana[] = "ana";
	return db_write(f->store, write_person, ana) == DB_OK ? f : NULL;
}

/* Two stores over one file are what the server and a command of the same time are. */
static void another_process_may_write(void **state)
{
	struct place *f = *state;
	struct place other = { .arena = f->arena };
	struct gate gate;
	pthread_t thread;
	void *ok;
	other.url = f->url;
	other.store = place_store(&other, &db_catalog_fixture);
	gate_close(&other, &gate);
	pthread_create(&thread, NULL, write_from_another_store, f);
	gate_open(&gate);
	pthread_join(thread, &ok);
	assert_ptr_equal(ok, f);
	assert_int_equal(count(&other), 1);
	store_close(other.store);
}

static bool write_big(struct db *tx, void *arg)
{
	struct str *photo = arg;
	for (int i = 0; i < 20; i++) {
		char name[40];
		snprintf(name, sizeof name, "big %p %d", (void *)tx, rand());
		fx_person_add(tx, str_from(name), STR("k"), STR_NULL, 1, NONE, *photo, 0, NONE);
	}
	return true;
}

static int64_t file_size(struct place *f, const char *name)
{
	FILE *file = fopen(str_c(f->arena, place_path(f, name)), "rb");
	assert_non_null(file);
	fseek(file, 0, SEEK_END);
	int64_t n = ftell(file);
	fclose(file);
	return n;
}

/* A snapshot holds the log; once it is gone the log gets small again. */
static void the_log_stays_bounded(void **state)
{
	struct place *f = *state;
	struct fx_count_row row;
	char last[] = "last", final[] = "final";
	struct str photo = { calloc(1, 200000), 200000 };
	srand(1);
	struct db *db = db_read_begin(f->store);
	assert_true(fx_count(db, f->arena, 0, NULL, &row));
	for (int i = 0; i < 13; i++)
		assert_int_equal(db_write(f->store, write_big, &photo), DB_OK);
	assert_true(file_size(f, "test.db-wal") > INT64_C(10000) * 4096);
	assert_int_equal(db_read_end(db), DB_OK);
	for (int i = 0; i < 6; i++)
		assert_int_equal(db_write(f->store, write_big, &photo), DB_OK);
	/* A checkpoint comes after the answer; the next write waits for it. */
	assert_int_equal(db_write(f->store, write_person, last), DB_OK);
	assert_int_equal(db_write(f->store, write_person, final), DB_OK);
	assert_true(file_size(f, "test.db-wal") < INT64_C(8000) * 4096);
	free((char *)(uintptr_t)photo.p);
}

static void *read_and_end(void *arg)
{
	return (void *)(intptr_t)count(arg);
}

static void threads_have_their_own_readers(void **state)
{
	struct place *f = *state;
	pthread_t threads[4];
	char ana[] = "ana";
	db_write(f->store, write_person, ana);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 4; i++)
			pthread_create(&threads[i], NULL, read_and_end, f);
		for (int i = 0; i < 4; i++) {
			void *n;
			pthread_join(threads[i], &n);
			assert_int_equal((intptr_t)n, 1);
		}
	}
}

/* ---- what is kept between snapshots */

static void **slot_of(struct place *f, struct db **db)
{
	void **slot = NULL;
	*db = db_read_begin(f->store);
	struct arena *a = db_kept(*db, &slot);
	assert_int_equal(a != NULL, !on_postgres());
	return slot;
}

static bool keep_nothing(struct db *tx, void *arg)
{
	void **slot;
	assert_null(db_kept(tx, &slot));
	return arg && add(tx, arg, 1) > 0;
}

static void what_was_read_is_kept_until_a_commit(void **state)
{
	struct place *f = *state;
	struct db *db;
	char mark;
	char ana[] = "ana", ben[] = "ben";
	void **slot = slot_of(f, &db);
	if (slot) {
		assert_null(*slot);
		*slot = &mark;
		assert_non_null(db_kept(db, &slot));
		assert_ptr_equal(*slot, &mark);
	}
	/* A snapshot does not see what is committed meanwhile, and neither does what was kept in it. */
	assert_int_equal(db_write(f->store, keep_nothing, ana), DB_OK);
	assert_true(!slot || (db_kept(db, &slot) && *slot == &mark));
	db_read_end(db);
	slot = slot_of(f, &db);
	assert_true(!slot || *slot == NULL);
	if (slot)
		*slot = &mark;
	db_read_end(db);
	/* A refusal changes nothing. */
	db_write(f->store, keep_nothing, NULL);
	slot = slot_of(f, &db);
	assert_true(!slot || *slot == &mark);
	db_read_end(db);
	/* Another process commits. */
	struct store *other = place_store(f, &db_catalog_fixture);
	assert_int_equal(db_write(other, keep_nothing, ben), DB_OK);
	slot = slot_of(f, &db);
	assert_true(!slot || *slot == NULL);
	db_read_end(db);
	store_close(other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_new, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(values_come_back),
		TEST(statements_of_every_form),
		TEST(errors_stick),
		TEST(references_are_kept),
		TEST(a_late_failure_leaves_the_next),
		TEST(a_snapshot_stays),
		TEST(an_empty_snapshot_keeps_the_connection),
		TEST(staging_tables_begin_empty),
		TEST(closing_drains_the_queue),
		TEST(another_process_may_write),
		TEST(threads_have_their_own_readers),
		TEST(what_was_read_is_kept_until_a_commit),
		/* From here on: one writer, whose jobs share a commit and a log. */
		TEST(writes_share_a_commit),
		TEST(a_refusal_leaves_the_others),
		TEST(a_refusal_after_a_write_leaves_the_others),
		TEST(a_conflict_leaves_the_others),
		TEST(the_end_of_the_transaction_leaves_the_others),
		TEST(the_queue_is_bounded),
		TEST(commits_are_told),
		TEST(the_log_stays_bounded),
	};
	enum { ALL = sizeof tests / sizeof *tests, SQLITE_ONLY = 8 };
	return _cmocka_run_group_tests("db", tests, on_postgres() ? ALL - SQLITE_ONLY : ALL, NULL, NULL);
}
