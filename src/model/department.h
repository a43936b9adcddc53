/* Departments: one tree. Each has a preorder interval [lo, hi] inside that of its parent, with gaps between, so that
 * "and below" is a range and most changes touch one row. What needs room where there is none renumbers the smallest
 * branch that has some. */
#ifndef MUSTER_MODEL_DEPARTMENT_H
#define MUSTER_MODEL_DEPARTMENT_H
#include "model/ctx.h"
#include "model/policy.h"

/* The root's interval. Far beyond what a tree of millions needs, so that gaps are wide. */
#define DEPARTMENT_LO INT64_C(0)
#define DEPARTMENT_HI (INT64_C(1) << 60)
enum { DEPARTMENT_NAME_MAX = 255 };

struct department {
	int64_t id;
	struct str name;
	struct opt_i64 parent; /* none for the root, and where the parent is out of the actor's scope */
	int64_t depth;         /* below the topmost one in scope: 0, 1, … */
	struct str path;       /* "Company / Sales": from the topmost one in scope */
	int64_t users;         /* directly in it, whatever their status; 0 where nobody counted */
	int64_t below;         /* how many departments lie below it, of department_level() */
	int64_t lo;            /* its place in the tree: what grants_hold() (model/role.h) asks with */
	size_t end;            /* index behind the last one below it in a list of department_list */
};
struct departments {
	struct department *items;
	size_t n;
};

/* All departments in which the actor holds `p` (for the program itself: all), in the order of the tree, siblings by
 * name. */
void department_list(struct ctx *c, enum permission p, struct departments *out);
/* The same with `users`: it looks at everybody. */
void department_list_counted(struct ctx *c, enum permission p, struct departments *out);
/* Finds an id in such a list; NULL when it is not there. */
const struct department *department_find(const struct departments *list, int64_t id);
/* One in scope of `p`; false with ERR_NOT_FOUND. `users` and `depth` are not filled. */
bool department_get(struct ctx *c, enum permission p, int64_t id, struct department *out);
/* How many users and how many departments are right in it. */
void department_holding(struct ctx *c, int64_t id, int64_t *users, int64_t *departments);
/* Those above it and itself, from the topmost that the actor sees by whatever permission: id and name. */
void department_line(struct ctx *c, int64_t id, struct departments *out);
/* Whether the actor holds `p` there; leaves no error behind. Always true for the program itself. */
bool department_in_scope(struct ctx *c, enum permission p, int64_t id);
/* "Company / Sales / Sales EMEA", from the topmost department in the actor's scope (R3); out of scope: its own name. */
struct str department_path(struct ctx *c, int64_t id);
/* By its path from the root ("Company / Sales", spaces around / do not matter, case and accents neither) or its code;
 * 0: none. For imports. */
int64_t department_by_path(struct ctx *c, struct str path);

/* ---- trees too large for one page: found by what somebody types, and looked at a level at a time */
/* Whether the actor holds `p` in more than so many. */
bool department_more_than(struct ctx *c, enum permission p, int64_t n);
/* The one in scope of `p` with this path as department_path() writes it, or with this name when no other in scope has
 * it. Case and accents do not matter. 0: there is none, or more than one. */
int64_t department_by_words(struct ctx *c, enum permission p, struct str typed);
/* Those in scope of `p` with `q`, or what stands behind its last slash, in their name: id, name and path, those that
 * begin with it first. */
void department_suggest(struct ctx *c, enum permission p, struct str q, int64_t limit, struct departments *out);
/* The departments right below `parent`, which is in scope of `p`; 0: the topmost ones in scope. With `users`, and
 * `below`. */
void department_level(struct ctx *c, enum permission p, int64_t parent, struct departments *out);

/* The one root, of an account that has none yet. */
bool department_create_root(struct ctx *c, struct str name, int64_t *id);
/* Errors: name (required, too_long, duplicate among siblings), parent (required, not_found). */
bool department_create(struct ctx *c, struct str name, struct opt_i64 parent, int64_t *id);

struct department_change {
	bool has_name, has_parent;
	struct str name;
	struct opt_i64 parent;
};
/* Renames, moves, or both. The root stays where it is; nothing moves below itself (parent: invalid). */
bool department_update(struct ctx *c, int64_t id, const struct department_change *change);
/* ERR_CONFLICT (locked) for the root and for one that holds users or departments. */
bool department_delete(struct ctx *c, int64_t id);

/* Whether every interval lies inside its parent's and apart from its siblings': for fsck and tests. */
bool department_check(struct ctx *c);
#endif
