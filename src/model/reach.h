/* What somebody sees and does, and why: everything that the policy (model/policy.h) answers about one user, as a list.
 * The actor is shown of it what they see themselves (R3): departments out of scope are not named, people out of scope
 * not counted. */
#ifndef MUSTER_MODEL_REACH_H
#define MUSTER_MODEL_REACH_H
#include "model/ctx.h"
#include "model/policy.h"

/* One role that gives a permission. */
struct reach_reason {
	struct str role;         /* in the reader's language */
	bool account;            /* counts in the whole account */
	struct str *departments; /* else: paths of those it counts for, each with everything below */
	size_t departments_n;
};
struct reach_item {
	enum permission permission;
	struct reach_reason *reasons;
	size_t reasons_n;
	int64_t users; /* whom it reaches; only of REACH_SCOPED */
};
struct reach_training {
	int64_t id, teaches; /* sessions as their instructor */
	struct str title;
	bool organizes;
};
struct reach {
	struct reach_item *items; /* in the order of model/permissions.def */
	size_t n;
	int64_t below;                    /* people below, near and far, as their supervisor */
	struct reach_training *trainings; /* of organizer or instructor, by title, the first of them */
	size_t trainings_n;
	int64_t trainings_all, own; /* how many these are; own: trainings that the user takes part in and sees */
};
/* Of a user whom the actor sees, or of the actor. */
void reach_of(struct ctx *c, int64_t user, struct reach *out);
#endif
