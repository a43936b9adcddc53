#include "model/figures.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "gen/queries.h"
#include "model/stage.h"

enum {
	LOAD_PEOPLE = 20000, /* of a statement */
	LOAD_SESSIONS = 500,
	WARM_SESSIONS = 100, /* of a snapshot */
	WARM_ENROLLMENTS = 50000,
	TABLE_MIN = 64
};

struct figures {
	pthread_mutex_t lock;
	struct figure_block **table; /* by session: open addressing, `cap` is a power of two */
	size_t cap, n;
	size_t bytes, bytes_max;
	uint32_t clock;
};

struct figures *figures_new(size_t bytes_max)
{
	struct figures *f = must_calloc(1, sizeof *f);
	pthread_mutex_init(&f->lock, NULL);
	f->bytes_max = bytes_max;
	return f;
}

void figures_free(struct figures *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->cap; i++)
		if (f->table[i])
			figures_release(&f->table[i], 1);
	pthread_mutex_destroy(&f->lock);
	free(f->table);
	free(f);
}

void figures_release(struct figure_block **blocks, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (blocks[i] && atomic_fetch_sub(&blocks[i]->holders, 1) == 1)
			free(blocks[i]);
}

/* ---- the table; all with the lock held */
static size_t block_bytes(const struct figure_block *b)
{
	return sizeof *b + b->people_n * sizeof *b->people + 2 * sizeof(void *);
}

/* Where the session's block is, or would stand. */
static struct figure_block **place_of(const struct figures *f, int64_t session)
{
	size_t at = (size_t)((uint64_t)session * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (f->cap - 1);
	while (f->table[at] && f->table[at]->session != session)
		at = (at + 1) & (f->cap - 1);
	return &f->table[at];
}

/* Into a table of `cap` places, without those that were used before `since`. */
static void rebuild(struct figures *f, size_t cap, uint32_t since)
{
	struct figure_block **old = f->table;
	size_t old_cap = f->cap;
	f->table = must_calloc(1, cap * sizeof(struct figure_block *));
	f->cap = cap;
	f->n = f->bytes = 0;
	for (size_t i = 0; i < old_cap; i++) {
		if (!old[i])
			continue;
		if (old[i]->used < since) {
			figures_release(&old[i], 1);
			continue;
		}
		*place_of(f, old[i]->session) = old[i];
		f->n++;
		f->bytes += block_bytes(old[i]);
	}
	free(old);
}

static int compare_used(const void *a, const void *b)
{
	const struct figure_block *x = *(struct figure_block *const *)a, *y = *(struct figure_block *const *)b;
	return x->used < y->used ? -1 : x->used > y->used;
}

/* The eighth that was not asked for the longest makes room, so that this is not done for each block. */
static void make_room(struct figures *f)
{
	struct figure_block **all = must_calloc(1, f->n * sizeof *all);
	size_t n = 0, bytes = 0, i = 0;
	for (size_t k = 0; k < f->cap; k++)
		if (f->table[k])
			all[n++] = f->table[k];
	qsort(all, n, sizeof *all, compare_used);
	while (i < n && bytes < f->bytes_max / 8)
		bytes += block_bytes(all[i++]);
	uint32_t since = i < n ? all[i]->used : UINT32_MAX;
	/* Those of one report have the same age. */
	if (i && since == all[0]->used)
		since++;
	free(all);
	rebuild(f, f->cap, since);
}

static void keep(struct figures *f, struct figure_block *b)
{
	if (f->n * 2 >= f->cap)
		rebuild(f, f->cap ? f->cap * 2 : TABLE_MIN, 0);
	struct figure_block **place = place_of(f, b->session);
	if (*place) {
		f->bytes -= block_bytes(*place);
		f->n--;
		figures_release(place, 1);
	}
	*place = b;
	b->used = f->clock;
	f->n++;
	f->bytes += block_bytes(b);
	atomic_fetch_add(&b->holders, 1);
}

/* ---- loading */
static void block_add(struct figure_block *b, int64_t person)
{
	must(person >= 0 && person <= UINT32_MAX);
	b->people[b->people_n++] = (uint32_t)person;
	b->all.n[figure_result((uint32_t)person)]++;
}

/* The `n` sessions whose places in `out` are empty, with one statement. */
static void load(
	struct ctx *c, const struct figure_session *sessions, const size_t *missing, size_t n, struct figure_block **out)
{
	ARENA_SCOPED a = arena_new();
	struct figures_people_rows rows;
	int64_t *ids = ARENA_ARRAY(a, int64_t, n);
	size_t *people = ARENA_ARRAY(a, size_t, n);
	for (size_t i = 0; i < n; i++)
		ids[i] = sessions[missing[i]].id;
	figures_people(c->db, a, stage_list(a, ids, n), &rows);
	for (size_t i = 0; i < rows.n; i++)
		people[rows.items[i].place]++;
	for (size_t i = 0; i < n; i++) {
		struct figure_block *b = must_calloc(1, sizeof *b + people[i] * sizeof *b->people);
		b->session = ids[i];
		b->mark = sessions[missing[i]].mark;
		atomic_init(&b->holders, 1);
		out[missing[i]] = b;
	}
	for (size_t i = 0; i < rows.n; i++)
		block_add(out[missing[rows.items[i].place]], rows.items[i].person);
}

static void load_all(struct ctx *c, struct figures *f, const struct figure_session *sessions, const size_t *missing,
	size_t n, struct figure_block **out)
{
	for (size_t from = 0, to; from < n; from = to) {
		int64_t people = 0;
		for (to = from; to < n && to - from < LOAD_SESSIONS && people < LOAD_PEOPLE; to++)
			people += sessions[missing[to]].people;
		load(c, sessions, missing + from, to - from, out);
		if (!f || db_failed(c->db))
			continue;
		pthread_mutex_lock(&f->lock);
		for (size_t i = from; i < to; i++)
			keep(f, out[missing[i]]);
		if (f->bytes > f->bytes_max)
			make_room(f);
		pthread_mutex_unlock(&f->lock);
	}
}

void figures_take(
	struct ctx *c, struct figures *f, const struct figure_session *sessions, size_t n, struct figure_block **out)
{
	size_t *missing = ARENA_ARRAY(c->arena, size_t, n + 1), missing_n = 0;
	if (f)
		pthread_mutex_lock(&f->lock);
	if (f)
		f->clock++;
	for (size_t i = 0; i < n; i++) {
		struct figure_block *b = f && f->cap ? *place_of(f, sessions[i].id) : NULL;
		out[i] = b && b->mark == sessions[i].mark ? b : NULL;
		if (!out[i]) {
			missing[missing_n++] = i;
			continue;
		}
		b->used = f->clock;
		atomic_fetch_add(&b->holders, 1);
	}
	if (f)
		pthread_mutex_unlock(&f->lock);
	load_all(c, f, sessions, missing, missing_n, out);
}

/* ---- warming up */
static bool is_worth_it(struct db *db, struct arena *a)
{
	struct figures_about_row about = { 0 };
	return figures_about(db, a, &about) && about.enrollments >= WARM_ENROLLMENTS;
}

bool figures_warm(struct figures *f, struct store *store, int64_t *before)
{
	ARENA_SCOPED a = arena_new();
	struct figures_sessions_rows rows = { 0 };
	struct ctx c = { .arena = a, .db = db_read_begin(store) };
	if (*before < INT64_MAX || is_worth_it(c.db, a))
		figures_sessions(c.db, a, *before, WARM_SESSIONS, &rows);
	struct figure_session *sessions = ARENA_ARRAY(a, struct figure_session, rows.n + 1);
	struct figure_block **blocks = ARENA_ARRAY(a, struct figure_block *, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++) {
		sessions[i] = (struct figure_session){ rows.items[i].id, rows.items[i].mark, rows.items[i].people };
		*before = rows.items[i].id;
	}
	figures_take(&c, f, sessions, rows.n, blocks);
	figures_release(blocks, rows.n);
	pthread_mutex_lock(&f->lock);
	bool full = f->bytes > f->bytes_max / 8 * 7;
	pthread_mutex_unlock(&f->lock);
	return db_read_end(c.db) == DB_OK && rows.n == WARM_SESSIONS && !full;
}
