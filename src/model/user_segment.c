#include "model/user_segment.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"

/* A run of bytes has a row of bits by its hash. With blocks of this size a seventh of the bits is set, so that a word
 * of few runs would find too many blocks: short runs have two rows. */
enum { BLOCK = 128, RUN_MAX = 4, SHORT = 2, ROW_BITS = 14, ROWS = 1 << ROW_BITS, PLACES_MAX = 16 };

/* What a look costs, in nanoseconds: to choose between the order of names and the departments in scope. */
enum { COST_BLOCK = 1000, COST_PASS = 2, COST_USER = 120, CHEAP = 100 * 1000, TRY_BLOCKS = 256 };

struct user_segment {
	atomic_size_t refs;
	size_t room, n;
	char *text; /* all search texts; each begins and ends with a space, so that no word stands across two */
	size_t text_cap;
	uint32_t *text_at; /* n + 1 */
	uint32_t *id;
	uint32_t *slot;
	uint32_t *by_id;   /* places, by id */
	uint32_t *by_slot; /* places, by slot, then place */
	uint32_t *slot_at; /* slots + 1: where each begins */
	size_t slots;
	uint64_t *runs; /* ROWS rows of a bit a block */
	size_t words;   /* of a row */
};

/* ---- making */

struct user_segment *user_segment_new(size_t room)
{
	struct user_segment *g = must_calloc(1, sizeof *g);
	g->refs = 1;
	g->room = room < UINT32_MAX ? room : UINT32_MAX - 1;
	g->text_at = must_calloc(g->room + 1, sizeof *g->text_at);
	g->id = must_calloc(g->room, sizeof *g->id);
	g->slot = must_calloc(g->room, sizeof *g->slot);
	g->words = USER_BITS_WORDS((g->room + BLOCK - 1) / BLOCK);
	g->runs = must_calloc(ROWS * g->words, sizeof *g->runs);
	return g;
}

static size_t rows_of(size_t n)
{
	return n <= SHORT ? 2 : 1;
}

static uint32_t row_of(const char *p, size_t n, size_t which)
{
	uint64_t x = which << 4 | n;
	for (size_t i = 0; i < n; i++)
		x = x << 8 | (unsigned char)p[i];
	return (uint32_t)((x * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - ROW_BITS));
}

static void mark_runs(struct user_segment *g, struct str search, size_t block)
{
	for (size_t n = 1; n <= RUN_MAX; n++)
		for (size_t i = 0; i + n <= search.n; i++)
			for (size_t which = 0; which < rows_of(n); which++)
				user_bit_set(g->runs + row_of(search.p + i, n, which) * g->words, block);
}

static void put_text(struct user_segment *g, struct str s)
{
	size_t used = g->text_at[g->n];
	if (used + s.n > g->text_cap) {
		size_t cap = g->text_cap + g->text_cap / 4 + s.n + 4096;
		g->text = realloc(g->text, cap);
		if (!g->text)
			log_fatal("out of memory");
		g->text_cap = cap;
	}
	memcpy(g->text + used, s.p, s.n);
	g->text_at[g->n + 1] = (uint32_t)(used + s.n);
}

bool user_segment_add(struct user_segment *g, int64_t id, struct str search, uint32_t slot)
{
	if (g->n == g->room || id < 0 || id > UINT32_MAX || search.n > UINT32_MAX - g->text_at[g->n])
		return false;
	put_text(g, search);
	mark_runs(g, search, g->n / BLOCK);
	g->id[g->n] = (uint32_t)id;
	g->slot[g->n] = slot;
	if (slot != USER_SLOT_NONE && slot >= g->slots)
		g->slots = (size_t)slot + 1;
	g->n++;
	return true;
}

/* By eleven bits at a time, the lowest first: each pass keeps the order of the one before. */
static void sort_by_id(struct user_segment *g)
{
	enum { BITS = 11, VALUES = 1 << BITS };
	uint32_t *from = must_calloc(g->n, sizeof *from), *to = must_calloc(g->n, sizeof *to);
	for (size_t i = 0; i < g->n; i++)
		from[i] = (uint32_t)i;
	for (unsigned shift = 0; shift < 32; shift += BITS) {
		size_t at[VALUES + 1] = { 0 };
		for (size_t i = 0; i < g->n; i++)
			at[(g->id[i] >> shift & (VALUES - 1)) + 1]++;
		for (size_t v = 0; v < VALUES; v++)
			at[v + 1] += at[v];
		for (size_t i = 0; i < g->n; i++)
			to[at[g->id[from[i]] >> shift & (VALUES - 1)]++] = from[i];
		uint32_t *other = from;
		from = to;
		to = other;
	}
	free(to);
	g->by_id = from;
}

static void sort_by_slot(struct user_segment *g)
{
	g->by_slot = must_calloc(g->n, sizeof *g->by_slot);
	g->slot_at = must_calloc(g->slots + 2, sizeof *g->slot_at);
	uint32_t *next = g->slot_at + 1;
	for (size_t i = 0; i < g->n; i++)
		if (g->slot[i] != USER_SLOT_NONE)
			next[g->slot[i] + 1]++;
	for (size_t s = 0; s < g->slots; s++)
		next[s + 1] += next[s];
	/* Filling moves each beginning to the end of its slot, which is the beginning of the one behind it. */
	for (size_t i = 0; i < g->n; i++)
		if (g->slot[i] != USER_SLOT_NONE)
			g->by_slot[next[g->slot[i]]++] = (uint32_t)i;
}

void user_segment_finish(struct user_segment *g)
{
	char *fit = realloc(g->text, (size_t)g->text_at[g->n] + 1);
	if (!fit)
		log_fatal("out of memory");
	g->text = fit;
	g->text_cap = (size_t)g->text_at[g->n] + 1;
	sort_by_id(g);
	sort_by_slot(g);
}

struct user_segment *user_segment_ref(struct user_segment *g)
{
	atomic_fetch_add_explicit(&g->refs, 1, memory_order_relaxed);
	return g;
}

void user_segment_unref(struct user_segment *g)
{
	if (!g || atomic_fetch_sub_explicit(&g->refs, 1, memory_order_acq_rel) != 1)
		return;
	free(g->text);
	free(g->text_at);
	free(g->id);
	free(g->slot);
	free(g->by_id);
	free(g->by_slot);
	free(g->slot_at);
	free(g->runs);
	free(g);
}

size_t user_segment_count(const struct user_segment *g)
{
	return g->n;
}

size_t user_segment_bytes(const struct user_segment *g)
{
	return g->text_cap + g->room * 3 * sizeof(uint32_t) + g->n * 2 * sizeof(uint32_t) + g->slots * sizeof(uint32_t) +
		ROWS * g->words * sizeof(uint64_t);
}

int64_t user_segment_id(const struct user_segment *g, size_t at)
{
	return g->id[at];
}

/* Where it stands in by_id, or would. */
static size_t first_of(const struct user_segment *g, int64_t id)
{
	size_t low = 0, high = g->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (g->id[g->by_id[middle]] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool user_segment_find(const struct user_segment *g, int64_t id, uint32_t *at)
{
	size_t i = first_of(g, id);
	if (i == g->n || g->id[g->by_id[i]] != id)
		return false;
	*at = g->by_id[i];
	return true;
}

void user_segment_mark(const struct user_segment *g, int64_t id, uint64_t *bits)
{
	for (size_t i = first_of(g, id); i < g->n && g->id[g->by_id[i]] == id; i++)
		user_bit_set(bits, g->by_id[i]);
}

/* ---- seeking */

struct seeking {
	const struct user_segment *g;
	const struct user_seek *s;
	size_t blocks_n, likely; /* how many blocks there are, and may hold who matches */
	uint64_t *blocks;
	uint64_t *best; /* a heap, the last one on top: rank << 32 | place */
	size_t n;
	size_t looked; /* blocks */
};
enum { BEGINS = 0, HOLDS = 1 };

static void narrow_by(const struct user_segment *g, const char *p, size_t n, uint64_t *blocks)
{
	for (size_t which = 0; which < rows_of(n); which++) {
		const uint64_t *row = g->runs + row_of(p, n, which) * g->words;
		for (size_t w = 0; w < g->words; w++)
			blocks[w] &= row[w];
	}
}

/* Leaves those blocks that have each run of `what`. */
static void narrow(const struct user_segment *g, struct str what, uint64_t *blocks)
{
	for (size_t n = what.n == 1 ? 1 : 2; n <= RUN_MAX; n++)
		for (size_t i = 0; i + n <= what.n && i < PLACES_MAX; i++)
			narrow_by(g, what.p + i, n, blocks);
}

static size_t count_bits(const uint64_t *bits, size_t words)
{
	size_t n = 0;
	for (size_t w = 0; w < words; w++)
		n += (size_t)__builtin_popcountll(bits[w]);
	return n;
}

static void find_blocks(struct seeking *k, bool begins)
{
	memset(k->blocks, 0, k->g->words * sizeof *k->blocks);
	memset(k->blocks, 0xff, k->blocks_n / 64 * sizeof *k->blocks);
	if (k->blocks_n % 64)
		k->blocks[k->blocks_n / 64] = (UINT64_C(1) << (k->blocks_n % 64)) - 1;
	for (size_t i = 0; i < k->s->inside_n; i++)
		narrow(k->g, k->s->inside[i], k->blocks);
	if (begins)
		narrow(k->g, k->s->beginning, k->blocks);
	for (size_t block = 0; !k->s->back && block < k->s->from / BLOCK && block < k->blocks_n; block++)
		k->blocks[block / 64] &= ~(UINT64_C(1) << (block % 64));
	k->likely = count_bits(k->blocks, k->g->words);
}

static bool has(const struct user_segment *g, size_t at, struct str what)
{
	return memmem(g->text + g->text_at[at], g->text_at[at + 1] - g->text_at[at], what.p, what.n) != NULL;
}

static bool has_all(const struct seeking *k, size_t at)
{
	for (size_t i = 0; i < k->s->inside_n; i++)
		if (!has(k->g, at, k->s->inside[i]))
			return false;
	return true;
}

static bool counts(const struct seeking *k, size_t at)
{
	uint32_t slot = k->g->slot[at];
	if (k->s->dead && user_bit(k->s->dead, at))
		return false;
	return !k->s->slots || (slot < k->s->slots_n && user_bit(k->s->slots, slot));
}

/* Keeps the first `most`. */
static void offer(struct seeking *k, uint64_t key)
{
	uint64_t *heap = k->best;
	size_t at;
	if (k->n < k->s->most) {
		for (at = k->n++; at && heap[(at - 1) / 2] < key; at = (at - 1) / 2)
			heap[at] = heap[(at - 1) / 2];
	} else {
		if (key >= heap[0])
			return;
		at = 0;
		for (size_t child; (child = 2 * at + 1) < k->n; at = child) {
			child += child + 1 < k->n && heap[child + 1] > heap[child];
			if (heap[child] <= key)
				break;
			heap[at] = heap[child];
		}
	}
	heap[at] = key;
}

static uint64_t key_of(const struct seeking *k, uint64_t rank, size_t at)
{
	return rank << 32 | (k->s->back ? k->g->n - 1 - at : at);
}

static size_t place_of(const struct seeking *k, uint64_t key)
{
	return k->s->back ? k->g->n - 1 - (uint32_t)key : (uint32_t)key;
}

/* Who of a block has `first` and all the rest; false when there are enough. */
static bool walk_block(struct seeking *k, size_t block, uint64_t rank, struct str first)
{
	const struct user_segment *g = k->g;
	size_t at = block * BLOCK, end = at + BLOCK < g->n ? at + BLOCK : g->n;
	if (at < k->s->from)
		at = k->s->from < end ? k->s->from : end;
	const char *p = g->text + g->text_at[at], *stop = g->text + g->text_at[end];
	for (const char *hit; (hit = memmem(p, (size_t)(stop - p), first.p, first.n)); p = g->text + g->text_at[at]) {
		size_t offset = (size_t)(hit - g->text);
		while (g->text_at[at + 1] <= offset)
			at++;
		bool matches = counts(k, at) && has_all(k, at) && (rank == BEGINS ? has(g, at, first) : true);
		/* Who begins with it was found by the walk before this one. */
		if (matches && rank == HOLDS && !str_is_null(k->s->beginning) && has(g, at, k->s->beginning))
			matches = false;
		if (matches)
			offer(k, key_of(k, rank, at));
		if (k->n == k->s->most)
			return false;
		if (++at == end)
			break;
	}
	return true;
}

static struct str longest(const struct user_seek *s)
{
	struct str best = s->inside[0];
	for (size_t i = 1; i < s->inside_n; i++)
		if (s->inside[i].n > best.n)
			best = s->inside[i];
	return best;
}

/* In the order of names, first those who begin. False when `blocks` of them were looked through before there were
 * enough, or all. */
static bool walk_names(struct seeking *k, size_t blocks)
{
	for (uint64_t rank = str_is_null(k->s->beginning) ? HOLDS : BEGINS; rank <= HOLDS; rank++) {
		struct str first = rank == BEGINS ? k->s->beginning : longest(k->s);
		find_blocks(k, rank == BEGINS);
		for (size_t w = 0; w < k->g->words; w++)
			for (uint64_t left = k->blocks[w]; left; left &= left - 1) {
				if (k->looked++ == blocks)
					return false;
				if (!walk_block(k, w * 64 + (size_t)__builtin_ctzll(left), rank, first))
					return true;
			}
	}
	return true;
}

static void look_at(struct seeking *k, size_t at)
{
	if (k->s->back ? at >= k->s->from : at < k->s->from)
		return;
	if (!user_bit(k->blocks, at / BLOCK) || (k->s->dead && user_bit(k->s->dead, at)))
		return;
	if (k->n == k->s->most && key_of(k, BEGINS, at) >= k->best[0])
		return;
	if (!has_all(k, at))
		return;
	bool begins = !str_is_null(k->s->beginning) && has(k->g, at, k->s->beginning);
	offer(k, key_of(k, begins ? BEGINS : HOLDS, at));
}

static size_t slots_of(const struct seeking *k)
{
	return k->s->slots_n < k->g->slots ? k->s->slots_n : k->g->slots;
}

/* The first slot in scope from this one on; slots_of(): none. */
static size_t slot_from(const struct seeking *k, size_t slot)
{
	return user_bit_next(k->s->slots, slots_of(k), slot);
}

/* Counted until there are `enough`. */
static size_t people_in_scope(const struct seeking *k, size_t enough)
{
	size_t n = 0;
	for (size_t slot = slot_from(k, 0); slot < slots_of(k) && n < enough; slot = slot_from(k, slot + 1))
		n += k->g->slot_at[slot + 1] - k->g->slot_at[slot];
	return n;
}

static void walk_departments(struct seeking *k)
{
	for (size_t slot = slot_from(k, 0); slot < slots_of(k); slot = slot_from(k, slot + 1))
		for (size_t i = k->g->slot_at[slot]; i < k->g->slot_at[slot + 1]; i++)
			look_at(k, k->g->by_slot[i]);
}

/* A small scope has its people looked at one by one, a large one is met soon in the order of names. In between, names
 * are tried first: what many have is found soon. Neither takes long by itself, whatever is asked. */
static void seek_in_scope(struct seeking *k)
{
	find_blocks(k, false);
	size_t by_name = k->likely * COST_BLOCK, each = COST_PASS + COST_USER * k->likely / k->blocks_n;
	/* Of a large scope it does not matter how large it is. */
	size_t enough = (by_name > CHEAP ? by_name : CHEAP) / each + 1, by_department = people_in_scope(k, enough) * each;
	if (by_department > CHEAP) {
		if (walk_names(k, by_department < by_name ? TRY_BLOCKS : SIZE_MAX))
			return;
		k->n = 0;
		find_blocks(k, false);
	}
	walk_departments(k);
}

/* Everybody in scope, from a place on: in the order of names so many are passed by for each that is found. */
static void walk_all(struct seeking *k)
{
	size_t n = k->g->n, most = k->s->most, enough = most;
	/* From the root of n * most on they are not few, however many there are. */
	while (enough < n / enough * most)
		enough *= 2;
	size_t people = k->s->slots ? people_in_scope(k, enough) : n;
	if (!people)
		return;
	if (k->s->slots && people < n / people * most) {
		find_blocks(k, false);
		walk_departments(k);
		return;
	}
	for (size_t at = k->s->from; k->s->back ? at-- > 0 : at < n; at += !k->s->back) {
		if (counts(k, at))
			offer(k, key_of(k, HOLDS, at));
		if (k->n == most)
			return;
	}
}

size_t user_segment_seek(const struct user_segment *g, const struct user_seek *s, struct arena *a, int64_t **ids)
{
	struct seeking k = { .g = g, .s = s, .blocks_n = (g->n + BLOCK - 1) / BLOCK };
	*ids = ARENA_ARRAY(a, int64_t, s->most + 1);
	if (!g->n || !s->most)
		return 0;
	k.blocks = ARENA_ARRAY(a, uint64_t, g->words);
	k.best = ARENA_ARRAY(a, uint64_t, s->most);
	if (s->among) {
		find_blocks(&k, false);
		for (size_t i = 0; i < s->among_n; i++)
			look_at(&k, s->among[i]);
	} else if (!s->inside_n) {
		walk_all(&k);
	} else if (s->slots) {
		seek_in_scope(&k);
	} else {
		walk_names(&k, SIZE_MAX);
	}
	for (size_t i = 0; i < k.n; i++)
		(*ids)[i] = g->id[place_of(&k, k.best[i])];
	return k.n;
}
