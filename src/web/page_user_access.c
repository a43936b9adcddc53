/* What one user sees and does, and why: for who gives roles, and for the user. */
#include "gen/templates.h"
#include "gen/text.h"
#include "model/reach.h"
#include "model/role.h"
#include "model/user.h"
#include "web/user_pages.h"
#include "web/view_roles.h"
#include "web/web.h"

static struct access_reason reason_of(struct req *r, const struct reach_reason *from)
{
	const struct text *t = &r->c.text;
	struct access_reason out = { .role = from->role,
		.places = ARENA_ARRAY(r->c.arena, struct str, from->departments_n + 1) };
	if (from->account)
		out.places[out.places_n++] = t_access_account(t);
	for (size_t i = 0; !from->account && i < from->departments_n; i++)
		out.places[out.places_n++] = t_access_below(t, from->departments[i]);
	return out;
}

static struct access_row row_of(struct req *r, const struct reach_item *item)
{
	const struct text *t = &r->c.text;
	struct access_row row = { .label = permission_label(t, item->permission),
		.opens = permission_opens(t, item->permission),
		.reasons = ARENA_ARRAY(r->c.arena, struct access_reason, item->reasons_n + 1) };
	if (permission_reach(item->permission) == REACH_SCOPED)
		row.reach = text_i64(t, item->users);
	for (size_t i = 0; i < item->reasons_n; i++)
		row.reasons[row.reasons_n++] = reason_of(r, &item->reasons[i]);
	return row;
}

static void groups_fill(struct req *r, const struct reach *reach, struct access_view *v)
{
	const struct text *t = &r->c.text;
	const struct str labels[PERMISSION_GROUPS] = { t_permission_group_users(t), t_permission_group_trainings(t),
		t_permission_group_enrollments(t), t_permission_group_account(t) };
	v->groups = ARENA_ARRAY(r->c.arena, struct access_group, PERMISSION_GROUPS);
	for (unsigned g = 0; g < PERMISSION_GROUPS; g++) {
		struct access_group *out = &v->groups[v->groups_n];
		*out = (struct access_group){ .label = labels[g],
			.rows = ARENA_ARRAY(r->c.arena, struct access_row, reach->n + 1) };
		for (size_t i = 0; i < reach->n; i++)
			if (permission_group(reach->items[i].permission) == (enum permission_group)g)
				out->rows[out->rows_n++] = row_of(r, &reach->items[i]);
		v->groups_n += out->rows_n > 0;
	}
}

static void others_fill(struct req *r, const struct reach *reach, struct access_view *v)
{
	const struct text *t = &r->c.text;
	bool edits = false;
	for (size_t i = 0; i < reach->n; i++)
		edits |=
			reach->items[i].permission == PERM_TRAININGS_CREATE || reach->items[i].permission == PERM_TRAININGS_EDIT;
	if (reach->below)
		v->below = t_access_people_below(t, reach->below);
	v->trainings = ARENA_ARRAY(r->c.arena, struct access_training, reach->trainings_n + 1);
	for (size_t i = 0; i < reach->trainings_n; i++) {
		const struct reach_training *x = &reach->trainings[i];
		v->trainings[v->trainings_n++] = (struct access_training){ .id = x->id,
			.title = x->title,
			.words = !x->organizes ? t_access_teaches(t, x->teaches)
				: edits            ? t_access_organizes(t)
								   : t_access_organizes_plain(t) };
	}
	if (reach->trainings_all > (int64_t)reach->trainings_n)
		v->more = t_access_more_trainings(t, reach->trainings_all - (int64_t)reach->trainings_n);
	v->learner = t_access_learner(t, reach->own);
}

void page_user_access(struct req *r)
{
	const struct text *t = &r->c.text;
	struct access_view v = { .own = r->id == r->c.actor->id };
	struct reach reach;
	struct user u;
	if ((!v.own && !policy_user(&r->c, PERM_ROLES_EDIT, r->id)) || !user_get(&r->c, PERM_USERS_VIEW, r->id, &u)) {
		reply_error(r);
		return;
	}
	reach_of(&r->c, r->id, &reach);
	groups_fill(r, &reach, &v);
	others_fill(r, &reach, &v);
	v.off = !str_eq(u.status, STR("active"));
	v.words = v.own ? t_access_own_words(t) : t_access_words(t, u.name);
	v.empty = (struct empty_view){ .title = t_access_none_title(t), .words = t_access_none_words(t) };
	/* Who sees users sees the other tabs as well. */
	bool tabs = user_in_scope(r, PERM_USERS_VIEW, r->id);
	if (tabs)
		user_head_fill(r, r->id, &v.head);
	page_begin(r, &v.page, v.own ? t_access_own_title(t) : t_access_title(t), tabs ? NAV_USERS : NAV_SETTINGS);
	if (tabs)
		user_head_crumbs(r, &v.head, &v.page);
	tpl_access(reply_html(r, 200), t, &v);
}
