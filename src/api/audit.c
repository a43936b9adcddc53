/* REST: the trail. ?object= takes a kind ("enrollment"), one object ("enrollment/17") or an id alone. */
#include "gen/text.h"
#include "model/audit_list.h"
#include "web/web.h"

static bool read_object(struct req *r, struct audit_query *q)
{
	struct str kind, rest = req_query(r, "object");
	int64_t id;
	if (str_is_empty(rest))
		return true;
	if (str_to_i64(rest, &id)) {
		q->object_id = SOME(id);
		return true;
	}
	char between = str_find(rest, STR("/"), NULL) ? '/' : ':';
	str_split(&rest, between, &kind);
	q->object = kind;
	if (str_is_null(rest))
		return true;
	if (!str_to_i64(rest, &id))
		return ctx_invalid(&r->c, STR("object"), CODE_invalid, t_error_invalid(&r->c.text));
	q->object_id = SOME(id);
	return true;
}

static void put_raw(struct jw *w, const char *name, struct str json)
{
	jw_key(w, name);
	if (str_is_empty(json))
		jw_null(w);
	else
		jw_raw(w, json);
}

static void put_entry(struct req *r, struct jw *w, const struct audit_row *a)
{
	jw_obj(w);
	jw_key(w, "id");
	jw_id(w, a->id);
	jw_key(w, "at");
	jw_instant(w, r->c.arena, a->at);
	jw_key(w, "actor");
	jw_id(w, a->actor_hidden ? 0 : a->actor_id.v);
	jw_key(w, "action");
	jw_str(w, a->action);
	jw_key(w, "object");
	jw_str(w,
		a->object_id.has ? str_fmt(r->c.arena, STR_FMT "/%lld", STR_ARG(a->object), (long long)a->object_id.v)
						 : a->object);
	put_raw(w, "before", a->before);
	put_raw(w, "after", a->after);
	jw_key(w, "from");
	jw_str(w, str_is_empty(a->origin) ? STR_NULL : a->origin);
	jw_end(w);
}

void api_audit(struct req *r)
{
	struct audit_query q = { 0 };
	struct audit_rows rows;
	struct db_page page;
	if (!req_page(r, audit_list_sorts, 1, "-id", &page))
		return;
	if (!read_object(r, &q)) {
		reply_error(r);
		return;
	}
	audit_list(&r->c, &q, &page, &rows);
	struct jw w = jw_new(reply_json(r, 200));
	jw_obj(&w);
	jw_key(&w, "items");
	jw_arr(&w);
	for (size_t i = 0; i < rows.n; i++)
		put_entry(r, &w, &rows.items[i]);
	jw_end(&w);
	jw_key(&w, "next");
	if (rows.more)
		jw_str(&w, req_cursor(r, &page, STR_NULL, rows.items[rows.n - 1].sort_int, rows.items[rows.n - 1].id, false));
	else
		jw_null(&w);
	jw_end(&w);
}
