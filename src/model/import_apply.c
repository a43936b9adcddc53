/* Doing what the preview showed, a slice at a time. Where it goes on stands in the row of the import, in the same
 * transaction as what was done: it survives a crash, and nothing is done twice. */
#include "base/clock.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/import_room.h"
#include "model/notification.h"
#include "model/stage.h"

struct done {
	int64_t created, updated, failed, cancelled;
};

static void fail_row(
	struct ctx *c, int64_t id, const struct import_layout *l, const struct import_step *s, struct done *done)
{
	for (size_t i = 0; i < s->faults.n; i++) {
		const struct import_fault *f = &s->faults.items[i];
		import_error_insert(c->db, id, f->row, import_position(l, f->column), f->column, f->value,
			str_from(err_code_name(f->code)), f->reason);
	}
	if (!s->faults.n)
		import_error_insert(c->db, id, s->row->line, import_position(l, STR("login")), STR("login"), s->row->login,
			str_from(err_code_name(CODE_outcome_changed)), t_import_fault_changed(&c->text));
	import_row_fail(c->db, id, s->row->line);
	done->failed++;
}

/* Whoever is named is there by now, and not below. */
static bool supervisor_fits(struct ctx *c, const struct import_step *s)
{
	struct policy_is_supervisor_row above;
	if (str_is_empty(s->row->supervisor) || s->faults.n)
		return true;
	if (!s->row->supervisor_id.has || !s->fresh.supervisor.has)
		return false;
	return !s->old.id || (s->old.supervisor_id.has && s->old.supervisor_id.v == s->fresh.supervisor.v) ||
		!policy_is_supervisor(c->db, c->arena, s->fresh.supervisor.v, s->old.id, &above);
}

static void write_groups(struct ctx *c, int64_t user, const struct import_step *s)
{
	if (!s->groups_change)
		return;
	import_leave_groups(c->db, user);
	for (size_t i = 0; i < s->group_ids_n; i++)
		group_member_add(c->db, s->group_ids[i], user);
}

static bool write_row(struct ctx *c, int64_t id, const struct import_step *s, struct done *done)
{
	int64_t user = user_store(c, &s->old, &s->fresh, s->fields, s->fields_n, s->groups_change ? &s->groups : NULL);
	write_groups(c, user, s);
	if (s->old.id)
		done->updated++;
	else
		done->created++;
	if (!s->old.id)
		import_row_user(c->db, id, s->row->line, user);
	return !s->old.id || user_leave(c, &s->old, &s->fresh, &done->cancelled);
}

static void finish(struct ctx *c, const struct import *i, struct str status)
{
	import_set_status(c->db, i->id, status, SOME(c->now));
	if (i->actor.has)
		notification_insert_import(c->db, i->actor.v, i->id, c->now);
}

/* It acts for whoever began it, as long as he may (R10). */
static bool begin(struct ctx *c, const struct import *i, struct actor *actor)
{
	c->from = i->origin;
	if (!i->actor.has)
		return true;
	if (!actor_load(c, i->actor.v, actor) || !actor_can(actor, PERM_USERS_EDIT))
		return false;
	c->actor = actor;
	if (actor->locale != LOCALE_COUNT)
		c->text.locale = actor->locale;
	return true;
}

static bool apply(
	struct ctx *c, const struct import *i, const struct import_layout *l, int64_t rows, int64_t budget_ms, bool *left)
{
	struct import_next_rows next;
	struct import_steps steps;
	struct done done = { 0 };
	int64_t begun = clock_mono_ms();
	import_next(c->db, c->arena, i->id, i->at_level, i->at_line, rows, &next);
	/* One level at a time: the plan of the next one has to see what this one made. */
	int64_t *lines = ARENA_ARRAY(c->arena, int64_t, next.n + 1);
	size_t lines_n = 0;
	while (lines_n < next.n && next.items[lines_n].level == next.items[0].level) {
		lines[lines_n] = next.items[lines_n].line;
		lines_n++;
	}
	stage_ids(c, lines, lines_n);
	import_steps_find(c, i->id, l, &steps);
	size_t k = 0;
	for (; k < steps.n && !db_failed(c->db) && (k == 0 || clock_mono_ms() - begun < budget_ms); k++) {
		const struct import_step *s = &steps.items[k];
		bool as_shown =
			str_eq(s->before, s->row->before) && str_eq(s->after, s->row->after) && str_eq(s->effect, s->row->effect);
		if (!as_shown || !supervisor_fits(c, s))
			fail_row(c, i->id, l, s, &done);
		else if (!write_row(c, i->id, s, &done))
			return false;
	}
	*left = next.n > 0;
	if (k)
		import_progress(c->db, i->id, done.created, done.updated, done.failed, done.cancelled, next.items[k - 1].level,
			next.items[k - 1].line);
	return !db_failed(c->db);
}

bool import_apply_slice(struct ctx *c, int64_t id, int64_t rows, int64_t budget_ms, bool *left)
{
	struct import i;
	struct import_layout layout;
	struct actor actor;
	*left = false;
	if (!import_get(c, id, &i))
		return false;
	if (!str_eq(i.status, STR("running")))
		return true;
	if (!begin(c, &i, &actor) || !import_layout_parse(c, i.columns, &layout)) {
		finish(c, &i, STR("failed"));
		c->actor = NULL;
		return !db_failed(c->db);
	}
	layout.is_sheet = str_eq(i.kind, STR("XLSX"));
	bool ok = apply(c, &i, &layout, rows, budget_ms, left);
	if (ok && !*left)
		finish(c, &i, STR("done"));
	c->actor = NULL;
	return ok;
}
