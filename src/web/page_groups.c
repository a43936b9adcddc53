/* Groups: the list; one with its members, its name and its rule. */
#include "gen/queries.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/field.h"
#include "model/group.h"
#include "web/condition.h"
#include "web/list.h"
#include "web/user_pages.h"
#include "web/view_org.h"
#include "web/view_users.h"

static const char *const kept[] = { "q" };
enum { SPARE_CONDITIONS = 2 };

static bool edits(const struct req *r)
{
	return actor_can(r->c.actor, PERM_GROUPS_EDIT);
}

/* ---- the list */

static struct empty_view no_groups(struct req *r, struct str q)
{
	const struct text *t = &r->c.text;
	if (q.n)
		return (struct empty_view){ t_groups_none_title(t), t_groups_none_words(t), STR("/groups"),
			t_groups_none_action(t) };
	return (struct empty_view){ .title = t_groups_empty_title(t),
		.words = edits(r) ? t_groups_empty_add(t) : t_groups_empty_words(t) };
}

static void show_groups(struct req *r, unsigned status)
{
	const struct text *t = &r->c.text;
	struct groups_view v = { 0 };
	struct groups list;
	struct db_page page;
	if (!req_page(r, group_list_sorts, GROUP_LIST_SORT_COUNT, "name", &page))
		return;
	struct list l = { r, STR("/groups"), kept, 1, &page, group_list_sorts, GROUP_LIST_SORT_COUNT };
	v.q = str_is_null(req_query(r, "q")) ? STR("") : req_query(r, "q");
	group_page(&r->c, v.q, &page, &list);
	v.found = t_groups_found(t, (int64_t)list.n);
	v.by_name = list_header(&l, GROUP_LIST_SORT_NAME, t_groups_name(t));
	v.rows = ARENA_ARRAY(r->c.arena, struct group_row_view, list.n + 1);
	for (size_t i = 0; i < list.n; i++)
		v.rows[v.rows_n++] = (struct group_row_view){ .id = list.items[i].id,
			.name = list.items[i].name,
			.smart = list.items[i].smart,
			.members = text_i64(t, list.items[i].members) };
	if (list.n && (list.more || list.has_before))
		v.pager = list_pager(&l, v.found, list.n, (struct list_end){ list.cursor_keys[0], 0, list.items[0].id },
			(struct list_end){ list.cursor_keys[list.n - 1], 0, list.items[list.n - 1].id }, list.has_before,
			list.more);
	v.empty = no_groups(r, v.q);
	v.can_add = edits(r);
	v.name = (struct field){
		.name = STR("name"), .label = t_group_name(t), .value = req_form(r, "name"), .max_length = GROUP_NAME_MAX
	};
	field_errors(&v.name, &r->c.errs);
	page_begin(r, &v.page, t_groups_title(t), NAV_GROUPS);
	tpl_groups(reply_html(r, status), t, &v);
}

void page_groups(struct req *r)
{
	show_groups(r, 200);
}

void page_group_create(struct req *r)
{
	struct group_change change = { .has_name = true, .name = req_form(r, "name") };
	int64_t id;
	if (group_create(&r->c, &change, &id))
		reply_redirect_flash(r, t_group_created(&r->c.text, str_trim(change.name)), "/groups/%lld", (long long)id);
	else if (r->c.errs.kind == ERR_INVALID)
		show_groups(r, 422);
	else
		reply_error(r);
}

/* ---- the rule as rows of a form */

static struct str values_words(struct req *r, const struct user_condition *d)
{
	struct buf b = buf_new(r->c.arena);
	for (size_t i = 0; d && i < d->values_n; i++) {
		if (i)
			BUF_LIT(&b, ", ");
		buf_put(&b, condition_value_words(r, d->field, d->values[i]));
	}
	return buf_str(&b);
}

static void field_option(struct field *f, struct str value, struct str label, struct str now)
{
	f->options[f->options_n++] = (struct field_option){ .value = value, .label = label, .chosen = str_eq(value, now) };
}

/* One row; without a condition, an empty one. */
static struct condition_view condition_of(
	struct req *r, size_t i, const struct user_condition *d, const struct field_defs *defs)
{
	const struct text *t = &r->c.text;
	struct condition_view v;
	struct str field = d ? d->field : STR(""), op = d ? d->op : STR_NULL;
	v.field = (struct field){ .name = str_fmt(r->c.arena, "field_%zu", i),
		.label = t_group_condition_field(t),
		.options = ARENA_ARRAY(r->c.arena, struct field_option, 1 + USER_CONDITION_FIELDS + defs->n) };
	field_option(&v.field, STR(""), t_group_condition_none(t), field);
	for (size_t k = 0; k < USER_CONDITION_FIELDS; k++) {
		struct str name = str_from(user_condition_fields[k]);
		field_option(&v.field, name, member_words(t, name), field);
	}
	for (size_t k = 0; k < defs->n; k++)
		field_option(&v.field, defs->items[k].key, defs->items[k].label, field);
	v.op = (struct field){ .name = str_fmt(r->c.arena, "op_%zu", i),
		.label = t_group_condition_op(t),
		.options = ARENA_ARRAY(r->c.arena, struct field_option, FILTER_OPS) };
	for (int k = 0; k < FILTER_OPS; k++)
		condition_op_option(t, (enum filter_op)k, op, &v.op);
	/* Chosen before anybody knows of what: of a department it means all that lies below. */
	v.op.options[FILTER_STARTS_WITH].label = t_op_starts_or_within(t);
	v.value = (struct field){ .name = str_fmt(r->c.arena, "value_%zu", i),
		.label = t_group_condition_value(t),
		.value = values_words(r, d),
		.optional = true };
	field_errors(&v.field, &r->c.errs);
	field_errors(&v.op, &r->c.errs);
	field_errors(&v.value, &r->c.errs);
	return v;
}

/* Values are typed with commas between them only where several are meant. */
static void read_values(struct req *r, struct str text, struct user_condition *d)
{
	struct str part, rest = text;
	size_t n = 1;
	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == ',';
	d->values = ARENA_ARRAY(r->c.arena, struct str, n);
	if (!str_eq(d->op, STR("in"))) {
		if (str_trim(text).n)
			d->values[d->values_n++] = condition_value_read(r, d->field, str_trim(text));
		return;
	}
	while (str_split(&rest, ',', &part))
		if (str_trim(part).n)
			d->values[d->values_n++] = condition_value_read(r, d->field, str_trim(part));
}

static size_t read_conditions(struct req *r, struct user_condition **out)
{
	size_t n = 0;
	*out = ARENA_ARRAY(r->c.arena, struct user_condition, FILTER_PREDICATES + 1);
	for (size_t i = 0; i < FILTER_PREDICATES; i++) {
		struct str field = req_form(r, str_c(r->c.arena, str_fmt(r->c.arena, "field_%zu", i)));
		if (str_is_empty(field))
			continue;
		struct user_condition d = { .field = field,
			.op = req_form(r, str_c(r->c.arena, str_fmt(r->c.arena, "op_%zu", i))) };
		struct str value = req_form(r, str_c(r->c.arena, str_fmt(r->c.arena, "value_%zu", i)));
		read_values(r, value, &d);
		(*out)[n++] = d;
	}
	return n;
}

/* "rule[2].value" is the field value_2 of the form, whose rows are numbered anew when it comes back. */
static void errors_to_fields(struct req *r)
{
	for (size_t i = 0; i < r->c.errs.n; i++) {
		struct str *field = &r->c.errs.items[i].field, rest = *field, number;
		if (str_starts(*field, STR("rule["))) {
			rest = str_sub(rest, 5, rest.n);
			str_split(&rest, ']', &number);
			*field = str_fmt(r->c.arena, STR_FMT "_" STR_FMT, STR_ARG(str_sub(rest, 1, rest.n)), STR_ARG(number));
		} else if (str_eq(*field, STR("rule"))) {
			*field = STR("kind");
		}
	}
}

static void rule_fill(struct req *r, struct group_view *v, const struct group *g, bool sent)
{
	const struct text *t = &r->c.text;
	struct field_defs defs;
	struct user_condition *typed = g->rule;
	size_t n = sent ? read_conditions(r, &typed) : g->rule_n;
	bool by_rule = sent ? str_eq(req_form(r, "kind"), STR("rule")) : g->smart;
	field_defs_list(&r->c, &defs);
	v->kind = (struct field){ .name = STR("kind"),
		.label = t_group_kind(t),
		.options = ARENA_ARRAY(r->c.arena, struct field_option, 2),
		.options_n = 2 };
	v->kind.options[0] =
		(struct field_option){ .value = STR("listed"), .label = t_group_kind_listed(t), .chosen = !by_rule };
	v->kind.options[1] =
		(struct field_option){ .value = STR("rule"), .label = t_group_kind_rule(t), .chosen = by_rule };
	field_errors(&v->kind, &r->c.errs);
	size_t rows = n + SPARE_CONDITIONS < FILTER_PREDICATES ? n + SPARE_CONDITIONS : FILTER_PREDICATES;
	v->conditions = ARENA_ARRAY(r->c.arena, struct condition_view, rows);
	for (size_t i = 0; i < rows; i++)
		v->conditions[v->conditions_n++] = condition_of(r, i, i < n ? &typed[i] : NULL, &defs);
}

/* ---- one */

static void members_fill(struct req *r, struct group_view *v, const struct group *g, const struct db_page *page)
{
	const struct text *t = &r->c.text;
	struct group_members_list list;
	struct list l = { r, str_num(r->c.arena, "/groups/", g->id), NULL, 0, page, group_members_sorts,
		GROUP_MEMBERS_SORT_COUNT };
	group_members_page(&r->c, g, page, &list);
	v->rows = ARENA_ARRAY(r->c.arena, struct member_view, list.n + 1);
	for (size_t i = 0; i < list.n; i++) {
		const struct group_member *m = &list.items[i];
		v->rows[v->rows_n++] = (struct member_view){ .id = m->id,
			.department = m->department,
			.remove = t_group_member_remove_of(t, m->name),
			.status = user_status_badge(r, m->status),
			.person = { .initials = text_initials(r->c.arena, m->name),
				.name = m->name,
				.login = m->login,
				.href = str_num(r->c.arena, "/users/", m->id) } };
	}
	if (list.n && (list.more || list.has_before))
		v->pager =
			list_pager(&l, v->members_words, list.n, (struct list_end){ list.items[0].sort_key, 0, list.items[0].id },
				(struct list_end){ list.items[list.n - 1].sort_key, 0, list.items[list.n - 1].id }, list.has_before,
				list.more);
	v->empty = (struct empty_view){ .title = t_group_members_none(t), .words = t_group_members_none_words(t) };
}

static void show_group(struct req *r, unsigned status)
{
	const struct text *t = &r->c.text;
	struct group_view v = { .id = r->id, .can_edit = edits(r) };
	struct group g;
	struct db_page page;
	if (!req_page(r, group_members_sorts, GROUP_MEMBERS_SORT_COUNT, "name", &page))
		return;
	if (!group_get(&r->c, PERM_USERS_VIEW, r->id, &g)) {
		reply_error(r);
		return;
	}
	bool sent = r->http->method == HTTP_POST && req_form_has(r, "kind");
	v.name = g.name;
	v.smart = g.smart;
	v.members_words = t_group_members_words(t, g.members);
	members_fill(r, &v, &g, &page);
	if (v.can_edit) {
		v.rename = (struct field){ .name = STR("name"),
			.label = t_group_name(t),
			.value = sent ? req_form(r, "name") : g.name,
			.max_length = GROUP_NAME_MAX };
		v.member = (struct field){ .name = STR("member"),
			.label = t_group_member(t),
			.value = req_form(r, "member"),
			.max_length = USER_EMAIL_MAX,
			.autocomplete = STR("off") };
		field_errors(&v.rename, &r->c.errs);
		field_errors(&v.member, &r->c.errs);
		rule_fill(r, &v, &g, sent);
		v.delete_words = t_group_delete_words(t);
	}
	page_begin(r, &v.page, g.name, NAV_GROUPS);
	v.page.crumbs = ARENA_ARRAY(r->c.arena, struct crumb, 2);
	v.page.crumbs_n = 2;
	v.page.crumbs[0] = (struct crumb){ t_groups_title(t), STR("/groups") };
	v.page.crumbs[1] = (struct crumb){ g.name, STR_NULL };
	tpl_group(reply_html(r, status), t, &v);
}

static void done(struct req *r, bool ok, struct str words)
{
	if (ok) {
		reply_redirect_flash(r, words, "/groups/%lld", (long long)r->id);
		return;
	}
	errors_to_fields(r);
	if (r->c.errs.kind == ERR_INVALID)
		show_group(r, 422);
	else
		reply_error(r);
}

void page_group(struct req *r)
{
	show_group(r, 200);
}

void page_group_save(struct req *r)
{
	struct user_condition *rule = NULL;
	bool by_rule = str_eq(req_form(r, "kind"), STR("rule"));
	struct group_change change = { .has_name = true, .name = req_form(r, "name"), .has_rule = true };
	if (by_rule)
		change.rule_n = read_conditions(r, &rule);
	change.rule = rule;
	bool ok =
		!by_rule || change.rule_n || ctx_invalid(&r->c, STR("kind"), CODE_required, t_group_rule_required(&r->c.text));
	done(r, ok && group_update(&r->c, r->id, &change), t_group_saved(&r->c.text));
}

void page_group_members(struct req *r)
{
	struct str name = STR("");
	bool add = str_eq(req_form(r, "do"), STR("add"));
	bool ok = add ? group_add_member(&r->c, r->id, req_form(r, "member"), &name)
				  : group_drop_member(&r->c, r->id, req_form_id(r, "user"), &name);
	done(r, ok, add ? t_group_member_added(&r->c.text, name) : t_group_member_removed(&r->c.text, name));
}

void page_group_delete(struct req *r)
{
	struct group g;
	if (!group_get(&r->c, PERM_GROUPS_EDIT, r->id, &g) || !group_remove(&r->c, r->id)) {
		reply_error(r);
		return;
	}
	reply_redirect_flash(r, t_group_deleted(&r->c.text, g.name), "/groups");
}
