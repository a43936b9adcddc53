#include "model/role.h"
#include "gen/queries.h"
#include "gen/text.h"

struct str role_name(const struct text *t, struct str key, struct str name)
{
	if (str_eq(key, STR("owner")))
		return t_role_owner(t);
	if (str_eq(key, STR("account_admin")))
		return t_role_account_admin(t);
	if (str_eq(key, STR("department_admin")))
		return t_role_department_admin(t);
	if (str_eq(key, STR("supervisor")))
		return t_role_supervisor(t);
	if (str_eq(key, STR("learner")))
		return t_role_learner(t);
	return name;
}

int64_t role_find(struct ctx *c, struct str key)
{
	struct role_by_key_row by_key;
	struct role_row_row by_id;
	int64_t id;
	if (role_by_key(c->db, c->arena, key, &by_key))
		return by_key.id;
	return str_to_i64(key, &id) && role_row(c->db, c->arena, id, &by_id) ? by_id.id : 0;
}

bool role_may_give(struct ctx *c, int64_t role, bool scoped)
{
	struct role_beyond_row beyond;
	if (!c->actor)
		return true;
	if (!actor_can(c->actor, PERM_ROLES_EDIT) || role == ROLE_LEARNER || role == ROLE_SUPERVISOR)
		return false;
	if (role == ROLE_OWNER)
		return str_eq(c->actor->role_words_key, STR("owner"));
	if (!scoped)
		return c->actor->account_wide;
	return !role_beyond(c->db, c->arena, role, c->actor->id, &beyond);
}

void role_defs_list(struct ctx *c, struct role_defs *out)
{
	struct role_list_rows rows;
	struct role_permissions_rows permissions;
	role_list(c->db, c->arena, &rows);
	role_permissions(c->db, c->arena, &permissions);
	*out = (struct role_defs){ .items = ARENA_ARRAY(c->arena, struct role_def, rows.n + 1) };
	for (size_t i = 0; i < rows.n; i++) {
		const struct role_list_row *row = &rows.items[i];
		struct role_def *d = &out->items[out->n++];
		struct str key = str_is_null(row->key) ? str_fmt(c->arena, "%lld", (long long)row->id) : row->key;
		*d = (struct role_def){ .id = row->id,
			.key = key,
			.name = role_name(&c->text, key, row->name),
			.scoped = row->scoped,
			.may_give = role_may_give(c, row->id, row->scoped),
			.permissions = ARENA_ARRAY(c->arena, struct str, permissions.n + 1) };
		for (size_t k = 0; k < permissions.n; k++)
			if (permissions.items[k].role_id == row->id)
				d->permissions[d->permissions_n++] = permissions.items[k].permission;
	}
}
