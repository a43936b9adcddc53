/* Memory with one lifetime: a request, a job, a command. Nothing in it is freed by itself; the whole
 * is reset or freed at the end. Allocation never returns NULL (out of memory ends the process, which
 * counts as a crash: everything acknowledged is already on disk). Not shared between threads. */
#ifndef MUSTER_BASE_ARENA_H
#define MUSTER_BASE_ARENA_H
#include <stddef.h>

struct arena;
struct arena_mark {
	void *block;
	size_t used;
};

struct arena *arena_new(void);
void arena_free(struct arena *a);  /* NULL is fine */
void arena_reset(struct arena *a); /* keeps the first block */
/* Zeroed memory for `count` things of `size` bytes; overflow of the product ends the process. */
void *arena_alloc(struct arena *a, size_t count, size_t size) __attribute__((malloc, returns_nonnull));
/* Grows what may be the last allocation in place, else copies. `old` bytes are kept. */
void *arena_grow(struct arena *a, void *p, size_t old, size_t size) __attribute__((returns_nonnull));
/* The same for who writes before reading: what is new is not zeroed. */
void *arena_grow_raw(struct arena *a, void *p, size_t old, size_t size) __attribute__((returns_nonnull));
/* For loops: rewinding frees everything allocated after the mark. Nothing older than the mark may grow in between (a
 * buffer that collects the loop's output lives in another arena). */
struct arena_mark arena_mark(struct arena *a);
void arena_rewind(struct arena *a, struct arena_mark m);
size_t arena_bytes(const struct arena *a); /* held, for metrics */

#define ARENA_NEW(a, type)      ((type *)arena_alloc((a), 1, sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_alloc((a), (n), sizeof(type)))

/* An array that grows inside an arena: struct { T *items; size_t n, cap; } fields named by the caller.
 * VEC_PUSH(arena, v, field) answers a pointer to a new zeroed element of v.field[v.field_n++]. */
#define VEC_PUSH(a, items, n, cap) \
	((n) == (cap) \
			? ((items) = arena_grow((a), (items), (cap) * sizeof *(items), ((cap) ? (cap)*2 : 8) * sizeof *(items)), \
				  (cap) = (cap) ? (cap)*2 : 8) \
			: 0, \
		&(items)[(n)++])

static inline void arena_free_at(struct arena **a)
{
	arena_free(*a);
}
#define ARENA_SCOPED __attribute__((cleanup(arena_free_at))) struct arena *
#endif
