/* What the pages of a forgotten password show. */
#ifndef MUSTER_WEB_VIEW_PASSWORD_H
#define MUSTER_WEB_VIEW_PASSWORD_H
#include "web/view_page.h"
#include "web/view_parts.h"

struct forgot_view {
	struct page_view page;
	bool off, sent; /* off: there is no mail server */
	struct field login;
};
struct password_view {
	struct page_view page;
	struct str token, login, words;
	struct field password;
};
#endif
