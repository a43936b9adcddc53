#include "web/condition.h"
#include "gen/text.h"
#include "model/group.h"
#include "model/role.h"
#include "web/department_field.h"
#include "web/user_pages.h"
#include "web/view_users.h"

struct str member_words(const struct text *t, struct str name)
{
	return text_lookup(t, str_cat(t->arena, STR("member_"), name));
}

struct str condition_op_words(const struct text *t, struct str op)
{
	return text_lookup(t, str_cat(t->arena, STR("op_"), op));
}

void condition_op_option(const struct text *t, enum filter_op op, struct str now, struct field *f)
{
	struct str name = str_from(filter_op_name(op));
	f->options[f->options_n++] =
		(struct field_option){ .value = name, .label = condition_op_words(t, name), .chosen = str_eq(name, now) };
}

/* ---- values */
static struct str number(struct req *r, int64_t id, struct str otherwise)
{
	return id ? str_num(r->c.arena, "", id) : otherwise;
}

static struct str department_read(struct req *r, struct str typed)
{
	static const struct department_field seen = { .permission = PERM_USERS_VIEW };
	return number(r, department_field_read(r, &seen, typed).v, typed);
}

static struct str department_words(struct req *r, struct str value)
{
	int64_t id;
	return str_to_i64(value, &id) && department_in_scope(&r->c, PERM_USERS_VIEW, id) ? department_path(&r->c, id)
																					 : value;
}

static struct str group_read(struct req *r, struct str typed)
{
	int64_t id;
	return str_to_i64(typed, &id) ? typed : number(r, group_by_name(&r->c, typed), typed);
}

static struct str group_words(struct req *r, struct str value)
{
	int64_t id;
	struct str name = str_to_i64(value, &id) ? group_name(&r->c, id) : STR_NULL;
	return str_is_null(name) ? value : name;
}

static struct str role_read(struct req *r, struct str typed)
{
	struct role_defs roles;
	struct str fold = text_fold(r->c.arena, typed);
	if (role_find(&r->c, typed))
		return typed;
	role_defs_list(&r->c, &roles);
	for (size_t i = 0; i < roles.n; i++)
		if (str_eq(text_fold(r->c.arena, roles.items[i].name), fold))
			return roles.items[i].key;
	return typed;
}

static struct str role_words(struct req *r, struct str value)
{
	struct role_defs roles;
	role_defs_list(&r->c, &roles);
	for (size_t i = 0; i < roles.n; i++)
		if (str_eq(roles.items[i].key, value))
			return roles.items[i].name;
	return value;
}

static const char *const statuses[] = { "active", "inactive", "ended" };

static struct str status_read(struct req *r, struct str typed)
{
	struct str fold = text_fold(r->c.arena, typed);
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		struct str key = str_from(statuses[i]);
		if (str_eq(text_fold(r->c.arena, user_status_badge(r, key).words), fold))
			return key;
	}
	return typed;
}

static struct str status_words(struct req *r, struct str value)
{
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
		if (str_eq(value, str_from(statuses[i])))
			return user_status_badge(r, value).words;
	return value;
}

typedef struct str value_fn(struct req *r, struct str value);
static const struct {
	const char *field;
	value_fn *read, *words;
} named[] = {
	{ "department", department_read, department_words },
	{ "group", group_read, group_words },
	{ "role", role_read, role_words },
	{ "status", status_read, status_words },
};

struct str condition_value_read(struct req *r, struct str field, struct str typed)
{
	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (str_eq(field, str_from(named[i].field)) && !str_is_empty(str_trim(typed)))
			return named[i].read(r, str_trim(typed));
	return typed;
}

struct str condition_value_words(struct req *r, struct str field, struct str value)
{
	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (str_eq(field, str_from(named[i].field)))
			return named[i].words(r, value);
	return value;
}
