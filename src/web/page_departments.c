/* The tree of departments: look, add, rename, move, delete. */
#include "gen/templates.h"
#include "gen/text.h"
#include "model/department.h"
#include "web/view_org.h"
#include "web/web.h"

/* Items [from, to) of the list, which holds a parent before what is below it, as nested nodes. */
static struct department_node *nodes_of(
	struct req *r, const struct departments *all, const struct departments *editable, size_t from, size_t to, size_t *n)
{
	const struct text *t = &r->c.text;
	size_t count = 0;
	for (size_t i = from; i < to; i = all->items[i].end)
		count++;
	struct department_node *nodes = ARENA_ARRAY(r->c.arena, struct department_node, count + 1);
	*n = 0;
	for (size_t i = from; i < to; i = all->items[i].end) {
		const struct department *d = &all->items[i];
		struct department_node *node = &nodes[(*n)++];
		*node = (struct department_node){ .id = d->id,
			.name = d->name,
			.users = t_departments_users(t, d->users),
			.below = t_departments_below(t, d->name),
			.edit = t_department_edit_of(t, d->name),
			.can_edit = department_find(editable, d->id) != NULL };
		node->children = nodes_of(r, all, editable, i + 1, d->end, &node->children_n);
	}
	return nodes;
}

static struct field parent_field(
	struct req *r, const struct departments *all, int64_t chosen, const struct department *without)
{
	struct field f = { .name = STR("parent"),
		.label = t_department_parent(&r->c.text),
		.options = ARENA_ARRAY(r->c.arena, struct field_option, all->n + 1) };
	for (size_t i = 0; i < all->n; i++) {
		/* Nothing moves below itself. */
		if (without && &all->items[i] == without) {
			i = without->end - 1;
			continue;
		}
		struct buf label = buf_new(r->c.arena);
		for (int64_t k = 0; k < all->items[i].depth; k++)
			BUF_LIT(&label, "\u2003");
		buf_put(&label, all->items[i].path);
		f.options[f.options_n++] =
			(struct field_option){ .value = str_fmt(r->c.arena, "%lld", (long long)all->items[i].id),
				.label = buf_str(&label),
				.chosen = all->items[i].id == chosen };
	}
	field_errors(&f, &r->c.errs);
	return f;
}

static struct field name_field(struct req *r, struct str value)
{
	struct field f = {
		.name = STR("name"), .label = t_department_name(&r->c.text), .value = value, .max_length = DEPARTMENT_NAME_MAX
	};
	field_errors(&f, &r->c.errs);
	return f;
}

static void show_tree(struct req *r, unsigned status)
{
	const struct text *t = &r->c.text;
	struct departments_view v = { 0 };
	struct departments all, editable;
	department_list_counted(&r->c, PERM_USERS_VIEW, &all);
	department_list(&r->c, PERM_DEPARTMENTS_EDIT, &editable);
	v.roots = nodes_of(r, &all, &editable, 0, all.n, &v.roots_n);
	v.empty = (struct empty_view){ .title = t_departments_none(t), .words = t_departments_none_words(t) };
	v.can_add = editable.n > 0;
	v.name = name_field(r, req_form(r, "name"));
	v.parent = parent_field(r, &editable, req_form_id(r, "parent"), NULL);
	page_begin(r, &v.page, t_departments_title(t), NAV_DEPARTMENTS);
	tpl_departments(reply_html(r, status), t, &v);
}

void page_departments(struct req *r)
{
	show_tree(r, 200);
}

void page_department_create(struct req *r)
{
	int64_t id, parent = req_form_id(r, "parent");
	struct str name = req_form(r, "name");
	if (department_create(&r->c, name, parent ? SOME(parent) : NONE, &id))
		reply_redirect_flash(r, t_department_created(&r->c.text, str_trim(name)), "/departments");
	else if (r->c.errs.kind == ERR_INVALID)
		show_tree(r, 422);
	else
		reply_error(r);
}

/* ---- one */

static void show_one(struct req *r, unsigned status)
{
	const struct text *t = &r->c.text;
	struct department_view v = { .id = r->id };
	struct departments all;
	department_list_counted(&r->c, PERM_DEPARTMENTS_EDIT, &all);
	const struct department *d = department_find(&all, r->id);
	if (!d) {
		reply_not_found(r);
		return;
	}
	bool sent = r->http->method == HTTP_POST && req_form_has(r, "name"), leaf = d->end == (size_t)(d - all.items) + 1;
	v.name = d->name;
	v.path = d->path;
	v.users = t_departments_users(t, d->users);
	v.rename = name_field(r, sent ? req_form(r, "name") : d->name);
	v.can_move = d->parent.has;
	v.parent = parent_field(r, &all, sent ? req_form_id(r, "parent") : d->parent.v, d);
	v.can_delete = d->parent.has && leaf && d->users == 0;
	v.delete_words = t_department_delete_words(t, d->name);
	int64_t children = 0;
	for (size_t i = (size_t)(d - all.items) + 1; i < d->end; i = all.items[i].end)
		children++;
	v.why_not = d->parent.has ? t_department_not_empty(t, d->name, d->users, children) : t_department_root_stays(t);
	page_begin(r, &v.page, t_department_edit(t), NAV_DEPARTMENTS);
	v.page.crumbs = ARENA_ARRAY(r->c.arena, struct crumb, 2);
	v.page.crumbs_n = 2;
	v.page.crumbs[0] = (struct crumb){ t_departments_title(t), STR("/departments") };
	v.page.crumbs[1] = (struct crumb){ d->name, STR_NULL };
	tpl_department(reply_html(r, status), t, &v);
}

void page_department(struct req *r)
{
	show_one(r, 200);
}

void page_department_save(struct req *r)
{
	int64_t parent = req_form_id(r, "parent");
	struct department_change change = {
		.has_name = req_form_has(r, "name"),
		.name = req_form(r, "name"),
		.has_parent = req_form_has(r, "parent"),
		.parent = parent ? SOME(parent) : NONE,
	};
	if (department_update(&r->c, r->id, &change))
		reply_redirect_flash(r, t_department_saved(&r->c.text), "/departments");
	else if (r->c.errs.kind == ERR_INVALID)
		show_one(r, 422);
	else
		reply_error(r);
}

void page_department_delete(struct req *r)
{
	struct department d;
	if (!department_get(&r->c, PERM_DEPARTMENTS_EDIT, r->id, &d)) {
		reply_error(r);
		return;
	}
	if (department_delete(&r->c, r->id))
		reply_redirect_flash(r, t_department_deleted(&r->c.text, d.name), "/departments");
	else if (r->c.errs.kind == ERR_CONFLICT && r->c.errs.n)
		show_one(r, 409);
	else
		reply_error(r);
}
