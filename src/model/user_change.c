/* Changing users: the checks that pages, REST and imports share, then the writing and its audit entry. */
#include <string.h>
#include "gen/queries.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/department.h"
#include "model/enrollment.h"
#include "model/field.h"
#include "model/password.h"
#include "model/user.h"
#include "model/user_holding.h"
#include "model/user_rules.h"

/* ---- who may */

bool user_is_above(struct ctx *c, int64_t id)
{
	struct user_outranks_row row;
	return c->actor && c->actor->id != id && user_outranks(c->db, c->arena, c->actor->id, id, &row);
}

bool user_may_edit(struct ctx *c, int64_t id)
{
	struct policy_user_in_scope_row row;
	if (!c->actor)
		return true;
	return policy_user_in_scope(c->db, c->arena, c->actor->id, permission_name(PERM_USERS_EDIT), id, &row) &&
		!user_is_above(c, id);
}

bool user_check_may_edit(struct ctx *c, int64_t id)
{
	if (c->actor && !policy_user(c, PERM_USERS_EDIT, id))
		return false;
	if (user_is_above(c, id))
		return err_add(&c->errs, c->arena, ERR_FORBIDDEN, STR(""), CODE_locked, t_user_outranks(&c->text));
	return true;
}

/* ---- the fields of the row */

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return true;
	return false;
}

bool user_rule_login(struct ctx *c, struct str in, struct user_fresh *out)
{
	struct str s = str_trim(in);
	const struct text *t = &c->text;
	if (has_control(s) || !text_clean_line(c->arena, s, &out->login) || str_find(out->login, STR(" "), NULL))
		return ctx_invalid(c, STR("login"), CODE_invalid, t_user_login_spaces(t));
	if (str_is_empty(out->login))
		return ctx_invalid(c, STR("login"), CODE_required, t_user_login_required(t));
	if (str_count_chars(out->login) > USER_LOGIN_MAX)
		return ctx_invalid(c, STR("login"), CODE_too_long, t_user_login_long(t, USER_LOGIN_MAX));
	out->login_fold = text_fold(c->arena, out->login);
	return true;
}

/* People sign in, and are named, by either of the two: what is one person's address is nobody else's login. */
static bool check_login(struct ctx *c, struct str in, const struct user_row_row *old, struct user_fresh *out)
{
	struct user_login_owner_row owner;
	struct user_email_owner_row other;
	if (!user_rule_login(c, in, out))
		return false;
	if (old->id && str_eq(out->login_fold, old->login_fold))
		return true;
	if (user_login_owner(c->db, c->arena, out->login_fold, &owner) ||
		(user_email_owner(c->db, c->arena, out->login_fold, &other) && other.id != old->id))
		return ctx_invalid(c, STR("login"), CODE_duplicate, t_user_login_taken(&c->text));
	return true;
}

/* Plausible, no more: one @ with something on both sides, visible ASCII, none of what has a meaning in a mail's header.
 */
static bool email_is_plausible(struct str s)
{
	size_t at;
	if (!str_find(s, STR("@"), &at) || at == 0 || at > 64 || at + 1 == s.n)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || memchr("<>()[],;:\\\"", s.p[i], 11) || (s.p[i] == '@' && i != at))
			return false;
	struct str domain = str_sub(s, at + 1, s.n);
	return !str_starts(domain, STR(".")) && !str_ends(domain, STR(".")) && !str_find(domain, STR(".."), NULL);
}

bool user_rule_email(struct ctx *c, struct str in, struct user_fresh *out)
{
	struct str s = str_trim(in);
	out->email = out->email_fold = STR_NULL;
	if (str_is_empty(s))
		return true;
	if (s.n > USER_EMAIL_MAX)
		return ctx_invalid(c, STR("email"), CODE_too_long, t_user_email_long(&c->text, USER_EMAIL_MAX));
	if (!email_is_plausible(s))
		return ctx_invalid(c, STR("email"), CODE_invalid, t_user_email_invalid(&c->text));
	out->email = s;
	out->email_fold = text_fold(c->arena, s);
	return true;
}

static bool check_email(struct ctx *c, struct str in, int64_t self, struct user_fresh *out)
{
	struct user_email_owner_row owner;
	struct user_login_owner_row other;
	if (!user_rule_email(c, in, out))
		return false;
	if (self && password_sees_beyond(c, self))
		return ctx_invalid(c, STR("email"), CODE_locked, t_user_email_beyond(&c->text));
	if (str_is_null(out->email))
		return true;
	if ((user_email_owner(c->db, c->arena, out->email_fold, &owner) && owner.id != self) ||
		(user_login_owner(c->db, c->arena, out->email_fold, &other) && other.id != self))
		return ctx_invalid(c, STR("email"), CODE_duplicate, t_user_email_taken(&c->text));
	return true;
}

bool user_rule_name(struct ctx *c, const char *field, struct str in, struct str *out)
{
	if (!text_clean_line(c->arena, in, out))
		return ctx_invalid(c, str_from(field), CODE_invalid, t_error_invalid(&c->text));
	if (str_count_chars(*out) > USER_NAME_MAX)
		return ctx_invalid(c, str_from(field), CODE_too_long, t_user_name_long(&c->text, USER_NAME_MAX));
	return true;
}

static bool check_department(struct ctx *c, struct opt_i64 id, struct user_fresh *out)
{
	if (!id.has)
		return ctx_invalid(c, STR("department"), CODE_required, t_user_department_required(&c->text));
	if (!department_in_scope(c, PERM_USERS_EDIT, id.v))
		return ctx_invalid(c, STR("department"), CODE_not_found, t_user_department_unknown(&c->text));
	out->department = id.v;
	return true;
}

bool user_rule_status(struct ctx *c, struct str in, struct user_fresh *out)
{
	out->status = in;
	if (str_eq(in, STR("active")) || str_eq(in, STR("inactive")) || str_eq(in, STR("ended")))
		return true;
	return ctx_invalid(c, STR("status"), CODE_invalid, t_user_status_invalid(&c->text));
}

bool user_is_seen(struct ctx *c, int64_t id)
{
	struct errs before = c->errs;
	bool ok = !c->actor || c->actor->id == id || policy_user(c, PERM_USERS_VIEW, id);
	c->errs = before;
	return ok;
}

bool user_leads_outside(struct ctx *c, int64_t id)
{
	struct policy_outside_below_row row;
	return c->actor && policy_outside_below(c->db, c->arena, c->actor->id, id, &row);
}

static bool check_supervisor(
	struct ctx *c, const struct user_form *f, int64_t self, struct opt_i64 old, struct user_fresh *out)
{
	struct user_row_row row;
	struct policy_is_supervisor_row above;
	struct opt_i64 want = f->supervisor;
	out->supervisor = old;
	if (!f->has_supervisor)
		return true;
	if (!str_is_empty(f->supervisor_login)) {
		int64_t found = user_find(c, f->supervisor_login);
		want = SOME(found);
	}
	/* Who does not see the supervisor was shown nobody: saying nobody leaves it. */
	if (!want.has) {
		if (!old.has || user_is_seen(c, old.v))
			out->supervisor = NONE;
		return true;
	}
	if (old.has && want.v == old.v && user_is_seen(c, old.v))
		return true;
	if (!want.v || !user_row(c->db, c->arena, want.v, &row) || !user_is_seen(c, want.v))
		return ctx_invalid(c, STR("supervisor"), CODE_not_found, t_user_supervisor_unknown(&c->text));
	if (self && (want.v == self || policy_is_supervisor(c->db, c->arena, want.v, self, &above)))
		return ctx_invalid(c, STR("supervisor"), CODE_invalid, t_user_supervisor_ring(&c->text));
	if (self && user_leads_outside(c, self))
		return ctx_invalid(c, STR("supervisor"), CODE_invalid, t_user_supervisor_outside(&c->text));
	out->supervisor = want;
	return true;
}

/* ---- profile fields */

static bool check_fields(struct ctx *c, const struct user_form *f, int64_t self, struct user_fresh_field **out)
{
	bool ok = true;
	struct field_values now = { 0 };
	*out = ARENA_ARRAY(c->arena, struct user_fresh_field, f->fields_n + 1);
	if (f->fields_n)
		field_values_of(c, self, &now);
	for (size_t i = 0; i < f->fields_n; i++) {
		struct str at = str_fmt(c->arena, "fields." STR_FMT, STR_ARG(f->fields[i].key));
		const struct field_value *def = NULL;
		for (size_t k = 0; k < now.n && !def; k++)
			if (str_eq(now.items[k].key, f->fields[i].key))
				def = &now.items[k];
		if (!def) {
			ok = ctx_invalid(c, at, CODE_unknown_member, t_error_unknown_member(&c->text));
			continue;
		}
		(*out)[i] = (struct user_fresh_field){ .id = def->id, .key = def->key, .before = def->value };
		ok &= field_clean(c, def, f->fields[i].value, at, &(*out)[i].value);
	}
	return ok;
}

static void write_fields(struct ctx *c, int64_t user, const struct user_fresh_field *fields, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_is_empty(fields[i].value))
			field_value_clear(c->db, user, fields[i].id);
		else
			field_value_set(c->db, user, fields[i].id, fields[i].value, text_fold(c->arena, fields[i].value));
	}
}

/* ---- the row */

struct names {
	struct str first_fold, last_fold, name, name_key, search;
};

static struct names names_of(struct ctx *c, const struct user_fresh *f)
{
	struct names n;
	n.name = str_trim(str_fmt(c->arena, STR_FMT " " STR_FMT, STR_ARG(f->first_name), STR_ARG(f->last_name)));
	if (str_is_empty(n.name))
		n.name = f->login;
	n.name_key = text_sort_key(c->arena, n.name);
	n.first_fold = text_fold(c->arena, f->first_name);
	n.last_fold = text_fold(c->arena, f->last_name);
	struct str all = str_fmt(c->arena, STR_FMT " " STR_FMT " " STR_FMT " " STR_FMT, STR_ARG(f->first_name),
		STR_ARG(f->last_name), STR_ARG(f->login), STR_ARG(f->email));
	n.search = str_fmt(c->arena, " " STR_FMT " ", STR_ARG(text_fold(c->arena, all)));
	return n;
}

static struct str given(struct str value, struct str old)
{
	return str_is_null(value) ? old : value;
}

static bool check_all(struct ctx *c, const struct user_form *f, const struct user_row_row *old, struct user_fresh *out)
{
	bool ok = check_login(c, given(f->login, old->login), old, out);
	/* What stands there already is not judged again: a rule may be younger than the row. */
	if (str_is_null(f->email) || str_eq(f->email, old->email)) {
		out->email = old->email;
		out->email_fold = str_is_null(old->email) ? STR_NULL : text_fold(c->arena, old->email);
	} else {
		ok &= check_email(c, f->email, old->id, out);
	}
	ok &= user_rule_name(c, "first_name", given(f->first_name, old->first_name), &out->first_name);
	ok &= user_rule_name(c, "last_name", given(f->last_name, old->last_name), &out->last_name);
	out->department = old->department_id;
	if (!old->id || (f->department.has && f->department.v != old->department_id))
		ok &= check_department(c, f->department, out);
	ok &= user_rule_status(c, given(f->status, old->status), out);
	ok &= check_supervisor(c, f, old->id, old->supervisor_id, out);
	return ok;
}

static void audit_changes(struct ctx *c, int64_t id, const struct user_row_row *old, const struct user_fresh *f,
	const struct user_fresh_field *fields, size_t fields_n, const struct user_fresh_extra *extra)
{
	struct buf before = buf_new(c->arena), after = buf_new(c->arena);
	struct audit_diff d = { &before, &after, 0 };
	bool is_new = old->id == 0;
	audit_diff_text(&d, "login", is_new ? STR_NULL : old->login, f->login);
	audit_diff_text(&d, "email", old->email, f->email);
	audit_diff_text(&d, "first_name", is_new ? STR_NULL : old->first_name, f->first_name);
	audit_diff_text(&d, "last_name", is_new ? STR_NULL : old->last_name, f->last_name);
	audit_diff_i64(&d, "department", is_new ? NONE : SOME(old->department_id), SOME(f->department));
	audit_diff_text(&d, "status", is_new ? STR_NULL : old->status, f->status);
	audit_diff_i64(&d, "supervisor", old->supervisor_id, f->supervisor);
	if (extra)
		audit_diff_text(&d, extra->name, extra->before, extra->after);
	for (size_t i = 0; i < fields_n; i++)
		audit_diff_text(&d, str_c(c->arena, fields[i].key), fields[i].before,
			str_is_empty(fields[i].value) ? STR_NULL : fields[i].value);
	audit_diff_end(&d);
	if (d.n)
		audit_add(c,
			&(struct audit_entry){ .action = is_new ? "user.create" : "user.update",
				.object = "user",
				.object_id = id,
				.user_id = id,
				.before = is_new ? STR_NULL : buf_str(&before),
				.after = buf_str(&after) });
}

int64_t user_store(struct ctx *c, const struct user_row_row *old, const struct user_fresh *f,
	const struct user_fresh_field *fields, size_t fields_n, const struct user_fresh_extra *extra)
{
	struct names n = names_of(c, f);
	int64_t id = old->id;
	if (id)
		user_update_row(c->db, id, f->login, f->login_fold, f->email, f->email_fold, f->first_name, f->last_name,
			n.first_fold, n.last_fold, n.name, n.name_key, n.search, f->department, f->status, f->supervisor);
	else
		id = user_insert(c->db, f->login, f->login_fold, f->email, f->email_fold, f->first_name, f->last_name,
			n.first_fold, n.last_fold, n.name, n.name_key, n.search, f->department, f->status, f->supervisor, c->now);
	if (old->id && old->department_id != f->department)
		figures_changed_user(c->db, id);
	/* A link that went to the old address is nobody's. */
	if (old->id && !str_eq(old->email, f->email))
		password_links_delete(c->db, id);
	user_changed(c->db, id);
	write_fields(c, id, fields, fields_n);
	audit_changes(c, id, old, f, fields, fields_n, extra);
	return id;
}

bool user_leave(struct ctx *c, const struct user_row_row *old, const struct user_fresh *f, int64_t *cancelled)
{
	int64_t left = 0;
	if (!str_eq(old->status, STR("active")) || str_eq(f->status, STR("active")))
		return true;
	/* What the enrollments lose is in their own audit entries. */
	sign_in_delete_user(c->db, old->id);
	password_links_delete(c->db, old->id);
	feed_delete(c->db, old->id);
	if (!enrollment_cancel_for_leaver(c, old->id, &left))
		return false;
	*cancelled += left;
	return true;
}

bool user_create(struct ctx *c, const struct user_form *form, int64_t *id)
{
	struct user_row_row old = {
		.login = STR(""), .first_name = STR(""), .last_name = STR(""), .status = STR("active"), .email = STR_NULL
	};
	struct user_fresh f = { 0 };
	struct holding none = { 0 }, roles;
	struct user_fresh_field *fields;
	bool ok = check_all(c, form, &old, &f);
	ok &= holding_check(c, form, &none, &roles);
	ok &= check_fields(c, form, 0, &fields);
	if (!ok || db_failed(c->db))
		return false;
	struct user_fresh_extra held = { "roles", STR_NULL, roles.n ? holding_words(c, &roles) : STR_NULL };
	*id = user_store(c, &old, &f, fields, form->fields_n, &held);
	if (roles.n)
		holding_write(c, *id, &roles);
	return !db_failed(c->db);
}

/* Of those who are owner and active now, one must stay so. */
static bool check_last_owner(struct ctx *c, const struct user_row_row *old, const struct user_fresh *f,
	const struct holding *before, const struct holding *after)
{
	struct user_other_owner_row other;
	bool was = holding_has(before, ROLE_OWNER) && str_eq(old->status, STR("active"));
	bool stays = holding_has(after, ROLE_OWNER) && str_eq(f->status, STR("active"));
	if (!was || stays || user_other_owner(c->db, c->arena, old->id, &other))
		return true;
	return err_add(&c->errs, c->arena, ERR_CONFLICT, str_eq(f->status, STR("active")) ? STR("roles") : STR("status"),
		CODE_locked, t_user_last_owner(&c->text));
}

bool user_update(struct ctx *c, int64_t id, const struct user_form *form, int64_t *cancelled)
{
	struct user_row_row old;
	struct user_fresh f = { 0 };
	struct holding before, after;
	struct user_fresh_field *fields;
	int64_t left = 0;
	if (!user_check_may_edit(c, id))
		return false;
	if (!user_row(c->db, c->arena, id, &old))
		return err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
	if (form->version.has && form->version.v != old.version)
		return err_add(
			&c->errs, c->arena, ERR_CONFLICT, STR(""), CODE_outcome_changed, t_user_changed_meanwhile(&c->text));
	holding_read(c, id, &before);
	bool ok = check_all(c, form, &old, &f);
	ok &= holding_check(c, form, &before, &after);
	ok &= check_fields(c, form, id, &fields);
	ok = ok && check_last_owner(c, &old, &f, &before, &after);
	if (!ok || db_failed(c->db))
		return false;
	struct user_fresh_extra held = { "roles", holding_words(c, &before), holding_words(c, &after) };
	user_store(c, &old, &f, fields, form->fields_n, &held);
	if (!str_eq(held.before, held.after))
		holding_write(c, id, &after);
	if (!user_leave(c, &old, &f, &left))
		return false;
	if (cancelled)
		*cancelled = left;
	return !db_failed(c->db);
}
