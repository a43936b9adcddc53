/* The roles that somebody holds, with their departments: what user_change.c reads, checks and writes of them. */
#ifndef MUSTER_MODEL_USER_HOLDING_H
#define MUSTER_MODEL_USER_HOLDING_H
#include "model/user.h"

/* By role, departments by id: two holdings of the same look alike. */
struct held {
	int64_t role;
	bool scoped;
	int64_t *departments;
	size_t departments_n, departments_cap;
};
struct holding {
	struct held *items;
	size_t n, cap;
};
void holding_read(struct ctx *c, int64_t user, struct holding *out);
bool holding_has(const struct holding *h, int64_t role);
/* "owner; department_admin 3 4": for the trail, and to see whether two are the same. */
struct str holding_words(struct ctx *c, const struct holding *h);
/* What the form asks for, when the actor may give it; `old` where it asks for nothing. What the actor could not give
 * or does not see, stays of the old one. Errors at roles and roles[i].… */
bool holding_check(struct ctx *c, const struct user_form *f, const struct holding *old, struct holding *out);
/* Replaces what is held, and makes the grants anew. */
void holding_write(struct ctx *c, int64_t user, const struct holding *h);
#endif
