#include "base/arena.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>
#include "base/log.h"

/* Memory that nobody was given, or that was given back, is poisoned: the sanitizer reports who touches it. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define ARENA_POISONS
#endif
#endif
#if defined(ARENA_POISONS) || defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define POISON(p, n)   __asan_poison_memory_region((p), (n))
#define UNPOISON(p, n) __asan_unpoison_memory_region((p), (n))
#else
#define POISON(p, n)   ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

enum { FIRST = 16 * 1024, LARGEST = 1024 * 1024, SPARES = 8, ALIGN = 16 };

struct block {
	struct block *prev;
	size_t used, size;
};
struct arena {
	struct block *last;
	size_t held;
	struct block *first;
};

/* First blocks wait on their thread for the next arena, so that a request in the common case costs no malloc. */
static _Thread_local struct block *spare[SPARES];
static _Thread_local int spares;
static tss_t spares_key; /* holds nothing: its destructor runs when a thread ends */
static once_flag spares_once = ONCE_FLAG_INIT;

static void free_spares(void *unused)
{
	(void)unused;
	while (spares)
		free(spare[--spares]);
}

static void make_spares_key(void)
{
	if (tss_create(&spares_key, free_spares) != thrd_success)
		log_fatal("no room for a thread's spare blocks");
}

static size_t rounded(size_t n)
{
	return (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

static char *base_of(struct block *b)
{
	return (char *)b + rounded(sizeof *b);
}

static struct block *block_new(size_t size)
{
	struct block *b;
	if (size == FIRST && spares) {
		b = spare[--spares];
	} else {
		b = malloc(rounded(sizeof *b) + size);
		if (!b)
			log_fatal("out of memory");
		b->size = size;
	}
	b->prev = NULL;
	b->used = 0;
	POISON(base_of(b), b->size);
	return b;
}

static void block_free(struct block *b)
{
	if (b->size != FIRST || spares == SPARES) {
		UNPOISON(base_of(b), b->size);
		free(b);
		return;
	}
	if (!spares) {
		call_once(&spares_once, make_spares_key);
		tss_set(spares_key, spare);
	}
	POISON(base_of(b), b->size);
	spare[spares++] = b;
}

struct arena *arena_new(void)
{
	struct block *b = block_new(FIRST);
	/* The arena's own record is the first thing in its first block. */
	struct arena *a = (struct arena *)(void *)base_of(b);
	UNPOISON(a, rounded(sizeof *a));
	*a = (struct arena){ .last = b, .held = FIRST, .first = b };
	b->used = rounded(sizeof *a);
	return a;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	for (struct block *b = a->last, *prev; b; b = prev) {
		prev = b->prev;
		block_free(b);
	}
}

void arena_reset(struct arena *a)
{
	arena_rewind(a, (struct arena_mark){ a->first, rounded(sizeof *a) });
}

/* `n` is rounded and not 0. */
static void *take(struct arena *a, size_t n)
{
	struct block *b = a->last;
	if (n > b->size - b->used) {
		/* Blocks double; what is larger than that has a block of its own size. */
		size_t size = b->size * 2 < LARGEST ? b->size * 2 : LARGEST;
		b = block_new(n > size ? n : size);
		b->prev = a->last;
		a->last = b;
		a->held += b->size;
	}
	char *p = base_of(b) + b->used;
	b->used += n;
	UNPOISON(p, n);
	return p;
}

void *arena_alloc(struct arena *a, size_t count, size_t size)
{
	size_t n;
	if (__builtin_mul_overflow(count, size, &n) || n > SIZE_MAX / 2)
		log_fatal("an allocation of %zu times %zu bytes", count, size);
	/* Also nothing has an address of its own. */
	void *p = take(a, rounded(n ? n : 1));
	memset(p, 0, n);
	return p;
}

void *arena_grow_raw(struct arena *a, void *p, size_t old, size_t size)
{
	must(size >= old && size <= SIZE_MAX / 2);
	struct block *b = a->last;
	size_t had = rounded(old), wanted = rounded(size ? size : 1);
	if (p && old && (char *)p + had == base_of(b) + b->used && wanted - had <= b->size - b->used) {
		UNPOISON((char *)p + had, wanted - had);
		b->used += wanted - had;
		return p;
	}
	char *q = take(a, wanted);
	if (old)
		memcpy(q, p, old);
	return q;
}

void *arena_grow(struct arena *a, void *p, size_t old, size_t size)
{
	char *q = arena_grow_raw(a, p, old, size);
	memset(q + old, 0, size - old);
	return q;
}

struct arena_mark arena_mark(struct arena *a)
{
	return (struct arena_mark){ a->last, a->last->used };
}

void arena_rewind(struct arena *a, struct arena_mark m)
{
	while (a->last != m.block) {
		struct block *b = a->last;
		must(b != a->first);
		a->last = b->prev;
		a->held -= b->size;
		block_free(b);
	}
	must(m.used <= a->last->used);
	POISON(base_of(a->last) + m.used, a->last->used - m.used);
	a->last->used = m.used;
}

size_t arena_bytes(const struct arena *a)
{
	return a->held;
}
