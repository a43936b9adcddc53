/* The account's trail: who did what, when, before and after (R10). */
#include "base/date.h"
#include "base/tz.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/audit_list.h"
#include "model/user.h"
#include "model/when.h"
#include "web/export_reply.h"
#include "web/history.h"
#include "web/list.h"
#include "web/view_office.h"

/* Besides those that there are: any, and what was asked for. */
enum { OTHERS = 2 };
static const char *const kept[] = { "who", "user", "object", "action", "from", "to" };

static struct str query(struct req *r, const char *name)
{
	struct str s = req_query(r, name);
	return str_is_null(s) ? STR("") : str_trim(s);
}

/* What is chosen stays in the list, whatever it is. */
static void choose(struct field *f, struct str chosen)
{
	for (size_t i = 0; i < f->options_n; i++)
		if (str_eq(f->options[i].value, chosen)) {
			f->options[i].chosen = true;
			return;
		}
	f->options[f->options_n++] = (struct field_option){ .value = chosen, .label = chosen, .chosen = true };
}

static struct field choice(
	struct req *r, const char *name, struct str label, struct str any, const struct audit_named *list, size_t n)
{
	struct field f = {
		.name = str_from(name), .label = label, .options = ARENA_ARRAY(r->c.arena, struct field_option, n + OTHERS)
	};
	f.options[f.options_n++] = (struct field_option){ .value = STR(""), .label = any };
	for (size_t i = 0; i < n; i++)
		f.options[f.options_n++] = (struct field_option){ .value = list[i].name, .label = list[i].words(&r->c.text) };
	choose(&f, query(r, name));
	return f;
}

static struct field object_filter(struct req *r)
{
	const struct text *t = &r->c.text;
	size_t n;
	const struct audit_named *kinds = audit_kinds(&n);
	return choice(r, "object", t_audit_object(t), t_audit_any_object(t), kinds, n);
}

static struct field action_filter(struct req *r)
{
	const struct text *t = &r->c.text;
	size_t n;
	const struct audit_named *actions = audit_actions(&n);
	return choice(r, "action", t_audit_action(t), t_audit_any_action(t), actions, n);
}

/* Midnight of the day in the reader's zone, `later` days on; 0 for none. False with an error at `name`. */
static bool read_day(struct req *r, const char *name, int later, int64_t *out)
{
	struct str text = query(r, name);
	struct date date;
	struct tz_wall wall = { 0 };
	enum tz_kind kind;
	*out = 0;
	if (str_is_empty(text))
		return true;
	if (!date_parse(text, &date))
		return ctx_invalid(&r->c, str_from(name), CODE_invalid, t_audit_day_invalid(&r->c.text));
	tz_from_days(date_days(date) + later, &wall.year, &wall.month, &wall.day);
	*out = tz_to_instant(tz_get(r->c.actor->time_zone), &wall, 0, &kind);
	return true;
}

/* Whoever is not seen is not there, as anywhere (R3). */
static void read_user(struct req *r, const char *name, struct opt_i64 *out)
{
	struct str text = query(r, name);
	if (str_is_empty(text))
		return;
	struct errs before = r->c.errs;
	int64_t id = user_find(&r->c, text);
	bool seen = id && (id == r->c.actor->id || policy_user(&r->c, PERM_USERS_VIEW, id));
	r->c.errs = before;
	if (seen)
		*out = SOME(id);
	else
		ctx_invalid(&r->c, str_from(name), CODE_not_found, t_audit_who_unknown(&r->c.text));
}

static bool read_query(struct req *r, struct audit_query *q)
{
	*q = (struct audit_query){ .object = query(r, "object"), .action = query(r, "action") };
	read_user(r, "who", &q->who);
	read_user(r, "user", &q->about);
	read_day(r, "from", 0, &q->from);
	read_day(r, "to", 1, &q->to);
	if (q->from && q->to && q->from >= q->to)
		ctx_invalid(&r->c, STR("to"), CODE_out_of_range, t_audit_days_order(&r->c.text));
	return r->c.errs.kind == ERR_NONE;
}

static void fill_filters(struct req *r, struct audit_view *v)
{
	const struct text *t = &r->c.text;
	v->who = (struct field){ .name = STR("who"),
		.label = t_audit_who(t),
		.hint = t_audit_who_hint(t),
		.value = query(r, "who"),
		.optional = true };
	v->user = (struct field){ .name = STR("user"),
		.label = t_audit_user(t),
		.hint = t_audit_who_hint(t),
		.value = query(r, "user"),
		.optional = true };
	v->object = object_filter(r);
	v->action = action_filter(r);
	v->from = (struct field){
		.name = STR("from"), .label = t_audit_from(t), .type = STR("date"), .value = query(r, "from"), .optional = true
	};
	v->to = (struct field){
		.name = STR("to"), .label = t_audit_to(t), .type = STR("date"), .value = query(r, "to"), .optional = true
	};
	struct field *fields[] = { &v->who, &v->user, &v->from, &v->to };
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		field_errors(fields[i], &r->c.errs);
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		v->narrowed |= query(r, kept[i]).n > 0;
}

void page_audit(struct req *r)
{
	const struct text *t = &r->c.text;
	struct audit_view v = { 0 };
	struct audit_query q;
	struct audit_rows rows = { 0 };
	struct db_page page;
	if (!req_page(r, audit_list_sorts, 1, "-id", &page))
		return;
	bool sound = read_query(r, &q);
	if (sound)
		audit_list(&r->c, &q, &page, &rows);
	fill_filters(r, &v);
	v.found = t_audit_found(t, (int64_t)rows.n);
	v.items = history_items(r, &rows, &v.items_n);
	for (size_t i = 0; i < rows.n; i++)
		if (rows.items[i].user_id.has)
			v.items[i].user_href = str_num(r->c.arena, "/users/", rows.items[i].user_id.v);
	if (rows.n) {
		struct list l = { r, STR("/audit"), kept, sizeof kept / sizeof *kept, &page, audit_list_sorts, 1 };
		v.pager = history_pager(&l, v.found, &rows);
		v.export = list_exports(&l);
	} else {
		v.empty = (struct empty_view){ .title = t_audit_empty_title(t),
			.words = v.narrowed ? t_audit_empty_narrowed(t) : t_audit_empty_words(t) };
	}
	page_begin(r, &v.page, t_audit_title(t), NAV_AUDIT);
	tpl_audit(reply_html(r, sound ? 200 : 422), t, &v);
}

void page_audit_export(struct req *r)
{
	struct audit_query q;
	struct db_page page;
	if (!req_page(r, audit_list_sorts, 1, "-id", &page))
		return;
	if (!read_query(r, &q)) {
		reply_error(r);
		return;
	}
	struct table *t = export_table(r);
	if (!t)
		return;
	export_audit(&r->c, &q, &page, t);
	export_reply(r, t, "audit");
}
