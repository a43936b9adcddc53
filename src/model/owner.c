#include "model/owner.h"
#include "base/crypt.h"
#include "base/tz.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/department.h"
#include "model/password.h"
#include "model/policy.h"
#include "model/settings.h"
#include "model/user.h"

static bool root_department(struct ctx *c, struct str name, int64_t *id)
{
	struct departments all;
	department_list(c, PERM_USERS_VIEW, &all);
	if (all.n) {
		*id = all.items[0].id;
		return true;
	}
	return department_create_root(c, name, id);
}

static bool add_user(struct ctx *c, const struct user_form *form, int64_t role, struct str hash)
{
	int64_t id;
	struct user_role_form roles[1] = { { .role = role == ROLE_OWNER ? STR("owner") : STR("account_admin") } };
	struct user_form f = *form;
	if (role != ROLE_LEARNER) {
		f.has_roles = true;
		f.roles = roles;
		f.roles_n = 1;
	}
	return user_create(c, &f, &id) && password_set_temporary(c, id, hash);
}

bool owner_setup_key_is(struct ctx *c, struct str key)
{
	struct account_setup_hash_row row;
	return account_setup_hash(c->db, c->arena, &row) && !str_is_null(row.setup_hash) && !str_is_empty(key) &&
		crypt_equal(row.setup_hash, crypt_hash(c->arena, key));
}

bool owner_create(struct ctx *c, const struct owner_form *f)
{
	struct account account;
	struct str name;
	int64_t root;
	if (!account_load(c, &account))
		return err_set(&c->errs, ERR_UNAVAILABLE);
	if (!account.needs_setup)
		return err_set(&c->errs, ERR_CONFLICT);
	if (!text_clean_line(c->arena, f->account, &name) || str_is_empty(name))
		ctx_invalid(c, STR("account"), CODE_required, t_error_required(&c->text));
	if (!tz_get(f->time_zone))
		ctx_invalid(c, STR("time_zone"), CODE_invalid, t_settings_zone_unknown(&c->text));
	if (c->errs.kind != ERR_NONE || !root_department(c, name, &root))
		return false;
	account_name_set(c->db, name, f->time_zone);
	struct user_form form = { .login = f->login,
		.email = f->email,
		.first_name = f->first_name,
		.last_name = f->last_name,
		.department = SOME(root) };
	if (!add_user(c, &form, ROLE_OWNER, f->password_hash))
		return false;
	account_setup_hash_set(c->db, STR_NULL);
	return !db_failed(c->db);
}

bool owner_add_user(struct ctx *c, void *arg)
{
	const struct owner_add *add = arg;
	struct account account;
	int64_t root;
	if (!account_load(c, &account) || !root_department(c, account.name, &root))
		return false;
	struct user_form form = { .login = add->login,
		.email = str_is_null(add->email) ? STR("") : add->email,
		.first_name = add->login,
		.last_name = STR(""),
		.department = SOME(root) };
	if (!add_user(c, &form, add->role, add->password_hash))
		return false;
	/* Whoever came first has no need of /setup any more. */
	account_setup_hash_set(c->db, STR_NULL);
	return !db_failed(c->db);
}
