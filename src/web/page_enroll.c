/* Enrollment: the hub with drafts, and what all stages share. */
#include "gen/templates.h"
#include "gen/text.h"
#include "model/batch_list.h"
#include "model/enroll_plan.h"
#include "model/when.h"
#include "web/enroll_pages.h"
#include "web/reply.h"

enum { HUB_ROWS = 20 };

bool enroll_draft(struct req *r, struct draft *d)
{
	if (!draft_get(&r->c, r->id, d)) {
		reply_error(r);
		return false;
	}
	if (d->batch.has) {
		reply_redirect(r, "/enroll/%lld/done", (long long)d->id);
		return false;
	}
	return true;
}

unsigned enroll_status(const struct req *r)
{
	return r->c.errs.kind == ERR_NONE     ? 200
		: r->c.errs.kind == ERR_CONFLICT  ? 409
		: r->c.errs.kind == ERR_FORBIDDEN ? 403
										  : 422;
}

bool enroll_save(struct req *r, struct draft *d, enum draft_stage reached)
{
	/* Adding and removing merge with what another tab did; only forms that replace a whole stage say what they were
	 * based on. */
	return draft_save(&r->c, d, req_form_has(r, "version") ? req_form_id(r, "version") : d->version, reached);
}

int64_t enroll_count_users(
	struct req *r, const struct draft *d, struct audience_unknown *unknown, int64_t *no_email, int64_t *not_active)
{
	int64_t count = 0;
	struct audience_sums sums;
	if (audience_is_empty(&d->spec.audience) || !audience_resolve(&r->c, &d->spec.audience, unknown, &count))
		return 0;
	audience_sums(&r->c, &sums);
	if (no_email)
		*no_email = sums.no_email;
	if (not_active)
		*not_active = sums.not_active;
	return count;
}

struct str enroll_instant(struct req *r, int64_t at)
{
	return when_instant(&r->c.text, at, r->c.actor->time_zone, r->c.now);
}

struct person_view enroll_person(struct req *r, struct str name, struct str login)
{
	return (struct person_view){ .initials = text_initials(r->c.arena, name), .name = name, .login = login };
}

struct str enroll_reason(const struct text *t, int64_t code, bool has_session)
{
	if (code == E01_SAME_SESSION && !has_session)
		return t_reason_enrolled(t);
	return text_lookup(t, str_num(t->arena, "reason_", code));
}

static struct date_tile tile(struct req *r, int64_t at, struct str zone)
{
	struct when_tile t = when_tile(&r->c.text, at, zone);
	return (struct date_tile){ t.iso, t.month, t.day, t.weekday };
}

struct session_row enroll_session_row(struct req *r, const struct session *s)
{
	const struct session_day *first = &s->days[0];
	struct str zone = first->time_zone;
	struct when_parts w = when_parts(&r->c.text, first->start_at, first->end_at, zone, r->c.actor->time_zone, r->c.now);
	struct session_row row = { .title = s->title, .time = w.times, .zone = w.zone, .your_time = w.yours };
	row.dates.first = tile(r, s->starts_at, zone);
	if (s->days_n > 1) {
		row.dates.last = tile(r, s->ends_at, zone);
		row.dates.two = true;
	}
	struct str place =
		str_is_empty(first->location) && !str_is_empty(first->url) ? t_session_online(&r->c.text) : first->location;
	if (!str_is_empty(place) && !str_is_empty(s->instructor))
		place = str_fmt(r->c.arena, STR_FMT " · " STR_FMT, STR_ARG(place), STR_ARG(s->instructor));
	row.place = str_is_empty(place) ? s->instructor : place;
	return row;
}

/* ---- steps */
static struct str stage_name(enum draft_stage s)
{
	static const char *const names[] = { "", "users", "trainings", "parameters", "check" };
	return str_from(names[s]);
}

void enroll_head_fill(
	struct req *r, const struct draft *d, enum draft_stage stage, int64_t users, struct enroll_head *h)
{
	const struct text *t = &r->c.text;
	struct str labels[] = { STR_NULL, t_enroll_step_users(t), t_enroll_step_trainings(t), t_enroll_step_parameters(t),
		t_enroll_step_check(t) };
	*h = (struct enroll_head){ .id = d->id, .version = d->version };
	/* Check is a page of the draft, opened when there is something to see: it stands among the steps once it was. */
	int last = d->stage >= DRAFT_CHECK || stage == DRAFT_CHECK ? DRAFT_CHECK : DRAFT_PARAMETERS;
	h->steps.label = t_enroll_steps(t);
	h->steps.items = ARENA_ARRAY(r->c.arena, struct step, (size_t)last);
	for (int s = DRAFT_USERS; s <= last; s++) {
		struct step *step = &h->steps.items[h->steps.items_n++];
		*step = (struct step){ .number = str_fmt(r->c.arena, "%d", s), .label = labels[s] };
		step->href =
			str_fmt(r->c.arena, "/enroll/%lld/" STR_FMT, (long long)d->id, STR_ARG(stage_name((enum draft_stage)s)));
		step->state = s == (int)stage ? STEP_CURRENT
			: s > d->stage            ? STEP_AHEAD
			: s < (int)stage          ? STEP_DONE
									  : STEP_OPEN;
		if (s == DRAFT_USERS && users)
			step->count = text_i64(t, users);
		if (s == DRAFT_TRAININGS && d->spec.trainings_n)
			step->count = text_i64(t, (int64_t)d->spec.trainings_n);
	}
	h->saved = t_enroll_saved(t, when_time(t, d->updated_at, r->c.actor->time_zone));
	h->summary = t_enroll_draft_title(t, t_enroll_users(t, users), t_enroll_trainings(t, (int64_t)d->spec.trainings_n));
}

/* ---- the hub */
static struct str draft_words(struct req *r, int64_t id)
{
	struct draft d;
	const struct text *t = &r->c.text;
	int64_t users = 0;
	if (!draft_get(&r->c, id, &d))
		return t_enroll_draft_empty(t);
	if (!audience_is_empty(&d.spec.audience))
		audience_resolve(&r->c, &d.spec.audience, NULL, &users);
	if (!users && !d.spec.trainings_n)
		return t_enroll_draft_empty(t);
	return t_enroll_draft_title(t, t_enroll_users(t, users), t_enroll_trainings(t, (int64_t)d.spec.trainings_n));
}

struct str enroll_recent_trainings(const struct text *t, struct str title, int64_t trainings)
{
	return trainings > 1 ? t_enroll_recent_trainings(t, title, trainings - 1) : title;
}

static struct str recent_detail(struct req *r, const struct batch_item *b)
{
	struct str what = enroll_recent_trainings(&r->c.text, b->title, b->trainings),
			   when = enroll_instant(r, b->created_at);
	return str_is_empty(what) ? when : t_enroll_recent_detail(&r->c.text, what, when);
}

void page_enroll(struct req *r)
{
	struct enroll_hub_view v = { 0 };
	struct drafts drafts;
	struct batch_items batches, undoable;
	const struct text *t = &r->c.text;
	draft_list(&r->c, DRAFTS_MAX, &drafts);
	v.drafts = ARENA_ARRAY(r->c.arena, struct draft_row_view, drafts.n);
	for (size_t i = 0; i < drafts.n; i++) {
		const struct draft *d = &drafts.items[i];
		v.drafts[v.drafts_n++] = (struct draft_row_view){ .id = d->id,
			.title = draft_words(r, d->id),
			.detail = enroll_instant(r, d->updated_at),
			.href = str_fmt(r->c.arena, "/enroll/%lld/" STR_FMT, (long long)d->id,
				STR_ARG(stage_name((enum draft_stage)d->stage))) };
	}
	batch_list_mine(&r->c, HUB_ROWS, &batches);
	batch_list_undoable(&r->c, 0, HUB_ROWS, &undoable);
	v.batches = ARENA_ARRAY(r->c.arena, struct draft_row_view, batches.n);
	for (size_t i = 0; i < batches.n; i++) {
		const struct batch_item *b = &batches.items[i];
		struct str title = str_eq(b->status, STR("undone"))
			? t_batch_title_undone(t)
			: t_batch_enrollments(t, b->enrolled + b->waitlisted + b->moved);
		v.batches[v.batches_n++] = (struct draft_row_view){
			.id = b->id, .title = title, .detail = recent_detail(r, b), .href = str_num(r->c.arena, "/batches/", b->id)
		};
		for (size_t k = 0; k < undoable.n; k++)
			if (undoable.items[k].id == b->id)
				v.batches[i].undo = t_batch_undo_these(t, title);
	}
	v.none = (struct empty_view){ .title = t_enroll_no_drafts(t), .words = t_enroll_no_drafts_words(t) };
	page_begin(r, &v.page, t_enroll_hub_title(t), NAV_ENROLLMENTS);
	tpl_enroll_hub(reply_html(r, 200), t, &v);
}

/* A draft from where the button was: a user's page, ticked users, a training, or nothing. Opens at its first open
 * stage. */
void page_enroll_create(struct req *r)
{
	struct enroll_spec s = { 0 };
	struct str *ids;
	int64_t id, training = req_form_id(r, "training");
	const char *const names[] = { "user", "id" };
	for (size_t k = 0; k < 2; k++) {
		size_t n = req_form_all(r, names[k], &ids), users_n = 0;
		int64_t *users = ARENA_ARRAY(r->c.arena, int64_t, n + 1);
		for (size_t i = 0; i < n; i++)
			if (str_to_i64(ids[i], &id) && id > 0)
				users[users_n++] = id;
		spec_add_users(&r->c, &s, users, users_n);
	}
	if (training && policy_training(&r->c, PERM_TRAININGS_VIEW, training))
		spec_add_training(&r->c, &s, training);
	if (r->c.errs.kind != ERR_NONE) {
		reply_error(r);
		return;
	}
	enum draft_stage stage = s.audience.users_n ? DRAFT_TRAININGS : DRAFT_USERS;
	if (draft_create(&r->c, &s, stage, &id))
		reply_redirect(r, "/enroll/%lld/" STR_FMT, (long long)id, STR_ARG(stage_name(stage)));
	else
		reply_error(r);
}

void page_enroll_delete(struct req *r)
{
	draft_remove(&r->c, r->id);
	reply_redirect(r, "/enroll");
}

void page_enroll_stage(struct req *r)
{
	struct draft d;
	if (enroll_draft(r, &d))
		reply_redirect(r, "/enroll/%lld/" STR_FMT, (long long)d.id, STR_ARG(stage_name((enum draft_stage)d.stage)));
}
