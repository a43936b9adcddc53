/* What the pages of a training and of its sessions share. */
#ifndef MUSTER_WEB_TRAINING_PAGES_H
#define MUSTER_WEB_TRAINING_PAGES_H
#include "model/enrollment_list.h"
#include "model/session.h"
#include "web/view_trainings.h"
#include "web/web.h"

/* Fills *out for a training that the route has found. `participants`: how many, where that is known already; NULL: not.
 * False (with the error in r->c.errs) when the training is gone. */
bool training_head_fill(
	struct req *r, int64_t id, int tab, const struct participants_total *participants, struct training_head_view *out);
/* Breadcrumb "Trainings / title", with `here` as a third part where it is not null. */
void training_crumbs(struct req *r, struct page_view *p, const struct training_head_view *head, struct str here);
/* Fills everything but can_edit. */
struct session_item session_item_make(struct req *r, const struct session *s);
#endif
