/* What the page of answers by mail shows. */
#ifndef MUSTER_WEB_VIEW_REPLIES_H
#define MUSTER_WEB_VIEW_REPLIES_H
#include "web/view_page.h"
#include "web/view_parts.h"

struct reply_row {
	struct str at, at_iso;
	struct str name, href; /* the user it is about; empty: nobody of ours */
	struct str sender, proven;
	struct str training, training_href;
	struct str said, comment;
	struct badge outcome;
};
struct replies_view {
	struct page_view page;
	struct str note;                     /* they are not read */
	struct str mailbox, looked, trouble; /* that is looked into, when, and what went wrong; empty: none */
	struct reply_row *rows;
	size_t rows_n;
	struct str count;
	struct pager pager;
	struct empty_view empty;
};
#endif
