/* Participants of a training, Enrolled Learning of a user, and the pages of one or several enrollments. */
#ifndef MUSTER_WEB_VIEW_PARTICIPANTS_H
#define MUSTER_WEB_VIEW_PARTICIPANTS_H
#include "web/view_enroll.h"
#include "web/view_page.h"
#include "web/view_parts.h"
#include "web/view_trainings.h"
#include "web/view_users.h"

/* ---- lists */
/* One enrollment as a row: on a training's page the user is named, on a user's page the training. */
struct enrollment_row_view {
	int64_t id;
	struct person_view person;
	struct str title, title_href;                /* of the training */
	bool session_short;                          /* short enough for one line */
	struct str department, session, when, place; /* when: "Thu 3 Dec", on a user's page with times and zone */
	struct badge session_badge;                  /* the session was cancelled */
	struct badge status;
	struct str waiting_place;
	struct badge answer; /* empty: not asked */
	struct str access_iso, access, access_time;
	struct badge result;
	struct str result_ratio, result_score;
	struct str by;
	struct str select, menu; /* accessible names */
	struct str edit_href, cancel_href, result_href, user_href;
	bool off, can_tick, can_edit, can_result, can_user, has_menu;
};
struct filter_chip {
	struct str what, value, href, remove;
};
struct participants_view {
	struct page_view page;
	struct training_head_view head;
	struct str action, q, sort, found;
	struct field session, status, answer, result;
	struct filter_chip *chips;
	size_t chips_n;
	struct sort_header by_name, by_department, by_session, by_status, by_answer, by_access, by_result;
	struct enrollment_row_view *rows;
	size_t rows_n;
	struct pager pager;
	struct export_links export;
	struct empty_view empty;
	bool can_edit, can_result, can_tick; /* for some row of this page */
	struct str sheet_href;               /* of the one session that is listed; empty: there are several */
	struct str all_matching; /* "Select all 61 that match"; empty: all of them are on this page, or they are too many */
};
struct learning_view {
	struct page_view page;
	struct user_head_view head;
	struct str action, sort, found;
	struct field status;
	struct sort_header by_training, by_session, by_status, by_answer, by_access, by_result;
	struct enrollment_row_view *rows;
	size_t rows_n;
	struct pager pager;
	struct export_links export;
	struct empty_view empty;
	bool can_edit, can_result, can_tick;
};

/* ---- one or several enrollments */
struct enrollment_line {
	struct person_view person;
	struct str where;
	struct badge status;
};
struct enrollment_hidden {
	struct str name, value;
};
struct enrollment_top {
	struct str title, words, action, back;
	struct enrollment_line *lines;
	size_t lines_n;
	struct str more;
	struct enrollment_hidden *hidden;
	size_t hidden_n; /* ids, back, version */
};
struct enrollment_note {
	struct str words;
};
struct enrollment_edit_view {
	struct page_view page;
	struct enrollment_top top;
	bool open; /* it can be edited at all */
	struct str why_not;
	bool asks_access, asks_session;
	struct field date, time;
	struct str access_hint, access_said;
	struct str session_error, session_why;
	struct enroll_session_choice *sessions;
	size_t sessions_n;
	bool keep, keep_chosen, chooses;
	struct field when_full;
	struct enrollment_note *notes;
	size_t notes_n;
};
struct enrollment_cancel_view {
	struct page_view page;
	struct enrollment_top top;
	struct enrollment_note *notes;
	size_t notes_n;
	struct str button; /* empty: there is nothing to cancel */
};
struct enrollment_result_view {
	struct page_view page;
	struct enrollment_top top;
	bool open;
	struct field *days;
	size_t days_n;
	struct field result, score, comment;
	struct enrollment_note *notes;
	size_t notes_n;
};
#endif
