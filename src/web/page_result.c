/* Add result: attended or absent, points and a comment, of one or several participants. */
#include "gen/templates.h"
#include "gen/text.h"
#include "model/result.h"
#include "model/when.h"
#include "web/enroll_pages.h"
#include "web/enrollment_pages.h"

static bool has_seat(const struct enrollment *e)
{
	return e->session.has && str_eq(e->status, STR("enrolled"));
}

static size_t count_seats(const struct chosen *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n; i++)
		n += has_seat(&s->items[i]);
	return n;
}

/* ---- fields */
static struct field radios(
	struct req *r, struct str name, struct str label, struct str none, bool several, struct str stored)
{
	const struct text *t = &r->c.text;
	struct field f = { .name = name, .label = label, .options = ARENA_ARRAY(r->c.arena, struct field_option, 4) };
	struct str chosen = req_form(r, str_c(r->c.arena, name));
	if (str_is_null(chosen))
		chosen = several ? STR("keep") : stored;
	f.options[f.options_n++] = (struct field_option){
		.value = STR("attended"), .label = t_result_attended(t), .chosen = str_eq(chosen, STR("attended"))
	};
	f.options[f.options_n++] = (struct field_option){
		.value = STR("absent"), .label = t_result_absent(t), .chosen = str_eq(chosen, STR("absent"))
	};
	f.options[f.options_n++] =
		(struct field_option){ .value = STR("none"), .label = none, .chosen = str_eq(chosen, STR("none")) };
	if (several)
		f.options[f.options_n++] = (struct field_option){
			.value = STR("keep"), .label = t_result_keep(t), .chosen = str_eq(chosen, STR("keep"))
		};
	field_errors(&f, &r->c.errs);
	return f;
}

static struct str day_name(struct req *r, int64_t day)
{
	return str_num(r->c.arena, "day-", day);
}

/* With one day, day and session are the same thing: one question. */
static void fill_days(
	struct req *r, const struct chosen *s, const struct enrollment *e, struct enrollment_result_view *v)
{
	const struct text *t = &r->c.text;
	bool several = s->n > 1;
	if (e->days_n == 1 || !s->one_session) {
		v->result = radios(r, STR("result"), s->one_session ? t_result_single(t) : t_result_session(t),
			t_result_none(t), several, e->result);
		return;
	}
	v->days = ARENA_ARRAY(r->c.arena, struct field, e->days_n + 1);
	for (size_t i = 0; i < e->days_n; i++) {
		const struct enrollment_day *d = &e->days[i];
		struct str label = when_day_range(t, d->start_at, d->end_at, d->time_zone, r->c.now);
		v->days[v->days_n++] = radios(r, day_name(r, d->day), label, t_result_none(t), several, d->result);
	}
	v->result = radios(r, STR("result"), t_result_session(t), t_result_by_days(t), several,
		e->result_by_hand ? e->result : STR("none"));
	v->result.hint = t_result_session_hint(t);
}

static void fill_rest(struct req *r, const struct chosen *s, struct enrollment_result_view *v)
{
	const struct text *t = &r->c.text;
	const struct enrollment *e = &s->items[0];
	bool several = s->n > 1, sent = r->http->method == HTTP_POST;
	struct str score = !several && e->score.has ? str_num(r->c.arena, "", e->score.v) : STR("");
	v->score = (struct field){ .name = STR("score"),
		.label = t_result_score(t),
		.hint = several ? t_result_score_keep_hint(t) : t_result_score_hint(t),
		.type = STR("number"),
		.min = STR("0"),
		.max = str_fmt(r->c.arena, "%d", RESULT_SCORE_MAX),
		.optional = true,
		.value = sent ? req_form(r, "score") : score };
	v->comment = (struct field){ .name = STR("comment"),
		.label = t_result_comment(t),
		.optional = true,
		.max_length = RESULT_COMMENT_MAX,
		.full = true,
		.hint = several ? t_result_comment_keep_hint(t) : STR(""),
		.value = sent ? req_form(r, "comment")
			: several ? STR("")
					  : e->comment };
	field_errors(&v->score, &r->c.errs);
	field_errors(&v->comment, &r->c.errs);
}

static void show(struct req *r, const struct chosen *s)
{
	const struct text *t = &r->c.text;
	struct enrollment_result_view v = { 0 };
	size_t seats = count_seats(s);
	chosen_top(r, s, "result", s->n == 1 ? t_result_title(t) : t_result_titles(t), &v.top);
	v.open = seats > 0;
	if (!seats)
		note_add(r, &v.notes, &v.notes_n, t_result_no_seat(t));
	else if (seats < s->n)
		note_add(r, &v.notes, &v.notes_n, t_result_no_seat_some(t, (int64_t)(s->n - seats)));
	if (v.open && !s->one_session)
		note_add(r, &v.notes, &v.notes_n, t_result_sessions_differ(t));
	if (v.open) {
		fill_days(r, s, &s->items[0], &v);
		fill_rest(r, s, &v);
	}
	chosen_page(r, s, v.top.title, &v.page);
	tpl_enrollment_result(reply_html(r, enroll_status(r)), t, &v);
}

void page_enrollment_result(struct req *r)
{
	struct chosen s;
	if (chosen_load(r, PERM_RESULTS, &s))
		show(r, &s);
}

/* ---- the form */
struct form {
	struct str result;
	bool has_score, has_comment;
	struct opt_i64 score;
	struct str comment;
};

static bool refuse(struct req *r, const char *field, enum err_code code, struct str words)
{
	return ctx_invalid(&r->c, str_from(field), code, words);
}

static bool is_choice(struct str s)
{
	return str_is_null(s) || str_eq(s, STR("keep")) || result_is(s);
}

static bool read_form(struct req *r, const struct chosen *s, struct form *f)
{
	const struct text *t = &r->c.text;
	struct str score = str_trim(req_form(r, "score")), comment = req_form(r, "comment");
	int64_t number;
	*f = (struct form){ .result = req_form(r, "result") };
	if (!is_choice(f->result))
		refuse(r, "result", CODE_invalid, t_result_invalid(t));
	if (!str_is_empty(score) && (!str_to_i64(score, &number) || number < 0 || number > RESULT_SCORE_MAX))
		refuse(r, "score", CODE_out_of_range, t_result_score_invalid(t, RESULT_SCORE_MAX));
	else if (!str_is_empty(score))
		f->score = SOME(number);
	/* Empty takes it away from one, and changes nothing for several. */
	f->has_score = f->score.has || (s->n == 1 && req_form_has(r, "score"));
	if (!text_clean_block(r->c.arena, str_is_null(comment) ? STR("") : comment, &f->comment))
		refuse(r, "comment", CODE_invalid, t_error_invalid(t));
	else if (str_count_chars(f->comment) > RESULT_COMMENT_MAX)
		refuse(r, "comment", CODE_too_long, t_result_comment_long(t, RESULT_COMMENT_MAX));
	f->has_comment = f->comment.n || (s->n == 1 && req_form_has(r, "comment"));
	return r->c.errs.kind == ERR_NONE;
}

static bool given(struct str value)
{
	return !str_is_null(value) && !str_eq(value, STR("keep"));
}

/* Days that changed, then the whole; of a session with one day, that day says it. */
static bool save_one(struct req *r, const struct chosen *s, const struct enrollment *e, const struct form *f)
{
	bool single = e->days_n == 1;
	struct str whole = e->result_by_hand ? e->result : STR("none");
	for (size_t i = 0; i < e->days_n; i++) {
		struct str value = single ? f->result
			: s->one_session      ? req_form(r, str_c(r->c.arena, day_name(r, e->days[i].day)))
								  : STR_NULL;
		if (!is_choice(value))
			return refuse(
				r, str_c(r->c.arena, day_name(r, e->days[i].day)), CODE_invalid, t_result_invalid(&r->c.text));
		if (given(value) && !str_eq(value, e->days[i].result) &&
			!result_set_one(
				&r->c, e->id, &(struct result_entry){ .user = e->user, .day = e->days[i].day, .result = value }))
			return false;
	}
	if (given(f->result))
		whole = single ? STR("none") : f->result;
	struct result_entry entry = { .user = e->user,
		.result = whole,
		.has_score = f->has_score,
		.score = f->score,
		.has_comment = f->has_comment,
		.comment = f->comment };
	return result_set_one(&r->c, e->id, &entry);
}

void page_enrollment_result_post(struct req *r)
{
	const struct text *t = &r->c.text;
	struct chosen s;
	struct form f;
	struct buf words = buf_new(r->c.arena);
	int64_t saved = 0, left_out = 0;
	if (!chosen_load(r, PERM_RESULTS, &s))
		return;
	if (count_seats(&s) == 0)
		refuse(r, "", CODE_not_found, t_result_no_seat(t));
	else
		read_form(r, &s, &f);
	for (size_t i = 0; i < s.n && r->c.errs.kind == ERR_NONE; i++) {
		struct enrollment now;
		if (!has_seat(&s.items[i]))
			left_out++;
		else if (save_one(r, &s, &s.items[i], &f) && enrollment_get(&r->c, s.items[i].id, &now))
			saved += now.version != s.items[i].version;
	}
	if (r->c.errs.kind != ERR_NONE) {
		show(r, &s);
		return;
	}
	words_add(&words, t_results_saved(t, saved));
	if (left_out)
		words_add(&words, t_results_not(t, left_out));
	reply_redirect_flash(r, buf_str(&words), STR_FMT, STR_ARG(s.back));
}
