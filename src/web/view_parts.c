#include "web/view_parts.h"

enum { STRIP_WIDTH = 960, STRIP_SEATS_MAX = 60, STRIP_GAP = 6, STRIP_EDGE = 2 };

struct run {
	int64_t n;
	struct str kind;
};

static void strip_push(struct seat_strip *strip, int64_t from, int64_t to, int64_t gap, struct str kind)
{
	if (to - from > gap)
		strip->rects[strip->rects_n++] = (struct seat_rect){ .x = from, .width = to - from - gap, .kind = kind };
}

/* Positions come from the running total, not from adding widths, so that rounding never piles up. */
static int64_t strip_x(int64_t seat, int64_t seats)
{
	return STRIP_EDGE + seat * (STRIP_WIDTH - 2 * STRIP_EDGE) / seats;
}

struct seat_strip seat_strip_make(struct arena *a, const struct seats *s, struct str words)
{
	struct seat_strip strip = { .words = words };
	if (s->capacity <= 0)
		return strip;
	int64_t before = s->taken + s->held;
	int64_t sum = before + s->added;
	int64_t over = sum > s->capacity ? sum - s->capacity : 0;
	/* What is over capacity is cut from the end: from those added now first, then from those that were there. */
	int64_t over_added = over < s->added ? over : s->added;
	int64_t over_held = over - over_added < s->held ? over - over_added : s->held;
	int64_t over_taken = over - over_added - over_held;
	const struct run runs[] = {
		{ s->taken - over_taken, STR("t") },
		{ s->held - over_held, STR("h") },
		{ s->added - over_added, STR("n") },
		{ over > 0 ? 0 : s->capacity - sum, STR("f") },
		{ over, STR("x") },
	};
	int64_t seats = s->capacity + over;
	bool single = seats <= STRIP_SEATS_MAX;
	strip.ticks = !single;
	strip.rects = ARENA_ARRAY(a, struct seat_rect, single ? (size_t)seats : sizeof runs / sizeof runs[0]);
	int64_t at = 0;
	for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
		if (!single) {
			strip_push(&strip, strip_x(at, seats), strip_x(at + runs[i].n, seats), 0, runs[i].kind);
			at += runs[i].n;
			continue;
		}
		for (int64_t n = 0; n < runs[i].n; n++, at++)
			strip_push(&strip, strip_x(at, seats), strip_x(at + 1, seats), STRIP_GAP, runs[i].kind);
	}
	return strip;
}

void field_errors(struct field *f, const struct errs *errs)
{
	for (size_t i = 0; i < errs->n; i++) {
		if (str_eq(errs->items[i].field, f->name)) {
			f->error = errs->items[i].message;
			return;
		}
	}
}
