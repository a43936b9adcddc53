/* What an enrollment did: the result of a draft, progress of a big one, Undo. */
#include "gen/templates.h"
#include "gen/text.h"
#include "model/batch_list.h"
#include "model/enroll_batch.h"
#include "web/enroll_pages.h"
#include "web/reply.h"

enum { SKIPS_SHOWN = 100 };

static void fill_kpis(struct req *r, const struct batch *b, struct batch_view *v)
{
	const struct text *t = &r->c.text;
	const struct {
		struct str label;
		int64_t n;
		bool always;
	} all[] = { { t_batch_enrolled(t), b->enrolled, true }, { t_batch_waiting(t), b->waitlisted, false },
		{ t_batch_moved(t), b->moved, false }, { t_batch_skipped(t), b->skipped, true } };
	v->kpis = ARENA_ARRAY(r->c.arena, struct kpi, 4);
	for (size_t i = 0; i < 4; i++)
		if (all[i].always || all[i].n)
			v->kpis[v->kpis_n++] = (struct kpi){ all[i].label, text_i64(t, all[i].n), STR("") };
}

/* What was taken back is not counted any more; what somebody had changed stays. */
static void fill_stays(struct req *r, int64_t id, struct batch_view *v)
{
	const struct text *t = &r->c.text;
	int64_t kept = batch_count_kept(&r->c, id);
	v->kpis = ARENA_ARRAY(r->c.arena, struct kpi, 1);
	if (kept)
		v->kpis[v->kpis_n++] = (struct kpi){ t_batch_stays(t), text_i64(t, kept), t_batch_kept_changed(t) };
}

/* Who waits is not enrolled. Somebody may be there once a training: then it is not users that are counted. */
static struct str done_title(struct req *r, const struct batch *b)
{
	const struct text *t = &r->c.text;
	int64_t all = b->enrolled + b->moved + b->waitlisted;
	int64_t first = b->enrolled ? b->enrolled : b->moved ? b->moved : b->waitlisted;
	struct str who = batch_count_users(&r->c, b->id) == all ? t_enroll_users(t, first) : text_i64(t, first);
	if (!all)
		return t_batch_title_nobody(t);
	if (b->enrolled && b->moved && b->waitlisted)
		return t_batch_title_all(t, who, b->moved, b->waitlisted);
	if (b->enrolled && b->moved)
		return t_batch_title_enrolled_moved(t, who, b->moved);
	if (b->enrolled && b->waitlisted)
		return t_batch_title_enrolled_waiting(t, who, b->waitlisted);
	if (b->moved && b->waitlisted)
		return t_batch_title_moved_waiting(t, who, b->waitlisted);
	return b->enrolled ? t_batch_title_enrolled(t, who)
		: b->moved     ? t_batch_title_moved(t, who)
					   : t_batch_title_waiting(t, who);
}

static void fill_sessions(struct req *r, struct batch_view *v)
{
	struct batch_session_list list;
	struct sessions sessions;
	const struct text *t = &r->c.text;
	batch_list_sessions(&r->c, v->id, &list);
	int64_t *ids = ARENA_ARRAY(r->c.arena, int64_t, list.n + 1);
	for (size_t i = 0; i < list.n; i++)
		ids[i] = list.items[i].session;
	session_get_some(&r->c, ids, list.n, &sessions);
	v->sessions = ARENA_ARRAY(r->c.arena, struct session_row, sessions.n + 1);
	for (size_t i = 0; i < sessions.n; i++) {
		const struct batch_session *s = &list.items[i];
		const struct session *session = &sessions.items[i];
		struct session_row *row = &v->sessions[v->sessions_n++];
		*row = enroll_session_row(r, session);
		row->title =
			str_fmt(r->c.arena, STR_FMT " – " STR_FMT, STR_ARG(session->training_title), STR_ARG(session->title));
		row->href = str_fmt(
			r->c.arena, "/trainings/%lld/participants?session=%lld", (long long)s->training, (long long)s->session);
		int64_t before = s->seats_taken > s->enrolled ? s->seats_taken - s->enrolled : 0;
		struct seats seats = {
			.taken = before, .added = s->seats_taken - before, .capacity = s->capacity.has ? s->capacity.v : 0
		};
		row->strip = seat_strip_make(
			r->c.arena, &seats, t_check_strip(t, before, s->seats_taken, s->capacity.has ? s->capacity.v : 0));
		row->seats_now = s->capacity.has
			? str_fmt(r->c.arena, "%lld/%lld", (long long)s->seats_taken, (long long)s->capacity.v)
			: t_session_seats_unlimited(t, s->seats_taken);
		if (s->waitlisted)
			row->badge = (struct badge){ STR("warn"), t_check_waiting(t, s->waitlisted) };
	}
}

static void fill_skips(struct req *r, const struct batch *b, struct batch_view *v)
{
	struct batch_skips skips;
	batch_skips(&r->c, b->id, 0, SKIPS_SHOWN, &skips);
	v->skips = ARENA_ARRAY(r->c.arena, struct check_item, skips.n ? skips.n : 1);
	for (size_t i = 0; i < skips.n; i++) {
		const struct batch_skip *s = &skips.items[i];
		struct str why = enroll_reason(&r->c.text, s->code, s->session.has);
		v->skips[v->skips_n++] = (struct check_item){ .person = enroll_person(r, s->user_name, STR("")),
			.where = s->training_title,
			.why = str_is_null(why) ? t_choice_skip(&r->c.text) : why };
	}
	if (skips.more)
		v->more_skips = t_batch_more_skips(&r->c.text, b->skipped - (int64_t)skips.n);
}

static void fill_links(struct req *r, struct batch_view *v)
{
	struct batch_training_list list;
	batch_list_trainings(&r->c, v->id, &list);
	v->links = ARENA_ARRAY(r->c.arena, struct batch_link, list.n + 1);
	for (size_t i = 0; i < list.n; i++)
		v->links[v->links_n++] = (struct batch_link){ t_batch_link_participants(&r->c.text, list.items[i].title),
			str_fmt(r->c.arena, "/trainings/%lld/participants", (long long)list.items[i].id) };
	v->links[v->links_n++] = (struct batch_link){ t_batch_link_new(&r->c.text), STR("/enroll") };
}

static void show(struct req *r, int64_t id)
{
	struct batch b;
	struct batch_view v = { .id = id };
	const struct text *t = &r->c.text;
	if (!batch_get(&r->c, id, &b)) {
		reply_error(r);
		return;
	}
	struct str when = enroll_instant(r, b.access_at);
	bool undoing = str_eq(b.status, STR("undoing")), undone = str_eq(b.status, STR("undone"));
	v.running = undoing || str_eq(b.status, STR("running")) || str_eq(b.status, STR("preparing"));
	v.undo = b.undo_open;
	v.done = b.done;
	v.total = b.total;
	if (v.running) {
		v.title = undoing ? t_batch_title_undoing(t) : t_batch_title_running(t);
		v.words = undoing ? t_batch_undo_progress(t, b.done, b.total) : t_batch_progress(t, b.done, b.total);
	} else if (undone) {
		v.title = t_batch_title_undone(t);
		v.words = t_batch_words_undone(t);
	} else if (str_eq(b.status, STR("failed"))) {
		v.title = t_batch_title_failed(t);
	} else {
		v.title = done_title(r, &b);
		v.words = b.access_at > r->c.now ? t_batch_words_when(t, when) : t_batch_words_left(t, when);
	}
	v.status_words = v.title;
	v.undo_until = t_batch_undo_until(t, when);
	if (undone)
		fill_stays(r, id, &v);
	else if (!undoing)
		fill_kpis(r, &b, &v);
	if (!v.running && !undone) {
		fill_sessions(r, &v);
		fill_skips(r, &b, &v);
	}
	fill_links(r, &v);
	page_begin(r, &v.page, v.title, NAV_ENROLLMENTS);
	tpl_batch(reply_html(r, 200), t, &v);
}

void page_batch(struct req *r)
{
	show(r, r->id);
}

void page_enroll_done(struct req *r)
{
	struct draft d;
	if (!draft_get(&r->c, r->id, &d)) {
		reply_error(r);
		return;
	}
	if (d.batch.has)
		show(r, d.batch.v);
	else
		reply_redirect(r, "/enroll/%lld", (long long)d.id);
}

void page_batch_undo(struct req *r)
{
	int64_t undone;
	struct batch_kept kept;
	if (batch_undo(&r->c, r->id, &undone, &kept))
		reply_redirect_flash(
			r, t_batch_undone_words(&r->c.text, undone, (int64_t)kept.n), "/batches/%lld", (long long)r->id);
	else
		reply_error(r);
}
