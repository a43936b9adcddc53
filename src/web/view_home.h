/* What Home shows: to those who manage, and to those who take part. */
#ifndef MUSTER_WEB_VIEW_HOME_H
#define MUSTER_WEB_VIEW_HOME_H
#include "web/view_portal.h"

/* One line that says something and offers one act. */
struct home_need {
	struct badge badge; /* how much it matters; may be empty */
	struct str words, detail;
	struct portal_link link;                       /* without a label the words are the link */
	struct str post, post_label, post_name, until; /* a form beside it, what its button is called, until when */
};
struct home_step {
	bool done;
	struct str words, detail;
	struct portal_link link;
};
struct home_view {
	struct page_view page;
	struct str greeting, summary;
	struct tabs_view tabs; /* who manages and takes part: one of the two */
	bool manages, can_enroll, learns;
	struct home_step *steps; /* of a new account */
	size_t steps_n;
	struct home_need *needs;
	size_t needs_n;
	struct session_row *soon;
	size_t soon_n;
	struct home_need *recent;
	size_t recent_n;
	struct portal_group *groups;
	size_t groups_n;
	struct str year_attended, year_hours; /* empty: nothing was held yet */
	struct empty_view empty, calm;        /* calm: nothing needs whoever manages */
};
#endif
