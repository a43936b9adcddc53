/* What the files of the calendar share: what the address asks for, and its way back into links. */
#ifndef MUSTER_WEB_CALENDAR_PAGES_H
#define MUSTER_WEB_CALENDAR_PAGES_H
#include "model/schedule.h"
#include "web/view_calendar.h"
#include "web/web.h"

enum { CALENDAR_DAY = 86400 };
enum calendar_kind { CALENDAR_MONTH, CALENDAR_WEEK, CALENDAR_AGENDA };

/* Days are counted from 1970-01-01. */
struct calendar_asked {
	enum calendar_kind kind;
	int64_t day;       /* the first of the month, the day of the agenda, or any day of the week */
	bool one_day;      /* an agenda of one day, not of a month */
	bool all, may_all; /* every session, not only one's own */
	int64_t today;     /* in the reader's zone */
	struct schedule_filter filter;
	struct str training; /* its title, when it is filtered by */
};
/* What makes no sense counts as not asked: it shows the current month, unfiltered. */
void calendar_read(struct req *r, struct calendar_asked *out);
struct str calendar_url(struct req *r, const struct calendar_asked *q);
/* The day on which something stands: that of its place. */
int64_t calendar_local_day(struct str zone, int64_t at);
/* The days shown: *n from *first on. */
void calendar_period(const struct calendar_asked *q, int64_t *first, int64_t *n);
/* `day` as part of an address: the same kind of view, with it. */
struct calendar_asked calendar_at(const struct calendar_asked *q, enum calendar_kind kind, int64_t day);
/* The entries of the period, in order; and what they can be filtered by. */
void calendar_load(
	struct req *r, const struct calendar_asked *q, struct schedule *out, struct schedule_choices *choices);
/* Selects, chips and hidden fields of the filters. */
void calendar_fill_filters(
	struct req *r, const struct calendar_asked *q, const struct schedule_choices *choices, struct calendar_view *v);

/* One entry as a view of that kind shows it. */
struct calendar_entry calendar_entry_of(struct req *r, const struct schedule_entry *e, enum calendar_kind kind);
/* Entries of each day of [first, first + n), in order. */
struct calendar_bucket {
	const struct schedule_entry **items;
	size_t n, cap;
};
struct calendar_bucket *calendar_by_day(struct req *r, const struct schedule *list, int64_t first, int64_t n);
/* The seven days of the week as columns of hours. */
void calendar_fill_week(struct req *r, const struct calendar_asked *q, struct calendar_bucket *days, int64_t first,
	struct calendar_view *v);
/* Whose clock the hours of the week are. */
struct str calendar_week_note(struct req *r, const struct calendar_bucket *days);
#endif
