/* The shell of every page: what templates/layout.html shows around a page's own content. page_begin()
 * (web/web.h) fills it; a page adds crumbs, tabs and the like. A handler's own view holds it by value as `page`. */
#ifndef MUSTER_WEB_VIEW_PAGE_H
#define MUSTER_WEB_VIEW_PAGE_H
#include "base/error.h"
#include "base/str.h"

/* The items of the main navigation, in the order they stand in. NAV_NOTIFICATIONS stands in the top bar. */
enum nav {
	NAV_NONE,
	NAV_HOME,
	NAV_CALENDAR,
	NAV_TRAININGS,
	NAV_ENROLLMENTS,
	NAV_USERS,
	NAV_DEPARTMENTS,
	NAV_GROUPS,
	NAV_ROLES,
	NAV_REPORTS,
	NAV_OUTBOX,
	NAV_AUDIT,
	NAV_SETTINGS,
	NAV_NOTIFICATIONS,
	NAV_COUNT
};

struct nav_item {
	struct str key; /* "users": the stem of ids */
	struct str label, href;
	bool current;           /* the reader is in this section */
	bool gap;               /* a line above: another kind of work begins */
	struct str badge;       /* "3", "99+"; empty: none. Only where the reader must act */
	struct str badge_words; /* the same as a phrase for screen readers: "3 unread" */
};
struct crumb {
	struct str label, href;
};

/* What the last act did, with a way back while there is one. */
struct flash_view {
	struct str kind;        /* "ok", "warn", "bad" */
	struct str words;       /* empty: no banner */
	struct str undo_action; /* where a POST undoes it; empty: nothing to undo */
	struct str undo_label;  /* "Undo" */
	struct str link, link_label;
};

struct page_view {
	struct str lang, dir; /* "en", "ltr" */
	struct str theme;     /* "light", "dark", or empty for what the system says */
	struct str title;
	struct str csrf;
	bool signed_in;
	struct nav_item *nav;
	size_t nav_n;
	struct nav_item notifications;
	struct str user_name, user_initials, role_words;
	struct crumb *crumbs;
	size_t crumbs_n; /* from depth 2 on; the last is the page itself and not a link */
	struct err_item *errors;
	size_t errors_n; /* item.field is the id of the field, or empty */
	struct flash_view flash;
};
#endif
