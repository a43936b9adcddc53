#include "model/policy.h"
#include "gen/queries.h"

static const struct {
	struct str name;
	enum permission_group group;
	enum permission_reach reach;
	uint32_t needs;
} permissions[PERM_COUNT] = {
	[PERM_NONE] = { { "", 0 }, GROUP_ACCOUNT, REACH_ACCOUNT, 0 },
#define PERMISSION(constant, name, group, reach, needs) \
	[constant] = { { name, sizeof name - 1 }, GROUP_##group, REACH_##reach, needs },
#include "model/permissions.def"
#undef PERMISSION
};
_Static_assert(PERM_COUNT <= 32, "actor.can has a bit a permission");

struct str permission_name(enum permission p)
{
	return permissions[p].name;
}

enum permission permission_find(struct str name)
{
	for (unsigned p = 1; p < PERM_COUNT; p++)
		if (str_eq(name, permissions[p].name))
			return (enum permission)p;
	return PERM_NONE;
}

enum permission_group permission_group(enum permission p)
{
	return permissions[p].group;
}

enum permission_reach permission_reach(enum permission p)
{
	return permissions[p].reach;
}

uint32_t permissions_with_needs(uint32_t set)
{
	uint32_t before;
	do {
		before = set;
		for (unsigned p = 1; p < PERM_COUNT; p++)
			if (set >> p & 1)
				set |= permissions[p].needs;
	} while (set != before);
	return set;
}

static struct str role_key(const struct actor_by_id_row *row, const struct actor *a)
{
	switch (row->top_role.has ? row->top_role.v : ROLE_LEARNER) {
	case ROLE_OWNER: return STR("owner");
	case ROLE_ACCOUNT_ADMIN: return STR("account_admin");
	case ROLE_DEPARTMENT_ADMIN: return STR("department_admin");
	default: break;
	}
	if (!str_is_null(a->role_name))
		return STR("custom");
	return a->has_reports ? STR("supervisor") : STR("learner");
}

bool actor_load(struct ctx *c, int64_t user_id, struct actor *out)
{
	struct actor_by_id_row row;
	if (!actor_by_id(c->db, c->arena, user_id, &row))
		return false;
	*out = (struct actor){
		.id = row.id,
		.login = row.login,
		.name = row.name,
		.email = row.email,
		.has_reports = row.has_reports,
		.has_trainings = row.has_trainings,
		.time_zone = row.time_zone,
		.theme = row.theme,
		.role_name = row.custom_role,
	};
	if (str_is_null(row.locale) || !text_locale_parse(row.locale, &out->locale))
		out->locale = LOCALE_COUNT;
	struct actor_permissions_rows held;
	actor_permissions(c->db, c->arena, user_id, &held);
	for (size_t i = 0; i < held.n; i++) {
		enum permission p = permission_find(held.items[i].permission);
		if (p != PERM_NONE)
			out->can |= UINT32_C(1) << p;
	}
	out->manager = out->can != 0;
	out->account_wide = row.top_role.has && (row.top_role.v == ROLE_OWNER || row.top_role.v == ROLE_ACCOUNT_ADMIN);
	/* A supervisor may see people, though no department: the statements know whom. */
	if (out->has_reports)
		out->can |= UINT32_C(1) << PERM_USERS_VIEW;
	out->role_words_key = role_key(&row, out);
	return !db_failed(c->db);
}

static bool not_found(struct ctx *c)
{
	return err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
}

static bool user_in_scope(struct ctx *c, enum permission p, int64_t user_id)
{
	struct policy_user_in_scope_row row;
	return policy_user_in_scope(c->db, c->arena, c->actor->id, permission_name(p), user_id, &row);
}

static bool is_below(struct ctx *c, int64_t user_id)
{
	struct policy_is_supervisor_row row;
	return c->actor->has_reports && policy_is_supervisor(c->db, c->arena, user_id, c->actor->id, &row);
}

bool policy_user(struct ctx *c, enum permission p, int64_t user_id)
{
	if (c->actor && (user_in_scope(c, p, user_id) || (p == PERM_USERS_VIEW && is_below(c, user_id))))
		return true;
	return not_found(c);
}

bool policy_department(struct ctx *c, enum permission p, int64_t department_id)
{
	struct policy_department_in_scope_row row;
	if (c->actor && policy_department_in_scope(c->db, c->arena, c->actor->id, permission_name(p), department_id, &row))
		return true;
	return not_found(c);
}

bool policy_group(struct ctx *c, enum permission p, int64_t group_id)
{
	struct policy_group_in_scope_row row;
	if (c->actor && policy_group_in_scope(c->db, c->arena, c->actor->id, permission_name(p), group_id, &row))
		return true;
	return not_found(c);
}

bool policy_edits(const struct actor *a, int64_t organizer_id, bool organizer_in_scope)
{
	return organizer_in_scope ||
		(organizer_id == a->id && (actor_can(a, PERM_TRAININGS_CREATE) || actor_can(a, PERM_TRAININGS_EDIT)));
}

static bool training_allowed(const struct actor *a, enum permission p, const struct policy_training_facts_row *t)
{
	bool organizes = t->organizer_id == a->id;
	switch (p) {
	case PERM_TRAININGS_EDIT: return policy_edits(a, t->organizer_id, t->organizer_in_scope);
	case PERM_RESULTS: return actor_can(a, PERM_RESULTS) || organizes || t->instructs;
	default: return actor_can(a, PERM_TRAININGS_VIEW) || organizes || t->instructs;
	}
}

bool policy_training(struct ctx *c, enum permission p, int64_t training_id)
{
	struct policy_training_facts_row t;
	if (c->actor && policy_training_facts(c->db, c->arena, c->actor->id, training_id, &t) &&
		training_allowed(c->actor, p, &t))
		return true;
	return not_found(c);
}

bool policy_session(struct ctx *c, enum permission p, int64_t session_id)
{
	struct policy_session_facts_row s;
	if (!c->actor || !policy_session_facts(c->db, c->arena, session_id, &s))
		return not_found(c);
	/* An instructor of another session of the training sees this one, but records nothing in it. */
	if (p == PERM_RESULTS) {
		bool own = s.organizer_id == c->actor->id || (s.instructor_id.has && s.instructor_id.v == c->actor->id);
		return own || actor_can(c->actor, PERM_RESULTS) ? true : not_found(c);
	}
	return policy_training(c, p, s.training_id);
}

bool policy_enrollment(struct ctx *c, enum permission p, int64_t enrollment_id)
{
	struct policy_enrollment_facts_row e;
	if (!c->actor || !policy_enrollment_facts(c->db, c->arena, enrollment_id, &e))
		return not_found(c);
	if (user_in_scope(c, p, e.user_id))
		return true;
	if ((p == PERM_USERS_VIEW || p == PERM_RESULTS) &&
		(e.organizer_id == c->actor->id || (e.instructor_id.has && e.instructor_id.v == c->actor->id)))
		return true;
	if (p == PERM_USERS_VIEW && is_below(c, e.user_id))
		return true;
	/* One's own is there from the access date on (R11). */
	if (p == PERM_USERS_VIEW && e.user_id == c->actor->id && e.announced_at.has)
		return true;
	return not_found(c);
}

bool policy_batch(struct ctx *c, enum permission p, int64_t batch_id)
{
	(void)p;
	struct policy_batch_owner_row row;
	if (c->actor && policy_batch_owner(c->db, c->arena, batch_id, &row) &&
		(row.actor_id == c->actor->id || c->actor->account_wide))
		return true;
	return not_found(c);
}

bool policy_import(struct ctx *c, enum permission p, int64_t import_id)
{
	(void)p;
	struct import_owner_row row;
	if (c->actor && import_owner(c->db, c->arena, import_id, &row) &&
		((row.actor_id.has && row.actor_id.v == c->actor->id) || c->actor->account_wide))
		return true;
	return not_found(c);
}

bool policy_draft(struct ctx *c, enum permission p, int64_t draft_id)
{
	(void)p;
	struct policy_draft_owner_row row;
	if (c->actor && policy_draft_owner(c->db, c->arena, draft_id, &row) && row.owner_id == c->actor->id)
		return true;
	return not_found(c);
}

bool policy_sees_participants(struct ctx *c, int64_t training_id)
{
	struct policy_training_facts_row t;
	return c->actor && policy_training_facts(c->db, c->arena, c->actor->id, training_id, &t) &&
		(c->actor->account_wide || t.organizer_id == c->actor->id);
}

void policy_rebuild(struct ctx *c)
{
	grant_clear(c->db);
	grant_account_wide(c->db);
	grant_by_department(c->db);
}
