/* Stage 1, Users: Advanced Search. Read from the query when it shows, from the form when it is added. */
#include "gen/text.h"
#include "model/field.h"
#include "model/group.h"
#include "web/condition.h"
#include "web/department_field.h"
#include "web/known.h"
#include "web/enroll_pages.h"

/* An empty box is no department. */
static const struct department_field departments = { .permission = PERM_ENROLL, .none = { "", 0 } };

enum { CONDITIONS = 3, FOUND_SHOWN = 50, GROUPS_SHOWN = 200 };

/* ---- what is asked */
typedef struct str source(const struct req *r, const char *name);
typedef size_t source_all(const struct req *r, const char *name, struct str **out);

/* The conditions are f1 op1 v1, f2 … */
static struct str numbered(const struct req *r, source *one, const char *name, int k)
{
	return one(r, str_fmt(r->c.arena, "%s%d", name, k).p);
}

static void read_search(struct req *r, source *one, source_all *all, struct audience *out)
{
	struct str *values;
	int64_t id;
	bool nested = !str_is_null(one(r, "nested"));
	size_t n = all(r, "department", &values);
	for (size_t i = 0; i < n; i++) {
		struct opt_i64 department = department_field_read(r, &departments, values[i]);
		/* One that is not there has nobody in it, rather than not being asked for. */
		if (department.has)
			*VEC_PUSH(r->c.arena, out->departments, out->departments_n, out->departments_cap) =
				(struct audience_department){ department.v, nested };
	}
	n = all(r, "group", &values);
	for (size_t i = 0; i < n; i++)
		if (str_to_i64(values[i], &id))
			*VEC_PUSH(r->c.arena, out->groups, out->groups_n, out->groups_cap) = id;
	for (int k = 1; k <= CONDITIONS; k++) {
		struct str field = numbered(r, one, "f", k), op = numbered(r, one, "op", k), value = numbered(r, one, "v", k);
		if (str_is_empty(field))
			continue;
		struct user_condition *c = VEC_PUSH(r->c.arena, out->filter, out->filter_n, out->filter_cap);
		*c = (struct user_condition){ .field = field, .op = str_is_empty(op) ? STR("is") : op };
		if (!str_eq(c->op, STR("empty")) && !str_eq(c->op, STR("not_empty"))) {
			c->values = ARENA_NEW(r->c.arena, struct str);
			c->values[0] = str_is_null(value) ? STR("") : condition_value_read(r, field, value);
			c->values_n = 1;
		}
	}
}

/* ---- the form */
static bool is_in(const struct audience *a, int64_t id)
{
	for (size_t i = 0; i < a->departments_n; i++)
		if (a->departments[i].id == id)
			return true;
	return false;
}

static size_t branches(struct req *r, const struct departments *list, size_t from, size_t to, const struct audience *a,
	struct enroll_branch **out)
{
	size_t n = 0, cap = 0;
	*out = NULL;
	for (size_t i = from; i < to;) {
		const struct department *d = &list->items[i];
		struct enroll_branch *b = VEC_PUSH(r->c.arena, *out, n, cap);
		struct enroll_branch filled = { .id = d->id,
			.name = d->name,
			.count = text_i64(&r->c.text, d->users),
			.checked = is_in(a, d->id),
			.open = d->depth < 2,
			.below = t_enroll_below(&r->c.text, d->name) };
		filled.children_n = branches(r, list, i + 1, d->end, a, &filled.children);
		*b = filled;
		i = d->end;
	}
	return n;
}

static void option(struct field *f, struct str value, struct str label)
{
	f->options[f->options_n++] =
		(struct field_option){ .value = value, .label = label, .chosen = str_eq(value, f->value) };
}

static void fill_conditions(struct req *r, struct enroll_search *s, const struct field_defs *defs)
{
	static const char *const builtin[] = { "login", "email", "first_name", "last_name", "status" };
	const struct text *t = &r->c.text;
	s->conditions = ARENA_ARRAY(r->c.arena, struct enroll_condition, CONDITIONS);
	for (int k = 1; k <= CONDITIONS; k++) {
		struct enroll_condition *c = &s->conditions[s->conditions_n++];
		c->number = k;
		c->field = (struct field){ .label = t_enroll_field(t, k), .value = numbered(r, req_query, "f", k) };
		c->op = (struct field){ .label = t_enroll_op(t, k), .value = numbered(r, req_query, "op", k) };
		c->value = numbered(r, req_query, "v", k);
		c->value_label = t_enroll_value(t, k);
		c->field.options = ARENA_ARRAY(r->c.arena, struct field_option, defs->n + 8);
		option(&c->field, STR(""), t_enroll_field_none(t));
		for (size_t i = 0; i < defs->n; i++)
			option(&c->field, defs->items[i].key, defs->items[i].label);
		for (size_t i = 0; i < sizeof builtin / sizeof *builtin; i++)
			option(&c->field, str_from(builtin[i]), member_words(t, str_from(builtin[i])));
		c->op.options = ARENA_ARRAY(r->c.arena, struct field_option, FILTER_OPS);
		/* A value is one text here, no list. */
		for (int i = 0; i < FILTER_OPS; i++)
			if (i != FILTER_IN)
				condition_op_option(t, (enum filter_op)i, c->op.value, &c->op);
	}
}

/* ---- what was found */
static void hidden(struct req *r, struct enroll_search *s, size_t *cap, const char *name, struct str value)
{
	*VEC_PUSH(r->c.arena, s->hidden, s->hidden_n, *cap) = (struct hidden_field){ str_from(name), value };
}

static void fill_hidden(struct req *r, struct enroll_search *s)
{
	size_t cap = 0;
	for (size_t i = 0; i < r->query_n; i++) {
		const struct pair *p = &r->query[i];
		if (!str_is_empty(p->value) && !str_eq(p->name, STR("find")) && !str_eq(p->name, STR("advanced")))
			hidden(r, s, &cap, str_c(r->c.arena, p->name), p->value);
	}
}

static void fill_found(struct req *r, const struct draft *d, struct enroll_search *s, const struct audience *a)
{
	int64_t count = 0;
	struct audience_people found;
	if (!audience_is_empty(a) && !audience_resolve(&r->c, a, NULL, &count))
		return;
	s->searched = true;
	if (audience_is_empty(a))
		return;
	s->found = t_enroll_users(&r->c.text, count);
	s->any = count > 0;
	audience_people(&r->c, 0, FOUND_SHOWN, &found);
	s->people = ARENA_ARRAY(r->c.arena, struct enroll_match, found.n);
	for (size_t i = 0; i < found.n; i++) {
		const struct audience_person *u = &found.items[i];
		s->people[s->people_n++] = enroll_match(r, d, u->id, u->name, u->login, u->email, u->department, u->status);
	}
}

static void fill_departments(struct req *r, struct enroll_search *s, const struct audience *asked)
{
	const struct text *t = &r->c.text;
	struct departments tree;
	if (!known_departments(r, PERM_ENROLL)->many) {
		department_list_counted(&r->c, PERM_ENROLL, &tree);
		s->tree_n = branches(r, &tree, 0, tree.n, asked, &s->tree);
		return;
	}
	s->department = (struct field){ .name = STR("department"), .label = t_enroll_department(t), .optional = true };
	department_field_fill(r, &departments, req_query(r, "department"), &s->department);
	if (asked->departments_n && !asked->departments[0].id)
		s->department.error = t_user_department_unknown(t);
}

void enroll_search_fill(struct req *r, const struct draft *d, struct enroll_search *s)
{
	struct audience asked = { 0 };
	struct field_defs defs;
	struct groups groups;
	struct db_page page = { .limit = GROUPS_SHOWN };
	read_search(r, req_query, req_query_all, &asked);
	bool find = !str_is_null(req_query(r, "find"));
	s->nested = !find || !str_is_null(req_query(r, "nested"));
	fill_departments(r, s, &asked);
	group_page(&r->c, STR(""), &page, &groups);
	s->groups.options = ARENA_ARRAY(r->c.arena, struct field_option, groups.n ? groups.n : 1);
	for (size_t i = 0; i < groups.n; i++) {
		struct field_option *o = &s->groups.options[s->groups.options_n++];
		*o = (struct field_option){ .value = str_num(r->c.arena, "", groups.items[i].id),
			.label = groups.items[i].name };
		for (size_t k = 0; k < asked.groups_n; k++)
			o->chosen = o->chosen || asked.groups[k] == groups.items[i].id;
	}
	field_defs_list(&r->c, &defs);
	fill_conditions(r, s, &defs);
	if (find) {
		audience_narrow(&r->c, &asked);
		fill_hidden(r, s);
		fill_found(r, d, s, &asked);
	}
}

bool enroll_search_add(struct req *r, struct draft *d)
{
	struct audience asked = { 0 };
	read_search(r, req_form, req_form_all, &asked);
	return spec_add_search(&r->c, &d->spec, &asked);
}
