/* The chart of a report: a stacked bar a row, drawn by the server. Lengths are percents of the width, so that text
 * keeps its size and place on any screen. */
#include "gen/text.h"
#include "web/report_pages.h"

enum { BARS_MAX = 12, BAR_STEP = 48, LABEL_Y = 14, BAR_Y = 20, NUMBER_Y = 33, LABEL_CHARS = 36 };
/* In hundredths of a percent: the line between two parts, and what a number needs. */
enum { ALL = 10000, GAP = 30, NUMBER_ROOM = 700 };

static struct str percent(struct req *r, int64_t hundredths)
{
	return str_fmt(r->c.arena, "%lld.%02lld%%", (long long)(hundredths / 100), (long long)(hundredths % 100));
}

/* From `before` to `before + n` of `all` people. */
static void add_part(struct req *r, struct chart_bar *b, const char *kind, int64_t before, int64_t n, int64_t all)
{
	bool rtl = text_locale_is_rtl(r->c.text.locale);
	if (!n)
		return;
	int64_t x = before * ALL / all, end = (before + n) * ALL / all;
	int64_t width = end - x;
	if (width > 2 * GAP && end < ALL)
		width -= GAP;
	int64_t drawn = rtl ? ALL - x - width : x;
	struct chart_part *p = &b->parts[b->parts_n++];
	*p = (struct chart_part){ .kind = str_from(kind), .x = percent(r, drawn), .width = percent(r, width) };
	if (width >= NUMBER_ROOM) {
		p->number = text_i64(&r->c.text, n);
		p->number_x = percent(r, drawn + width / 2);
	}
}

/* As many characters as fit beside the rate on a small screen. The table has the whole name. */
static struct str shortened(struct req *r, struct str name)
{
	size_t at = 0, chars = 0;
	if (str_count_chars(name) <= LABEL_CHARS)
		return name;
	while (at < name.n && chars < LABEL_CHARS - 1) {
		at++;
		while (at < name.n && ((unsigned char)name.p[at] & 0xc0) == 0x80)
			at++;
		chars++;
	}
	return str_cat(r->c.arena, str_trim(str_sub(name, 0, at)), STR("…"));
}

/* There is no <bdi> in a picture: from left to right, whatever stands around it. */
static struct str isolated(struct req *r, struct str s)
{
	return str_fmt(r->c.arena, "\u2066" STR_FMT "\u2069", STR_ARG(s));
}

static struct str name_of(struct req *r, const struct report_row *row, enum report_by by)
{
	return by == REPORT_SESSION ? t_reports_session_of(&r->c.text, row->training_title, row->name) : row->name;
}

static struct str finding(struct req *r, const struct report_rows *rows, enum report_by by)
{
	const struct text *t = &r->c.text;
	const struct report_row *worst = NULL;
	const struct report_sums *all = &rows->sums;
	if (!all->attended && !all->absent)
		return t_reports_finding_nothing(t, all->enrolled);
	for (size_t i = 0; i < rows->n; i++)
		if (rows->items[i].n.absent > (worst ? worst->n.absent : 0))
			worst = &rows->items[i];
	if (!worst)
		return t_reports_finding_nobody(t, all->attended, all->enrolled);
	if (rows->n == 1)
		return t_reports_finding_one(t, all->attended, all->enrolled, all->absent);
	return t_reports_finding(
		t, all->attended, all->enrolled, name_of(r, worst, by), worst->n.absent, worst->n.enrolled);
}

void report_chart_fill(
	struct req *r, const struct report_rows *rows, size_t from, size_t n, enum report_by by, struct chart_view *v)
{
	const struct text *t = &r->c.text;
	bool rtl = text_locale_is_rtl(t->locale);
	struct buf words = buf_new(r->c.arena);
	size_t bars = n < BARS_MAX ? n : BARS_MAX;
	v->bars = ARENA_ARRAY(r->c.arena, struct chart_bar, bars + 1);
	for (size_t i = 0; i < bars; i++) {
		const struct report_row *row = &rows->items[from + i];
		const struct report_sums *s = &row->n;
		struct chart_bar *b = &v->bars[v->bars_n++];
		int64_t y = (int64_t)i * BAR_STEP;
		*b = (struct chart_bar){ .label = shortened(r, name_of(r, row, by)),
			.value = rtl ? isolated(r, report_sums_of(r, s).rate) : report_sums_of(r, s).rate,
			.label_y = y + LABEL_Y,
			.y = y + BAR_Y,
			.number_y = y + NUMBER_Y,
			.parts = ARENA_ARRAY(r->c.arena, struct chart_part, 3) };
		add_part(r, b, "a", 0, s->attended, s->enrolled);
		add_part(r, b, "x", s->attended, s->absent, s->enrolled);
		add_part(r, b, "n", s->attended + s->absent, s->no_result, s->enrolled);
		struct str line =
			t_reports_bar_words(t, name_of(r, row, by), s->attended, s->absent, s->no_result, s->enrolled);
		buf_fmt(&words, "%s" STR_FMT, words.n ? " " : "", STR_ARG(line));
	}
	v->words = buf_str(&words);
	v->start = rtl ? STR("100%") : STR("0");
	v->end = rtl ? STR("0") : STR("100%");
	v->height = (int64_t)bars * BAR_STEP;
	v->finding = finding(r, rows, by);
	if (bars < rows->n)
		v->cut = t_reports_chart_cut(t, (int64_t)bars, (int64_t)rows->n);
}
