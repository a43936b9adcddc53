/* Inside the index of users: what is read by those who ask, and made by who feeds. */
#ifndef MUSTER_MODEL_USER_INDEX_ROOM_H
#define MUSTER_MODEL_USER_INDEX_ROOM_H
#include <pthread.h>
#include <stdatomic.h>
#include "model/user_index.h"

/* Departments by small numbers. A number stays its department's as long as a segment is used that has it. */
struct user_places {
	atomic_size_t refs;
	size_t n;
	int64_t *id; /* ascending */
	uint32_t *slot;
	int64_t *lo; /* ascending, */
	uint32_t *slot_of_lo;
	size_t slots; /* how many numbers are in use */
};
/* From the rows of this snapshot; departments that `before` (may be NULL) knows keep their numbers. */
struct user_places *user_places_read(struct db *db, const struct user_places *before);
struct user_places *user_places_ref(struct user_places *p);
void user_places_unref(struct user_places *p); /* NULL is fine */
uint32_t user_places_slot(const struct user_places *p, int64_t department);
/* Marks those with `lo` inside the interval. True, and nothing marked, when that is all of them. */
bool user_places_mark(const struct user_places *p, int64_t lo, int64_t hi, uint64_t *slots);

/* What can be asked at one moment. Never changed once it is shown. */
struct user_view {
	size_t refs; /* under the index's lock */
	struct user_segment *base;
	struct user_segment *fresh; /* who changed since the base was made; may be NULL */
	uint64_t *dead;             /* those, where they stand in the base; may be NULL */
	struct user_places *places;
	int64_t id, tx; /* how far it followed the log */
};
struct user_building;
struct user_index {
	pthread_mutex_t lock;
	struct user_view *view; /* under the lock; NULL: there is none */
	/* The feeder's own. */
	int64_t from;
	int64_t looked_ms, fed_ms;
	struct user_building *building;
};
struct user_view *user_view_take(struct user_index *x); /* NULL: there is none */
void user_view_give(struct user_index *x, struct user_view *v);
#endif
