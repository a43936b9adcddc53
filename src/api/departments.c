/* REST: departments. */
#include "model/department.h"
#include "web/web.h"

static void put_department(struct jw *w, int64_t id, struct str name, struct opt_i64 parent)
{
	jw_obj(w);
	jw_key(w, "id");
	jw_id(w, id);
	jw_key(w, "name");
	jw_str(w, name);
	jw_key(w, "parent");
	jw_id(w, parent.has ? parent.v : 0);
	jw_end(w);
}

static void answer_department(struct req *r, int64_t id, unsigned status)
{
	struct department d;
	if (!department_get(&r->c, PERM_USERS_VIEW, id, &d)) {
		reply_error(r);
		return;
	}
	struct jw w = jw_new(reply_json(r, status));
	put_department(&w, d.id, d.name, d.parent);
}

/* In the order of the tree; a cursor is the department that the last page ended with. */
void api_departments(struct req *r)
{
	static const char *const sorts[] = { "tree" };
	struct db_page page;
	struct departments all;
	size_t from = 0;
	if (!req_page(r, sorts, 1, "tree", &page))
		return;
	department_list(&r->c, PERM_USERS_VIEW, &all);
	if (page.has_after) {
		const struct department *last = department_find(&all, page.after_id);
		from = last ? (size_t)(last - all.items) + 1 : all.n;
	}
	size_t to = all.n - from > (size_t)page.limit ? from + (size_t)page.limit : all.n;
	struct jw w = jw_new(reply_json(r, 200));
	jw_obj(&w);
	jw_key(&w, "items");
	jw_arr(&w);
	for (size_t i = from; i < to; i++)
		put_department(&w, all.items[i].id, all.items[i].name, all.items[i].parent);
	jw_end(&w);
	jw_key(&w, "next");
	if (to < all.n)
		jw_str(&w, req_cursor(r, &page, STR(""), 0, all.items[to - 1].id, false));
	else
		jw_null(&w);
	jw_end(&w);
}

void api_department(struct req *r)
{
	answer_department(r, r->id, 200);
}

static bool read_change(struct req *r, struct department_change *out)
{
	struct json_obj o;
	bool is_null = false;
	*out = (struct department_change){ 0 };
	if (!req_json(r, &o))
		return false;
	out->has_name = jr_text(&o, "name", 0, &out->name, NULL);
	if (jr_has(&o, "parent") && jr_id(&o, "parent", &out->parent.v, &is_null)) {
		out->has_parent = true;
		out->parent.has = !is_null;
	}
	if (jr_done(&o))
		return true;
	reply_error(r);
	return false;
}

void api_department_create(struct req *r)
{
	struct department_change change;
	int64_t id;
	if (!read_change(r, &change))
		return;
	if (department_create(&r->c, change.name, change.parent, &id))
		answer_department(r, id, 201);
	else
		reply_error(r);
}

void api_department_patch(struct req *r)
{
	struct department_change change;
	if (!read_change(r, &change))
		return;
	if (department_update(&r->c, r->id, &change))
		answer_department(r, r->id, 200);
	else
		reply_error(r);
}

void api_department_delete(struct req *r)
{
	if (department_delete(&r->c, r->id))
		reply_empty(r, 204);
	else
		reply_error(r);
}
