/* REST: groups. */
#include "gen/queries.h"
#include "model/group.h"
#include "web/web.h"

enum { MEMBERS_MAX = 100000 };

static void put_group(struct req *r, struct jw *w, const struct group *g)
{
	int64_t *ids;
	size_t n = group_member_ids(&r->c, g, &ids);
	jw_obj(w);
	jw_key(w, "id");
	jw_id(w, g->id);
	jw_key(w, "name");
	jw_str(w, g->name);
	jw_key(w, "members");
	jw_arr(w);
	for (size_t i = 0; i < n; i++)
		jw_id(w, ids[i]);
	jw_end(w);
	jw_key(w, "rule");
	if (g->rule_n)
		user_conditions_write(w, g->rule, g->rule_n);
	else
		jw_null(w);
	jw_end(w);
}

static void answer_group(struct req *r, int64_t id, unsigned status)
{
	struct group g;
	if (!group_get(&r->c, PERM_USERS_VIEW, id, &g)) {
		reply_error(r);
		return;
	}
	struct jw w = jw_new(reply_json(r, status));
	put_group(r, &w, &g);
}

void api_groups(struct req *r)
{
	struct db_page page;
	struct groups list;
	if (!req_page(r, group_list_sorts, GROUP_LIST_SORT_COUNT, "name", &page))
		return;
	group_page(&r->c, str_is_null(req_query(r, "q")) ? STR("") : req_query(r, "q"), &page, &list);
	struct jw w = jw_new(reply_json(r, 200));
	jw_obj(&w);
	jw_key(&w, "items");
	jw_arr(&w);
	for (size_t i = 0; i < list.n; i++)
		put_group(r, &w, &list.items[i]);
	jw_end(&w);
	jw_key(&w, "next");
	if (list.more)
		jw_str(&w, req_cursor(r, &page, list.cursor_keys[list.n - 1], 0, list.items[list.n - 1].id, false));
	else
		jw_null(&w);
	jw_end(&w);
}

void api_group(struct req *r)
{
	answer_group(r, r->id, 200);
}

static void read_members(struct req *r, struct json_obj *o, struct group_change *out)
{
	struct json_arr list;
	if (!jr_array(o, "members", MEMBERS_MAX, &list))
		return;
	int64_t *ids = ARENA_ARRAY(r->c.arena, int64_t, list.n + 1);
	for (size_t i = 0; i < list.n; i++)
		if (jr_item_id(&list, i, &ids[out->members_n]))
			out->members_n++;
	out->has_members = true;
	out->members = ids;
}

static void read_rule(struct json_obj *o, struct group_change *out)
{
	struct str raw;
	struct user_condition *rule;
	if (!jr_raw(o, "rule", &raw))
		return;
	if (str_eq(raw, STR("null"))) {
		out->has_rule = true;
	} else if (user_conditions_read(o, "rule", &rule, &out->rule_n)) {
		out->has_rule = true;
		out->rule = rule;
	}
}

static bool read_change(struct req *r, struct group_change *out)
{
	struct json_obj o;
	*out = (struct group_change){ 0 };
	if (!req_json(r, &o))
		return false;
	out->has_name = jr_text(&o, "name", 0, &out->name, NULL);
	read_members(r, &o, out);
	read_rule(&o, out);
	if (jr_done(&o))
		return true;
	reply_error(r);
	return false;
}

void api_group_create(struct req *r)
{
	struct group_change change;
	int64_t id;
	if (!read_change(r, &change))
		return;
	if (group_create(&r->c, &change, &id))
		answer_group(r, id, 201);
	else
		reply_error(r);
}

void api_group_patch(struct req *r)
{
	struct group_change change;
	if (!read_change(r, &change))
		return;
	if (group_update(&r->c, r->id, &change))
		answer_group(r, r->id, 200);
	else
		reply_error(r);
}

void api_group_delete(struct req *r)
{
	if (group_remove(&r->c, r->id))
		reply_empty(r, 204);
	else
		reply_error(r);
}
