/* The History of a user. */
#ifndef MUSTER_WEB_VIEW_USER_HISTORY_H
#define MUSTER_WEB_VIEW_USER_HISTORY_H
#include "web/view_trainings.h"
#include "web/view_users.h"

struct user_history_view {
	struct page_view page;
	struct user_head_view head;
	struct history_item *items;
	size_t items_n;
	struct pager pager;
	struct empty_view empty;
};
#endif
