/* What the pages outside of the shell show. */
#ifndef MUSTER_WEB_VIEW_DOOR_H
#define MUSTER_WEB_VIEW_DOOR_H
#include "web/view_page.h"
struct login_view {
	struct page_view page;
	struct str login, next, wrong, kept; /* kept: what was typed is not lost */
	bool demo;
};
struct resume_value {
	struct str name, value;
};
struct resume_view {
	struct page_view page;
	struct str action, leave, until;
	struct resume_value *values;
	size_t values_n;
};
struct setup_view {
	struct page_view page;
	struct str key, account, time_zone, login, email, first_name, last_name;
};
struct error_view {
	struct page_view page;
	struct str title, words;
	struct str href, action; /* a way on; empty: none */
};
#endif
