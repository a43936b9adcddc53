#include "web/view_parts.h"
#include "base/buf.h"

/* As many seats are drawn one by one, each so wide; more are a bar of stretches. */
enum { STRIP_SEATS_MAX = 60, SEAT_WIDTH = 100, BAR_WIDTH = 960 };

struct run {
	int64_t n;
	struct str kind;
};

/* A rectangle across the strip, `width` wide. */
static void put_rectangle(struct buf *b, int64_t width)
{
	BUF_LIT(b, "h");
	buf_i64(b, width);
	BUF_LIT(b, "v48h-");
	buf_i64(b, width);
	BUF_LIT(b, "z");
}

static struct buf outline_at(struct arena *a, int64_t from)
{
	struct buf b = buf_new(a);
	BUF_LIT(&b, "M");
	buf_i64(&b, from);
	BUF_LIT(&b, " 4");
	return b;
}

/* Its seats in one outline: a rectangle, and the same again behind it as often as there are more. */
static struct str outline_of_seats(struct arena *a, int64_t at, int64_t n, int64_t gap, int64_t edge)
{
	struct buf outline = outline_at(a, edge + at * SEAT_WIDTH), again = buf_new(a);
	put_rectangle(&outline, SEAT_WIDTH - gap);
	BUF_LIT(&again, "m");
	buf_i64(&again, SEAT_WIDTH);
	BUF_LIT(&again, " 0");
	put_rectangle(&again, SEAT_WIDTH - gap);
	buf_repeat(&outline, buf_str(&again), (size_t)(n - 1));
	return buf_str(&outline);
}

/* Positions come from the running total, not from adding widths, so that rounding never piles up. */
static struct str outline_of_stretch(struct arena *a, int64_t at, int64_t n, int64_t seats, int64_t edge)
{
	int64_t from = edge + at * BAR_WIDTH / seats, width = edge + (at + n) * BAR_WIDTH / seats - from;
	struct buf outline = outline_at(a, from);
	if (!width)
		return STR_NULL;
	put_rectangle(&outline, width);
	return buf_str(&outline);
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
	/* The picture is stretched to where it stands: gaps and edges are parts of the whole width. */
	int64_t width = single ? seats * SEAT_WIDTH : BAR_WIDTH, gap = width / 160 + 1, edge = width / 480 + 1;
	strip.ticks = !single;
	strip.width = width + 2 * edge - (single ? gap : 0);
	strip.runs = ARENA_ARRAY(a, struct seat_run, sizeof runs / sizeof runs[0]);
	int64_t at = 0;
	for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
		if (!runs[i].n)
			continue;
		struct str outline =
			single ? outline_of_seats(a, at, runs[i].n, gap, edge) : outline_of_stretch(a, at, runs[i].n, seats, edge);
		at += runs[i].n;
		if (outline.n)
			strip.runs[strip.runs_n++] = (struct seat_run){ runs[i].kind, outline };
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
