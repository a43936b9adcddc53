#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/log.h"
#include "gen/queries.h"
#include "model/figures_room.h"
#include "model/stage.h"

enum {
	LOAD_PEOPLE = 20000, /* of a statement */
	LOAD_SESSIONS = 500,
	/* People of chosen sessions lie all over the table: to read one takes as long as to pass so many in its order. */
	PASSED_A_PERSON = 8,
	FEW_PEOPLE = 100000, /* are read at once, in some tenths of a second */
	FILL_PART = 20000,
	TABLE_MIN = 64
};

struct figures *figures_new(size_t bytes_max, int64_t fill_from)
{
	struct figures *f = must_calloc(1, sizeof *f);
	pthread_mutex_init(&f->lock, NULL);
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&f->moved, &attr);
	pthread_condattr_destroy(&attr);
	f->bytes_max = bytes_max;
	f->fill_from = fill_from;
	f->fill_part = FILL_PART;
	return f;
}

void figures_free(struct figures *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->cap; i++)
		if (f->table[i])
			figures_release(&f->table[i], 1);
	pthread_cond_destroy(&f->moved);
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
size_t figure_block_bytes(size_t people)
{
	return sizeof(struct figure_block) + people * sizeof(uint32_t) + 2 * sizeof(void *);
}

static size_t block_bytes(const struct figure_block *b)
{
	return figure_block_bytes(b->people_n);
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

void figures_keep(struct figures *f, struct figure_block *b)
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
}

/* ---- loading */
static void block_add(struct figure_block *b, int64_t person)
{
	must(person >= 0 && person <= UINT32_MAX);
	figure_block_add(b, (uint32_t)person);
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
		for (size_t i = from; i < to; i++) {
			atomic_fetch_add(&out[missing[i]]->holders, 1);
			figures_keep(f, out[missing[i]]);
		}
		if (f->bytes > f->bytes_max)
			make_room(f);
		pthread_mutex_unlock(&f->lock);
	}
}

/* NULL: not there, or for another mark. With the lock held. */
static struct figure_block *find_block(const struct figures *f, const struct figure_session *s)
{
	struct figure_block *b = f->cap ? *place_of(f, s->id) : NULL;
	return b && b->mark == s->mark ? b : NULL;
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
		struct figure_block *b = out[i] = f ? find_block(f, &sessions[i]) : NULL;
		if (!b) {
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

/* ---- waiting for the first filling */
/* Whether to read what is missing takes longer than the filling will. */
static bool better_waits(const struct figures *f, const struct figure_session *sessions, size_t n)
{
	const struct filling *g = &f->filling;
	int64_t people = 0;
	if (g->stage == FILLING_DONE)
		return false;
	for (size_t i = 0; i < n; i++)
		people += find_block(f, &sessions[i]) ? 0 : sessions[i].people;
	return people > FEW_PEOPLE ||
		(g->stage == FILLING_READS && people * PASSED_A_PERSON > g->last_id - g->read && people > LOAD_PEOPLE);
}

bool figures_wait(struct figures *f, const struct figure_session *sessions, size_t n, int64_t ms, int *percent)
{
	struct timespec until;
	int failed = 0;
	*percent = 0;
	if (!f)
		return true;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&f->lock);
	bool waits;
	while ((waits = better_waits(f, sessions, n)) && failed == 0)
		failed = pthread_cond_timedwait(&f->moved, &f->lock, &until);
	const struct filling *g = &f->filling;
	if (g->stage >= FILLING_READS && g->last_id > 0)
		*percent = (int)(g->read * 100 / g->last_id);
	pthread_mutex_unlock(&f->lock);
	return !waits;
}
