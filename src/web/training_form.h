/* The form of a training, new or edited: what was typed, to the model and back to the page. */
#ifndef MUSTER_WEB_TRAINING_FORM_H
#define MUSTER_WEB_TRAINING_FORM_H
#include "model/training.h"
#include "web/view_trainings.h"
#include "web/web.h"

struct training_typed {
	struct str title, description, organizer, closes;
	int64_t version;
};
void training_form_read(struct req *r, struct training_typed *typed, struct training_form *form);
/* The fields with their errors (of r->c.errs). */
void training_form_fill(struct req *r, const struct training_typed *typed, struct training_form_view *v);
#endif
