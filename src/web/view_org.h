/* What the pages of departments and groups show. */
#ifndef MUSTER_WEB_VIEW_ORG_H
#define MUSTER_WEB_VIEW_ORG_H
#include "web/view_page.h"
#include "web/view_parts.h"

struct department_node {
	int64_t id;
	struct str name, users, below, edit; /* "12 users", "Below Sales", "Edit Sales" */
	bool can_edit;
	struct str inside, inside_words; /* of a level: where what lies below is, "40 departments below"; empty: nothing */
	struct department_node *children;
	size_t children_n;
};
struct departments_view {
	struct page_view page;
	struct department_node *roots;
	size_t roots_n;
	bool by_level;      /* the roots are one level of a large tree: */
	struct crumb *line; /* those above it */
	size_t line_n;
	struct department_node *top; /* what all of them lie in: one or none */
	size_t top_n;
	struct empty_view empty;
	bool can_add;
	struct field name, parent;
};
struct department_view {
	struct page_view page;
	int64_t id;
	struct str name, path, users, delete_words;
	struct field rename, parent;
	bool can_move, can_delete;
	struct str why_not;
};

struct group_row_view {
	int64_t id;
	struct str name, members;
	bool smart;
};
struct groups_view {
	struct page_view page;
	struct str q, found;
	struct sort_header by_name;
	struct group_row_view *rows;
	size_t rows_n;
	struct pager pager;
	struct empty_view empty;
	bool can_add;
	struct field name;
};
struct member_view {
	int64_t id;
	struct person_view person;
	struct str department, remove;
	struct badge status;
};
struct condition_view {
	struct field field, op, value;
};
struct group_view {
	struct page_view page;
	int64_t id;
	struct str name, members_words, delete_words;
	bool smart, can_edit;
	struct field rename, member;
	struct condition_view *conditions;
	size_t conditions_n;
	struct field kind;
	struct member_view *rows;
	size_t rows_n;
	struct pager pager;
	struct empty_view empty;
};
#endif
