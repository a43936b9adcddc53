/* What the pages of users show. */
#ifndef MUSTER_WEB_VIEW_USERS_H
#define MUSTER_WEB_VIEW_USERS_H
#include "web/view_page.h"
#include "web/view_parts.h"

/* ---- the list */
struct user_row_view {
	int64_t id;
	struct person_view person;
	struct str login, email, department, select;
	struct badge status;
	bool off;
};
struct users_view {
	struct page_view page;
	struct str q, sort, found; /* found: "61 users" */
	struct field department, status;
	struct sort_header by_name, by_login, by_email, by_department, by_status;
	struct user_row_view *rows;
	size_t rows_n;
	struct pager pager;
	struct export_links export;
	struct empty_view empty;
	bool can_add, can_enroll, can_fields;
	bool can_link; /* links to set a password, to those ticked */
	bool ticks;    /* rows can be ticked, for either */
	struct str here;
};

/* ---- above the tabs of one user */
struct user_head_view {
	int64_t id;
	struct str title, name, initials, login, department, csrf;
	struct badge status, email; /* email: only when there is none */
	bool can_enroll, can_activate;
	struct tabs_view tabs;
};

/* ---- one user */
struct fact_view {
	struct str label, value;
	bool ltr;
};
/* A department of a role's tree: `field` is the name of its box. Without `can` it is shown, and cannot be changed. */
struct role_node {
	int64_t id;
	struct str field, name, below;
	bool can, chosen, open;
	struct role_node *children;
	size_t children_n;
};
struct role_choice {
	int64_t id;
	struct str key, name, field, label, summary, error; /* label: of the tree; summary: "2 departments and below" */
	bool chosen, scoped, open, later;                   /* later: too many trees for one page */
	struct str opens;                                   /* "What Regional coordinator opens" */
	struct role_node *nodes;
	size_t nodes_n;
	struct field more; /* where there is no tree: a box for one more department */
};
struct user_form_view {
	struct page_view page;
	struct user_head_view head;
	struct str action, button;
	int64_t version;
	struct field login, email, first_name, last_name, department, status, supervisor;
	struct field *fields;
	size_t fields_n;
	bool can_roles;
	struct field roles; /* label, hint and error; the choices are these: */
	struct role_choice *choices;
	size_t choices_n;
	bool can_password, can_link;
	struct field password, link;     /* link: of somebody new, a box to tick */
	struct str link_hint, link_last; /* where it goes, or why there is none; when the last one was sent */
	struct fact_view *facts;
	size_t facts_n;     /* for who may look and not edit */
	struct str why_not; /* why not */
};

/* ---- before somebody stops being active */
struct hidden_view {
	struct str name, value;
};
struct user_leave_view {
	struct page_view page;
	struct str title, words, button, action, back;
	struct hidden_view *hidden;
	size_t hidden_n;
};

/* ---- profile fields */
struct profile_field_view {
	int64_t id;
	struct str key, label, users, rename, remove;
	struct field field;
	bool own;
};
struct profile_fields_view {
	struct page_view page;
	struct profile_field_view *rows;
	size_t rows_n;
	struct field label;
};
#endif
