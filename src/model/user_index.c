/* Making the index of users and following their changes. Asking is in user_index_find.c. */
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "gen/queries.h"
#include "model/stage.h"
#include "model/user_index_room.h"

/* FEED_MS: changes are taken in together, so that many commits cost little. FRESH_MIN, FRESH_SHARE: so many changes (or
 * that part of all users) and the whole is made anew. */
enum { LOOK_MS = 5000, FEED_MS = 200, PAGE = 5000, FRESH_MIN = 5000, FRESH_SHARE = 50 };
enum { CHANGED_TREE = 0, CHANGED_ALL = -1 };

/* A base in the making, over many snapshots: who changes meanwhile stands in the log behind `id`. */
struct user_building {
	struct user_segment *segment;
	struct user_places *places;
	int64_t id, tx;
	struct arena *arena; /* of the key */
	struct str after_key;
	int64_t after_id;
};

struct user_index *user_index_new(int64_t from)
{
	struct user_index *x = must_calloc(1, sizeof *x);
	pthread_mutex_init(&x->lock, NULL);
	x->from = from;
	return x;
}

static void building_drop(struct user_index *x)
{
	struct user_building *b = x->building;
	x->building = NULL;
	if (!b)
		return;
	user_segment_unref(b->segment);
	user_places_unref(b->places);
	arena_free(b->arena);
	free(b);
}

/* ---- views */

static void view_free(struct user_view *v)
{
	user_segment_unref(v->base);
	user_segment_unref(v->fresh);
	user_places_unref(v->places);
	free(v->dead);
	free(v);
}

struct user_view *user_view_take(struct user_index *x)
{
	pthread_mutex_lock(&x->lock);
	struct user_view *v = x->view;
	if (v)
		v->refs++;
	pthread_mutex_unlock(&x->lock);
	return v;
}

void user_view_give(struct user_index *x, struct user_view *v)
{
	pthread_mutex_lock(&x->lock);
	bool last = --v->refs == 0;
	pthread_mutex_unlock(&x->lock);
	if (last)
		view_free(v);
}

/* With one reference, the index's own; `v` may be NULL. */
static void view_show(struct user_index *x, struct user_view *v)
{
	pthread_mutex_lock(&x->lock);
	struct user_view *before = x->view;
	x->view = v;
	pthread_mutex_unlock(&x->lock);
	if (before)
		user_view_give(x, before);
}

static struct user_view *view_new(struct user_segment *base, struct user_places *places, int64_t id, int64_t tx)
{
	struct user_view *v = must_calloc(1, sizeof *v);
	*v = (struct user_view){ .refs = 1, .base = base, .places = places, .id = id, .tx = tx };
	return v;
}

void user_index_free(struct user_index *x)
{
	if (!x)
		return;
	building_drop(x);
	view_show(x, NULL);
	pthread_mutex_destroy(&x->lock);
	free(x);
}

size_t user_index_count(struct user_index *x, size_t *bytes)
{
	struct user_view *v = user_view_take(x);
	size_t n = v ? user_segment_count(v->base) : 0;
	*bytes = v ? user_segment_bytes(v->base) + (v->fresh ? user_segment_bytes(v->fresh) : 0) + n / 8 : 0;
	if (v)
		user_view_give(x, v);
	return n;
}

/* ---- building */

static void build_begin(struct user_index *x, struct db *db, struct arena *a)
{
	struct user_change_position_row at;
	struct user_index_size_row size;
	building_drop(x);
	if (!user_change_position(db, a, &at) || !user_index_size(db, a, &size))
		return;
	struct user_building *b = must_calloc(1, sizeof *b);
	*b = (struct user_building){ .segment = user_segment_new((size_t)size.n),
		.places = user_places_read(db, NULL),
		.id = at.id,
		.tx = at.tx,
		.arena = arena_new(),
		.after_key = STR("") };
	x->building = b;
	/* Without all departments everybody would seem to be in scope. */
	if (db_failed(db))
		building_drop(x);
}

/* Answers whether there is more of it. */
static bool build_some(struct user_index *x, struct db *db, struct arena *a)
{
	struct user_building *b = x->building;
	struct user_index_page_rows rows;
	user_index_page(db, a, b->after_key, b->after_id, PAGE, &rows);
	if (db_failed(db))
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		const struct user_index_page_row *u = &rows.items[i];
		user_segment_add(b->segment, u->id, u->search, user_places_slot(b->places, u->department_id));
	}
	if (rows.n == PAGE) {
		arena_reset(b->arena);
		b->after_key = str_dup(b->arena, rows.items[rows.n - 1].name_key);
		b->after_id = rows.items[rows.n - 1].id;
		return true;
	}
	user_segment_finish(b->segment);
	view_show(x, view_new(b->segment, b->places, b->id, b->tx));
	b->segment = NULL;
	b->places = NULL;
	building_drop(x);
	return false;
}

/* ---- following */

struct changes {
	int64_t *ids; /* of users; some may stand there twice */
	size_t n;
	bool any, tree, too_much;
};

static struct changes changes_read(struct db *db, struct arena *a, const struct user_view *v)
{
	struct user_change_since_rows rows;
	int64_t share = (int64_t)user_segment_count(v->base) / FRESH_SHARE, most = share > FRESH_MIN ? share : FRESH_MIN;
	user_change_since(db, a, v->id, v->tx, most + 1, &rows);
	size_t fresh = v->fresh ? user_segment_count(v->fresh) : 0;
	struct changes c = { .ids = ARENA_ARRAY(a, int64_t, rows.n + fresh + 1), .too_much = (int64_t)rows.n > most };
	bool unbroken = false;
	for (size_t i = 0; i < rows.n; i++) {
		int64_t user = rows.items[i].user_id;
		if (rows.items[i].id == v->id) {
			unbroken = true;
			continue;
		}
		c.any = true;
		if (user > 0)
			c.ids[c.n++] = user;
		c.tree |= user == CHANGED_TREE;
		c.too_much |= user == CHANGED_ALL;
	}
	/* Those already fresh stay so. */
	for (size_t i = 0; i < fresh; i++)
		c.ids[c.n++] = user_segment_id(v->fresh, i);
	c.too_much |= !unbroken || (int64_t)c.n > most;
	return c;
}

/* Everybody who changed since the base was made is read again: they are few, and then stand in the order of names. */
static void follow(
	struct user_index *x, struct db *db, struct arena *a, const struct user_view *v, const struct changes *c)
{
	struct user_change_position_row at;
	struct user_index_some_rows rows;
	struct user_places *places = c->tree ? user_places_read(db, v->places) : user_places_ref(v->places);
	user_index_some(db, a, stage_list(a, c->ids, c->n), &rows);
	if (!user_change_position(db, a, &at)) {
		user_places_unref(places);
		return;
	}
	struct user_view *next = view_new(user_segment_ref(v->base), places, at.id, at.tx);
	next->fresh = user_segment_new(rows.n);
	next->dead = must_calloc(USER_BITS_WORDS(user_segment_count(v->base)) + 1, sizeof *next->dead);
	for (size_t i = 0; i < rows.n; i++) {
		const struct user_index_some_row *u = &rows.items[i];
		user_segment_add(next->fresh, u->id, u->search, user_places_slot(places, u->department_id));
		user_segment_mark(v->base, u->id, next->dead);
	}
	user_segment_finish(next->fresh);
	view_show(x, next);
}

/* The feeder alone shows views, so that the one it looks at stays. */
static void feed(struct user_index *x, struct db *db, struct arena *a)
{
	int64_t now = clock_mono_ms();
	if (!x->view || now - x->fed_ms < FEED_MS)
		return;
	x->fed_ms = now;
	struct changes c = changes_read(db, a, x->view);
	if (db_failed(db))
		return;
	if (c.too_much) {
		/* SQL answers for a while: an import goes on changing users, and two of these at once take twice the memory. */
		view_show(x, NULL);
		x->looked_ms = now;
	} else if (c.any) {
		follow(x, db, a, x->view, &c);
	}
}

/* The highest id is found at once, and there are no more users than that. Segments keep an id in 32 bits; half of them
 * is room for those who come later. */
static bool is_worth_it(struct user_index *x, struct db *db, struct arena *a)
{
	struct user_index_last_row last = { 0 };
	struct user_index_size_row size = { 0 };
	int64_t now = clock_mono_ms();
	if (x->looked_ms && now - x->looked_ms < LOOK_MS)
		return false;
	x->looked_ms = now;
	return user_index_last(db, a, &last) && last.id >= x->from && last.id <= INT32_MAX &&
		user_index_size(db, a, &size) && size.n >= x->from;
}

enum user_index_work user_index_step(struct user_index *x, struct db *db)
{
	ARENA_SCOPED a = arena_new();
	feed(x, db, a);
	if (x->building) {
		if (build_some(x, db, a))
			return USER_INDEX_BUILDS;
	} else if (!x->view && is_worth_it(x, db, a)) {
		build_begin(x, db, a);
	}
	return x->building ? USER_INDEX_BUILDS : x->view ? USER_INDEX_FOLLOWS : USER_INDEX_OFF;
}
