/* What the pages of an enrollment show. */
#ifndef MUSTER_WEB_VIEW_ENROLL_H
#define MUSTER_WEB_VIEW_ENROLL_H
#include "web/view_page.h"
#include "web/view_parts.h"

struct enroll_head {
	struct steps_view steps;
	int64_t id, version;
	struct str saved;   /* "Draft saved 14:02" */
	struct str summary; /* "27 users · 2 trainings", beside the buttons */
};
struct enroll_match {
	int64_t id;
	struct person_view person;
	struct str detail, reason;
}; /* reason: why it cannot be added */
struct enroll_chip {
	struct str key, label, count, remove;
}; /* key "d12": what its button sends */
struct enroll_branch {
	int64_t id;
	struct str name, count, below;
	bool checked, open;
	struct enroll_branch *children;
	size_t children_n;
};
struct enroll_condition {
	int64_t number;
	struct field field, op;
	struct str value, value_label;
};
struct enroll_search {
	bool open, searched;
	bool nested;
	struct enroll_branch *tree; /* or, where that is too large, a box for one of them: */
	size_t tree_n;
	struct field department;
	struct field groups;
	struct enroll_condition *conditions;
	size_t conditions_n;
	struct str found; /* "214 users" */
	struct enroll_match *people;
	size_t people_n;
	bool any;
	/* The search again, as hidden fields of the form that adds it. */
	struct hidden_field {
		struct str name, value;
	} * hidden;
	size_t hidden_n;
};
struct enroll_users_view {
	struct page_view page;
	struct enroll_head head;
	struct str q;
	bool searched;
	struct enroll_match *matches;
	size_t matches_n;
	struct enroll_chip *rules;
	size_t rules_n;
	struct enroll_chip *people;
	size_t people_n;
	struct enroll_chip *excepts;
	size_t excepts_n;
	struct str more_people, count, notes, unknown;
	bool empty;
	struct str paste, paste_error, pasted; /* pasted: what a list did */
	struct enroll_search search;
};
/* Everybody in the enrollment, a page at a time. */
struct enroll_everyone_view {
	struct page_view page;
	struct enroll_head head;
	struct str count; /* "27 users" */
	int64_t from;     /* how many stand on the pages before */
	struct enroll_match *people;
	size_t people_n;
	struct pager pager;
	struct empty_view none;
};
struct enroll_suggest_view {
	struct enroll_match *matches;
	size_t matches_n;
	struct str all_href, all_words;
};
struct enroll_training_row {
	int64_t id;
	struct str title, detail;
	bool chosen;
};
struct enroll_trainings_view {
	struct page_view page;
	struct enroll_head head;
	struct str q;
	bool searched;
	struct enroll_training_row *found;
	size_t found_n;
	struct enroll_training_row *chosen;
	size_t chosen_n;
	struct empty_view none;
};
struct enroll_session_choice {
	struct str name, value;
	bool chosen;
	struct session_row row;
	struct str seats;
};
struct enroll_session_group {
	struct str name, title, error;
	struct enroll_session_choice *sessions;
	size_t sessions_n;
	bool open_chosen; /* participant chooses */
	struct str none;  /* no session to choose: says so */
};
struct enroll_parameters_view {
	struct page_view page;
	struct enroll_head head;
	struct str date, time, date_error, time_error, zone, now_words;
	struct enroll_session_group *groups;
	size_t groups_n;
	struct field message;
};
struct check_item {
	struct str key;
	struct person_view person;
	struct str department, where, why;
	struct field choice;
	bool fixed;
};
struct check_group {
	struct badge badge;
	struct str title, words, more;
	struct field all;
	struct check_item *items;
	size_t items_n;
	bool choices;
};
struct kpi {
	struct str label, number, detail;
};
struct sum_row {
	struct str label, value, href, what;
};
/* Who gets a seat in a session, or waits; href: the whole list, with `all` in words where it is longer. */
struct seat_person {
	struct person_view person;
	struct str department;
	struct badge badge;
};
struct seat_list {
	struct str title, all, href;
	struct seat_person *items;
	size_t items_n;
};
struct check_session {
	struct session_row row;
	struct str who; /* what the fold says; empty: nothing to show */
	struct seat_list *lists;
	size_t lists_n;
};
struct enroll_seats_view {
	struct page_view page;
	struct enroll_head head;
	struct str intro;
	struct tabs_view tabs;
	struct seat_list list;
	struct pager pager;
	struct empty_view none;
};
struct enroll_check_view {
	struct page_view page;
	struct enroll_head head;
	struct str intro, digest, button, nobody, past;
	struct kpi *kpis;
	size_t kpis_n;
	struct check_session *sessions;
	size_t sessions_n;
	struct check_group *decisions;
	size_t decisions_n;
	struct check_group *notes;
	size_t notes_n;
	struct check_group *skipped;
	size_t skipped_n;
	bool notes_choices, skipped_choices;
	struct str decisions_count, notes_count, skipped_count;
	struct sum_row *choices;
	size_t choices_n;
	struct str unknown;
};
struct batch_link {
	struct str label, href;
};
struct batch_view {
	struct page_view page;
	int64_t id;
	struct str title, words, status_words, undo_until;
	bool running, undo;
	int64_t done, total;
	struct kpi *kpis;
	size_t kpis_n;
	struct session_row *sessions;
	size_t sessions_n;
	struct check_item *skips;
	size_t skips_n;
	struct str more_skips;
	struct batch_link *links;
	size_t links_n;
};
struct draft_row_view {
	struct str title, href, detail, undo; /* undo: what the button says; null when it is too late */
	int64_t id;
};
struct enroll_hub_view {
	struct page_view page;
	struct draft_row_view *drafts;
	size_t drafts_n;
	struct draft_row_view *batches;
	size_t batches_n;
	struct empty_view none;
};
#endif
