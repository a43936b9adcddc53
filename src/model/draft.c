#include "model/draft.h"
#include <stdlib.h>
#include "gen/queries.h"
#include "gen/text.h"
#include "model/policy.h"
#include "model/stage.h"

/* What is stored must be readable again: a form can name more than a specification may hold. */
static bool write_body(struct ctx *c, const struct enroll_spec *s, struct str *out)
{
	struct enroll_spec again;
	struct errs before = c->errs;
	*out = enroll_spec_write(c, s);
	bool ok = enroll_spec_parse(c, *out, &again);
	c->errs = before;
	return ok || ctx_invalid(c, STR(""), CODE_too_long, t_draft_too_large(&c->text));
}

bool draft_create(struct ctx *c, const struct enroll_spec *s, enum draft_stage stage, int64_t *id)
{
	struct str body;
	if (!write_body(c, s, &body))
		return false;
	*id = draft_insert(c->db, c->actor->id, body, stage, c->now);
	draft_trim(c->db, c->actor->id, DRAFTS_MAX);
	return !db_failed(c->db);
}

bool draft_get(struct ctx *c, int64_t id, struct draft *out)
{
	struct draft_row_row row;
	if (!draft_row(c->db, c->arena, id, &row))
		return err_set(&c->errs, ERR_NOT_FOUND);
	*out = (struct draft){
		.id = row.id, .version = row.version, .stage = row.stage, .updated_at = row.updated_at, .batch = row.batch_id
	};
	return enroll_spec_parse(c, row.body, &out->spec);
}

bool draft_save(struct ctx *c, struct draft *d, int64_t version, enum draft_stage reached)
{
	struct str body;
	if (!write_body(c, &d->spec, &body))
		return false;
	if (version != d->version || draft_update(c->db, d->id, version, body, reached, c->now) != 1)
		return err_add(
			&c->errs, c->arena, ERR_CONFLICT, STR(""), CODE_outcome_changed, t_draft_changed_elsewhere(&c->text));
	d->version++;
	return true;
}

void draft_used(struct ctx *c, int64_t id, int64_t batch)
{
	draft_use(c->db, id, batch, c->now);
}

bool draft_remove(struct ctx *c, int64_t id)
{
	draft_delete(c->db, id);
	return !db_failed(c->db);
}

void draft_list(struct ctx *c, int64_t limit, struct drafts *out)
{
	struct draft_of_owner_rows rows;
	draft_of_owner(c->db, c->arena, c->actor->id, limit, &rows);
	*out = (struct drafts){ ARENA_ARRAY(c->arena, struct draft, rows.n), rows.n };
	for (size_t i = 0; i < rows.n; i++) {
		const struct draft_of_owner_row *r = &rows.items[i];
		out->items[i] =
			(struct draft){ .id = r->id, .version = r->version, .stage = r->stage, .updated_at = r->updated_at };
	}
}

void draft_people(struct ctx *c, const int64_t *ids, size_t n, int64_t limit, struct draft_people *out)
{
	struct draft_user_names_rows rows;
	stage_ids(c, ids, n);
	draft_user_names(c->db, c->arena, c->actor->id, limit, &rows);
	*out = (struct draft_people){ ARENA_ARRAY(c->arena, struct draft_person, rows.n), rows.n };
	for (size_t i = 0; i < rows.n; i++)
		out->items[i] = (struct draft_person){ rows.items[i].id, rows.items[i].name };
}

/* ---- lists of ids */
static bool has(const int64_t *ids, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (ids[i] == id)
			return true;
	return false;
}

static void drop(int64_t *ids, size_t *n, int64_t id)
{
	size_t kept = 0;
	for (size_t i = 0; i < *n; i++)
		if (ids[i] != id)
			ids[kept++] = ids[i];
	*n = kept;
}

bool spec_add_user(struct ctx *c, struct enroll_spec *s, int64_t id)
{
	struct audience *a = &s->audience;
	/* Adding somebody by name takes an exception back. */
	drop(a->except, &a->except_n, id);
	if (has(a->users, a->users_n, id))
		return false;
	*VEC_PUSH(c->arena, a->users, a->users_n, a->users_cap) = id;
	return true;
}

/* Where the id is in the table, or the free place where it belongs. */
static size_t place_of(const int64_t *table, size_t size, int64_t id)
{
	size_t at = (size_t)(((uint64_t)id * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (size - 1);
	while (table[at] && table[at] != id)
		at = (at + 1) & (size - 1);
	return at;
}

void spec_add_users(struct ctx *c, struct enroll_spec *s, const int64_t *ids, size_t n)
{
	struct audience *a = &s->audience;
	size_t size = 16, kept = 0;
	while (size < 2 * (a->users_n + n))
		size *= 2;
	int64_t *table = ARENA_ARRAY(c->arena, int64_t, size);
	for (size_t i = 0; i < a->users_n; i++)
		table[place_of(table, size, a->users[i])] = a->users[i];
	for (size_t i = 0; i < n; i++) {
		size_t at = place_of(table, size, ids[i]);
		if (table[at])
			continue;
		table[at] = ids[i];
		*VEC_PUSH(c->arena, a->users, a->users_n, a->users_cap) = ids[i];
	}
	for (size_t i = 0; i < a->except_n; i++)
		if (!table[place_of(table, size, a->except[i])])
			a->except[kept++] = a->except[i];
	a->except_n = kept;
}

void spec_remove_user(struct enroll_spec *s, int64_t id)
{
	drop(s->audience.users, &s->audience.users_n, id);
}

void spec_remove_department(struct enroll_spec *s, int64_t id)
{
	struct audience *a = &s->audience;
	size_t kept = 0;
	for (size_t i = 0; i < a->departments_n; i++)
		if (a->departments[i].id != id)
			a->departments[kept++] = a->departments[i];
	a->departments_n = kept;
}

void spec_add_department(struct ctx *c, struct enroll_spec *s, int64_t id, bool nested)
{
	struct audience *a = &s->audience;
	spec_remove_department(s, id);
	*VEC_PUSH(c->arena, a->departments, a->departments_n, a->departments_cap) =
		(struct audience_department){ id, nested };
}

void spec_add_group(struct ctx *c, struct enroll_spec *s, int64_t id)
{
	struct audience *a = &s->audience;
	if (!has(a->groups, a->groups_n, id))
		*VEC_PUSH(c->arena, a->groups, a->groups_n, a->groups_cap) = id;
}

void spec_remove_group(struct enroll_spec *s, int64_t id)
{
	drop(s->audience.groups, &s->audience.groups_n, id);
}

static bool group_is_there(struct ctx *c, int64_t id)
{
	struct errs before = c->errs;
	bool ok = policy_group(c, PERM_ENROLL, id);
	c->errs = before;
	return ok;
}

static void add_rules(struct ctx *c, struct enroll_spec *s, const struct audience *asked)
{
	for (size_t i = 0; i < asked->departments_n; i++)
		spec_add_department(c, s, asked->departments[i].id, asked->departments[i].nested);
	for (size_t i = 0; i < asked->groups_n; i++)
		if (group_is_there(c, asked->groups[i]))
			spec_add_group(c, s, asked->groups[i]);
}

static bool add_people(struct ctx *c, struct enroll_spec *s, const struct audience *asked)
{
	struct audience_people found;
	int64_t count;
	if (!audience_resolve(c, asked, NULL, &count))
		return false;
	audience_people(c, 0, count, &found);
	int64_t *ids = ARENA_ARRAY(c->arena, int64_t, found.n);
	for (size_t i = 0; i < found.n; i++)
		ids[i] = found.items[i].id;
	spec_add_users(c, s, ids, found.n);
	return true;
}

bool spec_add_search(struct ctx *c, struct enroll_spec *s, struct audience *asked)
{
	struct audience *a = &s->audience;
	if (!asked->filter_n) {
		add_rules(c, s, asked);
		return true;
	}
	audience_narrow(c, asked);
	if (!user_filter_parse(c, asked->filter, asked->filter_n))
		return false;
	if (a->filter_n)
		return add_people(c, s, asked);
	a->filter = asked->filter;
	a->filter_n = a->filter_cap = asked->filter_n;
	return true;
}

void spec_except(struct ctx *c, struct enroll_spec *s, int64_t id)
{
	struct audience *a = &s->audience;
	spec_remove_user(s, id);
	if (!has(a->except, a->except_n, id))
		*VEC_PUSH(c->arena, a->except, a->except_n, a->except_cap) = id;
}

void spec_remove_except(struct enroll_spec *s, int64_t id)
{
	drop(s->audience.except, &s->audience.except_n, id);
}

void spec_clear_audience(struct enroll_spec *s)
{
	s->audience = (struct audience){ 0 };
}

bool spec_add_training(struct ctx *c, struct enroll_spec *s, int64_t id)
{
	for (size_t i = 0; i < s->trainings_n; i++)
		if (s->trainings[i].training == id)
			return false;
	*VEC_PUSH(c->arena, s->trainings, s->trainings_n, s->trainings_cap) = (struct enroll_training){ .training = id };
	return true;
}

void spec_remove_training(struct enroll_spec *s, int64_t id)
{
	size_t kept = 0;
	for (size_t i = 0; i < s->trainings_n; i++)
		if (s->trainings[i].training != id)
			s->trainings[kept++] = s->trainings[i];
	s->trainings_n = kept;
}

int64_t *spec_training_ids(struct arena *a, const struct enroll_spec *s)
{
	int64_t *ids = ARENA_ARRAY(a, int64_t, s->trainings_n + 1);
	for (size_t i = 0; i < s->trainings_n; i++)
		ids[i] = s->trainings[i].training;
	return ids;
}

struct placed {
	struct enroll_decision it;
	size_t place;
};

static int by_person(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	if (x->it.user != y->it.user)
		return x->it.user < y->it.user ? -1 : 1;
	if (x->it.training != y->it.training)
		return x->it.training < y->it.training ? -1 : 1;
	return x->place < y->place ? -1 : 1;
}

void spec_decide(struct ctx *c, struct enroll_spec *s, const struct enroll_decision *said, size_t n)
{
	size_t before = s->decisions_n, all = before + n, kept = 0;
	struct placed *list = ARENA_ARRAY(c->arena, struct placed, all + 1);
	for (size_t i = 0; i < all; i++)
		list[i] = (struct placed){ i < before ? s->decisions[i] : said[i - before], i };
	qsort(list, all, sizeof *list, by_person);
	s->decisions = ARENA_ARRAY(c->arena, struct enroll_decision, all + 1);
	for (size_t i = 0; i < all; i++) {
		const struct enroll_decision *d = &list[i].it, *next = i + 1 < all ? &list[i + 1].it : NULL;
		if (!next || next->user != d->user || next->training != d->training)
			s->decisions[kept++] = *d;
	}
	s->decisions_n = s->decisions_cap = kept;
}
