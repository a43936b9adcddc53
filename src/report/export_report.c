/* The report: by training, session or department, and the people behind the numbers. */
#include "gen/text.h"
#include "model/when.h"
#include "report/export_room.h"

static void put_sums(struct table *t, const struct report_sums *n)
{
	table_int(t, n->enrolled);
	table_int(t, n->attended);
	table_int(t, n->absent);
	table_int(t, n->no_result);
	if (n->enrolled)
		table_share(t, report_rate(n));
	else
		table_blank(t);
}

void export_report_rows(struct ctx *c, enum report_by by, const struct report_rows *rows, struct table *t)
{
	const struct text *w = &c->text;
	struct str names[9];
	int widths[9];
	size_t n = 0;
#define COLUMN(words, width) (names[n] = (words), widths[n++] = (width))
	if (by == REPORT_DEPARTMENT)
		COLUMN(t_reports_department(w), 30);
	else
		COLUMN(t_reports_training(w), 34);
	if (by == REPORT_SESSION) {
		COLUMN(t_reports_session(w), 30);
		COLUMN(t_export_start(w), 17);
		COLUMN(t_export_zone(w), 18);
	}
	COLUMN(t_reports_enrolled(w), 10);
	COLUMN(t_reports_attended(w), 10);
	COLUMN(t_reports_absent(w), 10);
	COLUMN(t_reports_no_result(w), 10);
	COLUMN(t_reports_rate(w), 8);
#undef COLUMN
	table_head(t, names, widths, n);
	for (size_t i = 0; i < rows->n; i++) {
		const struct report_row *r = &rows->items[i];
		if (by == REPORT_SESSION) {
			table_text(t, r->training_title);
			table_text(t, r->name);
			table_moment(t, r->starts_at, r->time_zone);
			table_text(t, r->time_zone);
		} else {
			table_text(t, r->name);
		}
		put_sums(t, &r->n);
		table_row_end(t);
	}
}

void export_report_values(const struct report_rows *rows, struct table *t)
{
	static const int widths[] = { 10, 30, 10, 10, 10, 10, 10 };
	const struct str names[] = { STR("key"), STR("name"), STR("enrolled"), STR("attended"), STR("absent"),
		STR("no_result"), STR("rate") };
	table_head(t, names, widths, sizeof widths / sizeof *widths);
	for (size_t i = 0; i < rows->n; i++) {
		table_int(t, rows->items[i].key);
		table_text(t, rows->items[i].name);
		put_sums(t, &rows->items[i].n);
		table_row_end(t);
	}
}

static struct str days_words(struct ctx *c, const struct report_participant *p)
{
	struct buf b = buf_new(c->arena);
	for (size_t i = 0; p->days_n > 1 && i < p->days_n; i++) {
		struct str word = export_result(&c->text, p->days[i].result);
		buf_fmt(&b, "%s" STR_FMT, i ? ", " : "", STR_ARG(word.n ? word : STR("–")));
	}
	return buf_str(&b);
}

static void people_part(struct ctx *c, const struct report_participants *list, void *arg)
{
	struct table *t = arg;
	for (size_t i = 0; i < list->n; i++) {
		const struct report_participant *p = &list->items[i];
		struct str zone = p->days_n ? p->days[0].time_zone : c->actor->time_zone;
		table_text(t, p->name);
		table_text(t, p->login);
		table_text(t, p->department);
		table_text(t, p->training_title);
		table_text(t, p->session_title);
		table_moment(t, p->starts_at, zone);
		table_text(t, zone);
		table_text(t, export_answer(&c->text, p->answer));
		table_text(t, export_result(&c->text, p->result));
		table_text(t, days_words(c, p));
		if (p->score.has)
			table_int(t, p->score.v);
		else
			table_blank(t);
		table_row_end(t);
	}
}

void export_report_participants(
	struct ctx *c, const struct report_query *q, const struct db_page *page, struct table *t)
{
	const struct text *w = &c->text;
	const struct str names[] = { t_participants_name(w), t_users_login(w), t_reports_department(w),
		t_reports_training(w), t_reports_session(w), t_export_start(w), t_export_zone(w), t_participants_answer(w),
		t_participants_result(w), t_export_days(w), t_export_score(w) };
	static const int widths[] = { 26, 20, 24, 34, 30, 17, 18, 12, 12, 24, 8 };
	table_head(t, names, widths, sizeof widths / sizeof *widths);
	report_participants_each(c, q, page, people_part, t);
}
