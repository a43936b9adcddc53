/* One training: Overview, Sessions, History, and its form. Participants is a page of its own. */
#include "base/tz.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/audit_list.h"
#include "model/batch_list.h"
#include "model/enrollment_list.h"
#include "model/training.h"
#include "model/when.h"
#include "web/conflict.h"
#include "web/history.h"
#include "web/training_form.h"
#include "web/training_pages.h"
#include "web/view_trainings.h"

enum { NEXT_SHOWN = 5, UNDO_OFFERS = 5 };

/* ---- above every tab */
static void put_tab(struct req *r, struct training_head_view *v, int tab, int current, struct str label,
	const char *path, struct str count)
{
	v->tabs.items[v->tabs.items_n++] = (struct tab){
		.label = label,
		.href = str_fmt(r->c.arena, "/trainings/%lld%s", (long long)v->id, path),
		.current = tab == current,
		.count = count,
	};
}

static void fill_head(struct req *r, const struct training *tr, int tab, struct participants_total participants,
	struct training_head_view *out)
{
	const struct text *t = &r->c.text;
	struct str sessions = tr->sessions ? text_i64(t, tr->sessions) : STR("");
	struct str people = participants.more ? t_training_tab_more(t, participants.n)
		: participants.n                  ? text_i64(t, participants.n)
										  : STR("");
	*out = (struct training_head_view){
		.id = tr->id,
		.title = tr->title,
		.csrf = r->csrf,
		.can_edit = tr->may_edit,
		.can_copy = actor_can(r->c.actor, PERM_TRAININGS_CREATE),
		.can_enroll = actor_can(r->c.actor, PERM_ENROLL),
		.tabs = { .label = t_training_tabs(t), .items = ARENA_ARRAY(r->c.arena, struct tab, TRAINING_TABS) },
	};
	put_tab(r, out, TRAINING_OVERVIEW, tab, t_training_tab_overview(t), "", STR(""));
	put_tab(r, out, TRAINING_SESSIONS, tab, t_training_tab_sessions(t), "/sessions", sessions);
	put_tab(r, out, TRAINING_PARTICIPANTS, tab, t_training_tab_participants(t), "/participants", people);
	put_tab(r, out, TRAINING_HISTORY, tab, t_training_tab_history(t), "/history", STR(""));
}

bool training_head_fill(
	struct req *r, int64_t id, int tab, const struct participants_total *participants, struct training_head_view *out)
{
	struct training tr;
	if (!training_get(&r->c, id, &tr))
		return false;
	fill_head(r, &tr, tab,
		participants ? *participants : participants_total(&r->c, id, &(struct enrollment_query){ 0 }), out);
	return true;
}

void training_crumbs(struct req *r, struct page_view *p, const struct training_head_view *head, struct str here)
{
	p->crumbs = ARENA_ARRAY(r->c.arena, struct crumb, 3);
	p->crumbs[p->crumbs_n++] = (struct crumb){ t_trainings_title(&r->c.text), STR("/trainings") };
	p->crumbs[p->crumbs_n++] =
		(struct crumb){ head->title, str_is_null(here) ? STR("") : str_num(r->c.arena, "/trainings/", head->id) };
	if (!str_is_null(here))
		p->crumbs[p->crumbs_n++] = (struct crumb){ here, STR("") };
}

/* ---- sessions in lists */
static struct date_tile tile_of(struct req *r, const struct session_day *d)
{
	struct when_tile w = when_tile(&r->c.text, d->start_at, d->time_zone);
	return (struct date_tile){ w.iso, w.month, w.day, w.weekday };
}

static struct day_line line_of(struct req *r, const struct session_day *d)
{
	struct when_parts p = when_parts(&r->c.text, d->start_at, d->end_at, d->time_zone, r->c.actor->time_zone, r->c.now);
	return (struct day_line){ .iso = p.iso_start,
		.date = p.date,
		.time = p.times,
		.zone = p.zone,
		.your_time = p.yours,
		.place = d->location,
		.url = d->url };
}

static struct badge status_badge(struct req *r, const struct session *s)
{
	const struct text *t = &r->c.text;
	switch (session_status(s, r->c.now)) {
	case SESSION_CANCELLED: return (struct badge){ STR("bad"), t_session_status_cancelled(t) };
	case SESSION_COMPLETED: return (struct badge){ STR(""), t_session_status_completed(t) };
	case SESSION_RUNNING: return (struct badge){ STR("acc"), t_session_status_running(t) };
	case SESSION_PLANNED: break;
	}
	if (s->capacity.has && s->seats_taken >= s->capacity.v)
		return (struct badge){ STR("warn"), t_session_status_full(t) };
	return (struct badge){ 0 };
}

static void fill_seats(struct req *r, const struct session *s, struct session_item *v)
{
	const struct text *t = &r->c.text;
	if (!s->capacity.has) {
		v->seats = str_num(r->c.arena, "", s->seats_taken);
		v->seats_words = t_session_seats_unlimited(t, s->seats_taken);
		return;
	}
	struct seats seats = { .taken = s->seats_taken, .capacity = s->capacity.v };
	v->seats = str_fmt(r->c.arena, "%lld/%lld", (long long)s->seats_taken, (long long)s->capacity.v);
	v->seats_words = t_session_seats(t, s->seats_taken, s->capacity.v);
	v->strip = seat_strip_make(r->c.arena, &seats, v->seats_words);
}

struct session_item session_item_make(struct req *r, const struct session *s)
{
	const struct text *t = &r->c.text;
	struct session_item v = {
		.id = s->id,
		.title = s->title,
		.instructor = s->instructor,
		.badge = status_badge(r, s),
		.edit_label = t_session_edit_label(t, s->title),
		.days = ARENA_ARRAY(r->c.arena, struct day_line, s->days_n),
	};
	int64_t sum = 0;
	for (size_t i = 0; i < s->days_n; i++) {
		v.days[v.days_n++] = line_of(r, &s->days[i]);
		sum += s->days[i].duration;
	}
	v.duration = when_duration_days(t, (int64_t)s->days_n, sum);
	if (s->days_n) {
		v.dates.first = tile_of(r, &s->days[0]);
		v.dates.last = tile_of(r, &s->days[s->days_n - 1]);
		v.dates.two = !str_eq(v.dates.first.iso, v.dates.last.iso);
	}
	if (s->waiting)
		v.waiting = (struct badge){ STR("warn"), t_session_waiting(t, s->waiting) };
	fill_seats(r, s, &v);
	return v;
}

/* ---- Overview */
static void put_count(struct req *r, struct training_view *v, struct str label, const char *query, int64_t n)
{
	v->counts[v->counts_n++] = (struct training_count){
		.label = label,
		.n = n,
		.href = str_fmt(r->c.arena, "/trainings/%lld/participants%s", (long long)v->head.id, query),
	};
}

static void fill_counts(struct req *r, const struct training_sums *s, struct training_view *v)
{
	const struct text *t = &r->c.text;
	v->counts = ARENA_ARRAY(r->c.arena, struct training_count, 7);
	put_count(r, v, t_training_count_participants(t), "", s->participants);
	put_count(r, v, t_training_count_accepted(t), "?answer=accepted", s->accepted);
	put_count(r, v, t_training_count_tentative(t), "?answer=tentative", s->tentative);
	put_count(r, v, t_training_count_declined(t), "?answer=declined", s->declined);
	put_count(r, v, t_training_count_unanswered(t), "?answer=none", s->unanswered);
	if (s->waiting)
		put_count(r, v, t_training_count_waiting(t), "?status=waiting", s->waiting);
	/* The list has them too. */
	if (s->session_cancelled)
		put_count(r, v, t_training_count_session_cancelled(t), "", s->session_cancelled);
}

static void fill_next(struct req *r, struct training_view *v)
{
	const struct text *t = &r->c.text;
	struct sessions all;
	int64_t taken = 0, capacity = 0;
	bool unlimited = false;
	session_list_all(&r->c, v->head.id, &all);
	v->next = ARENA_ARRAY(r->c.arena, struct session_item, NEXT_SHOWN);
	for (size_t i = 0; i < all.n; i++) {
		enum session_status status = session_status(&all.items[i], r->c.now);
		if (status != SESSION_PLANNED && status != SESSION_RUNNING)
			continue;
		taken += all.items[i].seats_taken;
		capacity += all.items[i].capacity.v;
		unlimited |= !all.items[i].capacity.has;
		if (v->next_n == NEXT_SHOWN)
			v->has_more = true;
		else
			v->next[v->next_n++] = session_item_make(r, &all.items[i]);
	}
	if (v->next_n)
		v->seats_words = unlimited ? t_session_seats_unlimited(t, taken) : t_session_seats(t, taken, capacity);
}

static struct empty_view no_sessions(struct req *r, const struct training_head_view *head, bool any)
{
	const struct text *t = &r->c.text;
	struct empty_view e = { .title = any ? t_training_no_next_title(t) : t_training_no_sessions_title(t),
		.words = t_training_no_sessions_words(t) };
	if (head->can_edit) {
		e.href = str_fmt(r->c.arena, "/trainings/%lld/sessions/new", (long long)head->id);
		e.action = t_session_new(t);
	}
	return e;
}

void page_training(struct req *r)
{
	const struct text *t = &r->c.text;
	struct training tr;
	struct training_sums sums;
	struct training_view v = { 0 };
	if (!training_get(&r->c, r->id, &tr)) {
		reply_error(r);
		return;
	}
	training_sums(&r->c, r->id, &sums);
	fill_head(r, &tr, TRAINING_OVERVIEW,
		(struct participants_total){ sums.participants + sums.session_cancelled, false }, &v.head);
	v.description = tr.description;
	v.organizer = tr.organizer_name;
	v.sessions_words = t_training_sessions(t, tr.sessions);
	if (tr.closes_before.has)
		v.closes = t_training_closes_words(t, when_duration(t, tr.closes_before.v));
	fill_counts(r, &sums, &v);
	fill_next(r, &v);
	if (!v.next_n)
		v.empty = no_sessions(r, &v.head, tr.sessions > 0);
	page_begin(r, &v.page, tr.title, NAV_TRAININGS);
	training_crumbs(r, &v.page, &v.head, STR_NULL);
	tpl_training(reply_html(r, 200), t, &v);
}

/* ---- Sessions */
void page_training_sessions(struct req *r)
{
	const struct text *t = &r->c.text;
	struct training_sessions_view v = { 0 };
	struct sessions all;
	if (!training_head_fill(r, r->id, TRAINING_SESSIONS, NULL, &v.head)) {
		reply_error(r);
		return;
	}
	session_list_all(&r->c, r->id, &all);
	v.sessions = ARENA_ARRAY(r->c.arena, struct session_item, all.n);
	v.past = ARENA_ARRAY(r->c.arena, struct session_item, all.n);
	for (size_t i = 0; i < all.n; i++) {
		enum session_status status = session_status(&all.items[i], r->c.now);
		if (status == SESSION_PLANNED || status == SESSION_RUNNING) {
			v.sessions[v.sessions_n] = session_item_make(r, &all.items[i]);
			v.sessions[v.sessions_n++].can_edit = v.head.can_edit;
		}
	}
	for (size_t i = all.n; i-- > 0;) {
		enum session_status status = session_status(&all.items[i], r->c.now);
		if (status == SESSION_COMPLETED || status == SESSION_CANCELLED) {
			v.past[v.past_n] = session_item_make(r, &all.items[i]);
			v.past[v.past_n++].can_edit = v.head.can_edit && status == SESSION_COMPLETED;
		}
	}
	if (!v.sessions_n)
		v.empty = no_sessions(r, &v.head, all.n > 0);
	page_begin(r, &v.page, t_training_page_title(t, t_training_tab_sessions(t), v.head.title), NAV_TRAININGS);
	training_crumbs(r, &v.page, &v.head, t_training_tab_sessions(t));
	tpl_training_sessions(reply_html(r, 200), t, &v);
}

/* ---- History */
static void fill_undo(struct req *r, struct training_history_view *v)
{
	const struct text *t = &r->c.text;
	struct batch_items list;
	batch_list_undoable(&r->c, r->id, UNDO_OFFERS, &list);
	v->undo = ARENA_ARRAY(r->c.arena, struct undo_offer, list.n);
	for (size_t i = 0; i < list.n; i++) {
		const struct batch_item *b = &list.items[i];
		struct str what = t_batch_enrollments(t, b->enrolled + b->waitlisted + b->moved);
		v->undo[v->undo_n++] = (struct undo_offer){ b->id,
			t_batch_undo_training(t, what, when_instant(t, b->access_at, r->c.actor->time_zone, r->c.now)),
			t_batch_undo_these(t, what) };
	}
}

void page_training_history(struct req *r)
{
	const struct text *t = &r->c.text;
	struct training_history_view v = { 0 };
	struct db_page page;
	struct audit_rows rows;
	if (!req_page(r, audit_list_sorts, 1, "-id", &page))
		return;
	if (!training_head_fill(r, r->id, TRAINING_HISTORY, NULL, &v.head)) {
		reply_error(r);
		return;
	}
	fill_undo(r, &v);
	audit_list(&r->c, &(struct audit_query){ .training = r->id }, &page, &rows);
	v.items = history_items(r, &rows, &v.items_n);
	for (size_t i = 0; i < v.items_n; i++)
		v.items[i].training = STR("");
	if (rows.n) {
		struct list l = { r, r->http->path, NULL, 0, &page, audit_list_sorts, 1 };
		v.pager = history_pager(&l, t_history_shown(t, (int64_t)rows.n), &rows);
	} else {
		v.empty = (struct empty_view){ .title = t_history_empty_title(t), .words = t_history_empty_words(t) };
	}
	page_begin(r, &v.page, t_training_page_title(t, t_training_tab_history(t), v.head.title), NAV_TRAININGS);
	training_crumbs(r, &v.page, &v.head, t_training_tab_history(t));
	tpl_training_history(reply_html(r, 200), t, &v);
}

/* ---- the form */
static struct training_typed typed_of(struct req *r, const struct training *tr)
{
	struct training_typed typed = {
		.title = tr->title, .description = tr->description, .organizer = tr->organizer_login, .version = tr->version
	};
	if (tr->closes_before.has)
		typed.closes = str_num(r->c.arena, "", tr->closes_before.v / 3600);
	return typed;
}

static void show_form(struct req *r, unsigned status, const struct training *tr, const struct training_typed *typed)
{
	const struct text *t = &r->c.text;
	struct training_form_view v = {
		.heading = t_training_edit_title(t),
		.action = str_fmt(r->c.arena, "/trainings/%lld/edit", (long long)tr->id),
		.id = tr->id,
		.cancel = str_num(r->c.arena, "/trainings/", tr->id),
		.save = t_save(t),
		.can_delete = !tr->has_enrollments,
	};
	struct training_head_view head = { .id = tr->id, .title = tr->title };
	page_begin(r, &v.page, t_training_page_title(t, v.heading, tr->title), NAV_TRAININGS);
	training_crumbs(r, &v.page, &head, v.heading);
	training_form_fill(r, typed, &v);
	tpl_training_form(reply_html(r, status), t, &v);
}

void page_training_edit(struct req *r)
{
	struct training tr;
	if (!training_get(&r->c, r->id, &tr)) {
		reply_error(r);
		return;
	}
	struct training_typed typed = typed_of(r, &tr);
	show_form(r, 200, &tr, &typed);
}

void page_training_edit_post(struct req *r)
{
	struct training tr;
	struct training_typed typed;
	struct training_form form;
	training_form_read(r, &typed, &form);
	if (training_update(&r->c, r->id, &form)) {
		reply_redirect_flash(r, t_saved(&r->c.text), "/trainings/%lld", (long long)r->id);
		return;
	}
	enum err_kind kind = r->c.errs.kind;
	if ((kind != ERR_INVALID && kind != ERR_CONFLICT) || !training_get(&r->c, r->id, &tr)) {
		reply_error(r);
		return;
	}
	/* Saving once more is meant for what is there now. */
	struct training_typed now = typed_of(r, &tr);
	typed.version = now.version;
	conflict_note(r, STR("title"), typed.title, now.title);
	conflict_note(r, STR("description"), typed.description, now.description);
	conflict_note(r, STR("organizer"), typed.organizer, now.organizer);
	conflict_note(r, STR("closes_before"), typed.closes, now.closes);
	show_form(r, kind == ERR_INVALID ? 422 : 409, &tr, &typed);
}

void page_training_delete(struct req *r)
{
	if (training_delete(&r->c, r->id))
		reply_redirect_flash(r, t_training_deleted(&r->c.text), "/trainings");
	else
		reply_error(r);
}
