/* Search or jump: the suggestions of the dialog, and the page that does the same without JavaScript. */
#ifndef MUSTER_WEB_VIEW_FIND_H
#define MUSTER_WEB_VIEW_FIND_H
#include "web/view_page.h"
#include "web/view_parts.h"

struct find_item {
	struct str id, href, name, words, detail; /* id: of the option; words and detail may be empty */
	struct badge badge;
};
struct find_group {
	struct str key, title;
	struct find_item *items;
	size_t items_n;
	struct str all, all_words; /* where all of them are; empty: these are all */
};
struct find_view {
	struct page_view page;
	struct str q;
	struct find_group *groups;
	size_t groups_n;
	struct empty_view empty;
};
#endif
