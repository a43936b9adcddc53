/* Roles: the list; one with what it opens and who holds it; making, changing and deleting custom ones. */
#include "gen/queries.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/department.h"
#include "model/role.h"
#include "web/list.h"
#include "web/user_pages.h"
#include "web/view_roles.h"
#include "web/web.h"

static struct str names_of(struct req *r, uint32_t set)
{
	struct buf b = buf_new(r->c.arena);
	for (unsigned p = 1; p < PERM_COUNT; p++)
		if (set >> p & 1) {
			if (b.n)
				BUF_LIT(&b, ", ");
			buf_put(&b, permission_label(&r->c.text, (enum permission)p));
		}
	return buf_str(&b);
}

/* ---- the list */

static struct str opens_of(struct req *r, const struct role_def *role)
{
	const struct text *t = &r->c.text;
	switch (role->id) {
	case ROLE_OWNER: return t_roles_everything(t);
	case ROLE_ACCOUNT_ADMIN: return t_roles_everything_but_owners(t);
	case ROLE_SUPERVISOR: return t_roles_supervisor_opens(t);
	case ROLE_LEARNER: return t_roles_learner_opens(t);
	default: return names_of(r, role->set);
	}
}

static struct str holders_of(struct req *r, const struct role_def *role, const struct role_holder_list *counts)
{
	int64_t n = 0;
	if (role->id == ROLE_SUPERVISOR || role->id == ROLE_LEARNER)
		return t_roles_follows(&r->c.text);
	for (size_t i = 0; i < counts->n; i++)
		if (counts->items[i].role == role->id)
			n = counts->items[i].n;
	return text_i64(&r->c.text, n);
}

void page_roles(struct req *r)
{
	const struct text *t = &r->c.text;
	struct roles_view v = { .can_add = role_may_define(&r->c) };
	struct role_defs all;
	struct role_holder_list counts;
	role_defs_list(&r->c, &all);
	role_holders_count(&r->c, &counts);
	v.rows = ARENA_ARRAY(r->c.arena, struct role_row_view, all.n + 1);
	for (size_t i = 0; i < all.n; i++)
		v.rows[v.rows_n++] = (struct role_row_view){ .id = all.items[i].id,
			.name = all.items[i].name,
			.opens = opens_of(r, &all.items[i]),
			.holders = holders_of(r, &all.items[i], &counts),
			.custom = all.items[i].custom };
	page_begin(r, &v.page, t_roles_title(t), NAV_ROLES);
	tpl_roles(reply_html(r, 200), t, &v);
}

/* ---- the form. What was typed wins over what is stored. */

static uint32_t typed_set(struct req *r)
{
	struct str *names;
	uint32_t set = 0;
	size_t n = req_form_all(r, "permissions", &names);
	for (size_t i = 0; i < n; i++) {
		enum permission p = permission_find(names[i]);
		if (p != PERM_NONE)
			set |= UINT32_C(1) << p;
	}
	return set;
}

static struct str group_label(const struct text *t, enum permission_group g)
{
	switch (g) {
	case GROUP_USERS: return t_permission_group_users(t);
	case GROUP_TRAININGS: return t_permission_group_trainings(t);
	case GROUP_ENROLLMENTS: return t_permission_group_enrollments(t);
	case GROUP_ACCOUNT:
	case PERMISSION_GROUPS: break;
	}
	return t_permission_group_account(t);
}

/* Those of `offered`, by groups. */
static void groups_fill(struct req *r, struct role_view *v, uint32_t offered, uint32_t chosen)
{
	const struct text *t = &r->c.text;
	v->groups = ARENA_ARRAY(r->c.arena, struct permission_group_view, PERMISSION_GROUPS);
	for (unsigned g = 0; g < PERMISSION_GROUPS; g++) {
		struct permission_group_view *out = &v->groups[v->groups_n];
		*out = (struct permission_group_view){ .label = group_label(t, (enum permission_group)g),
			.items = ARENA_ARRAY(r->c.arena, struct permission_view, PERM_COUNT) };
		for (unsigned i = 1; i < PERM_COUNT; i++) {
			enum permission p = (enum permission)i;
			uint32_t one = UINT32_C(1) << p, needs = permissions_with_needs(one) & ~one;
			if (permission_group(p) == (enum permission_group)g && (offered & one))
				out->items[out->items_n++] = (struct permission_view){ .name = permission_name(p),
					.label = permission_label(t, p),
					.opens = permission_opens(t, p),
					.needs = needs ? t_role_needs(t, names_of(r, needs)) : STR(""),
					.chosen = (chosen & one) != 0 };
		}
		v->groups_n += out->items_n > 0;
	}
}

/* What the actor holds over the whole tree: that is what roles can be made of. */
static uint32_t offered_set(struct req *r)
{
	struct grants mine;
	uint32_t set = 0;
	grants_of_actor(&r->c, &mine);
	for (unsigned p = 1; p < PERM_COUNT; p++)
		if (grants_hold(&mine, permissions_with_needs(UINT32_C(1) << p), DEPARTMENT_LO))
			set |= UINT32_C(1) << p;
	return set;
}

static void form_fill(struct req *r, struct role_view *v, const struct role_def *role)
{
	bool sent = r->http->method == HTTP_POST && req_form_has(r, "csrf") && req_form_has(r, "name");
	v->name = (struct field){ .name = STR("name"),
		.label = t_role_name_label(&r->c.text),
		.hint = t_role_name_hint(&r->c.text),
		.value = sent ? req_form(r, "name") : role->name,
		.max_length = ROLE_NAME_MAX,
		.autocomplete = STR("off") };
	field_errors(&v->name, &r->c.errs);
	/* The model says which of the permissions it is about; the form has one group of them. */
	for (size_t i = 0; i < r->c.errs.n; i++) {
		struct err_item *e = &r->c.errs.items[i];
		if (!str_starts(e->field, STR("permissions")))
			continue;
		e->field = STR("permissions");
		if (str_is_empty(v->error))
			v->error = e->message;
	}
	groups_fill(r, v, offered_set(r), sent ? typed_set(r) : role->set);
}

static struct role_change form_read(struct req *r)
{
	struct str *names;
	int64_t version;
	struct role_change change = { .has_name = true, .name = req_form(r, "name"), .has_permissions = true };
	change.permissions_n = req_form_all(r, "permissions", &names);
	change.permissions = names;
	if (str_to_i64(req_form(r, "version"), &version))
		change.version = SOME(version);
	return change;
}

static void crumbs(struct req *r, struct page_view *page, struct str here)
{
	page->crumbs = ARENA_ARRAY(r->c.arena, struct crumb, 2);
	page->crumbs_n = 2;
	page->crumbs[0] = (struct crumb){ t_roles_title(&r->c.text), STR("/roles") };
	page->crumbs[1] = (struct crumb){ here, STR_NULL };
}

static unsigned status_of(const struct req *r)
{
	return r->c.errs.kind == ERR_CONFLICT ? 409 : r->c.errs.kind == ERR_FORBIDDEN ? 403 : 422;
}

/* A refused form comes back with its errors; what cannot be shown as a form is an error page. */
static bool form_can_return(const struct req *r)
{
	enum err_kind kind = r->c.errs.kind;
	return r->c.errs.n && (kind == ERR_INVALID || kind == ERR_CONFLICT || kind == ERR_FORBIDDEN);
}

/* ---- a new one */

static void show_new(struct req *r, unsigned status)
{
	const struct role_def nothing = { .name = STR("") };
	struct role_view v = { .custom = true };
	form_fill(r, &v, &nothing);
	page_begin(r, &v.page, t_role_new_title(&r->c.text), NAV_ROLES);
	crumbs(r, &v.page, t_role_new_title(&r->c.text));
	tpl_role_new(reply_html(r, status), &r->c.text, &v);
}

void page_role_new(struct req *r)
{
	if (role_may_define(&r->c)) {
		show_new(r, 200);
	} else {
		err_set(&r->c.errs, ERR_FORBIDDEN);
		reply_error(r);
	}
}

void page_role_create(struct req *r)
{
	struct role_change change = form_read(r);
	int64_t id;
	if (role_create(&r->c, &change, &id))
		reply_redirect_flash(r, t_role_created(&r->c.text, str_trim(change.name)), "/roles/%lld", (long long)id);
	else if (form_can_return(r) && role_may_define(&r->c))
		show_new(r, status_of(r));
	else
		reply_error(r);
}

/* ---- one */

static void holders_fill(struct req *r, const struct role_def *role, const struct db_page *page, struct role_view *v)
{
	const struct text *t = &r->c.text;
	struct role_holder_page holders;
	struct role_holder_list counts;
	struct db_page fitting = *page;
	int64_t all = 0;
	if (role->id == ROLE_SUPERVISOR || role->id == ROLE_LEARNER)
		return;
	role_holders_count(&r->c, &counts);
	for (size_t i = 0; i < counts.n; i++)
		if (counts.items[i].role == role->id)
			all = counts.items[i].n;
	db_page_fit(&fitting, all);
	role_holders_page(&r->c, role->id, &fitting, &holders);
	v->found = t_role_holders_found(t, all);
	v->holders = ARENA_ARRAY(r->c.arena, struct role_holder_view, holders.n + 1);
	for (size_t i = 0; i < holders.n; i++) {
		const struct role_holder *h = &holders.items[i];
		v->holders[v->holders_n++] =
			(struct role_holder_view){ .person = { .initials = text_initials(r->c.arena, h->name),
										   .name = h->name,
										   .href = str_num(r->c.arena, "/users/", h->id),
										   .login = h->login },
				.departments = role->scoped ? h->departments : t_role_holders_account(t),
				.status = user_status_badge(r, h->status) };
	}
	if (holders.n && (holders.more || holders.has_before)) {
		struct list l = { r, str_num(r->c.arena, "/roles/", role->id), NULL, 0, page, role_holders_sorts,
			ROLE_HOLDERS_SORT_COUNT };
		const struct role_holder *first = &holders.items[0], *last = &holders.items[holders.n - 1];
		v->pager = list_pager(&l, v->found, holders.n, (struct list_end){ first->sort_key, 0, first->id },
			(struct list_end){ last->sort_key, 0, last->id }, holders.has_before, holders.more);
	}
	v->empty = (struct empty_view){ t_role_holders_none_title(t), t_role_holders_none_words(t), STR("/users"),
		t_role_holders_none_action(t) };
	v->can_delete = all == 0;
	v->delete_words = all == 0 ? t_role_delete_words(t, role->name) : t_role_delete_held(t);
}

static bool may_change(struct req *r, const struct role_def *role)
{
	struct grants mine;
	grants_of_actor(&r->c, &mine);
	return role->custom && role_may_define(&r->c) && grants_hold(&mine, role->set, DEPARTMENT_LO);
}

static void show_one(struct req *r, unsigned status)
{
	const struct text *t = &r->c.text;
	struct db_page page;
	struct role_def role;
	struct errs before = r->c.errs;
	if (!req_page(r, role_holders_sorts, ROLE_HOLDERS_SORT_COUNT, "name", &page))
		return;
	if (!role_get(&r->c, r->id, &role)) {
		reply_error(r);
		return;
	}
	r->c.errs = before;
	struct role_view v = { .id = role.id, .version = role.version, .heading = role.name, .custom = role.custom };
	v.can_edit = may_change(r, &role);
	if (v.can_edit)
		form_fill(r, &v, &role);
	else
		groups_fill(r, &v, role.set, role.set);
	v.words = role.id == ROLE_SUPERVISOR || role.id == ROLE_LEARNER ? opens_of(r, &role)
		: role.custom                                               ? t_role_not_yours(t)
																	: t_role_fixed(t);
	holders_fill(r, &role, &page, &v);
	page_begin(r, &v.page, role.name, NAV_ROLES);
	crumbs(r, &v.page, role.name);
	tpl_role(reply_html(r, status), t, &v);
}

void page_role(struct req *r)
{
	show_one(r, 200);
}

void page_role_save(struct req *r)
{
	struct role_change change = form_read(r);
	if (role_update(&r->c, r->id, &change))
		reply_redirect_flash(r, t_role_saved(&r->c.text), "/roles/%lld", (long long)r->id);
	else if (form_can_return(r))
		show_one(r, status_of(r));
	else
		reply_error(r);
}

void page_role_delete(struct req *r)
{
	struct role_def role;
	if (!role_get(&r->c, r->id, &role)) {
		reply_error(r);
		return;
	}
	if (role_delete(&r->c, r->id))
		reply_redirect_flash(r, t_role_deleted(&r->c.text, role.name), "/roles");
	else if (form_can_return(r))
		show_one(r, status_of(r));
	else
		reply_error(r);
}
