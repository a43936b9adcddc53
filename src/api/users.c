/* REST: users, the token's own user. */
#include "gen/queries.h"
#include "gen/text.h"
#include "model/field.h"
#include "model/password.h"
#include "model/user.h"
#include "web/web.h"

enum { ROLES_MAX = 50, DEPARTMENTS_MAX = 5000 };

/* ---- out */

static void put_text(struct jw *w, const char *name, struct str s)
{
	jw_key(w, name);
	jw_str(w, str_is_empty(s) ? STR_NULL : s);
}

static void put_fields(struct req *r, struct jw *w, int64_t user)
{
	struct field_values values;
	field_values_of(&r->c, user, &values);
	jw_obj(w);
	for (size_t i = 0; i < values.n; i++) {
		jw_key(w, str_c(r->c.arena, values.items[i].key));
		jw_str(w, values.items[i].value);
	}
	jw_end(w);
}

static void put_roles(struct jw *w, const struct user_roles *roles)
{
	jw_arr(w);
	for (size_t i = 0; i < roles->n; i++) {
		jw_obj(w);
		jw_key(w, "role");
		jw_str(w, roles->items[i].key);
		jw_key(w, "departments");
		jw_arr(w);
		for (size_t k = 0; k < roles->items[i].departments_n; k++)
			jw_id(w, roles->items[i].departments[k]);
		jw_end(w);
		jw_end(w);
	}
	jw_end(w);
}

static void put_user(struct req *r, struct jw *w, const struct user *u)
{
	jw_obj(w);
	jw_key(w, "id");
	jw_id(w, u->id);
	jw_key(w, "login");
	jw_str(w, u->login);
	jw_key(w, "email");
	jw_str(w, u->email);
	put_text(w, "first_name", u->first_name);
	put_text(w, "last_name", u->last_name);
	jw_key(w, "department");
	jw_id(w, u->department);
	jw_key(w, "status");
	jw_str(w, u->status);
	jw_key(w, "supervisor");
	jw_id(w, u->supervisor.has ? u->supervisor.v : 0);
	jw_key(w, "fields");
	put_fields(r, w, u->id);
	jw_key(w, "roles");
	put_roles(w, &u->roles);
	jw_end(w);
}

static void answer_user(struct req *r, int64_t id, unsigned status)
{
	struct user u;
	if (!user_get(&r->c, PERM_USERS_VIEW, id, &u)) {
		reply_error(r);
		return;
	}
	struct jw w = jw_new(reply_json(r, status));
	put_user(r, &w, &u);
}

static struct user user_of(struct req *r, const struct user_item *i)
{
	struct user u = { .id = i->id,
		.login = i->login,
		.email = i->email,
		.first_name = i->first_name,
		.last_name = i->last_name,
		.department = i->department,
		.status = i->status,
		.supervisor = i->supervisor };
	user_roles_of(&r->c, i->id, i->has_reports, &u.roles);
	return u;
}

/* A department out of scope finds nobody, as one that is not there. */
static bool read_query(struct req *r, struct user_query *out)
{
	struct str q = req_query(r, "q"), status = req_query(r, "status"), department = req_query(r, "department");
	*out = (struct user_query){ .q = str_is_null(q) ? STR("") : q,
		.status = str_is_empty(status) ? STR_NULL : status,
		.department = str_is_empty(department) ? NONE : SOME(req_query_id(r, "department")) };
	if (str_is_null(out->status) || str_eq(status, STR("active")) || str_eq(status, STR("inactive")) ||
		str_eq(status, STR("ended")))
		return true;
	return ctx_invalid(&r->c, STR("status"), CODE_invalid, t_user_status_invalid(&r->c.text));
}

void api_users(struct req *r)
{
	struct db_page page;
	struct user_query q;
	struct user_items list;
	if (!req_page(r, user_list_sorts, USER_LIST_SORT_COUNT, "name", &page))
		return;
	if (!read_query(r, &q)) {
		reply_error(r);
		return;
	}
	q.leads = true;
	user_page(&r->c, &q, &page, &list);
	struct jw w = jw_new(reply_json(r, 200));
	jw_obj(&w);
	jw_key(&w, "items");
	jw_arr(&w);
	for (size_t i = 0; i < list.n; i++) {
		struct user u = user_of(r, &list.items[i]);
		put_user(r, &w, &u);
	}
	jw_end(&w);
	jw_key(&w, "next");
	if (list.more)
		jw_str(&w, req_cursor(r, &page, list.items[list.n - 1].sort_key, 0, list.items[list.n - 1].id, false));
	else
		jw_null(&w);
	jw_end(&w);
}

void api_user(struct req *r)
{
	answer_user(r, r->id, 200);
}

void api_me(struct req *r)
{
	answer_user(r, r->c.actor->id, 200);
}

/* ---- in */

static void read_fields(struct req *r, struct json_obj *o, struct user_form *f)
{
	struct json_obj fields;
	struct field_defs defs;
	if (!jr_object(o, "fields", &fields, NULL))
		return;
	field_defs_list(&r->c, &defs);
	struct user_field_form *out = ARENA_ARRAY(r->c.arena, struct user_field_form, defs.n + 1);
	for (size_t i = 0; i < defs.n; i++) {
		struct str value = STR_NULL;
		bool is_null = false;
		const char *key = str_c(r->c.arena, defs.items[i].key);
		if (jr_has(&fields, key) && jr_text(&fields, key, 0, &value, &is_null))
			out[f->fields_n++] = (struct user_field_form){ defs.items[i].key, value };
	}
	jr_done(&fields);
	f->fields = out;
}

static void read_role(struct req *r, struct json_obj *item, struct user_role_form *out)
{
	struct json_arr departments;
	struct str key = STR("");
	if (!jr_has(item, "role"))
		jr_error(item, "role", CODE_required);
	jr_text(item, "role", 100, &key, NULL);
	*out = (struct user_role_form){ .role = key };
	if (jr_array(item, "departments", DEPARTMENTS_MAX, &departments)) {
		int64_t *ids = ARENA_ARRAY(r->c.arena, int64_t, departments.n + 1);
		for (size_t i = 0; i < departments.n; i++)
			if (jr_item_id(&departments, i, &ids[out->departments_n]))
				out->departments_n++;
		out->departments = ids;
	}
	jr_done(item);
}

static void read_roles(struct req *r, struct json_obj *o, struct user_form *f)
{
	struct json_arr list;
	if (!jr_array(o, "roles", ROLES_MAX, &list))
		return;
	struct user_role_form *out = ARENA_ARRAY(r->c.arena, struct user_role_form, list.n + 1);
	for (size_t i = 0; i < list.n; i++) {
		struct json_obj item;
		if (jr_item_object(&list, i, &item))
			read_role(r, &item, &out[f->roles_n++]);
	}
	f->has_roles = true;
	f->roles = out;
}

/* null is what is not there. */
static void read_text(struct json_obj *o, const char *name, struct str *out)
{
	bool is_null = false;
	if (jr_text(o, name, 0, out, &is_null) && is_null)
		*out = STR("");
}

static bool read_form(struct req *r, struct user_form *f)
{
	struct json_obj o;
	bool is_null = false;
	int64_t id;
	*f = (struct user_form){ 0 };
	if (!req_json(r, &o))
		return false;
	jr_text(&o, "login", 0, &f->login, NULL);
	read_text(&o, "email", &f->email);
	read_text(&o, "first_name", &f->first_name);
	read_text(&o, "last_name", &f->last_name);
	jr_text(&o, "status", 0, &f->status, NULL);
	if (jr_id(&o, "department", &id, NULL))
		f->department = SOME(id);
	is_null = false;
	if (jr_has(&o, "supervisor") && jr_id(&o, "supervisor", &id, &is_null)) {
		f->has_supervisor = true;
		f->supervisor = is_null ? NONE : SOME(id);
	}
	read_fields(r, &o, f);
	read_roles(r, &o, f);
	if (jr_done(&o))
		return true;
	reply_error(r);
	return false;
}

void api_user_create(struct req *r)
{
	struct user_form f;
	int64_t id;
	if (!read_form(r, &f))
		return;
	if (user_create(&r->c, &f, &id))
		answer_user(r, id, 201);
	else
		reply_error(r);
}

void api_user_patch(struct req *r)
{
	struct user_form f;
	if (!read_form(r, &f))
		return;
	if (user_update(&r->c, r->id, &f, NULL))
		answer_user(r, r->id, 200);
	else
		reply_error(r);
}

/* Takes no body. */
void api_user_password_link(struct req *r)
{
	struct json_obj body;
	struct user u;
	int64_t until;
	if (r->http->body.n && !req_json(r, &body))
		return;
	if ((r->http->body.n && !jr_done(&body)) || !user_get(&r->c, PERM_USERS_EDIT, r->id, &u) ||
		!password_link_give(&r->c, r->id, &until)) {
		reply_error(r);
		return;
	}
	struct jw w = jw_new(reply_json(r, 201));
	jw_obj(&w);
	jw_key(&w, "user");
	jw_id(&w, u.id);
	jw_key(&w, "email");
	jw_str(&w, u.email);
	jw_key(&w, "expires_at");
	jw_instant(&w, r->c.arena, until);
	jw_end(&w);
}
