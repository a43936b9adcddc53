#include "model/user_holding.h"
#include <string.h>
#include "gen/queries.h"
#include "gen/text.h"
#include "model/department.h"
#include "model/role.h"

static void held_add(struct ctx *c, struct held *h, int64_t department)
{
	size_t at = 0;
	while (at < h->departments_n && h->departments[at] < department)
		at++;
	if (at < h->departments_n && h->departments[at] == department)
		return;
	(void)VEC_PUSH(c->arena, h->departments, h->departments_n, h->departments_cap);
	memmove(&h->departments[at + 1], &h->departments[at], (h->departments_n - 1 - at) * sizeof *h->departments);
	h->departments[at] = department;
}

static struct held *holding_add(struct ctx *c, struct holding *h, int64_t role, bool scoped)
{
	size_t at = 0;
	while (at < h->n && h->items[at].role < role)
		at++;
	if (at < h->n && h->items[at].role == role)
		return &h->items[at];
	(void)VEC_PUSH(c->arena, h->items, h->n, h->cap);
	memmove(&h->items[at + 1], &h->items[at], (h->n - 1 - at) * sizeof *h->items);
	h->items[at] = (struct held){ .role = role, .scoped = scoped };
	return &h->items[at];
}

void holding_read(struct ctx *c, int64_t user, struct holding *out)
{
	struct user_roles_rows rows;
	user_roles(c->db, c->arena, user, &rows);
	*out = (struct holding){ 0 };
	for (size_t i = 0; i < rows.n; i++) {
		struct held *h = holding_add(c, out, rows.items[i].role_id, rows.items[i].scoped);
		if (rows.items[i].department_id.has)
			held_add(c, h, rows.items[i].department_id.v);
	}
}

bool holding_has(const struct holding *h, int64_t role)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->items[i].role == role)
			return true;
	return false;
}

struct str holding_words(struct ctx *c, const struct holding *h)
{
	struct buf b = buf_new(c->arena);
	for (size_t i = 0; i < h->n; i++) {
		struct role_row_row row = { 0 };
		role_row(c->db, c->arena, h->items[i].role, &row);
		if (i)
			BUF_LIT(&b, "; ");
		buf_put(&b, str_is_null(row.key) ? row.name : row.key);
		for (size_t k = 0; k < h->items[i].departments_n; k++)
			buf_fmt(&b, " %lld", (long long)h->items[i].departments[k]);
	}
	return buf_str(&b);
}

static const struct held *held_of(const struct holding *h, int64_t role)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->items[i].role == role)
			return &h->items[i];
	return NULL;
}

static bool held_at(const struct held *h, int64_t department)
{
	for (size_t i = 0; h && i < h->departments_n; i++)
		if (h->departments[i] == department)
			return true;
	return false;
}

/* Whether the actor may give and take this role in this department. */
static bool may_give_at(struct ctx *c, const struct grants *mine, const struct role_def *role, int64_t department)
{
	struct department_row_row row;
	return department_in_scope(c, PERM_ROLES_EDIT, department) && department_row(c->db, c->arena, department, &row) &&
		role_may_give_at(c, mine, role, row.lo);
}

struct check {
	struct ctx *c;
	struct role_defs roles;
	struct grants mine;
	const struct holding *old;
};

static const struct role_def *role_of(const struct check *k, int64_t id)
{
	for (size_t i = 0; i < k->roles.n; i++)
		if (k->roles.items[i].id == id)
			return &k->roles.items[i];
	return NULL;
}

/* What is held already may be sent back; what is new, the actor must be able to give. */
static bool check_role(const struct check *k, const struct user_role_form *f, size_t i, struct holding *out)
{
	struct ctx *c = k->c;
	struct str at = str_fmt(c->arena, "roles[%zu].role", i),
			   departments = str_fmt(c->arena, "roles[%zu].departments", i);
	int64_t id = role_find(c, f->role);
	/* They follow from other things: everybody learns, and supervises whose supervisor he is. */
	if (id == ROLE_LEARNER || id == ROLE_SUPERVISOR)
		return true;
	const struct role_def *role = role_of(k, id);
	const struct held *old = held_of(k->old, id);
	if (!role)
		return ctx_invalid(c, at, CODE_not_found, t_user_role_unknown(&c->text));
	if (holding_has(out, id))
		return ctx_invalid(c, at, CODE_duplicate, t_user_role_twice(&c->text));
	if (!old && !role_may_give(c, &k->mine, role))
		return err_add(&c->errs, c->arena, ERR_FORBIDDEN, at, CODE_locked, t_user_role_above(&c->text));
	if (!role->scoped && f->departments_n)
		return ctx_invalid(c, departments, CODE_invalid, t_user_role_departments_none(&c->text));
	struct held *h = holding_add(c, out, id, role->scoped);
	for (size_t d = 0; d < f->departments_n; d++) {
		int64_t department = f->departments[d];
		bool kept = held_at(old, department) && department_in_scope(c, PERM_USERS_VIEW, department);
		if (!kept && !department_in_scope(c, PERM_ROLES_EDIT, department))
			return ctx_invalid(c, departments, CODE_not_found, t_user_role_department_unknown(&c->text));
		if (!kept && !may_give_at(c, &k->mine, role, department))
			return err_add(&c->errs, c->arena, ERR_FORBIDDEN, departments, CODE_locked,
				t_user_role_above_there(&c->text, role->name));
		held_add(c, h, department);
	}
	return true;
}

/* What the actor could not give, they do not take: it stays. */
static void keep_others(const struct check *k, struct holding *out)
{
	for (size_t i = 0; i < k->old->n; i++) {
		const struct held *old = &k->old->items[i];
		const struct role_def *role = role_of(k, old->role);
		if (!role->scoped && !role_may_give(k->c, &k->mine, role))
			holding_add(k->c, out, old->role, false);
		for (size_t d = 0; d < old->departments_n; d++)
			if (!may_give_at(k->c, &k->mine, role, old->departments[d]))
				held_add(k->c, holding_add(k->c, out, old->role, true), old->departments[d]);
	}
}

/* A role that is held with departments has at least one, be it one that the actor does not see. */
static bool check_departments(const struct check *k, const struct user_form *f, const struct holding *out)
{
	bool ok = true;
	for (size_t i = 0; i < f->roles_n; i++) {
		const struct held *h = held_of(out, role_find(k->c, f->roles[i].role));
		if (h && h->scoped && h->departments_n == 0)
			ok = ctx_invalid(k->c, str_fmt(k->c->arena, "roles[%zu].departments", i), CODE_required,
				t_user_role_departments_required(&k->c->text));
	}
	return ok;
}

static bool same_roles_were_sent(struct ctx *c, const struct user_form *f, const struct holding *old)
{
	struct holding sent = { 0 };
	for (size_t i = 0; i < f->roles_n; i++) {
		struct role_row_row role;
		int64_t id = role_find(c, f->roles[i].role);
		if (id == ROLE_LEARNER || id == ROLE_SUPERVISOR)
			continue;
		if (!id || !role_row(c->db, c->arena, id, &role))
			return false;
		struct held *h = holding_add(c, &sent, id, role.scoped);
		for (size_t k = 0; k < f->roles[i].departments_n; k++)
			held_add(c, h, f->roles[i].departments[k]);
	}
	/* Departments that the actor does not see were not shown, so they are not sent back. */
	for (size_t i = 0; i < old->n; i++)
		for (size_t k = 0; k < old->items[i].departments_n; k++)
			if (!department_in_scope(c, PERM_USERS_VIEW, old->items[i].departments[k]))
				held_add(c, holding_add(c, &sent, old->items[i].role, true), old->items[i].departments[k]);
	return str_eq(holding_words(c, &sent), holding_words(c, old));
}

bool holding_check(struct ctx *c, const struct user_form *f, const struct holding *old, struct holding *out)
{
	bool ok = true;
	*out = *old;
	if (!f->has_roles)
		return true;
	if (c->actor && !actor_can(c->actor, PERM_ROLES_EDIT))
		return same_roles_were_sent(c, f, old) ||
			err_add(&c->errs, c->arena, ERR_FORBIDDEN, STR("roles"), CODE_locked, t_user_roles_forbidden(&c->text));
	*out = (struct holding){ 0 };
	struct check k = { .c = c, .old = old };
	role_defs_list(c, &k.roles);
	grants_of_actor(c, &k.mine);
	for (size_t i = 0; i < f->roles_n; i++)
		ok &= check_role(&k, &f->roles[i], i, out);
	if (c->actor)
		keep_others(&k, out);
	return ok && check_departments(&k, f, out);
}

void holding_write(struct ctx *c, int64_t user, const struct holding *h)
{
	user_roles_clear_departments(c->db, user);
	user_roles_clear(c->db, user);
	for (size_t i = 0; i < h->n; i++) {
		int64_t id = user_role_insert(c->db, user, h->items[i].role);
		for (size_t k = 0; k < h->items[i].departments_n; k++)
			user_role_department_insert(c->db, id, h->items[i].departments[k]);
	}
	policy_rebuild(c);
}
