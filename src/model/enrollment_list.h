/* Lists of enrollments: a training's participants, a user's enrolled learning. Pages and REST read the same. */
#ifndef MUSTER_MODEL_ENROLLMENT_LIST_H
#define MUSTER_MODEL_ENROLLMENT_LIST_H
#include "model/enrollment.h"

struct enrollment_query {
	int64_t session;   /* 0: any */
	struct str status; /* scheduled enrolled waiting cancelled; "": all but cancelled ones. From the program alone:
						  seated, who holds a seat */
	struct str answer; /* none accepted tentative declined; "": any */
	struct str result; /* none attended absent; "": any */
	struct str q;      /* name, login or e-mail; "": everybody */
};
/* Of `e`, what the statements have: no generation, closes_before, organizer or the like. */
struct enrollment_item {
	struct enrollment e;                 /* with its days */
	struct str user_status, enrolled_by; /* enrolled_by: null when nobody whom the actor sees */
	bool may_enroll, may_result, may_see_user, may_edit_user;
	struct str sort_key;
	int64_t sort_int;
};
struct enrollment_items {
	struct enrollment_item *items;
	size_t n;
	bool more, has_before;
};

/* False with `invalid` items at status or answer for words that are none. */
bool enrollment_query_check(struct ctx *c, const struct enrollment_query *q);
/* How many there are, or that there are more than `n`. */
struct participants_total {
	int64_t n;
	bool more;
};
struct participants_total participants_total(struct ctx *c, int64_t training, const struct enrollment_query *q);
/* The first so many of participant_list_sorts are the orders of the list; the others are ways to find a page of it. */
enum { PARTICIPANT_LIST_SORTS = 7 };
/* R4, R11: participants in scope, of the people below, and all of their own for organizer and instructor. `total` may
 * be null. */
void participants_page(struct ctx *c, int64_t training, const struct enrollment_query *q, const struct db_page *page,
	struct enrollment_items *out, struct participants_total *total);
/* Everything that one user, found in scope by the route, is enrolled in. page.sort is one of
 * user_enrollment_list_sorts. */
void learning_page(struct ctx *c, int64_t user, const struct enrollment_query *q, const struct db_page *page,
	struct enrollment_items *out);
int64_t learning_total(struct ctx *c, int64_t user, const struct enrollment_query *q);
#endif
