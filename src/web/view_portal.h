/* What a participant's pages show: Home, My trainings, choosing a session, the page behind a mail's link,
 * notifications; and the outbox. */
#ifndef MUSTER_WEB_VIEW_PORTAL_H
#define MUSTER_WEB_VIEW_PORTAL_H
#include "web/view_page.h"
#include "web/view_parts.h"

struct portal_link {
	struct str label, href;
};
/* One enrollment. */
struct portal_card {
	int64_t id;
	bool dated; /* it has a session, and so tiles and times */
	struct session_row row;
	struct str back, csrf;           /* of its form: where to go afterwards */
	bool asks, answered;             /* three buttons, plainly or behind "Change your answer" */
	struct str answer, answer_label; /* as the form sends it; the group's name */
	struct portal_link *notes;
	size_t notes_n;      /* lines below; href may be empty */
	struct str calendar; /* "Add to calendar" */
	struct portal_link choose;
	bool leaves; /* the waiting list */
	struct str *days;
	size_t days_n; /* the programme */
	struct str *about;
	size_t about_n;
};
struct portal_group {
	struct str key, title;
	struct portal_link more;
	struct portal_card *items;
	size_t items_n;
};

struct mine_view {
	struct page_view page;
	struct portal_group *groups;
	size_t groups_n;
	struct empty_view empty;
};

struct choose_option {
	int64_t id;
	bool chosen, closed;
	struct session_row row;
	struct str seats, overlaps;
};
struct choose_view {
	struct page_view page;
	int64_t id;
	struct str intro, error;
	struct choose_option *options;
	size_t options_n;
	struct empty_view empty;
};

struct rsvp_fact {
	struct str label, value, href;
};
struct rsvp_view {
	struct page_view page;
	struct str token, heading, what, for_name, not_you;
	struct date_tile tile;
	bool dated;
	struct rsvp_fact *facts;
	size_t facts_n;
	struct str *days;
	size_t days_n;
	struct badge answer; /* now; no words: not said */
	struct str asked;    /* which button the link stands for, in words */
	bool open;           /* it can be answered */
	bool leaves;         /* the waiting list can be left */
	struct rsvp_button {
		struct str value, label;
		bool primary, pressed;
	} buttons[3];
	size_t buttons_n;
	struct str state, state_words; /* why it cannot */
	struct str moved;
	struct str calendar;
	struct portal_link link;
};

struct notice_view {
	int64_t id;
	struct str words, time, iso, calendar;
	bool unread;
	int64_t asks; /* the enrollment that it can be answered for; 0: none */
	struct str answer_label;
};
struct notice_day {
	struct str title, iso;
	struct notice_view *items;
	size_t items_n;
};
struct notices_view {
	struct page_view page;
	struct notice_day *days;
	size_t days_n;
	bool unread;
	struct tabs_view filters;
	struct str count;
	struct pager pager;
	struct empty_view empty;
};

struct outbox_row {
	int64_t id;
	struct str address, name, href, kind, training, training_href, due, due_iso, error, retry;
	int64_t attempts;
	struct badge state;
};
struct outbox_view {
	struct page_view page;
	struct str note; /* there is no relay */
	struct tabs_view states;
	struct sort_header by_to, by_kind, by_training, by_due, by_state, by_attempts;
	struct outbox_row *rows;
	size_t rows_n;
	struct str count;
	struct pager pager;
	struct export_links export;
	struct empty_view empty;
};
#endif
