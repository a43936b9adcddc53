/* Trainings and their sessions: the list, the tabs of one training, the forms. */
#ifndef MUSTER_WEB_VIEW_TRAININGS_H
#define MUSTER_WEB_VIEW_TRAININGS_H
#include "web/view_page.h"
#include "web/view_parts.h"

/* ---- above every page of one training: title, tabs, the one main thing to do */
enum training_tab { TRAINING_OVERVIEW, TRAINING_SESSIONS, TRAINING_PARTICIPANTS, TRAINING_HISTORY, TRAINING_TABS };
struct training_head_view {
	int64_t id;
	struct str title, csrf;
	bool can_edit, can_copy, can_enroll;
	struct tabs_view tabs;
};

/* ---- sessions in lists */
struct day_line {
	struct str iso, date, time, zone, your_time; /* "Thu 3 Dec", "09:00–12:00", "Berlin time", "" */
	struct str place, url;
};
struct session_item {
	int64_t id;
	struct str title, instructor, duration;
	struct dates_view dates;
	struct day_line *days;
	size_t days_n;
	struct badge badge, waiting;
	struct seat_strip strip;
	struct str seats;       /* "11/20"; "11" without a limit */
	struct str seats_words; /* "11 of 20 seats taken" */
	bool can_edit;
	struct str edit_label; /* "Edit Morning group" */
};

/* ---- the list of trainings */
struct training_row_view {
	int64_t id, sessions;
	struct str title, organizer, next;
	struct str seats, seats_words; /* "11/20", or "11 seats taken, no limit" */
	struct seat_strip strip;
	struct badge waiting;
};
struct trainings_view {
	struct page_view page;
	struct str q, sort, found;
	bool can_add;
	struct sort_header by_title, by_next;
	struct training_row_view *rows;
	size_t rows_n;
	struct pager pager;
	struct empty_view empty;
};

/* ---- one training */
struct training_count {
	struct str label, href;
	int64_t n;
};
struct training_view {
	struct page_view page;
	struct training_head_view head;
	struct str description, organizer, sessions_words, seats_words, closes;
	struct training_count *counts;
	size_t counts_n;
	struct session_item *next;
	size_t next_n;
	bool has_more; /* more sessions than shown */
	struct empty_view empty;
};
struct training_sessions_view {
	struct page_view page;
	struct training_head_view head;
	struct session_item *sessions;
	size_t sessions_n;
	struct session_item *past;
	size_t past_n; /* over or cancelled, latest first */
	struct empty_view empty;
};
struct history_change {
	struct str name, before, after;
};
struct history_item {
	struct str iso, at, zone, actor, action, user, user_href, training;
	struct history_change *changes;
	size_t changes_n;
	bool few; /* changes that are shown at once */
};
struct undo_offer {
	int64_t batch;
	struct str words, label;
};
struct training_history_view {
	struct page_view page;
	struct training_head_view head;
	struct undo_offer *undo; /* own enrollments that nobody was told of yet */
	size_t undo_n;
	struct history_item *items;
	size_t items_n;
	struct pager pager;
	struct empty_view empty;
};
struct training_form_view {
	struct page_view page;
	struct str heading, action, cancel, save;
	int64_t version, id;
	struct field title, description, organizer, closes;
	bool can_delete;
};

/* ---- one session */
struct day_fields {
	struct str legend, id_name, id, remove_label;
	int64_t index;
	struct field date, time, hours, minutes, zone, place, url, fold;
	bool ask_fold, can_remove;
};
/* Whom a change concerns, before it is saved. */
struct session_move_fact {
	struct str label, value;
};
struct session_effect_change {
	struct str label, old, now;
};
struct session_effect {
	struct str digest; /* of what was checked; empty: nothing to show */
	struct session_effect_change *changes;
	size_t changes_n;
	struct session_move_fact facts[6];
	size_t facts_n;
	struct str clashes, others, seats, told; /* sentences, or empty */
	struct str *conflicts;
	size_t conflicts_n;
};
struct session_form_view {
	struct page_view page;
	struct str heading, action, back, save;
	struct str came_from; /* what the form carries along to lead back there; null: nothing */
	int64_t version, id, days_n_value;
	struct field title, instructor, instructor_login, capacity;
	struct day_fields *days;
	size_t days_n;
	struct session_item item; /* as saved; not on a new one */
	struct str participants_href, attendance_href, sheet_href, cancel_href, cancel_label, move_href;
	struct session_effect effect; /* who is told, with one press more to confirm */
	bool saved;                   /* it exists */
	bool can_add_day, can_cancel;
};
/* Moving one: each day as it is and as it would be, and whom that concerns. */
struct session_move_day {
	struct day_fields fields;
	struct str old, now, your_time; /* "Thu 3 Dec, 09:00–12:00 Berlin time"; `now` only once it is known */
};
struct session_move_view {
	struct page_view page;
	struct session_item item;
	struct str action, back, back_to, heading;
	int64_t version, days_n_value;
	struct session_move_day *days;
	size_t days_n;
	bool checked; /* the days can be, and what follows is about them */
	struct session_effect effect;
	struct str save;
};
struct session_view {
	struct page_view page;
	struct session_item item;
	struct str participants_href, attendance_href; /* the latter empty for who has no reports */
	struct str sheet_href;                         /* empty once it is cancelled */
};
struct session_cancel_view {
	struct page_view page;
	struct session_item item;
	struct str heading, words, button, action, back;
};
#endif
