/* Reports: filters, figures, one chart, the table; and the people with their results. */
#ifndef MUSTER_WEB_VIEW_REPORTS_H
#define MUSTER_WEB_VIEW_REPORTS_H
#include "web/view_page.h"
#include "web/view_parts.h"

struct report_sums_view {
	int64_t enrolled, attended, absent, no_result;
	struct str rate; /* "83%", "–" */
};
struct report_filters_view {
	struct str action;
	struct field group_by, training, session, department, result, from, to; /* one without options is not drawn */
	bool direct;                                                            /* without the departments below */
	struct str scope;                                                       /* whom the numbers are about */
	struct str sort;
};

/* After a start: figures are still being put together. Without words: they are there. */
struct report_wait_view {
	struct str words;
	int64_t percent;
};

/* ---- the chart: a bar a row, made of parts; x and width in percent, the rest in pixels */
struct chart_part {
	struct str kind; /* "a" attended, "x" absent, "n" no result */
	struct str x, width;
	struct str number, number_x; /* empty where it does not fit in */
};
struct chart_bar {
	struct str label, value;
	int64_t label_y, y, number_y;
	struct chart_part *parts;
	size_t parts_n;
};
struct chart_view {
	struct str finding;    /* one sentence */
	struct str words;      /* what the picture shows, in words */
	struct str start, end; /* where a line begins and ends: "0" and "100%", the other way round from right to left */
	int64_t height;
	struct chart_bar *bars;
	size_t bars_n;  /* 0: no chart */
	struct str cut; /* "The first 12 of 40." */
};

/* ---- by training, session or department */
struct report_row_view {
	struct str name, href, when, training;
	struct report_sums_view n;
};
struct reports_view {
	struct page_view page;
	struct str title, found;
	struct report_filters_view filters;
	struct report_sums_view sums;
	struct chart_view chart;
	struct str caption;
	bool sessions; /* rows are sessions: they name their training */
	struct sort_header by_name, by_enrolled, by_attended, by_absent, by_no_result, by_rate;
	struct report_row_view *rows;
	size_t rows_n;
	struct pager pager;
	struct export_links export;
	struct str people_href; /* everybody behind these numbers */
	struct report_wait_view wait;
	struct empty_view empty;
};

/* ---- the people */
struct report_result_field {
	struct field field;
	struct str was_name, was; /* what the page showed */
	struct str day;           /* "Thu 3 Dec" where a session has several days, else "" */
};
struct report_person_view {
	int64_t id;
	struct person_view person;
	struct str department, training, session, session_href, when;
	struct badge answer, result;
	struct str by_hand; /* why the days do not decide */
	struct str score, more_href, more;
	struct report_result_field *fields;
	size_t fields_n; /* 0: may not record */
};
struct report_people_view {
	struct page_view page;
	struct str title, found, action;
	struct report_filters_view filters;
	struct report_sums_view sums;
	struct sort_header by_name, by_department, by_session, by_answer, by_result, by_score;
	struct report_person_view *rows;
	size_t rows_n;
	bool can_record; /* for some row of this page */
	struct pager pager;
	struct export_links export;
	struct report_wait_view wait;
	struct empty_view empty;
};
#endif
