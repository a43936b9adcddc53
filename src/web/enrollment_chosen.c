/* The enrollments that a page of one or several is about. */
#include "gen/text.h"
#include "model/when.h"
#include "web/enrollment_pages.h"
#include "web/enrollment_rows.h"
#include "web/way_back.h"

struct wanted {
	int64_t *ids; /* room for one more than ENROLLMENTS_MAX: that many are too many */
	size_t n;
};

static void want(struct wanted *w, struct str text)
{
	int64_t id;
	/* What is no id is not there either. */
	if (!str_to_i64(text, &id))
		id = 0;
	for (size_t i = 0; i < w->n; i++)
		if (w->ids[i] == id)
			return;
	if (w->n <= ENROLLMENTS_MAX)
		w->ids[w->n++] = id;
}

/* The one of the path, or those of the form or the address: id=1&id=2, or id=1.2 as enrollment_bulk() writes. */
static struct wanted wanted_ids(struct req *r)
{
	struct wanted w = { ARENA_ARRAY(r->c.arena, int64_t, ENROLLMENTS_MAX + 1), 0 };
	struct str *texts, id;
	if (r->id) {
		w.ids[w.n++] = r->id;
		return w;
	}
	size_t n = r->http->method == HTTP_POST ? req_form_all(r, "id", &texts) : req_query_all(r, "id", &texts);
	for (size_t i = 0; i < n; i++)
		while (str_split(&texts[i], '.', &id))
			want(&w, id);
	return w;
}

/* Where one came from, else the participants of the training, or the user's Enrolled Learning. */
static struct str back_of(struct req *r, const struct enrollment *first)
{
	struct str back = way_back(r);
	if (!str_is_null(back))
		return back;
	struct errs before = r->c.errs;
	bool training = policy_training(&r->c, PERM_TRAININGS_VIEW, first->training);
	r->c.errs = before;
	return training ? str_fmt(r->c.arena, "/trainings/%lld/participants", (long long)first->training)
					: str_fmt(r->c.arena, "/users/%lld/learning", (long long)first->user);
}

bool chosen_load(struct req *r, enum permission p, struct chosen *out)
{
	struct wanted w = wanted_ids(r);
	*out = (struct chosen){
		.items = ARENA_ARRAY(r->c.arena, struct enrollment, w.n + 1), .one_training = true, .one_session = true
	};
	if (w.n == 0 || w.n > ENROLLMENTS_MAX)
		err_set(&r->c.errs, ERR_NOT_FOUND);
	for (size_t i = 0; i < w.n && r->c.errs.kind == ERR_NONE; i++) {
		if (!policy_enrollment(&r->c, p, w.ids[i]) || !enrollment_get(&r->c, w.ids[i], &out->items[i]))
			break;
		const struct enrollment *e = &out->items[out->n++], *first = &out->items[0];
		out->one_training = out->one_training && e->training == first->training;
		out->one_session = out->one_session && e->session.has && first->session.has && e->session.v == first->session.v;
	}
	if (r->c.errs.kind != ERR_NONE) {
		reply_error(r);
		return false;
	}
	out->back = back_of(r, &out->items[0]);
	return true;
}

static struct enrollment_line line_of(struct req *r, const struct chosen *s, const struct enrollment *e)
{
	const struct text *t = &r->c.text;
	struct enrollment_line l = { .status =
									 enrollment_status_badge(r, enrollment_status_word(e->status, e->announced_at)) };
	/* R11: an instructor knows the name. */
	struct errs before = r->c.errs;
	bool known = policy_user(&r->c, PERM_USERS_VIEW, e->user);
	r->c.errs = before;
	l.person = (struct person_view){
		.initials = text_initials(r->c.arena, e->user_name), .name = e->user_name, .login = known ? e->login : STR("")
	};
	struct str session = e->session.has ? e->session_title : t_participants_chooses(t);
	if (e->days_n)
		session = t_participants_session_on(t, session, when_date(t, e->starts_at.v, e->days[0].time_zone, r->c.now));
	l.where = s->one_training && s->n > 1 ? session : t_participants_chip(t, e->training_title, session);
	return l;
}

static void hide(struct enrollment_top *top, const char *name, struct str value)
{
	top->hidden[top->hidden_n++] = (struct enrollment_hidden){ str_from(name), value };
}

void chosen_top(struct req *r, const struct chosen *s, const char *what, struct str title, struct enrollment_top *out)
{
	const struct text *t = &r->c.text;
	const struct enrollment *first = &s->items[0];
	size_t shown = s->n < ENROLLMENT_LINES ? s->n : ENROLLMENT_LINES;
	*out = (struct enrollment_top){ .title = title,
		.back = s->back,
		.lines = ARENA_ARRAY(r->c.arena, struct enrollment_line, shown),
		.hidden = ARENA_ARRAY(r->c.arena, struct enrollment_hidden, s->n + 2) };
	if (s->n == 1)
		out->words = t_enrollment_of(t, first->user_name, first->training_title);
	else
		out->words = s->one_training ? t_enrollments_of(t, (int64_t)s->n, first->training_title)
									 : t_enrollments_many(t, (int64_t)s->n);
	out->action = s->n == 1 ? str_fmt(r->c.arena, "/enrollments/%lld/%s", (long long)first->id, what)
							: str_fmt(r->c.arena, "/enrollments/%s", what);
	while (out->lines_n < shown) {
		out->lines[out->lines_n] = line_of(r, s, &s->items[out->lines_n]);
		out->lines_n++;
	}
	if (s->n > shown)
		out->more = t_enrollments_more(t, (int64_t)(s->n - shown));
	for (size_t i = 0; i < s->n && s->n > 1; i++)
		hide(out, "id", str_num(r->c.arena, "", s->items[i].id));
	hide(out, "back", s->back);
	if (s->n == 1)
		hide(out, "version", str_num(r->c.arena, "", first->version));
}

void chosen_page(struct req *r, const struct chosen *s, struct str title, struct page_view *page)
{
	bool from_user = str_starts(s->back, STR("/users/"));
	const struct text *t = &r->c.text;
	page_begin(r, page, title, from_user ? NAV_USERS : NAV_TRAININGS);
	page->crumbs = ARENA_ARRAY(r->c.arena, struct crumb, 3);
	page->crumbs[page->crumbs_n++] = from_user ? (struct crumb){ t_users_title(t), STR("/users") }
											   : (struct crumb){ t_trainings_title(t), STR("/trainings") };
	page->crumbs[page->crumbs_n++] =
		(struct crumb){ from_user ? s->items[0].user_name : s->items[0].training_title, s->back };
	page->crumbs[page->crumbs_n++] = (struct crumb){ title, STR_NULL };
}

void note_add(struct req *r, struct enrollment_note **notes, size_t *n, struct str words)
{
	enum { NOTES_MAX = 8 };
	if (!*notes)
		*notes = ARENA_ARRAY(r->c.arena, struct enrollment_note, NOTES_MAX);
	if (!str_is_empty(words) && *n < NOTES_MAX)
		(*notes)[(*n)++] = (struct enrollment_note){ words };
}

void words_add(struct buf *b, struct str sentence)
{
	if (b->n)
		buf_char(b, ' ');
	buf_put(b, sentence);
}
