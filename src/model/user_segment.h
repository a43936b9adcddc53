/* Users to look through by words: what is searched, department and id of each, side by side in memory in the order of
 * names. Made once, then only read, by any number of threads. Inside the index of users (model/user_index.h); knows no
 * database.
 *
 * Which text holds a word is found in two steps. Each block of users has a bit for each run of one to four bytes that
 * occurs in it, so that the bits of a word's runs name the few blocks in which it may stand; these are looked through.
 */
#ifndef MUSTER_MODEL_USER_SEGMENT_H
#define MUSTER_MODEL_USER_SEGMENT_H
#include "base/arena.h"
#include "base/str.h"

enum { USER_SEEK_WORDS = 3 };
#define USER_SLOT_NONE UINT32_MAX

struct user_segment;
/* Room for so many users. With one reference, the caller's. */
struct user_segment *user_segment_new(size_t room);
/* The next one in the order of names. `search` is users.search; `slot` a small number for the department. False when
 * there is no room, or a number is too large: that one is left out. */
bool user_segment_add(struct user_segment *g, int64_t id, struct str search, uint32_t slot);
void user_segment_finish(struct user_segment *g); /* after the last one */
struct user_segment *user_segment_ref(struct user_segment *g);
void user_segment_unref(struct user_segment *g); /* NULL is fine */

size_t user_segment_count(const struct user_segment *g);
size_t user_segment_bytes(const struct user_segment *g);
int64_t user_segment_id(const struct user_segment *g, size_t at);
/* Where an id stands in the order of names. */
bool user_segment_find(const struct user_segment *g, int64_t id, uint32_t *at);

/* Sets of small numbers, a bit each. */
#define USER_BITS_WORDS(n) (((n) + 63) / 64)
static inline bool user_bit(const uint64_t *bits, size_t i)
{
	return bits[i / 64] >> (i % 64) & 1;
}
static inline void user_bit_set(uint64_t *bits, size_t i)
{
	bits[i / 64] |= UINT64_C(1) << (i % 64);
}
/* The first of the set from `i` on; `n` when there is none below it. */
static inline size_t user_bit_next(const uint64_t *bits, size_t n, size_t i)
{
	for (size_t w = i / 64; i < n; i = ++w * 64) {
		uint64_t left = bits[w] >> (i % 64);
		if (!left)
			continue;
		i += (size_t)__builtin_ctzll(left);
		return i < n ? i : n;
	}
	return n;
}

/* Sets the bits of all places of an id: who was renamed while it was made, page by page, may stand there twice. */
void user_segment_mark(const struct user_segment *g, int64_t id, uint64_t *bits);

struct user_seek {
	struct str beginning;               /* who has it comes before those who have not; null: by name alone */
	struct str inside[USER_SEEK_WORDS]; /* all of these; none is empty */
	size_t inside_n;                    /* 0: everybody matches, and there is no beginning either */
	size_t from;                        /* only places from this one on … */
	bool back;                          /* … or before it, the nearest first; without words only */
	const uint64_t *slots;              /* departments in scope; NULL: all */
	size_t slots_n;                     /* how many bits that are */
	const uint64_t *dead;               /* who does not count, by place in the order of names; NULL: everybody does */
	const uint32_t *among; /* places of those who alone are looked at, whatever their department; NULL: all */
	size_t among_n;
	size_t most;
};
/* The first `most` who match, by name; answers how many, with their ids in *ids (in no order). */
size_t user_segment_seek(const struct user_segment *g, const struct user_seek *s, struct arena *a, int64_t **ids);
#endif
