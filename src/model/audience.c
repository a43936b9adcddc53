#include "model/audience.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/department.h"
#include "model/group.h"
#include "model/policy.h"
#include "model/stage.h"

enum { PASTE_MAX = 50000 };

/* `before`: how many were named in the lists that come first. */
static void stage_texts(struct ctx *c, const struct str *texts, size_t n, size_t before)
{
	stage_text_clear(c->db);
	for (size_t i = 0; i < n; i++) {
		struct str value = str_is_utf8(texts[i]) ? texts[i] : STR("");
		stage_text_add(c->db, (int64_t)(before + i) + 1, value, text_fold(c->arena, value));
	}
}

static void take_users(struct ctx *c, const struct audience *a, struct audience_unknown *unknown)
{
	struct pick_users_unknown_rows rows;
	stage_ids(c, a->users, a->users_n);
	pick_users(c->db, c->actor->id);
	if (!unknown)
		return;
	pick_users_unknown(c->db, c->arena, &rows);
	for (size_t i = 0; i < rows.n; i++)
		*VEC_PUSH(c->arena, unknown->users, unknown->users_n, unknown->users_cap) = rows.items[i].id;
}

static void take_logins(struct ctx *c, const struct audience *a, struct audience_unknown *unknown)
{
	struct pick_logins_unknown_rows rows;
	stage_texts(c, a->logins, a->logins_n, a->users_n);
	pick_logins(c->db, c->actor->id);
	if (!unknown)
		return;
	pick_logins_unknown(c->db, c->arena, &rows);
	for (size_t i = 0; i < rows.n; i++)
		*VEC_PUSH(c->arena, unknown->logins, unknown->logins_n, unknown->logins_cap) = rows.items[i].value;
}

static void take_emails(struct ctx *c, const struct audience *a, struct audience_unknown *unknown)
{
	struct pick_emails_unknown_rows rows;
	stage_texts(c, a->emails, a->emails_n, a->users_n + a->logins_n);
	pick_emails(c->db, c->actor->id);
	if (!unknown)
		return;
	pick_emails_unknown(c->db, c->arena, &rows);
	for (size_t i = 0; i < rows.n; i++)
		*VEC_PUSH(c->arena, unknown->emails, unknown->emails_n, unknown->emails_cap) = rows.items[i].value;
}

/* A probe must not leave ERR_NOT_FOUND behind: what is unknown is listed, and the rest goes on. */
static bool in_reach(struct ctx *c, bool (*policy)(struct ctx *, enum permission, int64_t), int64_t id)
{
	struct errs before = c->errs;
	bool ok = policy(c, PERM_ENROLL, id);
	c->errs = before;
	return ok;
}

static void take_departments(struct ctx *c, const struct audience *a, struct audience_unknown *unknown)
{
	for (size_t i = 0; i < a->departments_n; i++) {
		if (in_reach(c, policy_department, a->departments[i].id))
			pick_department(c->db, c->actor->id, a->departments[i].id, a->departments[i].nested);
		else if (unknown)
			*VEC_PUSH(c->arena, unknown->departments, unknown->departments_n, unknown->departments_cap) =
				a->departments[i].id;
	}
}

static void take_groups(struct ctx *c, const struct audience *a, struct audience_unknown *unknown)
{
	for (size_t i = 0; i < a->groups_n; i++) {
		struct db_filter *filter = NULL;
		if (!in_reach(c, policy_group, a->groups[i])) {
			if (unknown)
				*VEC_PUSH(c->arena, unknown->groups, unknown->groups_n, unknown->groups_cap) = a->groups[i];
		} else if (group_rule(c, a->groups[i], &filter)) {
			if (filter)
				pick_filter(c->db, c->actor->id, filter);
			else
				pick_group(c->db, c->actor->id, a->groups[i]);
		}
	}
}

bool audience_resolve(struct ctx *c, const struct audience *a, struct audience_unknown *unknown, int64_t *count)
{
	struct pick_count_row row = { 0 };
	pick_clear(c->db);
	/* Persons first: the order they were given in decides about seats, also when a rule finds them again. */
	if (a->users_n)
		take_users(c, a, unknown);
	if (a->logins_n)
		take_logins(c, a, unknown);
	if (a->emails_n)
		take_emails(c, a, unknown);
	take_departments(c, a, unknown);
	take_groups(c, a, unknown);
	if (a->filter_n) {
		struct db_filter *filter = user_filter_parse(c, a->filter, a->filter_n);
		if (!filter)
			return false;
		pick_filter(c->db, c->actor->id, filter);
	}
	if (a->except_n) {
		stage_ids(c, a->except, a->except_n);
		pick_except_stage(c->db);
	}
	pick_count(c->db, c->arena, &row);
	*count = row.n;
	return !db_failed(c->db);
}

void audience_people(struct ctx *c, int64_t skip, int64_t limit, struct audience_people *out)
{
	struct pick_list_rows rows;
	pick_list(c->db, c->arena, skip, limit, &rows);
	*out = (struct audience_people){ ARENA_ARRAY(c->arena, struct audience_person, rows.n), rows.n };
	for (size_t i = 0; i < rows.n; i++) {
		const struct pick_list_row *u = &rows.items[i];
		out->items[i] = (struct audience_person){ u->user_id, u->name, u->login, u->email, u->status, u->department };
	}
}

bool audience_has(struct ctx *c, int64_t user)
{
	struct pick_has_row row;
	return pick_has(c->db, c->arena, user, &row);
}

void audience_sums(struct ctx *c, struct audience_sums *out)
{
	struct pick_status_counts_row row = { 0 };
	pick_status_counts(c->db, c->arena, &row);
	*out = (struct audience_sums){ row.n, row.no_email, row.not_active };
}

bool audience_department_words(struct ctx *c, int64_t id, struct str *name, int64_t *users)
{
	struct audience_department_names_row row;
	if (!audience_department_names(c->db, c->arena, c->actor->id, id, &row))
		return false;
	*name = row.name;
	*users = row.people;
	return true;
}

/* ---- pasted lists */
static bool is_separator(char ch)
{
	return ch == '\n' || ch == '\r' || ch == ',' || ch == ';' || ch == '\t';
}

/* "Ana Ruiz <ana@example.org>" is its address. */
static struct str entry_of(struct str s)
{
	size_t open;
	s = str_trim(s);
	if (str_find(s, STR("<"), &open) && str_ends(s, STR(">")))
		s = str_trim(str_sub(s, open + 1, s.n - open - 2));
	return s;
}

static void split(struct ctx *c, struct str text, struct audience *named, size_t *entries)
{
	size_t from = 0;
	for (size_t i = 0; i <= text.n && *entries <= PASTE_MAX; i++) {
		if (i < text.n && !is_separator(text.p[i]))
			continue;
		struct str entry = entry_of(str_sub(text, from, i - from));
		from = i + 1;
		if (str_is_empty(entry))
			continue;
		++*entries;
		if (str_find(entry, STR("@"), NULL))
			*VEC_PUSH(c->arena, named->emails, named->emails_n, named->emails_cap) = entry;
		else
			*VEC_PUSH(c->arena, named->logins, named->logins_n, named->logins_cap) = entry;
	}
}

/* Somebody may be named by both login and address. */
static void add_picked(struct ctx *c, int64_t count, struct audience_paste *out)
{
	struct pick_list_rows rows;
	size_t n = out->users_n;
	int64_t *known = ARENA_ARRAY(c->arena, int64_t, n + 1);
	for (size_t i = 0; i < n; i++)
		known[i] = out->users[i];
	n = ids_sort(known, n);
	pick_list(c->db, c->arena, 0, count, &rows);
	for (size_t i = 0; i < rows.n; i++)
		if (!ids_have(known, n, rows.items[i].user_id))
			*VEC_PUSH(c->arena, out->users, out->users_n, out->users_cap) = rows.items[i].user_id;
}

bool audience_paste(struct ctx *c, struct str text, struct audience_paste *out)
{
	struct audience named = { 0 };
	struct audience_unknown unknown = { 0 };
	size_t entries = 0;
	int64_t count;
	*out = (struct audience_paste){ 0 };
	if (!str_is_utf8(text))
		return ctx_invalid(c, STR("paste"), CODE_invalid, t_error_invalid(&c->text));
	split(c, text, &named, &entries);
	if (entries == 0)
		return ctx_invalid(c, STR("paste"), CODE_required, t_enroll_paste_empty(&c->text));
	if (entries > PASTE_MAX)
		return ctx_invalid(c, STR("paste"), CODE_too_long, t_enroll_paste_long(&c->text, PASTE_MAX));
	if (!audience_resolve(c, &named, &unknown, &count))
		return false;
	/* A login may look like an address: what is no e-mail is looked up as a login once more. */
	struct audience again = { .logins = unknown.emails, .logins_n = unknown.emails_n };
	add_picked(c, count, out);
	struct audience_unknown still = { 0 };
	if (again.logins_n) {
		if (!audience_resolve(c, &again, &still, &count))
			return false;
		add_picked(c, count, out);
	}
	for (size_t i = 0; i < unknown.logins_n; i++)
		*VEC_PUSH(c->arena, out->unknown, out->unknown_n, out->unknown_cap) = unknown.logins[i];
	for (size_t i = 0; i < still.logins_n; i++)
		*VEC_PUSH(c->arena, out->unknown, out->unknown_n, out->unknown_cap) = still.logins[i];
	size_t found = out->users_n + out->unknown_n;
	out->repeated = entries > found ? entries - found : 0;
	return true;
}

/* ---- a search */
static struct str id_text(struct ctx *c, int64_t id)
{
	return str_num(c->arena, "", id);
}

static const struct audience_department *named(const struct audience *a, int64_t id)
{
	for (size_t i = 0; i < a->departments_n; i++)
		if (a->departments[i].id == id)
			return &a->departments[i];
	return NULL;
}

/* The named departments, with those below where that was asked for. */
static size_t department_ids(struct ctx *c, const struct audience *a, struct str **out)
{
	struct departments list;
	size_t n = 0, below = 0;
	department_list(c, PERM_ENROLL, &list);
	*out = ARENA_ARRAY(c->arena, struct str, list.n ? list.n : 1);
	for (size_t i = 0; i < list.n; i++) {
		const struct audience_department *d = named(a, list.items[i].id);
		if (d && d->nested && list.items[i].end > below)
			below = list.items[i].end;
		if (d || i < below)
			(*out)[n++] = id_text(c, list.items[i].id);
	}
	return n;
}

static void narrow_to_departments(struct ctx *c, const struct audience *a, struct user_condition *to)
{
	*to = (struct user_condition){ .field = STR("department"), .op = STR("in") };
	/* One with everything below is an interval, however much that is; a list of values is bounded. */
	if (a->departments_n == 1 && a->departments[0].nested) {
		to->op = STR("starts_with");
		to->values = ARENA_NEW(c->arena, struct str);
		to->values[to->values_n++] = id_text(c, a->departments[0].id);
	} else {
		to->values_n = department_ids(c, a, &to->values);
		/* None that the actor sees: one that is not there, which is what they are told. */
		if (!to->values_n)
			to->values[to->values_n++] = id_text(c, 0);
	}
}

void audience_narrow(struct ctx *c, struct audience *a)
{
	if (!a->filter_n || (!a->departments_n && !a->groups_n))
		return;
	struct user_condition *more;
	if (a->departments_n)
		narrow_to_departments(c, a, VEC_PUSH(c->arena, a->filter, a->filter_n, a->filter_cap));
	if (a->groups_n) {
		more = VEC_PUSH(c->arena, a->filter, a->filter_n, a->filter_cap);
		*more = (struct user_condition){
			.field = STR("group"), .op = STR("in"), .values = ARENA_ARRAY(c->arena, struct str, a->groups_n)
		};
		for (size_t i = 0; i < a->groups_n; i++)
			more->values[more->values_n++] = id_text(c, a->groups[i]);
	}
	a->departments_n = a->groups_n = 0;
}
