/* From a draft to its batch. */
#ifndef MUSTER_WEB_ENROLL_COMMIT_H
#define MUSTER_WEB_ENROLL_COMMIT_H
#include "model/enroll_plan.h"
#include "web/enroll_pages.h"
/* Saves the draft in a transaction of its own, from a slow route. */
bool enroll_save_now(struct req *r, struct draft *d, enum draft_stage reached);
/* Does what the plan says and answers 303 to the result; when the outcome is another one now, 303 back to Check, which
 * shows it. Pressing twice enrolls once. */
void enroll_commit_draft(struct req *r, struct draft *d, const struct plan *p);
#endif
