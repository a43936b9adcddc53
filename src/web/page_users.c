/* The list of users. */
#include "gen/queries.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/user.h"
#include "web/department_field.h"
#include "web/export_reply.h"
#include "web/app.h"
#include "web/list.h"
#include "web/user_pages.h"
#include "web/view_users.h"

static const char *const kept[] = { "q", "department", "status" };
static const char *const statuses[] = { "active", "inactive", "ended" };

struct badge user_status_badge(struct req *r, struct str status)
{
	const struct text *t = &r->c.text;
	if (str_eq(status, STR("active")))
		return (struct badge){ STR("ok"), t_status_active(t) };
	if (str_eq(status, STR("ended")))
		return (struct badge){ STR("bad"), t_status_ended(t) };
	return (struct badge){ STR("warn"), t_status_inactive(t) };
}

static struct department_field departments_of(struct req *r)
{
	return (struct department_field){ .permission = PERM_USERS_VIEW, .none = t_users_any_department(&r->c.text) };
}

static struct field department_filter(struct req *r)
{
	struct department_field d = departments_of(r);
	struct field f = { .name = STR("department"), .label = t_users_filter_department(&r->c.text) };
	department_field_fill(r, &d, req_query(r, "department"), &f);
	return f;
}

static struct field status_filter(struct req *r, struct str chosen)
{
	struct field f = { .name = STR("status"),
		.label = t_users_filter_status(&r->c.text),
		.options = ARENA_ARRAY(r->c.arena, struct field_option, 4) };
	f.options[f.options_n++] = (struct field_option){ .value = STR(""), .label = t_users_any_status(&r->c.text) };
	for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
		struct str value = str_from(statuses[i]);
		f.options[f.options_n++] = (struct field_option){
			.value = value, .label = user_status_badge(r, value).words, .chosen = str_eq(value, chosen)
		};
	}
	return f;
}

static struct user_row_view row_of(struct req *r, const struct user_item *u)
{
	return (struct user_row_view){
		.id = u->id,
		.login = u->login,
		.email = u->email,
		.department = u->department_name,
		.select = t_user_select(&r->c.text, u->name),
		.person = { .initials = text_initials(r->c.arena, u->name),
			.name = u->name,
			.href = str_num(r->c.arena, "/users/", u->id) },
		.status = user_status_badge(r, u->status),
		.off = !str_eq(u->status, STR("active")),
	};
}

static struct empty_view nobody(struct req *r, bool filtered)
{
	const struct text *t = &r->c.text;
	if (filtered)
		return (
			struct empty_view){ t_users_none_title(t), t_users_none_words(t), STR("/users"), t_users_none_action(t) };
	return (struct empty_view){ .title = t_users_empty_title(t), .words = t_users_empty_words(t) };
}

static struct user_query query_of(struct req *r)
{
	struct str status = req_query(r, "status"), q = req_query(r, "q");
	struct department_field d = departments_of(r);
	return (struct user_query){
		.q = str_is_null(q) ? STR("") : q,
		.status = str_is_empty(status) ? STR_NULL : status,
		.department = department_field_read(r, &d, req_query(r, "department")),
	};
}

static int64_t count_users(struct req *r)
{
	struct user_query q = query_of(r);
	return user_count(&r->c, &q);
}

void page_users(struct req *r)
{
	const struct text *t = &r->c.text;
	struct db_page page;
	struct user_items list;
	struct users_view v = { 0 };
	if (!req_page(r, user_list_sorts, USER_LIST_SORT_COUNT, "name", &page))
		return;
	struct list l = { r, STR("/users"), kept, sizeof kept / sizeof kept[0], &page, user_list_sorts,
		USER_LIST_SORT_COUNT };
	struct user_query q = query_of(r);
	int64_t count = list_count(&l, count_users);
	if (count <= USER_LIST_BOUND)
		db_page_fit(&page, count);
	user_page(&r->c, &q, &page, &list);
	v.q = q.q;
	v.sort = req_query(r, "sort");
	v.found = count > USER_LIST_BOUND ? t_users_found_many(t, USER_LIST_BOUND) : t_users_found(t, count);
	v.department = department_filter(r);
	v.status = status_filter(r, q.status);
	v.by_name = list_header(&l, USER_LIST_SORT_NAME, t_users_name(t));
	v.by_login = list_header(&l, USER_LIST_SORT_LOGIN, t_users_login(t));
	v.by_email = list_header(&l, USER_LIST_SORT_EMAIL, t_users_email(t));
	v.by_department = list_header(&l, USER_LIST_SORT_DEPARTMENT, t_users_department(t));
	v.by_status = list_header(&l, USER_LIST_SORT_STATUS, t_users_status(t));
	v.rows = ARENA_ARRAY(r->c.arena, struct user_row_view, list.n + 1);
	for (size_t i = 0; i < list.n; i++)
		v.rows[v.rows_n++] = row_of(r, &list.items[i]);
	if (list.n) {
		const struct user_item *first = &list.items[0], *last = &list.items[list.n - 1];
		v.pager = list_pager(&l, v.found, list.n, (struct list_end){ first->sort_key, 0, first->id },
			(struct list_end){ last->sort_key, 0, last->id }, list.has_before, list.more);
		v.export = list_exports(&l);
	} else {
		v.empty = nobody(r, q.q.n || q.department.has || q.status.n);
	}
	v.can_add = actor_can(r->c.actor, PERM_USERS_EDIT);
	v.can_enroll = actor_can(r->c.actor, PERM_ENROLL);
	v.can_link = v.can_add && r->app->has_smtp;
	v.ticks = v.can_enroll || v.can_link;
	v.here = url_here(r);
	v.can_fields = actor_can(r->c.actor, PERM_SETTINGS);
	page_begin(r, &v.page, t_users_title(t), NAV_USERS);
	tpl_users(reply_html(r, 200), t, &v);
}

void page_users_export(struct req *r)
{
	struct db_page page;
	struct user_query q = query_of(r);
	if (!req_page(r, user_list_sorts, USER_LIST_SORT_COUNT, "name", &page))
		return;
	struct table *t = export_table(r);
	if (!t)
		return;
	export_users(&r->c, &q, &page, t);
	export_reply(r, t, "users");
}
