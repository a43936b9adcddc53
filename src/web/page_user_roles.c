/* Roles on the page of a user: each with the tree of departments that it counts for. */
#include "gen/text.h"
#include "model/role.h"
#include "model/user.h"
#include "web/department_field.h"
#include "web/known.h"
#include "web/user_pages.h"
#include "web/view_users.h"
#include "web/web.h"

/* Trees of roles that are not held are left out where there would be more boxes than these on one page. */
enum { BOXES_MAX = 3000 };
/* As many roles as there can be. */
enum { ROLES_READ_MAX = ROLE_CUSTOM_MAX + 5 };

static const struct department_field giving = { .permission = PERM_ROLES_EDIT, .none = { "", 0 } };

/* What the trees are made from. */
struct trees {
	struct req *r;
	const struct known_departments *departments; /* in which the actor gives roles */
	struct grants mine;
	const struct role_def *role;
	const struct user_role *held;
	struct str field, *typed;
	size_t typed_n;
	int64_t chosen; /* boxes ticked so far */
};

static bool posts(const struct req *r)
{
	return r->http->method == HTTP_POST && req_form_has(r, "has_roles");
}

static bool contains(struct str *values, size_t n, struct str value)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(values[i], value))
			return true;
	return false;
}

static const struct user_role *held_role(const struct user *u, int64_t role)
{
	for (size_t i = 0; u && i < u->roles.n; i++)
		if (u->roles.items[i].role == role)
			return &u->roles.items[i];
	return NULL;
}

static struct str field_of(struct req *r, struct str key)
{
	return str_fmt(r->c.arena, "departments_" STR_FMT, STR_ARG(key));
}

static bool has_id(const int64_t *ids, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (ids[i] == id)
			return true;
	return false;
}

static bool held_at(const struct user_role *held, int64_t department)
{
	return held && has_id(held->departments, held->departments_n, department);
}

/* Items [from, to) of the list, which holds a parent before what is below it; *open says that one of them is ticked. */
static struct role_node *nodes_of(struct trees *x, size_t from, size_t to, size_t *n, bool *open)
{
	struct req *r = x->r;
	size_t count = 0;
	for (size_t i = from; i < to; i = x->departments->list.items[i].end)
		count++;
	struct role_node *nodes = ARENA_ARRAY(r->c.arena, struct role_node, count + 1);
	*n = 0;
	for (size_t i = from; i < to; i = x->departments->list.items[i].end) {
		const struct department *d = &x->departments->list.items[i];
		struct role_node *node = &nodes[(*n)++];
		bool can = role_may_give_at(&r->c, &x->mine, x->role, d->lo);
		*node = (struct role_node){
			.id = d->id, .field = x->field, .name = d->name, .below = t_user_role_below(&r->c.text, d->name), .can = can
		};
		node->chosen =
			can && posts(r) ? contains(x->typed, x->typed_n, str_num(r->c.arena, "", d->id)) : held_at(x->held, d->id);
		node->children = nodes_of(x, i + 1, d->end, &node->children_n, &node->open);
		x->chosen += node->chosen;
		*open |= node->chosen || node->open;
		node->open |= d->depth == 0;
	}
	return nodes;
}

/* Without a tree: those that are held, or were typed, and a box for one more. */
static void fill_held(struct trees *x, struct role_choice *c)
{
	struct req *r = x->r;
	size_t held_n = x->held ? x->held->departments_n : 0, n = posts(r) ? x->typed_n : held_n;
	struct str more = STR("");
	c->nodes = ARENA_ARRAY(r->c.arena, struct role_node, n + held_n + 1);
	for (size_t i = 0; i < n; i++) {
		struct department d;
		struct errs before = r->c.errs;
		int64_t id = posts(r) ? department_field_read(r, &giving, x->typed[i]).v : x->held->departments[i];
		bool there = id && department_get(&r->c, PERM_ROLES_EDIT, id, &d);
		r->c.errs = before;
		if (!there && posts(r)) {
			more = x->typed[i];
			continue;
		}
		c->nodes[c->nodes_n++] = (struct role_node){ .id = id,
			.field = x->field,
			.name = department_path(&r->c, id),
			.can = there && role_may_give_at(&r->c, &x->mine, x->role, d.lo),
			.chosen = true };
	}
	x->chosen = (int64_t)c->nodes_n;
	c->more = (struct field){ .name = x->field, .label = t_user_role_department_more(&r->c.text), .optional = true };
	department_field_fill(r, &giving, more, &c->more);
}

static struct role_choice choice_of(struct trees *x, bool chosen, bool room)
{
	struct req *r = x->r;
	const struct text *t = &r->c.text;
	struct role_choice c = { .id = x->role->id,
		.key = x->role->key,
		.name = x->role->name,
		.opens = t_user_role_open(t, x->role->name),
		.chosen = chosen,
		.scoped = x->role->scoped };
	if (!c.scoped)
		return c;
	c.field = x->field = field_of(r, x->role->key);
	c.label = t_user_role_departments_of(t, x->role->name);
	c.later = !chosen && !room;
	if (c.later)
		return c;
	x->chosen = 0;
	x->typed_n = req_form_all(r, str_c(r->c.arena, c.field), &x->typed);
	if (x->departments->many)
		fill_held(x, &c);
	else
		c.nodes = nodes_of(x, 0, x->departments->list.n, &c.nodes_n, &c.open);
	c.summary = t_user_role_departments_chosen(t, x->chosen);
	struct field f = { .name = c.field };
	field_errors(&f, &r->c.errs);
	c.error = f.error;
	/* Nothing is ticked yet: that is the next step. */
	c.open |= c.error.n > 0 || !x->held;
	if (x->departments->many) {
		c.more.error = c.error;
		c.error = STR("");
	}
	return c;
}

void user_roles_fill(struct req *r, struct user_form_view *v, const struct user *u)
{
	struct role_defs roles;
	struct str *typed;
	size_t typed_n = req_form_all(r, "roles", &typed), scoped = 0;
	struct trees x = { .r = r };
	v->can_roles = actor_can(r->c.actor, PERM_ROLES_EDIT) && (!u || user_in_scope(r, PERM_ROLES_EDIT, u->id));
	if (!v->can_roles)
		return;
	role_defs_list(&r->c, &roles);
	x.departments = known_departments(r, PERM_ROLES_EDIT);
	grants_of_actor(&r->c, &x.mine);
	v->roles = (struct field){
		.name = STR("roles"), .label = t_user_roles_label(&r->c.text), .hint = t_user_roles_hint(&r->c.text)
	};
	field_errors(&v->roles, &r->c.errs);
	v->choices = ARENA_ARRAY(r->c.arena, struct role_choice, roles.n + 1);
	for (size_t i = 0; i < roles.n; i++)
		scoped += roles.items[i].scoped;
	for (size_t i = 0; i < roles.n; i++) {
		x.role = &roles.items[i];
		x.held = held_role(u, x.role->id);
		if (x.role->id == ROLE_LEARNER || x.role->id == ROLE_SUPERVISOR || (!x.role->may_give && !x.held))
			continue;
		bool chosen = posts(r) ? contains(typed, typed_n, x.role->key) : x.held != NULL;
		v->choices[v->choices_n++] = choice_of(&x, chosen, scoped * x.departments->list.n <= BOXES_MAX);
	}
}

void user_roles_read(struct req *r, struct user_form *f)
{
	struct str *roles;
	size_t n = req_form_all(r, "roles", &roles);
	/* Each looks through the whole form; what is beyond is none of ours. */
	n = n < ROLES_READ_MAX ? n : ROLES_READ_MAX;
	f->has_roles = req_form_has(r, "has_roles");
	struct user_role_form *out = ARENA_ARRAY(r->c.arena, struct user_role_form, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct str *departments;
		size_t departments_n = req_form_all(r, str_c(r->c.arena, field_of(r, roles[i])), &departments);
		int64_t *ids = ARENA_ARRAY(r->c.arena, int64_t, departments_n + 1);
		out[i] = (struct user_role_form){ .role = roles[i], .departments = ids };
		for (size_t k = 0; k < departments_n; k++) {
			struct opt_i64 id = department_field_read(r, &giving, departments[k]);
			if (id.has && !has_id(ids, out[i].departments_n, id.v))
				ids[out[i].departments_n++] = id.v;
		}
	}
	f->roles = out;
	f->roles_n = n;
}

void user_roles_errors(struct req *r)
{
	struct str *roles;
	size_t n = req_form_all(r, "roles", &roles);
	for (size_t i = 0; i < r->c.errs.n; i++) {
		struct str *field = &r->c.errs.items[i].field;
		if (!str_starts(*field, STR("roles[")))
			continue;
		int64_t at;
		struct str rest = str_sub(*field, 6, field->n), number;
		str_split(&rest, ']', &number);
		bool scope = str_ends(*field, STR(".departments")) && str_to_i64(number, &at) && at >= 0 && (size_t)at < n;
		*field = scope ? field_of(r, roles[at]) : STR("roles");
	}
}

struct str user_roles_words(struct req *r, const struct user *u)
{
	const struct text *t = &r->c.text;
	struct buf all = buf_new(r->c.arena);
	for (size_t i = 0; i < u->roles.n; i++) {
		const struct user_role *role = &u->roles.items[i];
		struct buf places = buf_new(r->c.arena);
		/* Held out of the reader's departments only: not there. */
		if (role->scoped && !role->departments_n)
			continue;
		for (size_t k = 0; k < role->departments_n; k++) {
			if (places.n)
				BUF_LIT(&places, ", ");
			buf_put(&places, department_path(&r->c, role->departments[k]));
		}
		if (all.n)
			BUF_LIT(&all, " · ");
		buf_put(&all, places.n ? t_user_role_in(t, role->name, buf_str(&places)) : role->name);
	}
	return buf_str(&all);
}
