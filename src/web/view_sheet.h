/* The sign-in sheet of a session: a page that is meant for paper. */
#ifndef MUSTER_WEB_VIEW_SHEET_H
#define MUSTER_WEB_VIEW_SHEET_H
#include "web/view_page.h"
#include "web/view_parts.h"

struct sheet_day {
	struct str when, place; /* "Thu 3 Dec 2026, 09:00–12:00 Berlin time" */
	struct str date, time;  /* over its column: "Thu 3 Dec 2026", "09:00–12:00" */
};
struct sheet_person {
	int64_t number;
	struct str name, department;
};
struct sheet_blank {
	bool last;
};
/* One table: all days beside each other, or one of many days. */
struct sheet_table {
	struct sheet_day *days;
	size_t days_n;
	bool single; /* one day: its column needs no date */
	struct str label;
};
struct sheet_link {
	struct str label, href;
	bool current;
};
struct sheet_view {
	struct page_view page;
	struct str training, session, instructor;
	struct str found;        /* "23 people" */
	bool wide;               /* lies on its side */
	struct sheet_link *pick; /* all days, or one */
	size_t pick_n;           /* 0: nothing to choose */
	struct sheet_table *tables;
	size_t tables_n;
	struct sheet_person *people;
	size_t people_n;
	struct sheet_blank *blanks; /* for who comes without an enrollment */
	size_t blanks_n;
	struct pager pager;
	struct str participants_href, session_href;
};
#endif
