/* Stage 2, Trainings: search by title, several can be collected. */
#include "gen/templates.h"
#include "gen/text.h"
#include "model/training.h"
#include "web/enroll_pages.h"
#include "web/reply.h"

enum { FOUND = 50 };

static bool is_chosen(const struct draft *d, int64_t id)
{
	for (size_t i = 0; i < d->spec.trainings_n; i++)
		if (d->spec.trainings[i].training == id)
			return true;
	return false;
}

static struct str detail(struct req *r, const struct training_offer *o)
{
	const struct text *t = &r->c.text;
	struct str sessions = t_enroll_sessions_ahead(t, o->upcoming);
	if (o->next_at.has)
		sessions = t_enroll_next_session(t, sessions, enroll_instant(r, o->next_at.v));
	return str_is_empty(o->organizer) ? sessions : t_enroll_training_detail(t, o->organizer, sessions);
}

static void show(struct req *r, const struct draft *d)
{
	struct enroll_trainings_view v = { 0 };
	struct training_offers found;
	struct trainings chosen;
	const struct text *t = &r->c.text;
	v.q = r->http->method == HTTP_GET ? req_query(r, "q") : req_form(r, "q");
	if (str_is_null(v.q))
		v.q = STR("");
	training_offers(&r->c, v.q, FOUND, &found);
	v.found = ARENA_ARRAY(r->c.arena, struct enroll_training_row, found.n);
	for (size_t i = 0; i < found.n; i++) {
		const struct training_offer *o = &found.items[i];
		v.found[v.found_n++] = (struct enroll_training_row){
			.id = o->id, .title = o->title, .detail = detail(r, o), .chosen = is_chosen(d, o->id)
		};
	}
	training_get_some(&r->c, spec_training_ids(r->c.arena, &d->spec), d->spec.trainings_n, &chosen);
	v.chosen = ARENA_ARRAY(r->c.arena, struct enroll_training_row, chosen.n + 1);
	for (size_t i = 0; i < chosen.n; i++) {
		const struct training *c = &chosen.items[i];
		v.chosen[v.chosen_n++] =
			(struct enroll_training_row){ .id = c->id, .title = c->title, .detail = c->organizer_name, .chosen = true };
	}
	v.none = (struct empty_view){ .title = t_enroll_no_training(t, v.q), .words = t_enroll_no_training_words(t) };
	enroll_head_fill(r, d, DRAFT_TRAININGS, enroll_count_users(r, d, NULL, NULL, NULL), &v.head);
	page_begin(r, &v.page, t_enroll_title(t), NAV_ENROLLMENTS);
	tpl_enroll_trainings(reply_html(r, enroll_status(r)), t, &v);
}

void page_enroll_trainings(struct req *r)
{
	struct draft d;
	if (enroll_draft(r, &d))
		show(r, &d);
}

static bool add(struct req *r, struct draft *d, int64_t id)
{
	struct errs before = r->c.errs;
	if (!policy_training(&r->c, PERM_TRAININGS_VIEW, id)) {
		r->c.errs = before;
		return ctx_invalid(&r->c, STR("q"), CODE_not_found, t_error_not_found(&r->c.text));
	}
	spec_add_training(&r->c, &d->spec, id);
	return true;
}

void page_enroll_trainings_post(struct req *r)
{
	struct draft d;
	bool ok = true;
	const char *to = "trainings";
	enum draft_stage reached = DRAFT_TRAININGS;
	if (!enroll_draft(r, &d))
		return;
	if (req_form_id(r, "add")) {
		ok = add(r, &d, req_form_id(r, "add"));
	} else if (req_form_id(r, "remove")) {
		spec_remove_training(&d.spec, req_form_id(r, "remove"));
	} else if (req_form_has(r, "back")) {
		to = "users";
	} else if (d.spec.trainings_n == 0) {
		ok = ctx_invalid(&r->c, STR("q"), CODE_required, t_enroll_no_trainings(&r->c.text));
	} else {
		to = "parameters";
		reached = DRAFT_PARAMETERS;
	}
	if (!ok || !enroll_save(r, &d, reached)) {
		struct errs errs = r->c.errs;
		draft_get(&r->c, d.id, &d);
		r->c.errs = errs;
		show(r, &d);
		return;
	}
	struct buf q = buf_new(r->c.arena);
	if (req_form_id(r, "add") && !str_is_empty(req_form(r, "q"))) {
		BUF_LIT(&q, "?q=");
		buf_url(&q, req_form(r, "q"));
	}
	reply_redirect(r, "/enroll/%lld/%s" STR_FMT, (long long)d.id, to, STR_ARG(buf_str(&q)));
}
