/* The calendar: a month as a table, and the same as a list. */
#ifndef MUSTER_WEB_VIEW_CALENDAR_H
#define MUSTER_WEB_VIEW_CALENDAR_H
#include "web/view_page.h"
#include "web/view_parts.h"

struct calendar_entry {
	struct str href, kind;                   /* kind: "off", "maybe" or empty */
	struct str start, time, zone, your_time; /* "09:00", "09:00–12:00", "Berlin time", "" */
	struct str title, session;
	struct str state; /* "Waiting list", "Cancelled" …, or empty */
	struct str place, seats;
	struct badge badge;
};
struct calendar_day {
	struct str iso, number, label; /* "2026-12-03", "3", "Thu 3 Dec" */
	struct str kind;               /* "other", "today" or empty: a class */
	bool today;
	struct calendar_entry *entries;
	size_t entries_n;
	struct str more, more_href; /* "3 more" */
	struct date_tile tile;      /* in the list */
};
struct calendar_week {
	struct calendar_day *days;
	size_t days_n;
};
struct calendar_link {
	struct str label, href;
	bool current;
};
struct calendar_view {
	struct page_view page;
	struct str heading;
	struct str previous, next, today;
	struct calendar_link views[2];
	size_t views_n;
	struct calendar_link shows[2];
	size_t shows_n; /* none for those who have only their own */
	struct calendar_link *weekdays;
	size_t weekdays_n; /* labels only */
	struct calendar_week *weeks;
	size_t weeks_n; /* the month … */
	struct calendar_day *days;
	size_t days_n;  /* … or the list */
	struct str cut; /* there is more than can be shown */
	struct empty_view empty;
};
#endif
