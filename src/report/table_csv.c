/* CSV as RFC 4180 has it: CRLF, quotes where they are needed. A byte order mark comes first, since Excel reads UTF-8
 * only behind one; everything else that reads CSV knows it. */
#include <stdio.h>
#include <unistd.h>
#include "base/text.h"
#include "report/table_room.h"

struct csv {
	struct table table;
	FILE *out;
	bool in_row, lost;
};

static struct csv *csv_of(struct table *t)
{
	return (struct csv *)(void *)t;
}

static void put(struct csv *c, struct str s)
{
	if (s.n && fwrite(s.p, 1, s.n, c->out) != s.n)
		c->lost = true;
}

static void begin(struct csv *c)
{
	if (c->in_row)
		put(c, STR(","));
	c->in_row = true;
}

/* A semicolon and a tab too: that is what some spreadsheets split at. */
static bool needs_quotes(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == ',' || s.p[i] == ';' || s.p[i] == '"' || s.p[i] == '\r' || s.p[i] == '\n' || s.p[i] == '\t')
			return true;
	return s.n && (s.p[0] == ' ' || s.p[s.n - 1] == ' ');
}

static void put_text(struct table *t, struct str s)
{
	struct csv *c = csv_of(t);
	struct str apostrophe = text_starts_formula(s) ? STR("'") : STR("");
	size_t at;
	begin(c);
	if (!needs_quotes(s)) {
		put(c, apostrophe);
		put(c, s);
		return;
	}
	put(c, STR("\""));
	put(c, apostrophe);
	for (; str_find(s, STR("\""), &at); s = str_sub(s, at + 1, s.n)) {
		put(c, str_sub(s, 0, at + 1));
		put(c, STR("\""));
	}
	put(c, s);
	put(c, STR("\""));
}

static void put_blank(struct table *t)
{
	begin(csv_of(t));
}

static void put_int(struct table *t, int64_t v)
{
	begin(csv_of(t));
	csv_of(t)->lost |= fprintf(csv_of(t)->out, "%lld", (long long)v) < 0;
}

static void put_share(struct table *t, double v)
{
	begin(csv_of(t));
	csv_of(t)->lost |= fprintf(csv_of(t)->out, "%.4f", v) < 0;
}

static void put_moment(struct table *t, const struct tz_wall *w)
{
	begin(csv_of(t));
	csv_of(t)->lost |=
		fprintf(csv_of(t)->out, "%04d-%02d-%02d %02d:%02d", w->year, w->month, w->day, w->hour, w->minute) < 0;
}

static void end_row(struct table *t)
{
	put(csv_of(t), STR("\r\n"));
	csv_of(t)->in_row = false;
}

static void put_head(struct table *t, const struct str *names, const int *widths, size_t n)
{
	(void)widths;
	for (size_t i = 0; i < n; i++)
		put_text(t, names[i]);
	end_row(t);
}

static bool end(struct table *t)
{
	struct csv *c = csv_of(t);
	bool sound = !c->lost && !ferror(c->out);
	return fclose(c->out) == 0 && sound;
}

struct table *table_csv_new(struct arena *a, int fd)
{
	static const struct table_kind kind = {
		.head = put_head,
		.text = put_text,
		.integer = put_int,
		.share = put_share,
		.moment = put_moment,
		.blank = put_blank,
		.row_end = end_row,
		.end = end,
	};
	struct csv *c = ARENA_NEW(a, struct csv);
	c->table = (struct table){ &kind, a, fd };
	/* The stream closes its own descriptor, the table keeps the file. */
	int own = dup(fd);
	c->out = own >= 0 ? fdopen(own, "w") : NULL;
	if (!c->out) {
		if (own >= 0)
			close(own);
		return NULL;
	}
	put(c, STR("\xef\xbb\xbf"));
	return &c->table;
}
