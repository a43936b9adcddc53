/* The lists: users, enrollments, the outbox, the trail. */
#include <stdlib.h>
#include <string.h>
#include "gen/text.h"
#include "model/department.h"
#include "model/outbox.h"
#include "model/when.h"
#include "report/export_room.h"

/* ---- users */
struct users {
	struct user_query query;
	struct department *departments; /* by id, with paths as the actor sees them */
	size_t departments_n;
};

static int by_id(const void *a, const void *b)
{
	const struct department *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

/* A name may be there twice, and the file has to say which: an import takes the same words. Whose department is out of
 * scope is one's own people. */
static struct str department_words(const struct users *u, const struct user_item *item)
{
	const struct department key = { .id = item->department };
	const struct department *d = bsearch(&key, u->departments, u->departments_n, sizeof key, by_id);
	return d ? d->path : item->department_name;
}

static void users_page(struct ctx *c, const struct db_page *page, void *arg, struct table *t, struct export_end *end)
{
	const struct users *users = arg;
	struct user_items list;
	user_page(c, &users->query, page, &list);
	for (size_t i = 0; i < list.n; i++) {
		const struct user_item *u = &list.items[i];
		table_text(t, u->last_name);
		table_text(t, u->first_name);
		table_text(t, u->login);
		table_text(t, u->email);
		table_text(t, department_words(users, u));
		table_text(t, export_user_status(&c->text, u->status));
		table_row_end(t);
		*end = (struct export_end){ list.more, u->sort_key, 0, u->id };
	}
}

void export_users(struct ctx *c, const struct user_query *q, const struct db_page *page, struct table *t)
{
	const struct text *w = &c->text;
	struct departments departments;
	/* These names and words are what an import understands (model/import_layout.c). */
	const struct str names[] = { t_export_last_name(w), t_export_first_name(w), t_users_login(w), t_users_email(w),
		t_users_department(w), t_users_status(w) };
	static const int widths[] = { 22, 22, 22, 32, 40, 18 };
	department_list(c, PERM_USERS_VIEW, &departments);
	qsort(departments.items, departments.n, sizeof *departments.items, by_id);
	struct users users = { *q, departments.items, departments.n };
	table_head(t, names, widths, sizeof widths / sizeof *widths);
	export_pages(c, page, users_page, &users, t);
}

/* ---- enrollments: the participants of a training, the trainings of a user */
struct enrollments {
	int64_t of;
	const struct enrollment_query *q;
};

/* What was recorded day by day: "Attended, –, Absent"; nothing for a session of one day. */
static struct str days_words(struct ctx *c, const struct enrollment *e)
{
	struct buf b = buf_new(c->arena);
	for (size_t i = 0; e->days_n > 1 && i < e->days_n; i++) {
		struct str word = export_result(&c->text, e->days[i].result);
		buf_fmt(&b, "%s" STR_FMT, i ? ", " : "", STR_ARG(word.n ? word : STR("–")));
	}
	return buf_str(&b);
}

static struct str enrollment_words(const struct text *t, const struct enrollment *e)
{
	struct str word = enrollment_status_word(e->status, e->announced_at);
	if (str_eq(word, STR("scheduled")))
		return t_enrollment_scheduled(t);
	if (str_eq(word, STR("waiting")))
		return t_enrollment_waiting(t);
	return str_eq(word, STR("cancelled")) ? t_enrollment_cancelled(t) : t_enrollment_enrolled(t);
}

enum { ENROLLMENT_COLUMNS = 9 };
/* Names from the session on. */
static void enrollment_names(struct ctx *c, struct str *names)
{
	const struct text *w = &c->text;
	const struct str all[ENROLLMENT_COLUMNS] = { t_participants_session(w), t_export_start(w), t_export_zone(w),
		t_participants_status(w), t_participants_answer(w), t_export_access(w, when_zone(w, c->actor->time_zone)),
		t_participants_result(w), t_export_days(w), t_export_score(w) };
	memcpy(names, all, sizeof all);
}

static void enrollment_cells(struct ctx *c, const struct enrollment *e, struct table *t)
{
	struct str zone = e->days_n ? e->days[0].time_zone : c->actor->time_zone;
	table_text(t,
		!e->session.has            ? t_participants_chooses(&c->text)
			: e->session_cancelled ? t_export_session_cancelled(&c->text, e->session_title)
								   : e->session_title);
	if (e->starts_at.has)
		table_moment(t, e->starts_at.v, zone);
	else
		table_blank(t);
	table_text(t, e->starts_at.has ? zone : STR(""));
	table_text(t, enrollment_words(&c->text, e));
	/* Who waits was not asked. */
	table_text(t, str_eq(e->status, STR("waiting")) ? STR("–") : export_answer(&c->text, e->answer));
	table_moment(t, e->access_at, c->actor->time_zone);
	table_text(t, export_result(&c->text, e->result));
	table_text(t, days_words(c, e));
	if (e->score.has)
		table_int(t, e->score.v);
	else
		table_blank(t);
	table_row_end(t);
}

static void participants_part(
	struct ctx *c, const struct db_page *page, void *arg, struct table *t, struct export_end *end)
{
	const struct enrollments *p = arg;
	struct enrollment_items list;
	participants_page(c, p->of, p->q, page, &list, NULL);
	for (size_t i = 0; i < list.n; i++) {
		const struct enrollment *e = &list.items[i].e;
		table_text(t, e->user_name);
		table_text(t, e->login);
		table_text(t, e->department);
		enrollment_cells(c, e, t);
		*end = (struct export_end){ list.more, list.items[i].sort_key, list.items[i].sort_int, e->id };
	}
}

void export_participants(
	struct ctx *c, int64_t training, const struct enrollment_query *q, const struct db_page *page, struct table *t)
{
	const struct text *w = &c->text;
	struct enrollments arg = { training, q };
	struct str names[3 + ENROLLMENT_COLUMNS] = { t_participants_name(w), t_users_login(w),
		t_participants_department(w) };
	static const int widths[] = { 26, 20, 24, 30, 17, 18, 12, 12, 17, 12, 24, 8 };
	enrollment_names(c, names + 3);
	table_head(t, names, widths, sizeof widths / sizeof *widths);
	export_pages(c, page, participants_part, &arg, t);
}

static void learning_part(struct ctx *c, const struct db_page *page, void *arg, struct table *t, struct export_end *end)
{
	const struct enrollments *p = arg;
	struct enrollment_items list;
	learning_page(c, p->of, p->q, page, &list);
	for (size_t i = 0; i < list.n; i++) {
		const struct enrollment *e = &list.items[i].e;
		/* Files of several users are put together. */
		table_text(t, e->user_name);
		table_text(t, e->login);
		table_text(t, e->training_title);
		enrollment_cells(c, e, t);
		*end = (struct export_end){ list.more, list.items[i].sort_key, list.items[i].sort_int, e->id };
	}
}

void export_learning(
	struct ctx *c, int64_t user, const struct enrollment_query *q, const struct db_page *page, struct table *t)
{
	const struct text *w = &c->text;
	struct enrollments arg = { user, q };
	struct str names[3 + ENROLLMENT_COLUMNS] = { t_participants_name(w), t_users_login(w), t_participants_training(w) };
	static const int widths[] = { 26, 20, 34, 30, 17, 18, 12, 12, 17, 12, 24, 8 };
	enrollment_names(c, names + 3);
	table_head(t, names, widths, sizeof widths / sizeof *widths);
	export_pages(c, page, learning_part, &arg, t);
}

/* ---- the outbox */
static void outbox_part(struct ctx *c, const struct db_page *page, void *arg, struct table *t, struct export_end *end)
{
	const struct str *state = arg;
	struct str zone = c->actor->time_zone;
	struct outbox_items list;
	if (!outbox_page(c, *state, page, &list))
		return;
	for (size_t i = 0; i < list.n; i++) {
		const struct outbox_item *o = &list.items[i];
		table_text(t, o->user_name);
		table_text(t, o->address);
		table_text(t, outbox_kind_words(&c->text, o));
		table_text(t, o->title);
		table_moment(t, o->due_at, zone);
		table_text(t, outbox_state_words(&c->text, o->state));
		if (o->sent_at.has)
			table_moment(t, o->sent_at.v, zone);
		else
			table_blank(t);
		table_int(t, o->attempts);
		table_text(t, o->last_error);
		table_row_end(t);
		*end = (struct export_end){ list.more, o->sort_key, o->sort_int, o->id };
	}
}

bool export_outbox(struct ctx *c, struct str state, const struct db_page *page, struct table *t)
{
	const struct text *w = &c->text;
	struct str zone = when_zone(w, c->actor->time_zone);
	struct outbox_items none;
	struct db_page first = { .sort = page->sort, .limit = 1 };
	const struct str names[] = { t_outbox_to(w), t_export_address(w), t_outbox_kind(w), t_outbox_training(w),
		t_export_due(w, zone), t_outbox_state(w), t_export_sent(w, zone), t_outbox_attempts(w), t_outbox_error(w) };
	static const int widths[] = { 26, 30, 24, 30, 17, 12, 17, 10, 40 };
	if (!outbox_page(c, state, &first, &none))
		return false;
	table_head(t, names, widths, sizeof widths / sizeof *widths);
	export_pages(c, page, outbox_part, &state, t);
	return true;
}

/* ---- the trail */
static void audit_part(struct ctx *c, const struct db_page *page, void *arg, struct table *t, struct export_end *end)
{
	struct audit_rows list;
	audit_list(c, arg, page, &list);
	for (size_t i = 0; i < list.n; i++) {
		const struct audit_row *a = &list.items[i];
		table_moment(t, a->at, c->actor->time_zone);
		table_text(t, a->actor_id.has ? a->actor_name : t_history_program(&c->text));
		table_text(t, audit_action_words(&c->text, a->action));
		table_text(t, audit_kind_words(&c->text, a->object));
		if (a->object_id.has)
			table_int(t, a->object_id.v);
		else
			table_blank(t);
		table_text(t, a->user_name);
		table_text(t, a->before);
		table_text(t, a->after);
		table_text(t, a->origin);
		table_row_end(t);
		*end = (struct export_end){ list.more, STR_NULL, a->sort_int, a->id };
	}
}

void export_audit(struct ctx *c, const struct audit_query *q, const struct db_page *page, struct table *t)
{
	const struct text *w = &c->text;
	struct audit_query query = *q;
	const struct str names[] = { t_export_at(w, when_zone(w, c->actor->time_zone)), t_audit_who(w), t_audit_action(w),
		t_audit_object(w), t_export_object_id(w), t_export_about(w), t_export_before(w), t_export_after(w),
		t_export_origin(w) };
	static const int widths[] = { 17, 24, 28, 14, 10, 24, 40, 40, 18 };
	table_head(t, names, widths, sizeof widths / sizeof *widths);
	export_pages(c, page, audit_part, &query, t);
}
