/* The first filling: every enrollment once, in the order of the table, by some threads, in parts with a snapshot each.
 *
 * What is put together from several snapshots is right all the same: of each session the mark is read before the first
 * part and after the last one. A mark never comes again, so where it is the same nobody in this session was changed in
 * between, and each snapshot showed the same people in the same departments. The others are read anew. */
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "gen/queries.h"
#include "model/figures_room.h"

enum {
	SESSIONS = 2000,
	USERS = 20000,
	ANEW = 100, /* sessions of a snapshot */
	ROOM_LEAST = 8
};

/* ---- before */
static void make_block(struct filling *g, const struct figures_sessions_row *s)
{
	/* Who declined holds no seat, but is counted. */
	size_t cap = (size_t)s->people + (size_t)s->people / 8 + ROOM_LEAST;
	struct figure_block *b = malloc(sizeof *b + cap * sizeof *b->people);
	must(b && cap <= UINT32_MAX);
	*b = (struct figure_block){ .session = s->id, .mark = s->mark };
	atomic_init(&b->holders, 1);
	g->of[s->id] = (struct filling_block){ b, (uint32_t)cap };
}

/* Sessions, the newest first, as many as fit. */
static void begin_sessions(struct filling *g, struct db *db, size_t bytes)
{
	ARENA_SCOPED a = arena_new();
	struct figures_sessions_rows rows = { .n = SESSIONS };
	size_t taken = 0;
	for (int64_t before = INT64_MAX; rows.n == SESSIONS && taken < bytes; before = rows.items[rows.n - 1].id) {
		arena_reset(a);
		figures_sessions(db, a, before, SESSIONS, &rows);
		if (rows.n && !g->of) {
			g->sessions_end = (size_t)rows.items[0].id + 1;
			g->of = must_calloc(g->sessions_end, sizeof *g->of);
		}
		for (size_t i = 0; i < rows.n && taken < bytes; i++) {
			taken += figure_block_bytes((size_t)rows.items[i].people);
			make_block(g, &rows.items[i]);
		}
	}
}

static void begin_users(struct filling *g, struct db *db)
{
	ARENA_SCOPED a = arena_new();
	struct figures_users_rows rows = { .n = USERS };
	for (int64_t after = 0; rows.n == USERS; after = rows.items[rows.n - 1].id) {
		arena_reset(a);
		figures_users(db, a, after, USERS, &rows);
		if (!rows.n)
			break;
		size_t end = (size_t)rows.items[rows.n - 1].id + 1;
		g->department_of = realloc(g->department_of, end * sizeof *g->department_of);
		must(g->department_of);
		memset(g->department_of + g->users_end, 0, (end - g->users_end) * sizeof *g->department_of);
		g->users_end = end;
		for (size_t i = 0; i < rows.n; i++) {
			must(rows.items[i].department_id <= UINT32_MAX >> 2);
			g->department_of[rows.items[i].id] = (uint32_t)rows.items[i].department_id;
		}
	}
}

static void drop(struct filling *g)
{
	for (size_t i = 0; i < g->sessions_end; i++)
		free(g->of[i].block);
	free(g->of);
	free(g->department_of);
	*g = (struct filling){ .stage = g->stage };
}

static void move_on(struct figures *f, enum filling_stage stage)
{
	f->filling.stage = stage;
	pthread_cond_broadcast(&f->moved);
}

bool filling_begin(struct figures *f, struct store *store)
{
	struct filling *g = &f->filling;
	ARENA_SCOPED a = arena_new();
	struct figures_about_row about = { 0 };
	move_on(f, FILLING_BEGINS);
	pthread_mutex_unlock(&f->lock);
	struct db *db = db_read_begin(store);
	bool many = figures_about(db, a, &about) && about.enrollments >= f->fill_from;
	if (many) {
		begin_sessions(g, db, f->bytes_max / 8 * 7);
		begin_users(g, db);
	}
	bool ok = db_read_end(db) == DB_OK;
	pthread_mutex_lock(&f->lock);
	if (!ok || !many)
		drop(g);
	g->last_id = about.enrollments;
	move_on(f, !ok ? FILLING_COLD : many ? FILLING_READS : FILLING_DONE);
	return ok;
}

/* ---- the parts */
static void add(struct filling *g, int64_t user, int64_t counted)
{
	size_t session = (size_t)(counted >> 2);
	struct filling_block *to = session < g->sessions_end ? &g->of[session] : NULL;
	if (!to || !to->block)
		return;
	if (to->block->people_n == to->cap) {
		to->cap += to->cap / 2;
		to->block = realloc(to->block, sizeof *to->block + to->cap * sizeof to->block->people[0]);
		must(to->block);
	}
	/* Who came later is in a session that will be read anew. */
	uint32_t department = (size_t)user < g->users_end ? g->department_of[user] : 0;
	figure_block_add(to->block, department << 2 | (uint32_t)(counted & 3));
}

void filling_read(struct figures *f, struct store *store, struct arena *a)
{
	struct filling *g = &f->filling;
	struct figures_enrolled_rows rows;
	int64_t after = g->next_id, last = after + f->fill_part;
	g->next_id = last;
	pthread_mutex_unlock(&f->lock);
	arena_reset(a);
	struct db *db = db_read_begin(store);
	figures_enrolled(db, a, after, last, &rows);
	bool ok = db_read_end(db) == DB_OK;
	pthread_mutex_lock(&f->lock);
	g->failed |= !ok;
	for (size_t i = 0; ok && i < rows.n; i++)
		add(g, rows.items[i].person, rows.items[i].counted);
	g->read += last < g->last_id ? last - after : g->last_id - after;
}

/* ---- after */
/* Keeps the session's block, if it is right; false: it is to be read anew. */
static bool settle(struct figures *f, const struct figures_sessions_row *s)
{
	struct filling *g = &f->filling;
	struct figure_block *b = (size_t)s->id < g->sessions_end ? g->of[s->id].block : NULL;
	if (!b)
		return true;
	g->of[s->id].block = NULL;
	if (b->mark != s->mark) {
		free(b);
		return false;
	}
	struct figure_block *exact = realloc(b, sizeof *b + b->people_n * sizeof b->people[0]);
	figures_keep(f, exact ? exact : b);
	return true;
}

static void read_anew(
	struct figures *f, struct db *db, const struct figure_session *sessions, size_t n, const atomic_bool *stop)
{
	ARENA_SCOPED a = arena_new();
	struct figure_block *blocks[ANEW];
	for (size_t from = 0; from < n && !*stop; from += ANEW) {
		size_t some = n - from < ANEW ? n - from : ANEW;
		arena_reset(a);
		figures_take(&(struct ctx){ .arena = a, .db = db }, f, sessions + from, some, blocks);
		figures_release(blocks, some);
	}
}

bool filling_end(struct figures *f, struct store *store, const atomic_bool *stop)
{
	ARENA_SCOPED a = arena_new();
	struct figures_sessions_rows rows;
	struct figure_session *changed;
	size_t changed_n = 0;
	move_on(f, FILLING_ENDS);
	pthread_mutex_unlock(&f->lock);
	struct db *db = db_read_begin(store);
	figures_sessions(db, a, INT64_MAX, (int64_t)f->filling.sessions_end, &rows);
	changed = ARENA_ARRAY(a, struct figure_session, rows.n + 1);
	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < rows.n; i++)
		if (!settle(f, &rows.items[i]))
			changed[changed_n++] =
				(struct figure_session){ rows.items[i].id, rows.items[i].mark, rows.items[i].people };
	bool ok = !db_failed(db);
	drop(&f->filling);
	move_on(f, ok ? FILLING_DONE : FILLING_COLD);
	pthread_mutex_unlock(&f->lock);
	if (ok)
		read_anew(f, db, changed, changed_n, stop);
	db_read_end(db);
	pthread_mutex_lock(&f->lock);
	return ok;
}

bool figures_fill(struct figures *f, struct store *store, const atomic_bool *stop)
{
	struct filling *g = &f->filling;
	ARENA_SCOPED a = arena_new();
	bool ok = true;
	pthread_mutex_lock(&f->lock);
	while (g->stage == FILLING_BEGINS)
		pthread_cond_wait(&f->moved, &f->lock);
	if (g->stage == FILLING_COLD)
		ok = filling_begin(f, store);
	if (g->stage == FILLING_READS) {
		g->workers++;
		while (g->next_id < g->last_id && !g->failed && !*stop)
			filling_read(f, store, a);
		g->workers--;
		ok = !g->failed;
		bool whole = ok && g->next_id >= g->last_id;
		if (g->workers == 0 && whole)
			ok = filling_end(f, store, stop);
		else if (g->workers == 0) {
			drop(g);
			move_on(f, FILLING_COLD);
		}
	}
	pthread_mutex_unlock(&f->lock);
	return ok;
}

void figures_fill_never(struct figures *f)
{
	pthread_mutex_lock(&f->lock);
	if (f->filling.stage == FILLING_COLD)
		move_on(f, FILLING_DONE);
	pthread_mutex_unlock(&f->lock);
}
