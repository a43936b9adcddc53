#include "model/training.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/policy.h"
#include "model/stage.h"
#include "model/user.h"

static int64_t actor_id(const struct ctx *c)
{
	return c->actor ? c->actor->id : 0;
}

/* Without an actor (commands) and account-wide, everybody is in scope. */
static bool sees_all(const struct ctx *c)
{
	return !c->actor || c->actor->account_wide;
}

static bool views_all(const struct ctx *c)
{
	return !c->actor || actor_can(c->actor, PERM_TRAININGS_VIEW);
}

/* ---- reading */
static void fill(const struct ctx *c, const struct training_by_ids_row *r, struct training *out)
{
	*out = (struct training){
		.id = r->id,
		.title = r->title,
		.description = r->description,
		.closes_before = r->closes_before,
		.created_at = r->created_at,
		.version = r->version,
		.sessions = r->sessions,
		.may_edit = c->actor && policy_edits(c->actor, r->organizer_id, r->organizer_in_scope),
		.has_enrollments = r->has_enrollments,
	};
	if (r->organizer_seen) {
		out->organizer = SOME(r->organizer_id);
		out->organizer_login = r->organizer_login;
		out->organizer_name = r->organizer_name;
	}
}

void training_get_some(struct ctx *c, const int64_t *ids, size_t n, struct trainings *out)
{
	struct training_by_ids_rows rows = { 0 };
	if (n)
		training_by_ids(c->db, c->arena, actor_id(c), sees_all(c), stage_list(c->arena, ids, n), &rows);
	*out = (struct trainings){ ARENA_ARRAY(c->arena, struct training, rows.n + 1), rows.n };
	for (size_t i = 0; i < rows.n; i++)
		fill(c, &rows.items[i], &out->items[i]);
}

bool training_get(struct ctx *c, int64_t id, struct training *out)
{
	struct trainings found;
	training_get_some(c, &id, 1, &found);
	if (db_failed(c->db) || !found.n)
		return err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
	*out = found.items[0];
	return true;
}

/* As training_get, with the organizer even where the actor does not see that user. */
static bool load(struct ctx *c, int64_t id, struct training *out)
{
	struct ctx all = *c;
	all.actor = NULL;
	bool there = training_get(&all, id, out);
	c->errs = all.errs;
	return there;
}

bool training_may_edit(struct ctx *c, int64_t id)
{
	struct errs before = c->errs;
	bool may = policy_training(c, PERM_TRAININGS_EDIT, id);
	c->errs = before;
	return may;
}

/* Rows about one training follow one another, so it is looked for from where the last one was. */
static struct training_item *item_of(struct training_items *list, int64_t training, size_t *at)
{
	for (size_t i = 0; i < list->n; i++) {
		size_t k = (*at + i) % list->n;
		if (list->items[k].id == training) {
			*at = k;
			return &list->items[k];
		}
	}
	return NULL;
}

static void add_session(struct training_item *t, const struct training_some_sessions_row *s, bool *unlimited)
{
	bool sooner =
		!t->next.has || s->starts_at < t->starts_at.v || (s->starts_at == t->starts_at.v && s->id < t->next.v);
	if (sooner) {
		t->next = SOME(s->id);
		t->starts_at = SOME(s->starts_at);
		t->ends_at = SOME(s->ends_at);
		t->days = s->days;
	}
	t->seats_taken += s->seats_taken;
	t->waiting += s->waiting;
	*unlimited |= !s->capacity.has;
	t->capacity = *unlimited ? NONE : SOME(t->capacity.v + s->capacity.v);
}

static void fill_sessions(struct ctx *c, struct str list, struct training_items *out)
{
	struct training_some_sessions_rows sessions;
	struct training_some_zones_rows zones;
	bool *unlimited = ARENA_ARRAY(c->arena, bool, out->n);
	int64_t *next = ARENA_ARRAY(c->arena, int64_t, out->n);
	size_t at = 0, next_n = 0;
	training_some_sessions(c->db, c->arena, list, c->now, &sessions);
	for (size_t i = 0; i < sessions.n; i++) {
		struct training_item *t = item_of(out, sessions.items[i].training_id, &at);
		if (t)
			add_session(t, &sessions.items[i], &unlimited[t - out->items]);
	}
	for (size_t i = 0; i < out->n; i++)
		if (out->items[i].next.has)
			next[next_n++] = out->items[i].next.v;
	if (!next_n)
		return;
	training_some_zones(c->db, c->arena, stage_list(c->arena, next, next_n), &zones);
	for (size_t i = 0; i < zones.n; i++)
		for (size_t k = 0; k < out->n; k++)
			if (out->items[k].next.has && out->items[k].next.v == zones.items[i].session_id)
				out->items[k].time_zone = zones.items[i].time_zone;
}

/* A page of trainings by their next sessions that lies among those that have one. False: it must be looked for among
 * all. */
static bool walk(struct ctx *c, struct str q, const struct db_page *page, struct training_list_rows *out)
{
	struct db_page along = *page;
	if (page->sort != TRAINING_LIST_SORT_NEXT || page->desc || page->last || q.n || !views_all(c) ||
		(page->has_after && page->after_int == INT64_MAX))
		return false;
	along.sort = TRAINING_WALK_SORT_NEXT;
	training_walk(c->db, c->arena, c->now, &along, out);
	return out->more;
}

void training_page(struct ctx *c, struct str q, const struct db_page *page, struct training_items *out)
{
	struct str w[USER_LIKE_WORDS];
	struct training_list_rows rows;
	struct training_some_rows shown;
	if (!walk(c, q, page, &rows)) {
		user_like_words(c->arena, q, w);
		training_list(c->db, c->arena, actor_id(c), views_all(c), c->now, w[0], w[1], w[2], page, &rows);
	}
	*out = (struct training_items){ .items = ARENA_ARRAY(c->arena, struct training_item, rows.n + 1),
		.more = rows.more,
		.has_before = rows.has_before };
	if (!rows.n)
		return;
	int64_t *ids = ARENA_ARRAY(c->arena, int64_t, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		const struct training_list_row *r = &rows.items[i];
		ids[i] = r->id;
		out->items[out->n++] = (struct training_item){ .id = r->id, .sort_key = r->sort_key, .sort_int = r->sort_int };
	}
	struct str list = stage_list(c->arena, ids, rows.n);
	training_some(c->db, c->arena, actor_id(c), sees_all(c), list, &shown);
	size_t at = 0;
	for (size_t i = 0; i < shown.n; i++) {
		const struct training_some_row *r = &shown.items[i];
		struct training_item *t = item_of(out, r->id, &at);
		if (!t)
			continue;
		t->title = r->title;
		t->organizer = r->organizer;
		t->sessions = r->sessions;
	}
	fill_sessions(c, list, out);
}

int64_t training_count(struct ctx *c, struct str q)
{
	struct str w[USER_LIKE_WORDS];
	struct training_list_count_row row = { 0 };
	user_like_words(c->arena, q, w);
	training_list_count(c->db, c->arena, actor_id(c), views_all(c), w[0], w[1], w[2], &row);
	return row.n;
}

void training_search(struct ctx *c, struct str q, int64_t limit, struct training_hits *out)
{
	struct training_suggest_rows rows;
	struct str clean;
	if (!text_clean_line(c->arena, q, &clean))
		clean = STR("");
	struct str inside = user_like(c->arena, clean);
	/* training.search begins with a space: behind it stands the title's first word. */
	struct str beginning = clean.n ? str_cat(c->arena, STR(" "), str_sub(inside, 1, inside.n)) : inside;
	training_suggest(c->db, c->arena, actor_id(c), views_all(c), inside, beginning, limit, c->now, &rows);
	*out = (struct training_hits){ .items = ARENA_ARRAY(c->arena, struct training_hit, rows.n), .n = rows.n };
	for (size_t i = 0; i < rows.n; i++) {
		const struct training_suggest_row *r = &rows.items[i];
		out->items[i] = (struct training_hit){
			.id = r->id,
			.title = r->title,
			.upcoming = r->upcoming,
			.next = r->next_id,
			.starts_at = r->starts_at,
			.ends_at = r->ends_at,
			.days = r->days.v,
			.time_zone = r->time_zone,
		};
	}
}

void training_offers(struct ctx *c, struct str q, int64_t limit, struct training_offers *out)
{
	struct training_offer_rows_rows rows;
	training_offer_rows(c->db, c->arena, user_like(c->arena, q), c->now, limit, c->actor->id, &rows);
	*out = (struct training_offers){ ARENA_ARRAY(c->arena, struct training_offer, rows.n), rows.n };
	for (size_t i = 0; i < rows.n; i++) {
		const struct training_offer_rows_row *t = &rows.items[i];
		out->items[i] = (struct training_offer){ t->id, t->upcoming, t->title, t->organizer, t->next_at };
	}
}

void training_sums(struct ctx *c, int64_t id, struct training_sums *out)
{
	struct training_answers_row r = { 0 };
	training_answers(c->db, c->arena, actor_id(c), sees_all(c) || policy_sees_participants(c, id), id, &r);
	*out = (struct training_sums){ r.participants, r.accepted, r.tentative, r.declined, r.unanswered, r.waiting,
		r.scheduled, r.session_cancelled };
}

/* ---- changing */
bool training_person_find(struct ctx *c, int64_t id, struct str login, struct str field, struct training_person *out)
{
	struct training_person_row r;
	if (!id)
		id = user_find(c, login);
	if (!id || !training_person(c->db, c->arena, actor_id(c), sees_all(c), id, &r))
		return ctx_invalid(c, field, CODE_not_found, t_training_person_unknown(&c->text));
	*out = (struct training_person){ r.id, r.login, r.name };
	return true;
}

struct fields {
	struct str title, title_key, search, description;
	int64_t organizer;
	struct opt_i64 closes_before;
};

static void check_title(struct ctx *c, struct str typed, struct fields *to)
{
	const struct text *t = &c->text;
	if (!text_clean_line(c->arena, typed, &to->title))
		ctx_invalid(c, STR("title"), CODE_invalid, t_training_title_invalid(t));
	else if (str_is_empty(to->title))
		ctx_invalid(c, STR("title"), CODE_required, t_training_title_required(t));
	else if (str_count_chars(to->title) > TRAINING_TITLE_MAX)
		ctx_invalid(c, STR("title"), CODE_too_long, t_training_title_long(t, TRAINING_TITLE_MAX));
}

static void check_description(struct ctx *c, struct str typed, struct fields *to)
{
	const struct text *t = &c->text;
	if (!text_clean_block(c->arena, typed, &to->description))
		ctx_invalid(c, STR("description"), CODE_invalid, t_training_description_invalid(t));
	else if (str_count_chars(to->description) > TRAINING_TEXT_MAX)
		ctx_invalid(c, STR("description"), CODE_too_long, t_training_description_long(t, TRAINING_TEXT_MAX));
}

/* Fills what the form gives over what is there in *to. */
static bool check(struct ctx *c, const struct training_form *f, struct fields *to)
{
	if (!str_is_null(f->title))
		check_title(c, f->title, to);
	if (!str_is_null(f->description))
		check_description(c, f->description, to);
	if (f->organizer.has || !str_is_empty(f->organizer_login)) {
		struct training_person p;
		if (training_person_find(c, f->organizer.v, f->organizer_login, STR("organizer"), &p))
			to->organizer = p.id;
	}
	if (f->has_closes) {
		to->closes_before = f->closes_before;
		if (f->closes_before.has && (f->closes_before.v < 0 || f->closes_before.v > TRAINING_CLOSES_MAX))
			ctx_invalid(c, STR("closes_before"), CODE_out_of_range,
				t_training_closes_range(&c->text, TRAINING_CLOSES_MAX / 3600));
	}
	to->title_key = text_sort_key(c->arena, to->title);
	to->search = str_fmt(c->arena, " " STR_FMT " ", STR_ARG(text_fold(c->arena, to->title)));
	return c->errs.n == 0 && !db_failed(c->db);
}

static void audit(
	struct ctx *c, const char *action, int64_t id, const struct fields *before, const struct fields *after)
{
	static const struct fields nothing;
	struct buf from = buf_new(c->arena), to = buf_new(c->arena);
	struct audit_diff d = { .before = &from, .after = &to };
	const struct fields *b = before ? before : &nothing, *a = after ? after : &nothing;
	audit_diff_text(&d, "title", b->title, a->title);
	audit_diff_text(&d, "description", b->description, a->description);
	audit_diff_i64(&d, "organizer", before ? SOME(b->organizer) : NONE, after ? SOME(a->organizer) : NONE);
	audit_diff_i64(&d, "closes_before", b->closes_before, a->closes_before);
	audit_diff_end(&d);
	if (before && after && d.n == 0)
		return;
	audit_add(c,
		&(struct audit_entry){ .action = action,
			.object = "training",
			.object_id = id,
			.training_id = id,
			.before = before ? buf_str(&from) : STR_NULL,
			.after = after ? buf_str(&to) : STR_NULL });
}

bool training_create(struct ctx *c, const struct training_form *f, int64_t *id)
{
	struct fields now = { .description = STR(""), .organizer = actor_id(c) };
	struct training_form all = *f;
	if (str_is_null(all.title))
		all.title = STR("");
	if (!check(c, &all, &now) && db_failed(c->db))
		return false;
	bool sound = c->errs.n == 0;
	/* Sessions are checked as well when the training is not right, so that everything is said at once: the refusal
	 * takes the row back. */
	if (!sound)
		now.title = now.title_key = now.search = STR("");
	*id = training_insert(
		c->db, now.title, now.title_key, now.search, now.description, now.organizer, now.closes_before, c->now);
	if (sound)
		audit(c, "training.create", *id, NULL, &now);
	for (size_t i = 0; i < f->sessions_n && !db_failed(c->db); i++) {
		int64_t session;
		session_create(c, *id, &f->sessions[i], &session);
	}
	return c->errs.n == 0 && !db_failed(c->db);
}

bool training_update(struct ctx *c, int64_t id, const struct training_form *f)
{
	struct training t;
	if (!load(c, id, &t))
		return false;
	if (f->version.has && f->version.v != t.version)
		return err_add(
			&c->errs, c->arena, ERR_CONFLICT, STR(""), CODE_outcome_changed, t_training_changed_meanwhile(&c->text));
	struct fields before = {
		.title = t.title, .description = t.description, .organizer = t.organizer.v, .closes_before = t.closes_before
	};
	struct fields now = before;
	struct training_form given = *f;
	/* Who organizes it already may stay, also when the actor could not name them. */
	if (given.organizer.has && given.organizer.v == t.organizer.v)
		given.organizer = NONE;
	else if (!given.organizer.has && str_eq_nocase(given.organizer_login, t.organizer_login))
		given.organizer_login = STR_NULL;
	if (!check(c, &given, &now))
		return false;
	training_update_row(
		c->db, id, now.title, now.title_key, now.search, now.description, now.organizer, now.closes_before);
	audit(c, "training.edit", id, &before, &now);
	return !db_failed(c->db);
}

bool training_delete(struct ctx *c, int64_t id)
{
	struct training t;
	if (!load(c, id, &t))
		return false;
	if (t.has_enrollments)
		return err_add(&c->errs, c->arena, ERR_CONFLICT, STR(""), CODE_locked, t_training_delete_locked(&c->text));
	struct fields before = {
		.title = t.title, .description = t.description, .organizer = t.organizer.v, .closes_before = t.closes_before
	};
	training_delete_days(c->db, id);
	training_delete_sessions(c->db, id);
	training_delete_row(c->db, id);
	audit(c, "training.delete", id, &before, NULL);
	return !db_failed(c->db);
}
