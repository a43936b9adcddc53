/* Departments as the index of users knows them. */
#include <stdlib.h>
#include "base/log.h"
#include "gen/queries.h"
#include "model/user_index_room.h"

struct by_lo {
	int64_t lo;
	uint32_t slot;
};

static int compare_lo(const void *a, const void *b)
{
	const struct by_lo *x = a, *y = b;
	return x->lo < y->lo ? -1 : x->lo > y->lo;
}

struct user_places *user_places_read(struct db *db, const struct user_places *before)
{
	ARENA_SCOPED a = arena_new();
	struct user_index_departments_rows rows;
	user_index_departments(db, a, &rows);
	struct user_places *p = must_calloc(1, sizeof *p);
	struct by_lo *order = ARENA_ARRAY(a, struct by_lo, rows.n + 1);
	*p = (struct user_places){ .refs = 1,
		.n = rows.n,
		.id = must_calloc(rows.n, sizeof *p->id),
		.slot = must_calloc(rows.n, sizeof *p->slot),
		.lo = must_calloc(rows.n, sizeof *p->lo),
		.slot_of_lo = must_calloc(rows.n, sizeof *p->slot_of_lo),
		.slots = before ? before->slots : 0 };
	for (size_t i = 0; i < rows.n; i++) {
		uint32_t slot = before ? user_places_slot(before, rows.items[i].id) : USER_SLOT_NONE;
		p->id[i] = rows.items[i].id;
		p->slot[i] = slot == USER_SLOT_NONE ? (uint32_t)p->slots++ : slot;
		order[i] = (struct by_lo){ rows.items[i].lo, p->slot[i] };
	}
	qsort(order, rows.n, sizeof *order, compare_lo);
	for (size_t i = 0; i < rows.n; i++) {
		p->lo[i] = order[i].lo;
		p->slot_of_lo[i] = order[i].slot;
	}
	return p;
}

struct user_places *user_places_ref(struct user_places *p)
{
	atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
	return p;
}

void user_places_unref(struct user_places *p)
{
	if (!p || atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) != 1)
		return;
	free(p->id);
	free(p->slot);
	free(p->lo);
	free(p->slot_of_lo);
	free(p);
}

/* The first place whose number is not below `wanted`. */
static size_t first_from(const int64_t *numbers, size_t n, int64_t wanted)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (numbers[middle] < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t user_places_slot(const struct user_places *p, int64_t department)
{
	size_t at = first_from(p->id, p->n, department);
	return at < p->n && p->id[at] == department ? p->slot[at] : USER_SLOT_NONE;
}

bool user_places_mark(const struct user_places *p, int64_t lo, int64_t hi, uint64_t *slots)
{
	size_t from = first_from(p->lo, p->n, lo), to = first_from(p->lo, p->n, hi + 1);
	if (from == 0 && to == p->n)
		return true;
	for (size_t i = from; i < to; i++)
		user_bit_set(slots, p->slot_of_lo[i]);
	return false;
}
