/* A description of a set of users: rules, persons, exceptions. Resolved in the database, always cut to the actor's
 * scope (R3). */
#ifndef MUSTER_MODEL_AUDIENCE_H
#define MUSTER_MODEL_AUDIENCE_H
#include "model/ctx.h"
#include "model/user.h"

struct audience_department {
	int64_t id;
	bool nested;
};
struct audience {
	int64_t *users;
	size_t users_n, users_cap; /* in the order given: seats go in this order */
	struct str *logins;
	size_t logins_n, logins_cap;
	struct str *emails;
	size_t emails_n, emails_cap;
	struct audience_department *departments;
	size_t departments_n, departments_cap;
	int64_t *groups;
	size_t groups_n, groups_cap;
	struct user_condition *filter;
	size_t filter_n, filter_cap; /* AND-ed */
	int64_t *except;
	size_t except_n, except_cap;
};
/* What was named and is not there, or out of scope: one and the same. As sent. */
struct audience_unknown {
	int64_t *users;
	size_t users_n, users_cap;
	struct str *logins;
	size_t logins_n, logins_cap;
	struct str *emails;
	size_t emails_n, emails_cap;
	int64_t *departments;
	size_t departments_n, departments_cap;
	int64_t *groups;
	size_t groups_n, groups_cap;
};
static inline bool audience_is_empty(const struct audience *a)
{
	return !a->users_n && !a->logins_n && !a->emails_n && !a->departments_n && !a->groups_n && !a->filter_n;
}
/* Fills the staging table `pick` of this connection; *count is how many users it holds. Rules (departments, groups,
 * conditions) take active users only; persons named are taken whatever their status, so that the plan can say why they
 * are skipped (E03). False with errors (fields "audience.…") when a condition makes no sense. `unknown` may be NULL. */
bool audience_resolve(struct ctx *c, const struct audience *a, struct audience_unknown *unknown, int64_t *count);

/* ---- whom the audience holds that was resolved last on this connection */
struct audience_person {
	int64_t id;
	struct str name, login, email, status, department; /* email may be null */
};
struct audience_people {
	struct audience_person *items;
	size_t n;
};
/* In the order in which seats are given, without the first `skip`. */
void audience_people(struct ctx *c, int64_t skip, int64_t limit, struct audience_people *out);
bool audience_has(struct ctx *c, int64_t user);
struct audience_sums {
	int64_t users, no_email, not_active;
};
void audience_sums(struct ctx *c, struct audience_sums *out);

/* A department that stands in an audience: its name, and how many active people it holds with all that lies below.
 * False when it is not there or out of scope; leaves no error behind. */
bool audience_department_words(struct ctx *c, int64_t id, struct str *name, int64_t *users);

/* A search means those people of its departments and groups who also meet its conditions, while the parts of an
 * audience are a union: departments and groups become conditions beside the others. Without conditions, nothing
 * changes. */
void audience_narrow(struct ctx *c, struct audience *a);

/* Logins, e-mails and "Name <e-mail>" as pasted, one a line or separated by comma, semicolon or tab; at most 50,000.
 * Finds the users in scope in the order given; what is not found or out of scope comes back as typed. */
struct audience_paste {
	int64_t *users;
	size_t users_n, users_cap;
	struct str *unknown;
	size_t unknown_n, unknown_cap;
	size_t repeated;
};
bool audience_paste(struct ctx *c, struct str text, struct audience_paste *out);
#endif
