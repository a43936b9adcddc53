/* The tree of departments: look, add, rename, move, delete. */
#include "gen/templates.h"
#include "gen/text.h"
#include "web/department_field.h"
#include "web/known.h"
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

static struct department_field parents(int64_t without)
{
	return (struct department_field){ .permission = PERM_DEPARTMENTS_EDIT, .without = without };
}

static struct field parent_field(struct req *r, int64_t stored, int64_t without)
{
	struct department_field d = parents(without);
	struct field f = { .name = STR("parent"), .label = t_department_parent(&r->c.text) };
	struct str typed = stored ? str_num(r->c.arena, "", stored) : STR("");
	department_field_fill(r, &d, req_form_has(r, "parent") ? req_form(r, "parent") : typed, &f);
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

static void fill_tree(struct req *r, struct departments_view *v)
{
	struct departments all, editable;
	department_list_counted(&r->c, PERM_USERS_VIEW, &all);
	department_list(&r->c, PERM_DEPARTMENTS_EDIT, &editable);
	v->roots = nodes_of(r, &all, &editable, 0, all.n, &v->roots_n);
	v->can_add = editable.n > 0;
}

/* ---- a level at a time, where the tree is too large for a page */
static struct str level_href(struct req *r, int64_t id)
{
	return str_num(r->c.arena, "/departments?in=", id);
}

static void fill_line(struct req *r, int64_t in, struct departments_view *v)
{
	struct departments line;
	department_line(&r->c, in, &line);
	v->line = ARENA_ARRAY(r->c.arena, struct crumb, line.n + 1);
	for (size_t i = 0; i < line.n; i++)
		v->line[v->line_n++] =
			(struct crumb){ line.items[i].name, line.items[i].id == in ? STR("") : level_href(r, line.items[i].id) };
}

static struct department_node level_node(struct req *r, const struct department *d)
{
	const struct text *t = &r->c.text;
	struct department_node n = { .id = d->id,
		.name = d->name,
		.users = t_departments_users(t, d->users),
		.edit = t_department_edit_of(t, d->name),
		.can_edit = department_in_scope(&r->c, PERM_DEPARTMENTS_EDIT, d->id) };
	if (d->below) {
		n.inside = level_href(r, d->id);
		n.inside_words = t_departments_inside(t, d->below);
		n.below = t_departments_inside_of(t, d->below, d->name);
	}
	return n;
}

/* False with the reply made: there is no such department. */
static bool fill_level(struct req *r, struct departments_view *v, int64_t *in)
{
	struct departments level;
	struct department d;
	*in = req_query_id(r, "in");
	if (*in && !department_get(&r->c, PERM_USERS_VIEW, *in, &d)) {
		reply_error(r);
		return false;
	}
	department_level(&r->c, PERM_USERS_VIEW, *in, &level);
	v->by_level = true;
	/* All lies in one: that is where one begins. */
	if (!*in && level.n == 1) {
		*in = level.items[0].id;
		v->top = ARENA_NEW(r->c.arena, struct department_node);
		*v->top = level_node(r, &level.items[0]);
		v->top->inside = STR("");
		v->top_n = 1;
		department_level(&r->c, PERM_USERS_VIEW, *in, &level);
	} else if (*in) {
		fill_line(r, *in, v);
	}
	v->roots = ARENA_ARRAY(r->c.arena, struct department_node, level.n + 1);
	for (size_t i = 0; i < level.n; i++)
		v->roots[v->roots_n++] = level_node(r, &level.items[i]);
	v->can_add = actor_can(r->c.actor, PERM_DEPARTMENTS_EDIT);
	return true;
}

static void show_tree(struct req *r, unsigned status)
{
	const struct text *t = &r->c.text;
	struct departments_view v = { 0 };
	int64_t in = 0;
	if (!known_departments(r, PERM_USERS_VIEW)->many)
		fill_tree(r, &v);
	else if (!fill_level(r, &v, &in))
		return;
	v.empty = (struct empty_view){ .title = t_departments_none(t), .words = t_departments_none_words(t) };
	if (v.can_add) {
		v.name = name_field(r, req_form(r, "name"));
		v.parent = parent_field(r, in, 0);
	}
	page_begin(r, &v.page, t_departments_title(t), NAV_DEPARTMENTS);
	tpl_departments(reply_html(r, status), t, &v);
}

void page_departments(struct req *r)
{
	show_tree(r, 200);
}

void page_department_create(struct req *r)
{
	struct department_field d = parents(0);
	int64_t id;
	struct str name = req_form(r, "name");
	if (department_create(&r->c, name, department_field_read(r, &d, req_form(r, "parent")), &id))
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
	struct department d;
	int64_t users, children;
	if (!department_get(&r->c, PERM_DEPARTMENTS_EDIT, r->id, &d)) {
		reply_error(r);
		return;
	}
	department_holding(&r->c, d.id, &users, &children);
	bool sent = r->http->method == HTTP_POST && req_form_has(r, "name");
	v.name = d.name;
	v.path = d.path;
	v.users = t_departments_users(t, users);
	v.rename = name_field(r, sent ? req_form(r, "name") : d.name);
	v.can_move = d.parent.has;
	v.parent = parent_field(r, d.parent.v, d.id);
	v.can_delete = d.parent.has && !children && !users;
	v.delete_words = t_department_delete_words(t, d.name);
	v.why_not = d.parent.has ? t_department_not_empty(t, d.name, users, children) : t_department_root_stays(t);
	page_begin(r, &v.page, t_department_edit(t), NAV_DEPARTMENTS);
	v.page.crumbs = ARENA_ARRAY(r->c.arena, struct crumb, 2);
	v.page.crumbs_n = 2;
	v.page.crumbs[0] = (struct crumb){ t_departments_title(t), STR("/departments") };
	v.page.crumbs[1] = (struct crumb){ d.name, STR_NULL };
	tpl_department(reply_html(r, status), t, &v);
}

void page_department(struct req *r)
{
	show_one(r, 200);
}

void page_department_save(struct req *r)
{
	struct department_field d = parents(r->id);
	struct department_change change = {
		.has_name = req_form_has(r, "name"),
		.name = req_form(r, "name"),
		.has_parent = req_form_has(r, "parent"),
		.parent = department_field_read(r, &d, req_form(r, "parent")),
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
