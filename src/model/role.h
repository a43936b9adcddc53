/* Roles: sets of permissions, held account-wide or with departments. Learner and supervisor follow from other things
 * and are never given. */
#ifndef MUSTER_MODEL_ROLE_H
#define MUSTER_MODEL_ROLE_H
#include "model/ctx.h"
#include "model/policy.h"

struct role_def {
	int64_t id;
	struct str key;  /* "owner", …, or a custom role's id */
	struct str name; /* in the reader's language; a custom role's own */
	bool scoped;     /* held with departments */
	bool may_give;   /* the actor may give and take it: nobody gives what is above himself */
	struct str *permissions;
	size_t permissions_n;
};
struct role_defs {
	struct role_def *items;
	size_t n;
};
/* All of them, highest first. */
void role_defs_list(struct ctx *c, struct role_defs *out);
/* Name in the reader's language for a role's key; `name` itself for custom roles. */
struct str role_name(const struct text *t, struct str key, struct str name);
/* The id of a role by its key, or a custom role's id as text; 0: none. */
int64_t role_find(struct ctx *c, struct str key);
/* Owners make owners; account-wide roles are given by those who hold one; others by those who hold all their
 * permissions. Always true for the program itself. */
bool role_may_give(struct ctx *c, int64_t role, bool scoped);
#endif
