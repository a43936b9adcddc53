#include "model/group.h"
#include "base/buf.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/audit.h"

/* ---- rules as they are stored */

static struct str bad_words(void *arg, enum err_code code, struct str field)
{
	(void)arg;
	(void)code;
	(void)field;
	return STR("");
}

bool group_rule_read(struct ctx *c, struct str json, struct user_condition **out, size_t *n)
{
	struct json_obj o;
	struct errs errs = { 0 };
	/* The reader wants an object. */
	struct str whole = str_fmt(c->arena, "{\"rule\":" STR_FMT "}", STR_ARG(json));
	*out = NULL;
	*n = 0;
	return jr_parse(&o, c->arena, whole, &errs, bad_words, NULL) && user_conditions_read(&o, "rule", out, n) &&
		jr_done(&o);
}

struct str group_rule_write(struct ctx *c, const struct user_condition *rule, size_t n)
{
	struct buf b = buf_new(c->arena);
	struct jw w = jw_new(&b);
	user_conditions_write(&w, rule, n);
	return buf_str(&b);
}

static bool filter_of(struct ctx *c, struct str json, struct db_filter **filter)
{
	struct user_condition *rule;
	size_t n;
	*filter = NULL;
	if (!group_rule_read(c, json, &rule, &n))
		return err_set(&c->errs, ERR_BUG);
	/* A rule may have outlived a field that it names: then nobody matches, which is better than somebody. */
	struct errs before = c->errs;
	*filter = user_filter_make(c, rule, n, "rule", true);
	c->errs = before;
	if (!*filter) {
		struct str nobody = STR("");
		*filter = filter_new(c->arena, &filter_user);
		filter_add(*filter, STR("status"), STR("is"), &nobody, 1);
	}
	return true;
}

bool group_rule(struct ctx *c, int64_t id, struct db_filter **filter)
{
	struct group_row_row row;
	*filter = NULL;
	if (!group_row(c->db, c->arena, id, &row))
		return err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
	return str_is_null(row.rule) || filter_of(c, row.rule, filter);
}

/* ---- reading */

static bool edits(const struct ctx *c)
{
	return !c->actor || actor_can(c->actor, PERM_GROUPS_EDIT);
}

static struct group group_from(struct ctx *c, int64_t id, struct str name, struct str rule, int64_t members)
{
	struct group g = { .id = id, .name = name, .smart = !str_is_null(rule), .members = members };
	if (g.smart) {
		struct group_matches_count_row row = { 0 };
		struct db_filter *filter;
		if (filter_of(c, rule, &filter))
			group_matches_count(c->db, c->arena, c->actor->id, filter, &row);
		g.members = row.n;
		/* A rule may say more about the organization than its reader may know. */
		if (edits(c))
			group_rule_read(c, rule, &g.rule, &g.rule_n);
	}
	return g;
}

void group_page(struct ctx *c, struct str q, const struct db_page *page, struct groups *out)
{
	struct group_list_rows rows;
	struct str clean;
	struct str like = text_clean_line(c->arena, q, &clean) ? user_like(c->arena, clean) : STR("%");
	group_list(c->db, c->arena, c->actor->id, like, page, &rows);
	*out = (struct groups){
		.items = ARENA_ARRAY(c->arena, struct group, rows.n + 1),
		.cursor_keys = ARENA_ARRAY(c->arena, struct str, rows.n + 1),
		.more = rows.more,
		.has_before = rows.has_before,
	};
	for (size_t i = 0; i < rows.n; i++) {
		out->cursor_keys[out->n] = rows.items[i].sort_key;
		out->items[out->n++] =
			group_from(c, rows.items[i].id, rows.items[i].name, rows.items[i].rule, rows.items[i].members);
	}
}

bool group_get(struct ctx *c, enum permission p, int64_t id, struct group *out)
{
	struct group_row_row row;
	if (!policy_group(c, p, id))
		return false;
	if (!group_row(c->db, c->arena, id, &row))
		return err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
	struct group_members_count_row count = { 0 };
	if (str_is_null(row.rule))
		group_members_count(c->db, c->arena, c->actor->id, id, &count);
	*out = group_from(c, id, row.name, row.rule, count.n);
	return true;
}

void group_members_page(
	struct ctx *c, const struct group *g, const struct db_page *page, struct group_members_list *out)
{
	struct group_members_rows listed = { 0 };
	struct group_matches_rows found = { 0 };
	struct db_filter *filter = NULL;
	if (!g->smart)
		group_members(c->db, c->arena, c->actor->id, g->id, page, &listed);
	else if (group_rule(c, g->id, &filter))
		group_matches(c->db, c->arena, c->actor->id, filter, page, &found);
	size_t n = g->smart ? found.n : listed.n;
	*out = (struct group_members_list){
		.items = ARENA_ARRAY(c->arena, struct group_member, n + 1),
		.n = n,
		.more = g->smart ? found.more : listed.more,
		.has_before = g->smart ? found.has_before : listed.has_before,
	};
	for (size_t i = 0; i < n; i++) {
		const struct group_members_row *l = &listed.items[i];
		const struct group_matches_row *f = &found.items[i];
		out->items[i] = g->smart
			? (struct group_member){ f->id, f->name, f->login, f->email, f->status, f->department, f->sort_key }
			: (struct group_member){ l->id, l->name, l->login, l->email, l->status, l->department, l->sort_key };
	}
}

size_t group_member_ids(struct ctx *c, const struct group *g, int64_t **out)
{
	struct group_members_list list;
	struct db_page all = { .limit = g->members + 1 };
	group_members_page(c, g, &all, &list);
	*out = ARENA_ARRAY(c->arena, int64_t, list.n + 1);
	for (size_t i = 0; i < list.n; i++)
		(*out)[i] = list.items[i].id;
	return list.n;
}

/* ---- changing */

struct fresh {
	struct str name, key, fold, rule;
};

static bool check_name(struct ctx *c, struct str in, int64_t self, struct fresh *out)
{
	const struct text *t = &c->text;
	struct group_named_row taken;
	if (!text_clean_line(c->arena, in, &out->name))
		return ctx_invalid(c, STR("name"), CODE_invalid, t_error_invalid(t));
	if (str_is_empty(out->name))
		return ctx_invalid(c, STR("name"), CODE_required, t_group_name_required(t));
	if (str_count_chars(out->name) > GROUP_NAME_MAX)
		return ctx_invalid(c, STR("name"), CODE_too_long, t_group_name_long(t, GROUP_NAME_MAX));
	out->key = text_sort_key(c->arena, out->name);
	out->fold = text_fold(c->arena, out->name);
	if (group_named(c->db, c->arena, out->fold, &taken) && taken.id != self)
		return ctx_invalid(c, STR("name"), CODE_duplicate, t_group_name_taken(t));
	return true;
}

static bool user_in_reach(struct ctx *c, int64_t id)
{
	struct errs before = c->errs;
	bool ok = !c->actor || policy_user(c, PERM_GROUPS_EDIT, id);
	c->errs = before;
	return ok;
}

static bool check_change(struct ctx *c, const struct group_change *change, struct fresh *out)
{
	bool ok = true;
	if (change->has_rule && change->rule_n) {
		out->rule = group_rule_write(c, change->rule, change->rule_n);
		ok &= user_filter_make(c, change->rule, change->rule_n, "rule", false) != NULL;
		if (out->rule.n > GROUP_RULE_MAX)
			ok = ctx_invalid(c, STR("rule"), CODE_too_long, t_group_rule_long(&c->text));
	} else if (change->has_rule) {
		out->rule = STR_NULL;
	}
	if (change->has_members && change->members_n && !str_is_null(out->rule))
		ok = ctx_invalid(c, STR("members"), CODE_invalid, t_group_members_by_rule(&c->text));
	for (size_t i = 0; ok && change->has_members && i < change->members_n; i++)
		if (!user_in_reach(c, change->members[i]))
			ok = ctx_invalid(c, str_fmt(c->arena, "members[%zu]", i), CODE_not_found, t_group_member_unknown(&c->text));
	return ok;
}

static void write_members(struct ctx *c, int64_t id, const struct group_change *change)
{
	if (c->actor)
		group_clear_scoped(c->db, c->actor->id, id);
	else
		group_clear(c->db, id);
	for (size_t i = 0; i < change->members_n; i++)
		group_member_add(c->db, id, change->members[i]);
}

static void audit(struct ctx *c, const char *action, int64_t id, struct str before, struct str after)
{
	audit_add(c,
		&(struct audit_entry){
			.action = action, .object = "group", .object_id = id, .before = before, .after = after });
}

/* The members as they are now, for the trail: ids by name. */
static struct str members_words(struct ctx *c, int64_t id, bool smart)
{
	struct buf b = buf_new(c->arena);
	struct group_all_members_rows rows = { 0 };
	if (!smart)
		group_all_members(c->db, c->arena, id, &rows);
	for (size_t i = 0; i < rows.n; i++)
		buf_fmt(&b, "%s%lld", i ? " " : "", (long long)rows.items[i].user_id);
	return buf_str(&b);
}

bool group_create(struct ctx *c, const struct group_change *change, int64_t *id)
{
	struct fresh f = { 0 };
	bool ok = check_name(c, change->name, 0, &f);
	ok &= check_change(c, change, &f);
	if (!ok || db_failed(c->db))
		return false;
	*id = group_insert(c->db, f.name, f.key, f.fold, f.rule);
	write_members(c, *id, change);
	struct buf before = buf_new(c->arena), after = buf_new(c->arena);
	struct audit_diff d = { &before, &after, 0 };
	audit_diff_text(&d, "name", STR_NULL, f.name);
	audit_diff_text(&d, "rule", STR_NULL, f.rule);
	audit_diff_text(&d, "members", STR(""), members_words(c, *id, !str_is_null(f.rule)));
	audit_diff_end(&d);
	audit(c, "group.create", *id, STR_NULL, buf_str(&after));
	return !db_failed(c->db);
}

static bool editable(struct ctx *c, int64_t id, struct group_row_row *row)
{
	if (c->actor && !policy_group(c, PERM_GROUPS_EDIT, id))
		return false;
	return group_row(c->db, c->arena, id, row) || err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
}

bool group_update(struct ctx *c, int64_t id, const struct group_change *change)
{
	struct group_row_row row;
	if (!editable(c, id, &row))
		return false;
	struct fresh f = { .rule = row.rule };
	bool ok = check_name(c, change->has_name ? change->name : row.name, id, &f);
	ok &= check_change(c, change, &f);
	if (!ok || db_failed(c->db))
		return false;
	struct str members = members_words(c, id, !str_is_null(row.rule));
	group_update_row(c->db, id, f.name, f.key, f.fold, f.rule);
	/* What a rule decides is not listed as well. */
	if (!str_is_null(f.rule))
		group_clear(c->db, id);
	else if (change->has_members)
		write_members(c, id, change);
	struct buf before = buf_new(c->arena), after = buf_new(c->arena);
	struct audit_diff d = { &before, &after, 0 };
	audit_diff_text(&d, "name", row.name, f.name);
	audit_diff_text(&d, "rule", row.rule, f.rule);
	audit_diff_text(&d, "members", members, members_words(c, id, !str_is_null(f.rule)));
	audit_diff_end(&d);
	if (d.n)
		audit(c, "group.update", id, buf_str(&before), buf_str(&after));
	return !db_failed(c->db);
}

bool group_remove(struct ctx *c, int64_t id)
{
	struct group_row_row row;
	if (!editable(c, id, &row))
		return false;
	struct buf before = buf_new(c->arena), after = buf_new(c->arena);
	struct audit_diff d = { &before, &after, 0 };
	audit_diff_text(&d, "name", row.name, STR_NULL);
	audit_diff_text(&d, "rule", row.rule, STR_NULL);
	audit_diff_text(&d, "members", members_words(c, id, !str_is_null(row.rule)), STR(""));
	audit_diff_end(&d);
	group_clear(c->db, id);
	group_delete_row(c->db, id);
	audit(c, "group.delete", id, buf_str(&before), STR_NULL);
	return !db_failed(c->db);
}

static bool member_change(struct ctx *c, int64_t group, int64_t user, bool add, struct str *name)
{
	struct user_row_row who;
	struct buf words = buf_new(c->arena);
	if (!user_row(c->db, c->arena, user, &who))
		return err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
	int64_t changed = add ? group_member_add(c->db, group, user) : group_member_remove(c->db, group, user);
	buf_fmt(&words, "{\"member\":\"%lld\"}", (long long)user);
	if (changed)
		audit_add(c,
			&(struct audit_entry){ .action = add ? "group.add" : "group.remove",
				.object = "group",
				.object_id = group,
				.user_id = user,
				.before = add ? STR_NULL : buf_str(&words),
				.after = add ? buf_str(&words) : STR_NULL });
	*name = who.name;
	return !db_failed(c->db);
}

bool group_add_member(struct ctx *c, int64_t id, struct str login_or_email, struct str *name)
{
	struct group_row_row row;
	if (!editable(c, id, &row))
		return false;
	if (!str_is_null(row.rule))
		return ctx_invalid(c, STR("member"), CODE_invalid, t_group_members_by_rule(&c->text));
	if (str_is_empty(str_trim(login_or_email)))
		return ctx_invalid(c, STR("member"), CODE_required, t_group_member_required(&c->text));
	int64_t user = user_find(c, login_or_email);
	if (!user || !user_in_reach(c, user))
		return ctx_invalid(c, STR("member"), CODE_not_found, t_group_member_unknown(&c->text));
	return member_change(c, id, user, true, name);
}

bool group_drop_member(struct ctx *c, int64_t id, int64_t user_id, struct str *name)
{
	struct group_row_row row;
	if (!editable(c, id, &row))
		return false;
	if (!user_in_reach(c, user_id))
		return err_set(&c->errs, ERR_NOT_FOUND);
	return member_change(c, id, user_id, false, name);
}

struct str group_name(struct ctx *c, int64_t id)
{
	struct audience_group_name_row row;
	return audience_group_name(c->db, c->arena, c->actor->id, id, &row) ? row.name : STR_NULL;
}

int64_t group_by_name(struct ctx *c, struct str name)
{
	struct group_named_row row;
	bool found = group_named(c->db, c->arena, text_fold(c->arena, name), &row);
	return found && !str_is_null(group_name(c, row.id)) ? row.id : 0;
}
