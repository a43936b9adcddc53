/* What the page shows that copies a training. */
#ifndef MUSTER_WEB_VIEW_TRAINING_COPY_H
#define MUSTER_WEB_VIEW_TRAINING_COPY_H
#include "web/view_page.h"
#include "web/view_parts.h"

struct training_copy_row {
	struct str title;
	struct str *days;
	size_t days_n;
};
struct training_copy_view {
	struct page_view page;
	int64_t id;
	bool has_sessions;
	struct field title, first, weekdays, sessions;
	struct str shown; /* digest of the dates that are shown; empty: none are */
	struct str begins;
	struct training_copy_row *rows;
	size_t rows_n;
};
#endif
