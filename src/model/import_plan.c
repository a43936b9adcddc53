/* What each staged row would do: its cells checked by the rules that the pages use, compared with the user there is. */
#include "base/buf.h"
#include "base/tz.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/department.h"
#include "model/import_room.h"
#include "model/password.h"
#include "model/stage.h"

enum { GROUPS_EACH = 100 };

/* What is the same for all rows of a slice is asked once. */
struct planning {
	struct ctx *c;
	int64_t id;
	const struct import_layout *layout;
	struct import_departments *departments;
	struct import_groups_rows groups;
	struct import_plan_fields_rows fields;
	struct import_plan_groups_rows members;
};

int64_t import_position(const struct import_layout *l, struct str name)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->columns[i].name, name))
			return (int64_t)i + 1;
	return 0;
}

/* ---- the user's own cells */

static void check_login(struct planning *p, struct import_step *s)
{
	const struct import_plan_row *r = s->row;
	struct ctx *c = p->c;
	if (!user_rule_login(c, r->login, &s->fresh))
		return;
	/* Another case or accent is the same login, and no change. */
	if (s->old.id) {
		s->fresh.login = r->old_login;
		s->fresh.login_fold = r->old_login_fold;
	}
	if (r->login_twin.has)
		ctx_invalid(c, STR("login"), CODE_duplicate, t_import_fault_login_twin(&c->text, r->login_twin.v));
	else if (!r->in_scope && !user_is_seen(c, s->old.id))
		ctx_invalid(c, STR("login"), CODE_not_found, t_import_fault_user(&c->text));
	else if (!s->old.id && r->login_email.has)
		ctx_invalid(c, STR("login"), CODE_duplicate, t_user_login_taken(&c->text));
}

/* Whom the actor only sees may be in the file, since exports have them, as long as nothing changes. */
static void check_change(struct planning *p, struct import_step *s)
{
	const struct import_plan_row *r = s->row;
	struct ctx *c = p->c;
	if (!str_eq(s->effect, STR("update")))
		return;
	if (!r->in_scope)
		ctx_invalid(c, STR("login"), CODE_not_found, t_import_fault_user(&c->text));
	else if (r->has_power && user_is_above(c, s->old.id))
		ctx_invalid(c, STR("login"), CODE_locked, t_user_outranks(&c->text));
}

static void check_email(struct planning *p, struct import_step *s)
{
	const struct import_plan_row *r = s->row;
	struct ctx *c = p->c;
	s->fresh.email = r->old_email;
	s->fresh.email_fold = r->old_email_fold;
	if (str_is_null(r->email) || (s->old.id && str_eq(r->email, r->old_email)))
		return;
	if (!user_rule_email(c, r->email, &s->fresh))
		return;
	if (s->old.id && password_sees_beyond(c, s->old.id)) {
		ctx_invalid(c, STR("email"), CODE_locked, t_user_email_beyond(&c->text));
		return;
	}
	if (r->email_twin.has)
		ctx_invalid(c, STR("email"), CODE_duplicate, t_import_fault_email_twin(&c->text, r->email_twin.v));
	else if ((r->email_owner.has && r->email_owner.v != s->old.id) ||
		(r->email_login.has && r->email_login.v != s->old.id))
		ctx_invalid(c, STR("email"), CODE_duplicate, t_user_email_taken(&c->text));
}

/* "active", or as an export says it. */
static struct str status_of(struct ctx *c, struct str words)
{
	struct str fold = text_fold(c->arena, words);
	for (int locale = 0; locale < LOCALE_COUNT; locale++) {
		const struct text t = { c->arena, (enum text_locale)locale };
		if (str_eq(fold, text_fold(c->arena, t_status_active(&t))))
			return STR("active");
		if (str_eq(fold, text_fold(c->arena, t_status_inactive(&t))))
			return STR("inactive");
		if (str_eq(fold, text_fold(c->arena, t_status_ended(&t))))
			return STR("ended");
	}
	return str_lower_ascii(c->arena, words);
}

static void check_status(struct planning *p, struct import_step *s)
{
	struct ctx *c = p->c;
	struct user_other_owner_row other;
	s->fresh.status = s->old.status;
	if (str_is_empty(s->row->status) || !user_rule_status(c, status_of(c, s->row->status), &s->fresh))
		return;
	if (s->row->owns && str_eq(s->old.status, STR("active")) && !str_eq(s->fresh.status, STR("active")) &&
		!user_other_owner(c->db, c->arena, s->old.id, &other))
		ctx_invalid(c, STR("status"), CODE_locked, t_user_last_owner(&c->text));
}

/* Whom the actor does not see has no name in a preview (R3). */
static struct str old_supervisor(struct ctx *c, const struct import_step *s)
{
	const struct import_plan_row *r = s->row;
	bool seen = r->old_supervisor_seen || (s->old.supervisor_id.has && user_is_seen(c, s->old.supervisor_id.v));
	return seen ? r->old_supervisor_login : STR_NULL;
}

static void check_supervisor(struct planning *p, struct import_step *s, struct str *before, struct str *after)
{
	const struct import_plan_row *r = s->row;
	struct ctx *c = p->c;
	struct import_login_line_row line;
	s->fresh.supervisor = s->old.supervisor_id;
	*before = *after = old_supervisor(c, s);
	if (str_is_null(r->supervisor))
		return;
	if (str_is_empty(r->supervisor)) {
		/* Who does not see the supervisor was never shown one: nobody leaves it. */
		if (!str_is_null(*before))
			s->fresh.supervisor = NONE;
		*after = STR_NULL;
		return;
	}
	if (str_eq(r->supervisor_fold, r->login_fold)) {
		ctx_invalid(c, STR("supervisor"), CODE_invalid, t_import_fault_ring(&c->text));
	} else if (r->supervisor_id.has) {
		if (s->old.supervisor_id.has && s->old.supervisor_id.v == r->supervisor_id.v && !str_is_null(*before))
			return;
		if (!r->supervisor_seen && !user_is_seen(c, r->supervisor_id.v)) {
			ctx_invalid(c, STR("supervisor"), CODE_not_found, t_import_fault_supervisor(&c->text));
			return;
		}
		if (s->old.id && user_leads_outside(c, s->old.id)) {
			ctx_invalid(c, STR("supervisor"), CODE_invalid, t_user_supervisor_outside(&c->text));
			return;
		}
		s->fresh.supervisor = r->supervisor_id;
		*after = r->supervisor_login;
	} else if (s->old.id && user_leads_outside(c, s->old.id)) {
		ctx_invalid(c, STR("supervisor"), CODE_invalid, t_user_supervisor_outside(&c->text));
	} else if (import_login_line(c->db, c->arena, p->id, r->supervisor_fold, &line)) {
		/* Made by the same file: its own row is looked at when all are there (import_link.c). */
		s->fresh.supervisor = NONE;
		*after = line.login;
	} else {
		ctx_invalid(c, STR("supervisor"), CODE_not_found, t_import_fault_supervisor(&c->text));
	}
}

/* ---- profile fields */

/* A spreadsheet counts days; 25569 is 1970-01-01. */
static struct str day_of(struct ctx *c, struct str value)
{
	int64_t number;
	int year, month, day;
	if (value.n != 5 || !str_to_i64(value, &number))
		return value;
	tz_from_days(number - 25569, &year, &month, &day);
	return str_fmt(c->arena, "%04d-%02d-%02d", year, month, day);
}

static struct str stored_value(const struct planning *p, int64_t user, int64_t field)
{
	size_t lo = 0, hi = p->fields.n;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		const struct import_plan_fields_row *r = &p->fields.items[mid];
		if (r->user_id < user || (r->user_id == user && r->field_id < field))
			lo = mid + 1;
		else
			hi = mid;
	}
	const struct import_plan_fields_row *r = lo < p->fields.n ? &p->fields.items[lo] : NULL;
	return r && r->user_id == user && r->field_id == field ? r->value : STR_NULL;
}

static void check_fields(struct planning *p, struct import_step *s)
{
	struct str rest = s->row->fields, cell;
	s->fields = ARENA_ARRAY(p->c->arena, struct user_fresh_field, p->layout->n + 1);
	for (size_t i = 0; i < p->layout->n; i++) {
		const struct field_value *def = p->layout->columns[i].field;
		struct str value;
		if (!def)
			continue;
		if (!str_split(&rest, IMPORT_UNIT, &cell))
			cell = STR("");
		if (def->is_date && p->layout->is_sheet)
			cell = day_of(p->c, cell);
		struct str before = s->old.id ? stored_value(p, s->old.id, def->id) : STR_NULL;
		if (!field_clean(p->c, def, cell, def->key, &value) || str_eq(value, before))
			continue;
		s->fields[s->fields_n++] = (struct user_fresh_field){ def->id, def->key, before, value };
	}
}

/* ---- groups */

static const struct import_groups_row *group_by(const struct planning *p, int64_t id, struct str fold)
{
	for (size_t i = 0; i < p->groups.n; i++)
		if (id ? p->groups.items[i].id == id : str_eq(p->groups.items[i].name_fold, fold))
			return &p->groups.items[i];
	return NULL;
}

static struct str names_of(const struct planning *p, const int64_t *ids, size_t n)
{
	struct buf b = buf_new(p->c->arena);
	for (size_t i = 0; i < n; i++) {
		const struct import_groups_row *g = group_by(p, ids[i], STR(""));
		if (g)
			buf_fmt(&b, "%s" STR_FMT, b.n ? "; " : "", STR_ARG(g->name));
	}
	return b.n ? buf_str(&b) : STR_NULL;
}

static size_t stored_groups(const struct planning *p, int64_t user, int64_t *ids)
{
	size_t lo = 0, hi = p->members.n, n = 0;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (p->members.items[mid].user_id < user)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < p->members.n && p->members.items[lo].user_id == user && n < GROUPS_EACH; lo++)
		ids[n++] = p->members.items[lo].group_id;
	return ids_sort(ids, n);
}

/* A group with nobody in scope is not there (R3). */
static bool group_is_there(struct ctx *c, const struct import_groups_row *g)
{
	struct errs before = c->errs;
	bool there = !c->actor || (g && policy_group(c, PERM_USERS_VIEW, g->id));
	c->errs = before;
	return g && there;
}

static bool wanted_groups(struct planning *p, struct import_step *s, int64_t *ids, size_t *n)
{
	struct ctx *c = p->c;
	struct str rest = s->row->group_names, part;
	for (*n = 0; str_split(&rest, ';', &part);) {
		part = str_trim(part);
		if (str_is_empty(part))
			continue;
		const struct import_groups_row *g = group_by(p, 0, text_fold(c->arena, part));
		if (!group_is_there(c, g))
			return ctx_invalid(c, STR("groups"), CODE_not_found, t_import_fault_group(&c->text, part));
		if (g->smart)
			return ctx_invalid(c, STR("groups"), CODE_invalid, t_import_fault_group_smart(&c->text, part));
		if (*n == GROUPS_EACH)
			return ctx_invalid(c, STR("groups"), CODE_out_of_range, t_import_fault_groups_many(&c->text, GROUPS_EACH));
		bool there = false;
		for (size_t i = 0; i < *n; i++)
			there |= ids[i] == g->id;
		if (!there)
			ids[(*n)++] = g->id;
	}
	*n = ids_sort(ids, *n);
	return true;
}

static void check_groups(struct planning *p, struct import_step *s)
{
	struct ctx *c = p->c;
	int64_t before[GROUPS_EACH];
	if (str_is_null(s->row->group_names))
		return;
	s->group_ids = ARENA_ARRAY(c->arena, int64_t, GROUPS_EACH);
	if (!wanted_groups(p, s, s->group_ids, &s->group_ids_n))
		return;
	size_t n = s->old.id ? stored_groups(p, s->old.id, before) : 0;
	s->groups_change = n != s->group_ids_n;
	for (size_t i = 0; i < n && !s->groups_change; i++)
		s->groups_change = before[i] != s->group_ids[i];
	s->groups =
		(struct user_fresh_extra){ "groups", names_of(p, before, n), names_of(p, s->group_ids, s->group_ids_n) };
	if (s->groups_change && c->actor &&
		(!actor_can(c->actor, PERM_GROUPS_EDIT) ||
			(!c->actor->account_wide && !department_in_scope(c, PERM_GROUPS_EDIT, s->fresh.department))))
		ctx_invalid(c, STR("groups"), CODE_locked, t_import_fault_groups_locked(&c->text));
}

/* ---- one row */

static struct str cell_of(const struct import_plan_row *r, const struct import_layout *l, struct str name)
{
	struct str rest = r->fields, cell;
	for (size_t i = 0; i < l->n; i++) {
		if (l->columns[i].kind == IMPORT_FIELD && !str_split(&rest, IMPORT_UNIT, &cell))
			cell = STR("");
		if (!str_eq(l->columns[i].name, name))
			continue;
		switch (l->columns[i].kind) {
		case IMPORT_LOGIN: return r->login;
		case IMPORT_EMAIL: return r->email;
		case IMPORT_FIRST_NAME: return r->first_name;
		case IMPORT_LAST_NAME: return r->last_name;
		case IMPORT_DEPARTMENT: return r->department;
		case IMPORT_STATUS: return r->status;
		case IMPORT_SUPERVISOR: return r->supervisor;
		case IMPORT_GROUPS: return r->group_names;
		case IMPORT_FIELD: return cell;
		case IMPORT_IGNORED: break;
		}
	}
	return STR("");
}

static void take_errors(struct planning *p, struct import_step *s)
{
	for (size_t i = 0; i < p->c->errs.n; i++) {
		const struct err_item *e = &p->c->errs.items[i];
		import_fault_add(p->c, &s->faults,
			&(struct import_fault){
				s->row->line, e->field, cell_of(s->row, p->layout, e->field), e->message, e->code });
	}
}

static void find_changes(struct planning *p, struct import_step *s, struct str supervisor_before, struct str supervisor)
{
	struct ctx *c = p->c;
	struct buf before = buf_new(c->arena), after = buf_new(c->arena);
	struct audit_diff d = { &before, &after, 0 };
	const struct user_row_row *old = &s->old;
	bool is_new = !old->id;
	audit_diff_text(&d, "login", is_new ? STR_NULL : old->login, s->fresh.login);
	audit_diff_text(&d, "email", is_new ? STR_NULL : old->email, s->fresh.email);
	audit_diff_text(&d, "first_name", is_new ? STR_NULL : old->first_name, s->fresh.first_name);
	audit_diff_text(&d, "last_name", is_new ? STR_NULL : old->last_name, s->fresh.last_name);
	if (is_new || old->department_id != s->fresh.department)
		audit_diff_text(&d, "department", import_department_path(p->departments, old->department_id),
			import_department_path(p->departments, s->fresh.department));
	audit_diff_text(&d, "status", is_new ? STR_NULL : old->status, s->fresh.status);
	audit_diff_text(&d, "supervisor", supervisor_before, supervisor);
	if (s->groups_change)
		audit_diff_text(&d, "groups", s->groups.before, s->groups.after);
	for (size_t i = 0; i < s->fields_n; i++)
		audit_diff_text(&d, str_c(c->arena, s->fields[i].key), s->fields[i].before,
			str_is_empty(s->fields[i].value) ? STR_NULL : s->fields[i].value);
	audit_diff_end(&d);
	s->effect = is_new ? STR("create") : d.n ? STR("update") : STR("same");
	s->before = is_new ? STR_NULL : buf_str(&before);
	s->after = buf_str(&after);
}

static void plan_row(struct planning *p, struct import_step *s)
{
	const struct import_plan_row *r = s->row;
	struct ctx *c = p->c;
	struct errs kept = c->errs;
	struct str supervisor_before, supervisor;
	c->errs = (struct errs){ 0 };
	s->old = (struct user_row_row){ .status = STR("active"), .email = STR_NULL };
	if (r->user_id.has)
		s->old = (struct user_row_row){ .id = r->user_id.v,
			.login = r->old_login,
			.email = r->old_email,
			.first_name = r->old_first_name,
			.last_name = r->old_last_name,
			.department_id = r->old_department.v,
			.status = r->old_status,
			.supervisor_id = r->old_supervisor };
	struct str first = str_is_null(r->first_name) ? r->old_first_name : r->first_name;
	struct str last = str_is_null(r->last_name) ? r->old_last_name : r->last_name;
	check_login(p, s);
	check_email(p, s);
	user_rule_name(c, "first_name", str_is_null(first) ? STR("") : first, &s->fresh.first_name);
	user_rule_name(c, "last_name", str_is_null(last) ? STR("") : last, &s->fresh.last_name);
	import_department_check(p->departments, s);
	check_status(p, s);
	check_supervisor(p, s, &supervisor_before, &supervisor);
	check_groups(p, s);
	check_fields(p, s);
	if (!c->errs.n && !str_eq(r->effect, STR("error"))) {
		find_changes(p, s, supervisor_before, supervisor);
		check_change(p, s);
	}
	take_errors(p, s);
	if (s->faults.n || str_eq(r->effect, STR("error")))
		s->effect = STR("error");
	c->errs = kept;
}

void import_steps_find(struct ctx *c, int64_t id, const struct import_layout *l, struct import_steps *out)
{
	struct planning p = { .c = c, .id = id, .layout = l, .departments = import_departments_new(c) };
	struct import_plan_rows rows;
	import_plan(c->db, c->arena, id, c->actor ? SOME(c->actor->id) : NONE, &rows);
	import_plan_fields(c->db, c->arena, id, &p.fields);
	if (import_position(l, STR("groups"))) {
		import_groups(c->db, c->arena, &p.groups);
		import_plan_groups(c->db, c->arena, id, &p.members);
	}
	*out = (struct import_steps){ .items = ARENA_ARRAY(c->arena, struct import_step, rows.n + 1), .n = rows.n };
	for (size_t i = 0; i < rows.n && !db_failed(c->db); i++) {
		out->items[i].row = &rows.items[i];
		plan_row(&p, &out->items[i]);
	}
}
