/* Making, changing and deleting custom roles. What follows for those who hold one follows in the same transaction. */
#include "gen/queries.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/department.h"
#include "model/role.h"

enum { NAMED = 3 }; /* holders whom a refusal names */

struct clean {
	struct str name, key, fold;
	uint32_t set;
};

static bool forbid(struct ctx *c, struct str field, struct str words)
{
	return err_add(&c->errs, c->arena, ERR_FORBIDDEN, field, CODE_locked, words);
}

static bool lock(struct ctx *c, struct str words)
{
	return err_add(&c->errs, c->arena, ERR_CONFLICT, STR(""), CODE_locked, words);
}

bool role_may_define(struct ctx *c)
{
	struct grants mine;
	if (c->actor && !actor_can(c->actor, PERM_ROLES_EDIT))
		return false;
	grants_of_actor(c, &mine);
	return grants_hold(&mine, UINT32_C(1) << PERM_ROLES_EDIT, DEPARTMENT_LO);
}

/* ---- checks */

/* What built-in roles are called in the reader's language is taken as well. */
static bool is_taken(struct ctx *c, struct str fold, int64_t self)
{
	struct role_named_row row;
	static const char *const keys[] = { "owner", "account_admin", "department_admin", "supervisor", "learner" };
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (str_eq(fold, text_fold(c->arena, role_name(&c->text, str_from(keys[i]), STR("")))))
			return true;
	return role_named(c->db, c->arena, fold, &row) && row.id != self;
}

static bool check_name(struct ctx *c, struct str in, int64_t self, struct clean *out)
{
	const struct text *t = &c->text;
	if (str_is_null(in))
		in = STR("");
	if (!text_clean_line(c->arena, in, &out->name))
		return ctx_invalid(c, STR("name"), CODE_invalid, t_error_invalid(t));
	if (str_is_empty(out->name))
		return ctx_invalid(c, STR("name"), CODE_required, t_role_name_required(t));
	if (str_count_chars(out->name) > ROLE_NAME_MAX)
		return ctx_invalid(c, STR("name"), CODE_too_long, t_role_name_long(t, ROLE_NAME_MAX));
	out->key = text_sort_key(c->arena, out->name);
	out->fold = text_fold(c->arena, out->name);
	if (is_taken(c, out->fold, self))
		return ctx_invalid(c, STR("name"), CODE_duplicate, t_role_name_taken(t));
	return true;
}

static bool check_permissions(struct ctx *c, const struct role_change *change, struct clean *out)
{
	bool ok = true;
	struct grants mine;
	grants_of_actor(c, &mine);
	for (size_t i = 0; i < change->permissions_n; i++) {
		struct str at = str_fmt(c->arena, "permissions[%zu]", i);
		enum permission p = permission_find(change->permissions[i]);
		uint32_t set = permissions_with_needs(UINT32_C(1) << p);
		if (p == PERM_NONE)
			ok = ctx_invalid(c, at, CODE_invalid, t_role_permission_unknown(&c->text));
		else if (!grants_hold(&mine, set, DEPARTMENT_LO))
			ok = forbid(c, at, t_role_permission_above(&c->text, permission_label(&c->text, p)));
		out->set |= set;
	}
	if (change->permissions_n == 0)
		ok = ctx_invalid(c, STR("permissions"), CODE_required, t_role_permissions_required(&c->text));
	return ok;
}

/* The role as it is, when the actor may change it. */
static bool open_role(struct ctx *c, int64_t id, struct role_def *out)
{
	struct grants mine;
	if (!role_get(c, id, out))
		return false;
	if (!role_may_define(c))
		return forbid(c, STR(""), t_role_define_forbidden(&c->text));
	if (!out->custom)
		return lock(c, t_role_built_in(&c->text));
	grants_of_actor(c, &mine);
	if (!grants_hold(&mine, out->set, DEPARTMENT_LO))
		return forbid(c, STR(""), t_role_above(&c->text));
	return true;
}

/* ---- writing */

static struct str set_words(struct ctx *c, uint32_t set)
{
	struct buf b = buf_new(c->arena);
	for (unsigned p = 1; p < PERM_COUNT; p++)
		if (set >> p & 1) {
			if (b.n)
				BUF_LIT(&b, " ");
			buf_put(&b, permission_name((enum permission)p));
		}
	return buf_str(&b);
}

static void write_permissions(struct ctx *c, int64_t id, uint32_t set)
{
	role_permissions_clear(c->db, id);
	for (unsigned p = 1; p < PERM_COUNT; p++)
		if (set >> p & 1)
			role_permission_add(c->db, id, permission_name((enum permission)p));
}

/* False when there is nothing to say. */
static bool audit(struct ctx *c, const char *action, int64_t id, const struct clean *old, const struct clean *now)
{
	struct buf before = buf_new(c->arena), after = buf_new(c->arena);
	struct audit_diff d = { &before, &after, 0 };
	audit_diff_text(&d, "name", old ? old->name : STR_NULL, now ? now->name : STR_NULL);
	audit_diff_text(
		&d, "permissions", old ? set_words(c, old->set) : STR_NULL, now ? set_words(c, now->set) : STR_NULL);
	audit_diff_end(&d);
	if (!d.n)
		return false;
	audit_add(c,
		&(struct audit_entry){ .action = action,
			.object = "role",
			.object_id = id,
			.before = old ? buf_str(&before) : STR_NULL,
			.after = now ? buf_str(&after) : STR_NULL });
	return true;
}

bool role_create(struct ctx *c, const struct role_change *change, int64_t *id)
{
	struct clean now = { 0 };
	struct role_custom_count_row count = { 0 };
	if (!role_may_define(c))
		return forbid(c, STR(""), t_role_define_forbidden(&c->text));
	bool ok = check_name(c, change->name, 0, &now);
	ok &= check_permissions(c, change, &now);
	if (role_custom_count(c->db, c->arena, &count) && count.n >= ROLE_CUSTOM_MAX)
		ok = ctx_invalid(c, STR("name"), CODE_out_of_range, t_role_too_many(&c->text, ROLE_CUSTOM_MAX));
	if (!ok || db_failed(c->db))
		return false;
	*id = role_insert(c->db, now.name, now.key, now.fold);
	write_permissions(c, *id, now.set);
	audit(c, "role.create", *id, NULL, &now);
	return !db_failed(c->db);
}

bool role_update(struct ctx *c, int64_t id, const struct role_change *change)
{
	struct role_def role;
	struct clean now = { 0 };
	if (!open_role(c, id, &role))
		return false;
	if (change->version.has && change->version.v != role.version)
		return err_add(
			&c->errs, c->arena, ERR_CONFLICT, STR(""), CODE_outcome_changed, t_role_changed_meanwhile(&c->text));
	struct clean old = { .name = role.name, .set = role.set };
	bool ok = check_name(c, change->has_name ? change->name : role.name, id, &now);
	now.set = role.set;
	if (change->has_permissions) {
		now.set = 0;
		ok &= check_permissions(c, change, &now);
	}
	if (!ok || db_failed(c->db))
		return false;
	if (audit(c, "role.update", id, &old, &now)) {
		role_update_row(c->db, id, now.name, now.key, now.fold);
		write_permissions(c, id, now.set);
		policy_rebuild(c);
	}
	return !db_failed(c->db);
}

/* "Maria Lindqvist, Omar Haddad and 3 others". Who may define roles sees everybody. */
static struct str holders_words(struct ctx *c, int64_t id)
{
	struct role_holder_page holders;
	struct role_holder_list counts = { 0 };
	struct db_page page = { .limit = NAMED, .sort = ROLE_HOLDERS_SORT_NAME };
	struct buf b = buf_new(c->arena);
	int64_t n = 0;
	role_holders_page(c, id, &page, &holders);
	role_holders_count(c, &counts);
	for (size_t i = 0; i < counts.n; i++)
		n = counts.items[i].role == id ? counts.items[i].n : n;
	for (size_t i = 0; i < holders.n; i++) {
		if (i)
			BUF_LIT(&b, ", ");
		buf_put(&b, holders.items[i].name);
	}
	return t_role_held(&c->text, buf_str(&b), n - (int64_t)holders.n);
}

bool role_delete(struct ctx *c, int64_t id)
{
	struct role_def role;
	struct role_is_held_row held;
	if (!open_role(c, id, &role))
		return false;
	if (role_is_held(c->db, c->arena, id, &held))
		return lock(c, holders_words(c, id));
	struct clean old = { .name = role.name, .set = role.set };
	role_permissions_clear(c->db, id);
	role_delete_row(c->db, id);
	audit(c, "role.delete", id, &old, NULL);
	return !db_failed(c->db);
}
