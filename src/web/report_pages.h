/* What the pages of reports share: the filters of their address, links that keep them, figures and the chart. */
#ifndef MUSTER_WEB_REPORT_PAGES_H
#define MUSTER_WEB_REPORT_PAGES_H
#include "model/report.h"
#include "web/list.h"
#include "web/view_reports.h"
#include "web/web.h"

/* The address as it was typed; "" for what is not there. */
struct report_typed {
	struct str by, trainings, sessions, department, nested, result, from, to;
};
/* Reads the address. Without days and without a choice, the last quarter is meant. False with c.errs filled: `q` must
 * not be used then. Forbidden to whoever has no reports. */
bool report_read(struct req *r, struct report_typed *typed, struct report_query *q);
/* path?… with these filters; `typed` is a copy that was changed. */
struct str report_url(struct req *r, const char *path, const struct report_typed *typed);
/* With the errors of c.errs. `groups`: the page groups its rows. */
void report_filters_fill(struct req *r, const struct report_typed *typed, const struct report_query *q, bool groups,
	struct report_filters_view *v);
/* Reports › training › session, as far as one is chosen; ends in `here` unless that is null. */
void report_crumbs(struct req *r, const struct report_typed *typed, const struct report_query *q, struct str here,
	struct page_view *p);
struct report_sums_view report_sums_of(struct req *r, const struct report_sums *n);
/* The rows [from, from + n) as bars, as far as a chart is readable. */
void report_chart_fill(
	struct req *r, const struct report_rows *rows, size_t from, size_t n, enum report_by by, struct chart_view *v);
/* What a page shows instead of figures where the model had no answer yet (ERR_UNAVAILABLE); else empty. */
struct report_wait_view report_wait(struct req *r, int percent);
/* Behind reply_html(): the page comes again by itself. */
void report_wait_headers(struct req *r, const struct report_wait_view *v);
/* The people page, also after a form that was refused. */
void report_people_show(struct req *r);
#endif
