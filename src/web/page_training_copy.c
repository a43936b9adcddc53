/* Copying a training: the form, the dates that would come of it, and making it. What is made is what was shown. */
#include "base/crypt.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/training_copy.h"
#include "model/when.h"
#include "web/reply.h"
#include "web/session_effect.h"
#include "web/view_training_copy.h"
#include "web/training_pages.h"

enum { DIGEST_CHARS = 32 };

static bool posts(const struct req *r)
{
	return r->http->method == HTTP_POST;
}

/* A form without a box that is ticked means none; an address says nothing of them, and means all. */
static void read_form(struct req *r, struct training_copy_form *f)
{
	struct str *values;
	*f = (struct training_copy_form){ .title = req_form(r, "title"), .first_day = req_form(r, "first_day") };
	if (!posts(r))
		return;
	f->any_weekday = !req_form_has(r, "weekdays");
	f->has_sessions = true;
	size_t n = req_form_all(r, "sessions", &values);
	int64_t *ids = ARENA_ARRAY(r->c.arena, int64_t, n + 1);
	for (size_t i = 0; i < n; i++)
		if (str_to_i64(values[i], &ids[f->sessions_n]))
			f->sessions_n++;
	f->sessions = ids;
}

static struct str digest_of(struct req *r, const struct training_copy *copy)
{
	struct buf b = buf_new(r->c.arena);
	for (size_t i = 0; i < copy->sessions_n; i++) {
		buf_fmt(&b, STR_FMT "\n", STR_ARG(copy->sessions[i].title));
		for (size_t k = 0; k < copy->sessions[i].days_n; k++)
			buf_fmt(&b, "%lld %lld\n", (long long)copy->sessions[i].days[k].start_at,
				(long long)copy->sessions[i].days[k].end_at);
	}
	return str_sub(crypt_hash(r->c.arena, buf_str(&b)), 0, DIGEST_CHARS);
}

static bool is_chosen(const struct training_copy_form *f, int64_t id)
{
	for (size_t i = 0; i < f->sessions_n; i++)
		if (f->sessions[i] == id)
			return true;
	return !f->has_sessions;
}

static void fill_fields(
	struct req *r, const struct training *from, const struct training_copy_form *f, struct training_copy_view *v)
{
	const struct text *t = &r->c.text;
	struct sessions all;
	session_list_all(&r->c, from->id, &all);
	v->title = (struct field){ .name = STR("title"),
		.label = t_training_title_label(t),
		.value = str_is_null(f->title) ? from->title : f->title,
		.max_length = TRAINING_TITLE_MAX,
		.full = true };
	v->first = (struct field){ .name = STR("first_day"),
		.label = t_copy_first(t),
		.hint = t_copy_first_hint(t),
		.value = f->first_day,
		.type = STR("date") };
	v->weekdays = (struct field){ .name = STR("weekdays"),
		.label = t_copy_weekdays(t),
		.hint = t_copy_weekdays_hint(t),
		.checked = !f->any_weekday };
	v->sessions = (struct field){ .name = STR("sessions"),
		.label = t_copy_sessions(t),
		.hint = t_copy_sessions_hint(t),
		.options = ARENA_ARRAY(r->c.arena, struct field_option, all.n + 1) };
	for (size_t i = 0; i < all.n; i++)
		if (!all.items[i].cancelled_at.has && all.items[i].days_n)
			v->sessions.options[v->sessions.options_n++] =
				(struct field_option){ .value = str_num(r->c.arena, "", all.items[i].id),
					.label = all.items[i].title,
					.hint = session_when(&r->c, &all.items[i]),
					.chosen = is_chosen(f, all.items[i].id) };
	v->has_sessions = v->sessions.options_n > 0;
	struct field *const fields[] = { &v->title, &v->first, &v->sessions };
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		field_errors(fields[i], &r->c.errs);
}

static void fill_dates(struct req *r, const struct training_copy *copy, struct training_copy_view *v)
{
	const struct session *first = NULL;
	v->shown = digest_of(r, copy);
	v->rows = ARENA_ARRAY(r->c.arena, struct training_copy_row, copy->sessions_n + 1);
	for (size_t i = 0; i < copy->sessions_n; i++) {
		const struct session *s = &copy->sessions[i];
		struct training_copy_row *row = &v->rows[v->rows_n++];
		*row =
			(struct training_copy_row){ .title = s->title, .days = ARENA_ARRAY(r->c.arena, struct str, s->days_n + 1) };
		for (size_t k = 0; k < s->days_n; k++)
			row->days[row->days_n++] = session_day_words(r, &s->days[k]);
		if (!first || s->starts_at < first->starts_at)
			first = s;
	}
	if (first)
		v->begins =
			t_copy_first_then(&r->c.text, when_date_long(&r->c.text, first->starts_at, first->days[0].time_zone));
}

/* `copy` NULL: the fields alone. */
static void show(struct req *r, unsigned status, const struct training *from, const struct training_copy_form *f,
	const struct training_copy *copy)
{
	const struct text *t = &r->c.text;
	struct training_copy_view v = { .id = from->id };
	struct training_head_view head = { .id = from->id, .title = from->title };
	fill_fields(r, from, f, &v);
	if (copy)
		fill_dates(r, copy, &v);
	page_begin(r, &v.page, t_training_page_title(t, t_copy_title(t), from->title), NAV_TRAININGS);
	training_crumbs(r, &v.page, &head, t_copy_title(t));
	tpl_training_copy(reply_html(r, status), t, &v);
}

static bool may_copy(struct req *r)
{
	if (actor_can(r->c.actor, PERM_TRAININGS_CREATE))
		return true;
	err_set(&r->c.errs, ERR_FORBIDDEN);
	reply_error(r);
	return false;
}

void page_training_copy(struct req *r)
{
	struct training from;
	struct training_copy_form f;
	if (!may_copy(r))
		return;
	read_form(r, &f);
	if (training_get(&r->c, r->id, &from))
		show(r, 200, &from, &f, NULL);
	else
		reply_error(r);
}

void page_training_copy_post(struct req *r)
{
	struct training from;
	struct training_copy_form f;
	struct training_copy plan;
	int64_t id;
	if (!may_copy(r))
		return;
	read_form(r, &f);
	if (!training_get(&r->c, r->id, &from)) {
		reply_error(r);
		return;
	}
	bool fits = training_copy_plan(&r->c, r->id, &f, &plan);
	bool saves = str_eq(req_form(r, "go"), STR("copy")) && fits && str_eq(req_form(r, "shown"), digest_of(r, &plan));
	if (fits && !saves)
		show(r, 200, &from, &f, &plan);
	else if (saves && training_copy(&r->c, r->id, &f, &id))
		reply_redirect_flash(r, t_copy_done(&r->c.text, (int64_t)plan.sessions_n), "/trainings/%lld", (long long)id);
	else if (r->c.errs.kind == ERR_INVALID)
		show(r, 422, &from, &f, NULL);
	else
		reply_error(r);
}
