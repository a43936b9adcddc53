#include "model/audit_list.h"
#include "base/json.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/policy.h"

const char *const audit_list_sorts[1] = { "id" };

static struct str actor_words(struct ctx *c, struct opt_i64 id, struct str name)
{
	return id.has && str_is_null(name) ? t_history_outside(&c->text) : name;
}

static void copy_rows(struct ctx *c, const struct audit_of_training_rows *rows, struct audit_rows *out)
{
	*out = (struct audit_rows){ .items = ARENA_ARRAY(c->arena, struct audit_row, rows->n),
		.n = rows->n,
		.more = rows->more,
		.has_before = rows->has_before };
	for (size_t i = 0; i < rows->n; i++) {
		const struct audit_of_training_row *r = &rows->items[i];
		out->items[i] = (struct audit_row){
			.id = r->id,
			.at = r->at,
			.actor_id = r->actor_id,
			.actor_name = actor_words(c, r->actor_id, r->actor_name),
			.actor_hidden = r->actor_id.has && str_is_null(r->actor_name),
			.action = r->action,
			.object = r->object,
			.object_id = r->object_id,
			.user_id = r->user_id,
			.user_name = r->user_name,
			.training_id = r->training_id,
			.batch_id = r->batch_id,
			.before = r->before,
			.after = r->after,
			.origin = r->origin,
			.sort_int = r->sort_int,
		};
	}
}

static bool is_of_enrollment(const struct audit_query *q)
{
	return str_eq(q->object, STR("enrollment"));
}

/* What no index finds: several conditions, an id of whatever kind, or the kind that is most of the trail. */
static bool is_search(const struct audit_query *q)
{
	return q->who.has || q->about.has || q->action.n || q->from || q->to ||
		(q->object_id.has ? str_is_empty(q->object) : is_of_enrollment(q));
}

void audit_list(struct ctx *c, const struct audit_query *q, const struct db_page *page, struct audit_rows *out)
{
	int64_t actor = c->actor ? c->actor->id : 0;
	bool all = !c->actor || c->actor->account_wide;
	struct audit_of_training_rows rows;
	if (q->training) {
		audit_of_training(
			c->db, c->arena, actor, all || policy_sees_participants(c, q->training), q->training, page, &rows);
	} else if (q->user) {
		/* One's own history is one's own. */
		audit_of_user(c->db, c->arena, actor, all || q->user == actor, q->user, page, &rows);
	} else if (is_search(q)) {
		audit_search(c->db, c->arena, actor, all, q->who, q->object.n ? q->object : STR_NULL, q->object_id,
			q->action.n ? q->action : STR_NULL, q->from, q->to ? q->to : INT64_MAX, q->about, page, &rows);
	} else if (q->object_id.has && is_of_enrollment(q)) {
		audit_of_enrollment(c->db, c->arena, actor, all, q->object_id.v, page, &rows);
	} else if (q->object_id.has) {
		audit_of_object(c->db, c->arena, actor, all, q->object, q->object_id.v, page, &rows);
	} else if (!str_is_empty(q->object)) {
		audit_of_kind(c->db, c->arena, actor, all, q->object, page, &rows);
	} else {
		audit_all(c->db, c->arena, actor, all, page, &rows);
	}
	copy_rows(c, &rows, out);
}

static const struct audit_named actions[] = {
#define KIND(object)
#define ACTION(object, verb) { STR_INIT(#object "." #verb), t_audit_##object##_##verb },
#include "model/audit.def"
#undef KIND
#undef ACTION
};
static const struct audit_named kinds[] = {
#define KIND(object) { STR_INIT(#object), t_audit_object_##object },
#define ACTION(object, verb)
#include "model/audit.def"
#undef KIND
#undef ACTION
};

static struct str words_in(const struct text *t, const struct audit_named *list, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(name, list[i].name))
			return list[i].words(t);
	return name;
}

struct str audit_action_words(const struct text *t, struct str action)
{
	return words_in(t, actions, sizeof actions / sizeof *actions, action);
}

struct str audit_kind_words(const struct text *t, struct str kind)
{
	return words_in(t, kinds, sizeof kinds / sizeof *kinds, kind);
}

const struct audit_named *audit_actions(size_t *n)
{
	*n = sizeof actions / sizeof *actions;
	return actions;
}

const struct audit_named *audit_kinds(size_t *n)
{
	*n = sizeof kinds / sizeof *kinds;
	return kinds;
}

static size_t members_of(struct ctx *c, struct str json, struct json_member **out)
{
	struct errs ignored = { 0 };
	struct json_obj o;
	return !str_is_null(json) && jr_parse(&o, c->arena, json, &ignored, NULL, NULL) ? jr_members(&o, out) : 0;
}

static struct audit_change *find_change(struct audit_changes *list, struct str name)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->items[i].name, name))
			return &list->items[i];
	return NULL;
}

void audit_changes(struct ctx *c, struct str before, struct str after, struct audit_changes *out)
{
	struct json_member *old, *new;
	size_t old_n = members_of(c, before, &old), new_n = members_of(c, after, &new);
	*out = (struct audit_changes){ .items = ARENA_ARRAY(c->arena, struct audit_change, old_n + new_n) };
	for (size_t i = 0; i < old_n; i++)
		out->items[out->n++] = (struct audit_change){ old[i].name, old[i].value, STR("") };
	for (size_t i = 0; i < new_n; i++) {
		struct audit_change *x = find_change(out, new[i].name);
		if (x)
			x->after = new[i].value;
		else
			out->items[out->n++] = (struct audit_change){ new[i].name, STR(""), new[i].value };
	}
}

struct str audit_name_of(struct ctx *c, enum audit_name what, int64_t id)
{
	struct audit_department_name_row department;
	struct audit_user_name_row user;
	struct audit_session_name_row session;
	struct audit_training_name_row training;
	bool all = c->actor->account_wide;
	switch (what) {
	case AUDIT_DEPARTMENT:
		return audit_department_name(c->db, c->arena, c->actor->id, all, id, &department) ? department.name : STR_NULL;
	case AUDIT_USER: return audit_user_name(c->db, c->arena, c->actor->id, all, id, &user) ? user.name : STR_NULL;
	case AUDIT_SESSION: return audit_session_name(c->db, c->arena, id, &session) ? session.name : STR_NULL;
	case AUDIT_TRAINING: return audit_training_name(c->db, c->arena, id, &training) ? training.name : STR_NULL;
	}
	return STR_NULL;
}
