#include "model/reach.h"
#include "gen/queries.h"
#include "model/department.h"
#include "model/role.h"
#include "model/user.h"

enum { TRAININGS_SHOWN = 10 };

struct held_role {
	const struct role_def *def;
	struct str name;
	struct str *paths;
	size_t paths_n;
};

/* The roles with the paths of their departments; those of which the actor sees no department are not there. */
static size_t read_roles(struct ctx *c, int64_t user, const struct role_defs *defs, struct held_role **out)
{
	struct user_roles held;
	size_t n = 0;
	user_roles_of(c, user, false, &held);
	*out = ARENA_ARRAY(c->arena, struct held_role, held.n + 1);
	for (size_t i = 0; i < held.n; i++) {
		const struct user_role *h = &held.items[i];
		struct held_role *role = &(*out)[n];
		*role = (struct held_role){ .name = h->name,
			.paths = ARENA_ARRAY(c->arena, struct str, h->departments_n + 1),
			.paths_n = h->departments_n };
		for (size_t k = 0; k < defs->n; k++)
			if (defs->items[k].id == h->role)
				role->def = &defs->items[k];
		for (size_t k = 0; k < h->departments_n; k++)
			role->paths[k] = department_path(c, h->departments[k]);
		n += role->def && (!role->def->scoped || role->paths_n || c->actor->id == user);
	}
	return n;
}

static struct reach_item item_of(struct ctx *c, enum permission p, const struct held_role *roles, size_t n)
{
	struct reach_item item = { .permission = p, .reasons = ARENA_ARRAY(c->arena, struct reach_reason, n + 1) };
	for (size_t i = 0; i < n; i++)
		if (roles[i].def->set >> p & 1)
			item.reasons[item.reasons_n++] = (struct reach_reason){ .role = roles[i].name,
				.account = !roles[i].def->scoped || permission_reach(p) == REACH_ACCOUNT,
				.departments = roles[i].paths,
				.departments_n = roles[i].paths_n };
	return item;
}

static int64_t users_of(const struct departments *seen, const struct grants *grants, enum permission p)
{
	int64_t n = 0;
	for (size_t i = 0; i < seen->n; i++)
		if (grants_hold(grants, UINT32_C(1) << p, seen->items[i].lo))
			n += seen->items[i].users;
	return n;
}

static void read_others(struct ctx *c, int64_t user, struct reach *out)
{
	struct reach_below_row below = { 0 };
	struct reach_own_row own = { 0 };
	struct reach_trainings_rows rows;
	struct reach_trainings_count_row all = { 0 };
	reach_below(c->db, c->arena, c->actor->id, user, &below);
	reach_own(c->db, c->arena, user, &own);
	reach_trainings(c->db, c->arena, user, TRAININGS_SHOWN, &rows);
	reach_trainings_count(c->db, c->arena, user, &all);
	out->below = below.n;
	out->own = own.n;
	out->trainings_all = all.n;
	out->trainings = ARENA_ARRAY(c->arena, struct reach_training, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++)
		out->trainings[out->trainings_n++] = (struct reach_training){ rows.items[i].id, rows.items[i].teaches,
			rows.items[i].title, rows.items[i].organizes };
}

void reach_of(struct ctx *c, int64_t user, struct reach *out)
{
	struct role_defs defs;
	struct held_role *roles;
	struct grants grants;
	struct departments seen;
	role_defs_list(c, &defs);
	grants_load(c, user, &grants);
	department_list_counted(c, PERM_USERS_VIEW, &seen);
	size_t n = read_roles(c, user, &defs, &roles);
	*out = (struct reach){ .items = ARENA_ARRAY(c->arena, struct reach_item, PERM_COUNT) };
	for (unsigned p = 1; p < PERM_COUNT; p++) {
		struct reach_item item = item_of(c, (enum permission)p, roles, n);
		if (permission_reach(item.permission) == REACH_SCOPED)
			item.users = users_of(&seen, &grants, item.permission);
		if (item.reasons_n)
			out->items[out->n++] = item;
	}
	read_others(c, user, out);
}
