#include "web/home_manage.h"
#include "gen/text.h"
#include "model/batch_list.h"
#include "model/draft.h"
#include "model/home.h"
#include "model/when.h"
#include "web/app.h"
#include "web/enroll_pages.h"
#include "web/portal_cards.h"

enum { DRAFTS_SHOWN = 3, RECENT_MAX = 5, NEEDS_MAX = 1 + DRAFTS_SHOWN + 3 * HOME_ROWS, STEPS = 4 };

static struct home_need *need(struct home_view *v, const char *kind, struct str kind_words, struct str words)
{
	struct home_need *n = &v->needs[v->needs_n++];
	*n = (struct home_need){ .badge = { str_from(kind), kind_words }, .words = words };
	return n;
}

static struct str what(const struct text *t, const struct home_count *i)
{
	return portal_what(t, i->title, i->session_title);
}

static struct str participants(struct req *r, const struct home_count *i, const char *query)
{
	if (!i->session)
		return str_fmt(r->c.arena, "/trainings/%lld/participants?%s", (long long)i->training, query);
	return str_fmt(r->c.arena, "/trainings/%lld/participants?session=%lld%s%s", (long long)i->training,
		(long long)i->session, *query ? "&" : "", query);
}

static void fill_counts(struct req *r, struct home_view *v)
{
	const struct text *t = &r->c.text;
	struct home_counts list;
	home_recent_declines(&r->c, &list);
	for (size_t i = 0; i < list.n; i++) {
		struct home_need *n = need(v, "", STR(""), t_home_declined(t, list.items[i].n, list.items[i].title));
		n->detail = t_home_declined_detail(t, HOME_DECLINED_DAYS);
		n->link = (struct portal_link){ t_home_declined_action(t), participants(r, &list.items[i], "answer=declined") };
	}
	home_missing_results(&r->c, &list);
	for (size_t i = 0; i < list.n; i++)
		need(v, "", STR(""), t_home_results(t, list.items[i].n, what(t, &list.items[i])))->link =
			(struct portal_link){ t_home_results_action(t),
				participants(r, &list.items[i], "status=enrolled&result=none") };
	home_waiting_lists(&r->c, &list);
	for (size_t i = 0; i < list.n; i++)
		need(v, "", STR(""), t_home_waits(t, list.items[i].n, what(t, &list.items[i])))->link =
			(struct portal_link){ t_home_waits_action(t), participants(r, &list.items[i], "status=waiting") };
}

static void fill_drafts(struct req *r, struct home_view *v)
{
	const struct text *t = &r->c.text;
	struct drafts drafts;
	if (!v->can_enroll)
		return;
	draft_list(&r->c, DRAFTS_SHOWN, &drafts);
	for (size_t i = 0; i < drafts.n; i++) {
		struct str when = when_instant(t, drafts.items[i].updated_at, r->c.actor->time_zone, r->c.now);
		struct home_need *n = need(v, "", STR(""), t_home_draft(t, when));
		n->link = (struct portal_link){ t_home_draft_action(t), str_num(r->c.arena, "/enroll/", drafts.items[i].id) };
		n->post = str_fmt(r->c.arena, "/enroll/%lld/delete", (long long)drafts.items[i].id);
		n->post_label = t_delete(t);
		n->post_name = t_home_draft_delete(t, when);
	}
}

static void fill_needs(struct req *r, struct home_view *v)
{
	const struct text *t = &r->c.text;
	int64_t failed = home_failed_mail(&r->c);
	v->needs = ARENA_ARRAY(r->c.arena, struct home_need, NEEDS_MAX);
	if (failed)
		need(v, "bad", t_outbox_failed(t), t_home_failed(t, failed))->link =
			(struct portal_link){ t_home_failed_action(t), STR("/outbox?state=failed") };
	fill_counts(r, v);
	fill_drafts(r, v);
}

/* ---- sessions under way and soon */
static struct session_row row_of(struct req *r, const struct home_session *s)
{
	const struct text *t = &r->c.text;
	struct home_count names = { .title = s->training, .session_title = s->session };
	struct session_row row = portal_row(r, s->time_zone, s->start_at, s->end_at, s->starts_at, s->ends_at, s->days);
	row.title = what(t, &names);
	row.href = str_num(r->c.arena, "/sessions/", s->id);
	row.place = portal_place(t, s->location, s->url, s->instructor);
	if (s->starts_at <= r->c.now)
		row.badge = (struct badge){ STR("acc"), t_home_soon_now(t) };
	else if (s->waiting)
		row.badge = (struct badge){ STR("warn"), t_session_waiting(t, s->waiting) };
	if (!s->capacity.has) {
		row.seats_now = t_session_seats_unlimited(t, s->seats_taken);
		return row;
	}
	struct seats seats = { .taken = s->seats_taken, .capacity = s->capacity.v };
	row.seats_now = str_fmt(r->c.arena, "%lld/%lld", (long long)s->seats_taken, (long long)s->capacity.v);
	row.strip = seat_strip_make(r->c.arena, &seats, t_session_seats(t, s->seats_taken, s->capacity.v));
	return row;
}

static void fill_soon(struct req *r, struct home_view *v)
{
	struct home_session_list list;
	home_soon(&r->c, &list);
	v->soon = ARENA_ARRAY(r->c.arena, struct session_row, list.n + 1);
	for (size_t i = 0; i < list.n; i++)
		v->soon[v->soon_n++] = row_of(r, &list.items[i]);
}

/* ---- what was just done, with Undo while it is open */
static struct home_need recent_of(struct req *r, const struct batch_item *row)
{
	const struct text *t = &r->c.text;
	struct batch b = { 0 };
	struct str when = when_instant(t, row->created_at, r->c.actor->time_zone, r->c.now);
	struct home_need n = { .words = t_home_batch(t, row->enrolled + row->waitlisted + row->moved, when),
		.detail = enroll_recent_trainings(t, row->title, row->trainings) };
	if (str_eq(row->status, STR("undone")))
		n.words = t_home_batch_undone(t, when);
	else if (!str_eq(row->status, STR("done")))
		n.words = t_home_batch_running(t, when);
	n.link.href = str_num(r->c.arena, "/batches/", row->id);
	if (batch_get(&r->c, row->id, &b) && b.undo_open) {
		n.post = str_fmt(r->c.arena, "/batches/%lld/undo", (long long)row->id);
		n.post_label = t_home_undo(t);
		n.post_name = t_home_undo_of(t, when);
		n.until = t_home_undo_until(t, when_instant(t, b.access_at, r->c.actor->time_zone, r->c.now));
	}
	return n;
}

static void fill_recent(struct req *r, struct home_view *v)
{
	struct batch_items rows;
	if (!v->can_enroll)
		return;
	batch_list_mine(&r->c, RECENT_MAX, &rows);
	v->recent = ARENA_ARRAY(r->c.arena, struct home_need, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++)
		v->recent[v->recent_n++] = recent_of(r, &rows.items[i]);
}

/* ---- a new account */
static void step(struct home_view *v, bool done, struct str words, struct str detail, const char *href)
{
	v->steps[v->steps_n++] =
		(struct home_step){ .done = done, .words = words, .detail = detail, .link = { words, str_from(href) } };
}

static void fill_steps(struct req *r, struct home_view *v)
{
	const struct text *t = &r->c.text;
	struct home_setup s;
	if (!actor_can(r->c.actor, PERM_SETTINGS))
		return;
	home_setup_get(&r->c, &s);
	if (s.departments && s.users && s.trainings)
		return;
	v->steps = ARENA_ARRAY(r->c.arena, struct home_step, STEPS);
	step(v, s.departments, t_home_setup_departments(t), t_home_setup_departments_words(t), "/departments");
	step(v, s.users, t_home_setup_users(t), t_home_setup_users_words(t), "/users/new");
	step(v, s.trainings, t_home_setup_training(t), t_home_setup_training_words(t), "/trainings/new");
	step(v, s.mail, t_home_setup_mail(t), r->app->has_smtp ? t_home_setup_mail_words(t) : t_home_setup_mail_off(t),
		"/settings#mail-title");
}

void home_manage_fill(struct req *r, struct home_view *v)
{
	v->can_enroll = actor_can(r->c.actor, PERM_ENROLL);
	fill_steps(r, v);
	fill_needs(r, v);
	fill_soon(r, v);
	fill_recent(r, v);
	v->calm.title = t_home_calm(&r->c.text);
	v->calm.words = t_home_calm_words(&r->c.text);
}
