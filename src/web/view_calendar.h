/* The calendar: a month as a table, a week as a grid of hours, and the same as a list; which training gets a session.
 */
#ifndef MUSTER_WEB_VIEW_CALENDAR_H
#define MUSTER_WEB_VIEW_CALENDAR_H
#include "web/view_page.h"
#include "web/view_parts.h"

struct calendar_entry {
	struct str href, kind;                   /* kind: "off", "maybe" or empty */
	struct str start, time, zone, your_time; /* "09:00", "09:00–12:00", "Berlin time", "" */
	struct str title, session;
	struct str state;                     /* "Waiting list", "Cancelled" …, or empty */
	struct str place, seats, seats_words; /* "11/20", "11 of 20 seats taken" */
	struct str move, move_label;          /* where it is moved, for those who may; "Move Negotiation basics, Morning" */
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
	int64_t count;              /* entries, shown or not … */
	struct str count_words;     /* … "Thu 3 Dec, 5 entries" */
};
struct calendar_week {
	struct calendar_day *days;
	size_t days_n;
};
struct calendar_link {
	struct str label, href;
	bool current;
};
struct calendar_weekday {
	struct str label, brief; /* "Thursday", "Thu" */
};
/* An entry of a week: from which quarter of an hour to which (1 is the first that is shown), and beside which others.
 */
struct calendar_slot {
	struct calendar_entry entry;
	int64_t row, end, lane, lanes;
};
struct calendar_column {
	struct str iso, label, kind;
	bool today;
	struct calendar_slot *slots;
	size_t slots_n;
	int64_t lanes;              /* how many stand side by side at most: how wide it is */
	struct str more, more_href; /* what has no room beside the others */
};
struct calendar_chip {
	struct str what, value, remove, href;
};
struct calendar_hidden {
	struct str name, value;
};
struct calendar_view {
	struct page_view page;
	struct str heading;
	struct calendar_link previous, today, next;
	struct calendar_link views[3];
	size_t views_n;
	struct calendar_link shows[2];
	size_t shows_n; /* none for those who have only their own */
	struct field filters[3];
	size_t filters_n;
	struct calendar_hidden hidden[3]; /* what the form of the filters carries along */
	size_t hidden_n;
	struct calendar_chip chips[3];
	size_t chips_n;
	struct str clear; /* the address without any filter */
	struct str add;   /* where a session is added; empty for those who may not */
	struct calendar_weekday *weekdays;
	size_t weekdays_n;
	struct calendar_week *weeks;
	size_t weeks_n; /* the month … */
	struct calendar_link *hours;
	size_t hours_n;
	int64_t first_hour;
	struct calendar_column *columns;
	size_t columns_n; /* … or the week … */
	struct calendar_day *days;
	size_t days_n;   /* … or the list */
	struct str cut;  /* there is more than can be shown */
	struct str note; /* whose clock this is, or that some entry is on another day for the reader */
	struct empty_view empty;
};

/* ---- which training gets the new session */
struct calendar_training {
	struct str title, href, next;
};
struct calendar_add_view {
	struct page_view page;
	struct str heading, q, date;
	struct calendar_training *trainings;
	size_t trainings_n;
	struct empty_view empty;
};
#endif
