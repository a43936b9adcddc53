/* What the pages of roles show, and the page that says what somebody sees and does. */
#ifndef MUSTER_WEB_VIEW_ROLES_H
#define MUSTER_WEB_VIEW_ROLES_H
#include "web/view_users.h"

/* ---- the list */
struct role_row_view {
	int64_t id;
	struct str name, opens, holders; /* "View users, Enroll", "3" */
	bool custom;
};
struct roles_view {
	struct page_view page;
	bool can_add;
	struct role_row_view *rows;
	size_t rows_n;
};

/* ---- one role */
struct permission_view {
	struct str name, label, opens, needs; /* name as it is stored; needs may be empty */
	bool chosen;
};
struct permission_group_view {
	struct str label;
	struct permission_view *items;
	size_t items_n;
};
struct role_holder_view {
	struct person_view person;
	struct str departments;
	struct badge status;
};
struct role_view {
	struct page_view page;
	int64_t id, version;
	struct str title, heading, words; /* words: why it cannot be changed */
	bool custom, can_edit, can_delete;
	struct field name;
	struct str error; /* about the permissions */
	struct permission_group_view *groups;
	size_t groups_n;
	struct str found;
	struct role_holder_view *holders;
	size_t holders_n;
	struct pager pager;
	struct empty_view empty;
	struct str delete_words;
};

/* ---- what somebody sees and does */
struct access_reason {
	struct str role;
	struct str *places;
	size_t places_n;
};
struct access_row {
	struct str label, opens, reach; /* reach: "61 users", or empty where no users are meant */
	struct access_reason *reasons;
	size_t reasons_n;
};
struct access_group {
	struct str label;
	struct access_row *rows;
	size_t rows_n;
};
struct access_training {
	int64_t id;
	struct str title, words;
};
struct access_view {
	struct page_view page;
	struct user_head_view head;
	bool own, off; /* about the reader; not active */
	struct str words;
	struct access_group *groups;
	size_t groups_n;
	struct str below; /* empty: nobody's supervisor */
	struct access_training *trainings;
	size_t trainings_n;
	struct str more, learner;
	struct empty_view empty;
};
#endif
