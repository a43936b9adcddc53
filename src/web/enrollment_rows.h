/* What the lists of enrollments share: participants of a training, Enrolled Learning of a user, people of a report. */
#ifndef MUSTER_WEB_ENROLLMENT_ROWS_H
#define MUSTER_WEB_ENROLLMENT_ROWS_H
#include "model/enrollment_list.h"
#include "web/view_participants.h"
#include "web/web.h"

/* What was asked of one of the lists, by pages and exports alike: filters and page. False: the reply says what is
 * wrong. */
bool enrollment_list_asked(struct req *r, const struct enrollment_query *q, const char *const *sorts, size_t sorts_n,
	const char *default_sort, struct db_page *page);
/* What both lists say about an enrollment; `back` is where its actions lead back to. Leaves person, title, session and
 * by alone. */
void enrollment_row_fill(
	struct req *r, const struct enrollment_item *i, struct str back, struct enrollment_row_view *v);
struct badge enrollment_status_badge(struct req *r, struct str word);
struct badge enrollment_answer_badge(struct req *r, struct str answer);
struct badge enrollment_result_badge(struct req *r, struct str result); /* empty without one */
/* Selects that filter; `chosen` "" is the first option, which is any. */
struct field enrollment_status_filter(struct req *r, struct str chosen);
/* "1–50 of 61" where that is known without counting, else "50 of 6,100". */
struct str enrollment_range(struct req *r, size_t shown, int64_t total, bool has_before, bool more);
/* Rows were ticked and a button was pressed (edit, cancel, result): 303 to the page that asks what exactly, or back
 * with a sentence. */
void enrollment_bulk(struct req *r, struct str back, const struct str *ids, size_t n);
#endif
