/* Roles: sets of permissions, held account-wide or with departments. The built-in ones are fixed; custom ones are made
 * here, and always held with departments. Learner and supervisor follow from other things and are never given. */
#ifndef MUSTER_MODEL_ROLE_H
#define MUSTER_MODEL_ROLE_H
#include "model/ctx.h"
#include "model/policy.h"

enum { ROLE_NAME_MAX = 100, ROLE_CUSTOM_MAX = 100 };

struct role_def {
	int64_t id, version;
	struct str key;  /* "owner", …, or a custom role's id */
	struct str name; /* in the reader's language; a custom role's own */
	bool custom;
	bool scoped;   /* held with departments */
	bool may_give; /* the actor may give and take it, at least for some department */
	uint32_t set;  /* bit 1 << permission */
};
struct role_defs {
	struct role_def *items;
	size_t n;
};
/* All of them, highest first. */
void role_defs_list(struct ctx *c, struct role_defs *out);
/* One; false with ERR_NOT_FOUND. */
bool role_get(struct ctx *c, int64_t id, struct role_def *out);
/* Name in the reader's language for a role's key; `name` itself for custom roles. */
struct str role_name(const struct text *t, struct str key, struct str name);
/* The id of a role by its key, or a custom role's id as text; 0: none. */
int64_t role_find(struct ctx *c, struct str key);
/* Name of a permission in the reader's language, and one sentence that says what it opens. */
struct str permission_label(const struct text *t, enum permission p);
struct str permission_opens(const struct text *t, enum permission p);

/* ---- who may give what. Nobody gives what they do not hold themselves, in the place where they give it. */
struct grant {
	enum permission permission;
	int64_t lo, hi; /* of department.lo */
};
struct grants {
	bool all; /* the program itself */
	struct grant *items;
	size_t n;
};
void grants_load(struct ctx *c, int64_t user, struct grants *out);
/* What the actor holds. */
void grants_of_actor(struct ctx *c, struct grants *out);
/* Whether all of the set (bit 1 << permission) is held in the department at `lo`, and so in those below. */
bool grants_hold(const struct grants *g, uint32_t set, int64_t lo);
/* Owners make owners; account-wide roles are given by those who hold one; others, for some department, by those who
 * hold PERM_ROLES_EDIT and all their permissions there. Always true for the program itself. */
bool role_may_give(struct ctx *c, const struct grants *mine, const struct role_def *role);
bool role_may_give_at(struct ctx *c, const struct grants *mine, const struct role_def *role, int64_t lo);

/* ---- custom roles. What a role is concerns all who hold it, so it is for those who hold PERM_ROLES_EDIT over the
 * whole tree, and out of the permissions that they hold over the whole tree themselves. */
bool role_may_define(struct ctx *c);

struct role_change {
	bool has_name, has_permissions;
	struct str name;
	const struct str *permissions; /* names; what they need comes with them */
	size_t permissions_n;
	struct opt_i64 version; /* of what was read: another one now is ERR_CONFLICT (outcome_changed) */
};
/* Checks and writes, makes the grants anew, with an audit entry. Errors: ERR_INVALID at name (required, too_long,
 * duplicate), permissions (required) and permissions[i] (invalid); ERR_FORBIDDEN (locked) for who may not define roles,
 * at permissions[i] for one that the actor does not hold everywhere, and for a role that holds such a one. */
bool role_create(struct ctx *c, const struct role_change *change, int64_t *id);
/* As well ERR_CONFLICT (locked) for a built-in role. */
bool role_update(struct ctx *c, int64_t id, const struct role_change *change);
/* ERR_CONFLICT (locked) for a built-in role, and for one that somebody holds: the message names them. */
bool role_delete(struct ctx *c, int64_t id);

/* ---- who holds a role: those whom the actor sees */
struct role_holder_count {
	int64_t role, n;
};
struct role_holder_list {
	struct role_holder_count *items;
	size_t n;
};
void role_holders_count(struct ctx *c, struct role_holder_list *out);
struct role_holder {
	int64_t id;
	struct str name, login, status, sort_key;
	struct str departments; /* "Sales, Support"; empty for account-wide roles */
};
struct role_holder_page {
	struct role_holder *items;
	size_t n;
	bool more, has_before;
};
void role_holders_page(struct ctx *c, int64_t role, const struct db_page *page, struct role_holder_page *out);
#endif
