/* What the files of participants, enrolled learning and the pages of enrollments share. */
#ifndef MUSTER_WEB_ENROLLMENT_PAGES_H
#define MUSTER_WEB_ENROLLMENT_PAGES_H
#include "model/enrollment.h"
#include "web/reply.h"
#include "web/view_participants.h"
#include "web/web.h"

enum { ENROLLMENTS_MAX = 400, ENROLLMENT_LINES = 20 };

/* The enrollments that a page is about: that of the path, or those of the query or form (id=…), each in reach by `p`.
 * False with 404 made. */
struct chosen {
	struct enrollment *items;
	size_t n;
	bool one_training, one_session;
	struct str back;
};
bool chosen_load(struct req *r, enum permission p, struct chosen *out);
/* Heading, people, hidden fields; `what` is edit, cancel or result. */
void chosen_top(struct req *r, const struct chosen *s, const char *what, struct str title, struct enrollment_top *out);
/* Begins the page: title, navigation and breadcrumbs follow from where one came. */
void chosen_page(struct req *r, const struct chosen *s, struct str title, struct page_view *page);
/* Adds a note; an empty one is none. */
void note_add(struct req *r, struct enrollment_note **notes, size_t *n, struct str words);
/* Whole sentences one after the other. */
void words_add(struct buf *b, struct str sentence);
#endif
