/* What stands above the tabs of one user. */
#include "gen/text.h"
#include "model/user.h"
#include "web/user_pages.h"
#include "web/view_users.h"
#include "web/web.h"

bool user_in_scope(struct req *r, enum permission p, int64_t id)
{
	struct errs before = r->c.errs;
	bool ok = policy_user(&r->c, p, id);
	r->c.errs = before;
	return ok;
}

static void put_tab(struct req *r, struct user_head_view *v, struct str label, const char *tail)
{
	struct str mine = str_num(r->c.arena, "/users/", v->id), href = str_cat(r->c.arena, mine, str_from(tail));
	/* What answers a form of the first tab is that tab. */
	bool elsewhere = str_ends(r->http->path, STR("/learning")) || str_ends(r->http->path, STR("/history")) ||
		str_ends(r->http->path, STR("/access"));
	v->tabs.items[v->tabs.items_n++] = (struct tab){
		.label = label, .href = href, .current = *tail ? str_ends(r->http->path, str_from(tail)) : !elsewhere
	};
}

void user_head_fill(struct req *r, int64_t id, struct user_head_view *v)
{
	const struct text *t = &r->c.text;
	struct user u;
	*v = (struct user_head_view){ .id = id, .csrf = r->csrf };
	if (!user_get(&r->c, PERM_USERS_VIEW, id, &u))
		return;
	bool active = str_eq(u.status, STR("active")), edits = user_may_edit(&r->c, id),
		 enrolls = user_in_scope(r, PERM_ENROLL, id);
	/* Whoever enrolls edits what stands below Enrolled Learning. */
	v->title = edits || enrolls ? t_user_edit(t) : t_user_view(t);
	v->name = u.name;
	v->initials = text_initials(r->c.arena, u.name);
	v->login = u.login;
	v->department = u.department_path;
	v->status = user_status_badge(r, u.status);
	if (str_is_empty(u.email))
		v->email = (struct badge){ STR("warn"), t_user_no_email(t) };
	v->can_enroll = active && enrolls;
	v->can_activate = edits && !active;
	v->tabs = (struct tabs_view){ .label = t_user_tabs(t), .items = ARENA_ARRAY(r->c.arena, struct tab, 4) };
	put_tab(r, v, t_user_personal(t), "");
	put_tab(r, v, t_user_learning(t), "/learning");
	if (user_in_scope(r, PERM_USERS_EDIT, id))
		put_tab(r, v, t_user_history(t), "/history");
	if (id == r->c.actor->id || user_in_scope(r, PERM_ROLES_EDIT, id))
		put_tab(r, v, t_access_tab(t), "/access");
}

void user_head_crumbs(struct req *r, const struct user_head_view *v, struct page_view *page)
{
	page->crumbs = ARENA_ARRAY(r->c.arena, struct crumb, 2);
	page->crumbs_n = 2;
	page->crumbs[0] = (struct crumb){ t_users_title(&r->c.text), STR("/users") };
	page->crumbs[1] = (struct crumb){ v->name, STR_NULL };
}
