/* Roles as they are read: their permissions, who may give them, who holds them. Changes are in role_change.c. */
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
	return str_to_i64(key, &id) && role_row(c->db, c->arena, id, &by_id) && str_is_null(by_id.key) ? by_id.id : 0;
}

/* The sentences are called after the stored names: permission_users_view, permission_users_view_opens. */
static struct str sentence(const struct text *t, enum permission p, const char *tail)
{
	struct str rest = permission_name(p), part;
	struct buf key = buf_new(t->arena);
	while (str_split(&rest, '.', &part)) {
		if (key.n)
			BUF_LIT(&key, "_");
		buf_put(&key, part);
	}
	return text_lookup(t, str_fmt(t->arena, "permission_%s%s", str_c(t->arena, buf_str(&key)), tail));
}

struct str permission_label(const struct text *t, enum permission p)
{
	return sentence(t, p, "");
}

struct str permission_opens(const struct text *t, enum permission p)
{
	return sentence(t, p, "_opens");
}

/* ---- who may give what */

void grants_load(struct ctx *c, int64_t user, struct grants *out)
{
	struct grants_of_user_rows rows;
	grants_of_user(c->db, c->arena, user, &rows);
	*out = (struct grants){ .items = ARENA_ARRAY(c->arena, struct grant, rows.n + 1), .n = rows.n };
	for (size_t i = 0; i < rows.n; i++)
		out->items[i] = (struct grant){ permission_find(rows.items[i].permission), rows.items[i].lo, rows.items[i].hi };
}

void grants_of_actor(struct ctx *c, struct grants *out)
{
	if (c->actor)
		grants_load(c, c->actor->id, out);
	else
		*out = (struct grants){ .all = true };
}

bool grants_hold(const struct grants *g, uint32_t set, int64_t lo)
{
	uint32_t held = 0;
	for (size_t i = 0; i < g->n; i++)
		if (g->items[i].lo <= lo && lo <= g->items[i].hi)
			held |= UINT32_C(1) << g->items[i].permission;
	return g->all || (set & ~held) == 0;
}

static uint32_t to_give(const struct role_def *role)
{
	return role->set | UINT32_C(1) << PERM_ROLES_EDIT;
}

bool role_may_give_at(struct ctx *c, const struct grants *mine, const struct role_def *role, int64_t lo)
{
	return role->scoped && role_may_give(c, mine, role) && grants_hold(mine, to_give(role), lo);
}

bool role_may_give(struct ctx *c, const struct grants *mine, const struct role_def *role)
{
	if (!c->actor)
		return true;
	if (role->id == ROLE_LEARNER || role->id == ROLE_SUPERVISOR || !actor_can(c->actor, PERM_ROLES_EDIT))
		return false;
	if (role->id == ROLE_OWNER)
		return str_eq(c->actor->role_words_key, STR("owner"));
	if (!role->scoped)
		return c->actor->account_wide;
	/* Where several intervals overlap, one of them begins. */
	for (size_t i = 0; i < mine->n; i++)
		if (grants_hold(mine, to_give(role), mine->items[i].lo))
			return true;
	return false;
}

/* ---- reading */

void role_defs_list(struct ctx *c, struct role_defs *out)
{
	struct role_list_rows rows;
	struct role_permissions_rows permissions;
	struct grants mine;
	role_list(c->db, c->arena, &rows);
	role_permissions(c->db, c->arena, &permissions);
	grants_of_actor(c, &mine);
	*out = (struct role_defs){ .items = ARENA_ARRAY(c->arena, struct role_def, rows.n + 1) };
	for (size_t i = 0; i < rows.n; i++) {
		const struct role_list_row *row = &rows.items[i];
		struct role_def *d = &out->items[out->n++];
		bool custom = str_is_null(row->key);
		struct str key = custom ? str_num(c->arena, "", row->id) : row->key;
		*d = (struct role_def){ .id = row->id,
			.version = row->version,
			.key = key,
			.name = role_name(&c->text, key, row->name),
			.custom = custom,
			.scoped = row->scoped };
		for (size_t k = 0; k < permissions.n; k++)
			if (permissions.items[k].role_id == row->id)
				d->set |= UINT32_C(1) << permission_find(permissions.items[k].permission);
		d->may_give = role_may_give(c, &mine, d);
	}
}

bool role_get(struct ctx *c, int64_t id, struct role_def *out)
{
	struct role_defs all;
	role_defs_list(c, &all);
	for (size_t i = 0; i < all.n; i++)
		if (all.items[i].id == id) {
			*out = all.items[i];
			return true;
		}
	return err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
}

/* ---- who holds it */

void role_holders_count(struct ctx *c, struct role_holder_list *out)
{
	struct role_holder_counts_rows rows;
	role_holder_counts(c->db, c->arena, c->actor->id, &rows);
	*out =
		(struct role_holder_list){ .items = ARENA_ARRAY(c->arena, struct role_holder_count, rows.n + 1), .n = rows.n };
	for (size_t i = 0; i < rows.n; i++)
		out->items[i] = (struct role_holder_count){ rows.items[i].role_id, rows.items[i].n };
}

void role_holders_page(struct ctx *c, int64_t role, const struct db_page *page, struct role_holder_page *out)
{
	struct role_holders_rows rows;
	struct role_holder_departments_rows departments;
	role_holders(c->db, c->arena, c->actor->id, role, page, &rows);
	role_holder_departments(c->db, c->arena, c->actor->id, role, &departments);
	*out = (struct role_holder_page){ .items = ARENA_ARRAY(c->arena, struct role_holder, rows.n + 1),
		.n = rows.n,
		.more = rows.more,
		.has_before = rows.has_before };
	for (size_t i = 0; i < rows.n; i++) {
		const struct role_holders_row *row = &rows.items[i];
		struct buf words = buf_new(c->arena);
		for (size_t k = 0; k < departments.n; k++)
			if (departments.items[k].user_id == row->id) {
				if (words.n)
					BUF_LIT(&words, ", ");
				buf_put(&words, departments.items[k].name);
			}
		out->items[i] = (struct role_holder){ .id = row->id,
			.name = row->name,
			.login = row->login,
			.status = row->status,
			.sort_key = row->sort_key,
			.departments = buf_str(&words) };
	}
}
