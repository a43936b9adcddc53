/* The page of one's own calendar feed. */
#ifndef MUSTER_WEB_VIEW_FEED_H
#define MUSTER_WEB_VIEW_FEED_H
#include "web/view_page.h"

struct feed_view {
	struct page_view page;
	struct str address, web_address; /* only right after it was made */
	struct str made;                 /* "Made on Thu 3 Dec"; empty: there is none */
};
#endif
