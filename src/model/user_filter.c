/* Conditions on users, as people and scripts write them, to a filter of the database room. */
#include "gen/queries.h"
#include "gen/text.h"
#include "model/department.h"
#include "model/field.h"
#include "model/role.h"
#include "model/user.h"

enum { CONDITION_TEXT_MAX = 1000 };

const char *const user_condition_fields[USER_CONDITION_FIELDS] = { "department", "group", "role", "status", "login",
	"email", "first_name", "last_name" };

struct making {
	struct ctx *c;
	struct db_filter *filter;
	const char *path;
	bool trusted, has_fields;
	struct field_defs fields;
};

static bool refuse(struct making *m, size_t i, const char *member, enum err_code code, struct str words)
{
	return err_add(
		&m->c->errs, m->c->arena, ERR_INVALID, str_fmt(m->c->arena, "%s[%zu].%s", m->path, i, member), code, words);
}

static bool is_one_of(struct str s, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(s, str_from(names[i])))
			return true;
	return false;
}

/* A group whose members are listed, and of whom the actor sees somebody. */
static bool group_is_known(struct making *m, int64_t id)
{
	struct group_row_row row;
	struct policy_group_in_scope_row seen;
	struct ctx *c = m->c;
	if (!group_row(c->db, c->arena, id, &row) || !str_is_null(row.rule))
		return false;
	return !c->actor ||
		policy_group_in_scope(c->db, c->arena, c->actor->id, permission_name(PERM_USERS_VIEW), id, &seen);
}

static bool department_is_known(struct making *m, int64_t id)
{
	return m->trusted || department_in_scope(m->c, PERM_USERS_VIEW, id);
}

/* Values that name something must name something there. A stored rule may have outlived what it names: then it finds
 * nobody. */
static bool check_value(struct making *m, size_t i, struct str field, struct str value)
{
	static const char *const statuses[] = { "active", "inactive", "ended" };
	int64_t id = 0;
	bool ok = true;
	if (str_eq(field, STR("department")))
		ok = str_to_i64(value, &id) && department_is_known(m, id);
	else if (str_eq(field, STR("group")))
		ok = str_to_i64(value, &id) && (m->trusted || group_is_known(m, id));
	else if (str_eq(field, STR("role")))
		ok = m->trusted || role_find(m->c, value) != 0;
	else if (str_eq(field, STR("status")))
		ok = is_one_of(value, statuses, 3);
	return ok || refuse(m, i, "value", CODE_not_found, t_condition_value_unknown(&m->c->text));
}

static const struct field_def *profile_field(struct making *m, struct str key)
{
	if (!m->has_fields)
		field_defs_list(m->c, &m->fields);
	m->has_fields = true;
	return field_find(&m->fields, key);
}

static bool check_date(struct making *m, size_t i, const struct field_def *def, const struct user_condition *d)
{
	struct field_value as = { .is_date = def->is_date };
	struct str clean;
	if (!def->is_date)
		return true;
	if (str_eq(d->op, STR("contains")) || str_eq(d->op, STR("starts_with")))
		return refuse(m, i, "op", CODE_invalid, t_condition_op_unknown(&m->c->text));
	for (size_t k = 0; k < d->values_n; k++)
		if (!field_clean(m->c, &as, d->values[k], str_fmt(m->c->arena, "%s[%zu].value", m->path, i), &clean))
			return false;
	return true;
}

static bool report(struct making *m, size_t i, enum filter_problem problem)
{
	const struct text *t = &m->c->text;
	switch (problem) {
	case FILTER_OK: return true;
	case FILTER_NO_FIELD: return refuse(m, i, "field", CODE_not_found, t_condition_field_unknown(t));
	case FILTER_NO_OP: return refuse(m, i, "op", CODE_invalid, t_condition_op_unknown(t));
	case FILTER_BAD_VALUE: return refuse(m, i, "value", CODE_invalid, t_condition_value_bad(t));
	case FILTER_TOO_MANY: return refuse(m, i, "field", CODE_too_long, t_condition_too_many(t, FILTER_PREDICATES));
	}
	return false;
}

static bool add(struct making *m, size_t i, const struct user_condition *d)
{
	if (is_one_of(d->field, user_condition_fields, USER_CONDITION_FIELDS)) {
		for (size_t k = 0; k < d->values_n; k++)
			if (!check_value(m, i, d->field, d->values[k]))
				return false;
		return report(m, i, filter_add(m->filter, d->field, d->op, d->values, d->values_n));
	}
	const struct field_def *def = profile_field(m, d->field);
	if (!def)
		return report(m, i, FILTER_NO_FIELD);
	return check_date(m, i, def, d) &&
		report(m, i, filter_add_profile(m->filter, STR("profile"), def->id, d->op, d->values, d->values_n));
}

struct db_filter *user_filter_make(
	struct ctx *c, const struct user_condition *conds, size_t n, const char *path, bool trusted)
{
	struct making m = { .c = c, .filter = filter_new(c->arena, &filter_user), .path = path, .trusted = trusted };
	bool ok = true;
	for (size_t i = 0; i < n && i <= FILTER_PREDICATES; i++)
		ok &= add(&m, i, &conds[i]);
	return ok ? m.filter : NULL;
}

struct db_filter *user_filter_parse(struct ctx *c, const struct user_condition *conds, size_t n)
{
	return user_filter_make(c, conds, n, "audience.filter", false);
}

/* ---- JSON */

/* A text, a list of texts, or null; ids may come as numbers. */
static void read_value(struct json_obj *item, struct user_condition *d)
{
	struct str raw;
	struct json_arr list;
	int64_t number;
	bool is_null = false;
	if (!jr_raw(item, "value", &raw))
		return;
	if (str_starts(raw, STR("["))) {
		if (!jr_array(item, "value", FILTER_VALUES, &list))
			return;
		d->values = ARENA_ARRAY(item->arena, struct str, list.n + 1);
		for (size_t i = 0; i < list.n; i++)
			if (jr_item_text(&list, i, CONDITION_TEXT_MAX, &d->values[d->values_n]))
				d->values_n++;
		return;
	}
	d->values = ARENA_NEW(item->arena, struct str);
	if (str_to_i64(raw, &number)) {
		d->values[0] = raw;
		d->values_n = 1;
	} else if (jr_text(item, "value", CONDITION_TEXT_MAX, &d->values[0], &is_null) && !is_null) {
		d->values_n = 1;
	}
}

bool user_conditions_read(struct json_obj *o, const char *name, struct user_condition **out, size_t *n)
{
	struct json_arr list;
	*n = 0;
	if (!jr_array(o, name, FILTER_PREDICATES, &list))
		return false;
	*out = ARENA_ARRAY(o->arena, struct user_condition, list.n + 1);
	for (size_t i = 0; i < list.n; i++) {
		struct json_obj item;
		struct user_condition d = { 0 };
		if (!jr_item_object(&list, i, &item))
			continue;
		if (!jr_has(&item, "field"))
			jr_error(&item, "field", CODE_required);
		if (!jr_has(&item, "op"))
			jr_error(&item, "op", CODE_required);
		jr_text(&item, "field", 100, &d.field, NULL);
		jr_text(&item, "op", 20, &d.op, NULL);
		read_value(&item, &d);
		jr_done(&item);
		(*out)[(*n)++] = d;
	}
	return true;
}

void user_conditions_write(struct jw *w, const struct user_condition *conds, size_t n)
{
	jw_arr(w);
	for (size_t i = 0; i < n; i++) {
		const struct user_condition *d = &conds[i];
		jw_obj(w);
		jw_key(w, "field");
		jw_str(w, d->field);
		jw_key(w, "op");
		jw_str(w, d->op);
		jw_key(w, "value");
		if (d->values_n == 0) {
			jw_null(w);
		} else if (d->values_n == 1 && !str_eq(d->op, STR("in"))) {
			jw_str(w, d->values[0]);
		} else {
			jw_arr(w);
			for (size_t k = 0; k < d->values_n; k++)
				jw_str(w, d->values[k]);
			jw_end(w);
		}
		jw_end(w);
	}
	jw_end(w);
}
