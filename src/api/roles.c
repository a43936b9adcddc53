/* REST: roles. A built-in one is known by its key, a custom one by its id. */
#include "model/role.h"
#include "web/web.h"

enum { PERMISSIONS_MAX = 100 };

/* ---- out */

static void put_role(struct jw *w, const struct role_def *role)
{
	jw_obj(w);
	jw_key(w, "id");
	jw_str(w, role->key);
	jw_key(w, "name");
	jw_str(w, role->name);
	jw_key(w, "permissions");
	jw_arr(w);
	for (unsigned p = 1; p < PERM_COUNT; p++)
		if (role->set >> p & 1)
			jw_str(w, permission_name((enum permission)p));
	jw_end(w);
	jw_end(w);
}

static void answer_role(struct req *r, int64_t id, unsigned status)
{
	struct role_def role;
	if (!role_get(&r->c, id, &role)) {
		reply_error(r);
		return;
	}
	struct jw w = jw_new(reply_json(r, status));
	put_role(&w, &role);
}

void api_roles(struct req *r)
{
	struct role_defs roles;
	int64_t limit, seen;
	if (!req_offset(r, &limit, &seen))
		return;
	role_defs_list(&r->c, &roles);
	struct jw w = jw_new(reply_json(r, 200));
	jw_obj(&w);
	jw_key(&w, "items");
	jw_arr(&w);
	size_t end = (size_t)(seen + limit);
	for (size_t i = (size_t)seen; i < roles.n && i < end; i++)
		put_role(&w, &roles.items[i]);
	jw_end(&w);
	jw_key(&w, "next");
	if (end < roles.n)
		jw_str(&w, str_fmt(r->c.arena, "%zu", end));
	else
		jw_null(&w);
	jw_end(&w);
}

void api_role(struct req *r)
{
	answer_role(r, role_find(&r->c, r->name), 200);
}

/* ---- in */

static bool read_change(struct req *r, struct role_change *out)
{
	struct json_obj o;
	struct json_arr list;
	*out = (struct role_change){ 0 };
	if (!req_json(r, &o))
		return false;
	out->has_name = jr_text(&o, "name", 0, &out->name, NULL);
	if (jr_array(&o, "permissions", PERMISSIONS_MAX, &list)) {
		struct str *names = ARENA_ARRAY(r->c.arena, struct str, list.n + 1);
		for (size_t i = 0; i < list.n; i++)
			if (jr_item_text(&list, i, 0, &names[out->permissions_n]))
				out->permissions_n++;
		out->has_permissions = true;
		out->permissions = names;
	}
	if (jr_done(&o))
		return true;
	reply_error(r);
	return false;
}

void api_role_create(struct req *r)
{
	struct role_change change;
	int64_t id;
	if (!read_change(r, &change))
		return;
	if (role_create(&r->c, &change, &id))
		answer_role(r, id, 201);
	else
		reply_error(r);
}

void api_role_patch(struct req *r)
{
	struct role_change change;
	int64_t id = role_find(&r->c, r->name);
	if (!id) {
		reply_not_found(r);
		return;
	}
	if (!read_change(r, &change))
		return;
	if (role_update(&r->c, id, &change))
		answer_role(r, id, 200);
	else
		reply_error(r);
}

void api_role_delete(struct req *r)
{
	if (role_delete(&r->c, role_find(&r->c, r->name)))
		reply_empty(r, 204);
	else
		reply_error(r);
}
