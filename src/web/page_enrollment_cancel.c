/* Cancel enrollment: of one or several, saying first who is told. */
#include "gen/templates.h"
#include "gen/text.h"
#include "model/session.h"
#include "web/enroll_pages.h"
#include "web/enrollment_pages.h"

struct sums {
	int64_t open, told, untold, done, seats;
};

/* A seat that somebody waits for. */
static bool frees_seat(struct req *r, const struct enrollment *e)
{
	struct session s;
	return e->session.has && str_eq(e->status, STR("enrolled")) && !str_eq(e->answer, STR("declined")) &&
		session_get(&r->c, e->session.v, &s) && s.waiting > 0 && !s.cancelled_at.has &&
		(!s.capacity.has || s.seats_taken <= s.capacity.v);
}

static struct sums sum_up(struct req *r, const struct chosen *s)
{
	struct sums n = { 0 };
	for (size_t i = 0; i < s->n; i++) {
		const struct enrollment *e = &s->items[i];
		if (str_eq(e->status, STR("cancelled"))) {
			n.done++;
			continue;
		}
		n.open++;
		n.told += e->announced_at.has;
		n.untold += !e->announced_at.has;
		n.seats += s->n <= ENROLLMENT_LINES && frees_seat(r, e);
	}
	return n;
}

static struct str told_words(struct req *r, const struct chosen *s, const struct sums *n)
{
	const struct text *t = &r->c.text;
	const struct enrollment *first = &s->items[0];
	if (s->n > 1)
		return t_cancel_told_many(t, n->told);
	return str_is_empty(first->email) ? t_cancel_told_account(t, first->user_name) : t_cancel_told(t, first->user_name);
}

static void show(struct req *r, const struct chosen *s)
{
	const struct text *t = &r->c.text;
	struct enrollment_cancel_view v = { 0 };
	struct sums n = sum_up(r, s);
	chosen_top(r, s, "cancel", s->n == 1 ? t_cancel_title(t) : t_cancel_titles(t), &v.top);
	if (n.told)
		note_add(r, &v.notes, &v.notes_n, told_words(r, s, &n));
	if (n.untold)
		note_add(r, &v.notes, &v.notes_n, n.told ? t_cancel_untold_many(t, n.untold) : t_cancel_untold(t));
	if (n.seats)
		note_add(r, &v.notes, &v.notes_n, t_cancel_seat(t, n.seats));
	if (n.done)
		note_add(
			r, &v.notes, &v.notes_n, s->n == 1 ? t_enrollment_is_cancelled_words(t) : t_cancel_done_already(t, n.done));
	if (n.open) {
		note_add(r, &v.notes, &v.notes_n, t_cancel_final(t));
		v.button = t_cancel_button(t, n.open);
	}
	chosen_page(r, s, v.top.title, &v.page);
	tpl_enrollment_cancel(reply_html(r, enroll_status(r)), t, &v);
}

void page_enrollment_cancel(struct req *r)
{
	struct chosen s;
	if (chosen_load(r, PERM_ENROLL, &s))
		show(r, &s);
}

void page_enrollment_cancel_post(struct req *r)
{
	const struct text *t = &r->c.text;
	struct chosen s;
	struct buf words = buf_new(r->c.arena);
	if (!chosen_load(r, PERM_ENROLL, &s))
		return;
	struct sums n = sum_up(r, &s);
	for (size_t i = 0; i < s.n; i++)
		if (!enrollment_cancel(&r->c, s.items[i].id)) {
			reply_error(r);
			return;
		}
	words_add(&words, t_cancel_done(t, n.open));
	if (n.open)
		words_add(&words, t_cancel_done_told(t, n.told));
	if (n.done && n.open)
		words_add(&words, t_cancel_done_already(t, n.done));
	reply_redirect_flash(r, buf_str(&words), STR_FMT, STR_ARG(s.back));
}
