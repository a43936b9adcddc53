/* Check: what will happen, by the same function that does it, every reason changeable in place. */
#include <string.h>
#include "gen/templates.h"
#include "gen/text.h"
#include "model/training.h"
#include "web/app.h"
#include "web/enroll_commit.h"
#include "web/enroll_pages.h"
#include "web/reply.h"

enum { ROWS_A_GROUP = 100, KPIS = 6, GROUPS_MAX = 32 };

struct check {
	struct req *r;
	struct draft *d;
	struct plan *p;
	struct enroll_check_view *v;
	struct plan_people people;
	struct sessions sessions; /* of the plan, in its order */
};

static struct str number(struct req *r, int64_t n)
{
	return text_i64(&r->c.text, n);
}

static void kpi(struct check *k, struct str label, int64_t n, struct str detail)
{
	k->v->kpis[k->v->kpis_n++] = (struct kpi){ label, number(k->r, n), detail };
}

static void fill_kpis(struct check *k)
{
	const struct text *t = &k->r->c.text;
	const struct plan *p = k->p;
	const struct plan_people *n = &k->people;
	struct str where = t_check_kpi_sessions(t, (int64_t)p->sessions_n);
	k->v->kpis = ARENA_ARRAY(k->r->c.arena, struct kpi, KPIS);
	kpi(k, t_check_kpi_enroll(t), n->enroll,
		p->enroll == n->enroll ? where : t_check_kpi_enrollments(t, p->enroll, where));
	if (n->wait)
		kpi(k, t_check_kpi_wait(t), n->wait, t_check_kpi_wait_words(t));
	if (n->move)
		kpi(k, t_check_kpi_move(t), n->move, t_check_kpi_move_words(t));
	kpi(k, t_check_kpi_skip(t), n->skip, t_check_kpi_skip_words(t));
	kpi(k, t_check_kpi_decide(t), n->decide, t_check_kpi_decide_words(t));
	kpi(k, t_check_kpi_email(t), n->no_email, t_check_kpi_email_words(t));
}

/* ---- seats before and after */
/* The plan was made in this snapshot: all of its sessions are there. */
static void load_sessions(struct check *k)
{
	struct req *r = k->r;
	int64_t *ids = ARENA_ARRAY(r->c.arena, int64_t, k->p->sessions_n + 1);
	for (size_t i = 0; i < k->p->sessions_n; i++)
		ids[i] = k->p->sessions[i].session;
	session_get_some(&r->c, ids, k->p->sessions_n, &k->sessions);
}

static void fill_sessions(struct check *k)
{
	struct req *r = k->r;
	const struct text *t = &r->c.text;
	k->v->sessions = ARENA_ARRAY(r->c.arena, struct check_session, k->p->sessions_n ? k->p->sessions_n : 1);
	for (size_t i = 0; i < k->sessions.n; i++) {
		const struct plan_session *s = &k->p->sessions[i];
		const struct session *session = &k->sessions.items[i];
		struct session_row *row = &k->v->sessions[k->v->sessions_n++].row;
		*row = enroll_session_row(r, session);
		if (k->d->spec.trainings_n > 1)
			row->title =
				str_fmt(r->c.arena, STR_FMT " – " STR_FMT, STR_ARG(session->training_title), STR_ARG(session->title));
		struct str of = s->capacity.has ? str_num(r->c.arena, "/", s->capacity.v) : STR("");
		int64_t added = s->after > s->before ? s->after - s->before : 0;
		struct seats seats = { .taken = s->before < s->after ? s->before : s->after,
			.added = added,
			.capacity = s->capacity.has ? s->capacity.v : 0 };
		row->strip = seat_strip_make(
			r->c.arena, &seats, t_check_strip(t, s->before, s->after, s->capacity.has ? s->capacity.v : 0));
		row->seats_before =
			t_check_seats_before(t, str_fmt(r->c.arena, "%lld" STR_FMT, (long long)s->before, STR_ARG(of)));
		row->seats_now = str_fmt(
			r->c.arena, "%+lld → %lld" STR_FMT, (long long)(s->after - s->before), (long long)s->after, STR_ARG(of));
		if (s->waiting_after > s->waiting_before)
			row->badge = (struct badge){ STR("warn"), t_check_waiting(t, s->waiting_after - s->waiting_before) };
	}
}

/* ---- reasons */
static struct str reason_badge(const struct text *t, int64_t code)
{
	return text_lookup(t, str_num(t->arena, "reason_badge_", code));
}

static struct str group_title(const struct text *t, int64_t code, int64_t n)
{
	switch (code) {
	case E01_SAME_SESSION: return t_reason_group_1(t, n);
	case E02_OTHER_SESSION: return t_reason_group_2(t, n);
	case E03_NOT_ACTIVE: return t_reason_group_3(t, n);
	case E04_FULL: return t_reason_group_4(t, n);
	case E05_OVERLAP: return t_reason_group_5(t, n);
	case E09_NO_EMAIL: return t_reason_group_9(t, n);
	case E12_STARTED: return t_reason_group_12(t, n);
	case E13_CLOSED: return t_reason_group_13(t, n);
	case E15_TEACHES: return t_reason_group_15(t, n);
	case E16_DECLINED_BEFORE: return t_reason_group_16(t, n);
	default: return t_reason_group_0(t, n);
	}
}

struct choice {
	const char *value;
	int64_t codes;
	bool over;
};
#define OF(code) (INT64_C(1) << (code))

/* What can be chosen for a reason, the default first where there is one. */
static const struct choice choices[] = {
	{ "skip",
		OF(E02_OTHER_SESSION) | OF(E05_OVERLAP) | OF(E12_STARTED) | OF(E15_TEACHES) | OF(E16_DECLINED_BEFORE) |
			OF(E09_NO_EMAIL) | OF(E04_FULL) | OF(E13_CLOSED) | OF(0),
		false },
	{ "enroll",
		OF(E05_OVERLAP) | OF(E12_STARTED) | OF(E15_TEACHES) | OF(E16_DECLINED_BEFORE) | OF(E09_NO_EMAIL) |
			OF(E13_CLOSED) | OF(0),
		false },
	{ "move", OF(E02_OTHER_SESSION), false },
	{ "wait", OF(E04_FULL), false },
	{ "over", OF(E04_FULL), true },
};

static struct str choice_words(const struct text *t, const char *value, int64_t code)
{
	if (!strcmp(value, "skip"))
		return t_choice_skip(t);
	if (!strcmp(value, "move"))
		return t_choice_move(t);
	if (!strcmp(value, "wait"))
		return t_choice_wait(t);
	if (!strcmp(value, "over"))
		return t_choice_over(t);
	return code == E12_STARTED ? t_choice_history(t) : code == E09_NO_EMAIL ? t_choice_notify(t) : t_choice_enroll(t);
}

/* Who is in another session already cannot wait for this one: the seat there would be lost. */
static void fill_options(struct req *r, struct field *f, int64_t code, bool moves, struct str chosen)
{
	f->options = ARENA_ARRAY(r->c.arena, struct field_option, sizeof choices / sizeof *choices + 1);
	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
		if (!(choices[i].codes & OF(code)) || (choices[i].over && !actor_can(r->c.actor, PERM_OVER)))
			continue;
		if (moves && !strcmp(choices[i].value, "wait"))
			continue;
		struct str value = str_from(choices[i].value);
		f->options[f->options_n++] = (struct field_option){
			.value = value, .label = choice_words(&r->c.text, choices[i].value, code), .chosen = str_eq(value, chosen)
		};
	}
}

/* What the plan does with an item, as a choice. */
static struct str current(const struct plan_item *i)
{
	if (str_eq(i->effect, STR("decide")))
		return STR("skip");
	if (str_eq(i->effect, STR("enroll")) && i->code == E04_FULL)
		return STR("over");
	return i->effect;
}

/* As the page lists them. */
static const int64_t notes_in_order[] = { NOTE_OVERLAP, NOTE_CLOSED, NOTE_NO_EMAIL };

static int64_t notes_before(int64_t note)
{
	int64_t before = 0;
	for (size_t i = 0; i < sizeof notes_in_order / sizeof *notes_in_order && notes_in_order[i] != note; i++)
		before |= notes_in_order[i];
	return before;
}

/* What is worth knowing is said of people who may stand under Decisions or another note, too: what happens with them is
 * chosen in one place, the first. */
static bool chosen_elsewhere(const struct plan_item *i, int64_t note)
{
	bool under_decisions = !str_eq(i->effect, STR("enroll")) || i->code == E04_FULL || i->code == E12_STARTED ||
		i->code == E15_TEACHES || i->code == E16_DECLINED_BEFORE;
	return under_decisions || (i->notes & notes_before(note));
}

static void fill_item(struct req *r, const struct plan_item *i, int64_t code, struct check_item *out)
{
	*out = (struct check_item){ .person = enroll_person(r, i->user_name, i->login),
		.department = i->department,
		.where = i->training_title,
		.why = enroll_reason(&r->c.text, code, i->session.has) };
	struct str session = !str_is_null(i->session_title) ? i->session_title : t_enroll_participant_chooses(&r->c.text);
	out->where = str_fmt(r->c.arena, STR_FMT " · " STR_FMT, STR_ARG(i->training_title), STR_ARG(session));
	if (code == E02_OTHER_SESSION && !str_is_null(i->old_session_title))
		out->why = str_fmt(r->c.arena, STR_FMT " (" STR_FMT ")", STR_ARG(out->why), STR_ARG(i->old_session_title));
	out->key = str_fmt(r->c.arena, "d-%lld-%lld", (long long)i->user, (long long)i->training);
	out->choice.label = t_check_choice_for(&r->c.text, i->user_name);
	fill_options(r, &out->choice, code, i->old_session.has,
		code == E04_FULL && str_eq(i->effect, STR("move")) ? STR("over") : current(i));
	out->fixed = out->choice.options_n == 0;
}

/* Of which items a group is: those with an effect and a code, or (effect null) those with a note. */
struct group_of {
	const char *effect;
	int64_t code, note;
};

static struct check_group *group(
	struct check *k, struct check_group **list, size_t *n, size_t *cap, const struct group_of *of, int64_t count)
{
	struct req *r = k->r;
	struct plan_items items;
	struct check_group *g = VEC_PUSH(r->c.arena, *list, *n, *cap);
	enroll_plan_items(&r->c, of->effect ? str_from(of->effect) : STR(""), of->effect ? of->code : -1, of->note, 0,
		ROWS_A_GROUP, &items);
	*g = (struct check_group){ .badge = { STR(""), reason_badge(&r->c.text, of->code) },
		.title = group_title(&r->c.text, of->code, count) };
	g->items = ARENA_ARRAY(r->c.arena, struct check_item, items.n ? items.n : 1);
	bool any = items.more;
	for (size_t i = 0; i < items.n; i++) {
		struct check_item *item = &g->items[g->items_n++];
		fill_item(r, &items.items[i], of->code, item);
		if (of->note && chosen_elsewhere(&items.items[i], of->note)) {
			item->fixed = true;
			item->why = choice_words(&r->c.text, str_c(r->c.arena, current(&items.items[i])), items.items[i].code);
		}
		any = any || !item->fixed;
	}
	if (items.more)
		g->more = t_check_more(&r->c.text, count > (int64_t)items.n ? count - (int64_t)items.n : 1);
	g->all = (struct field){ .name = str_fmt(r->c.arena, "g-%s-%lld-%lld", of->effect ? of->effect : "enroll",
								 (long long)(of->effect ? of->code : -1), (long long)of->note),
		.label = t_check_all(&r->c.text) };
	fill_options(r, &g->all, of->code, false, STR_NULL);
	if (any && g->all.options_n) {
		g->choices = true;
		struct field f = g->all;
		f.options = ARENA_ARRAY(r->c.arena, struct field_option, g->all.options_n + 1);
		f.options[0] =
			(struct field_option){ .value = STR(""), .label = t_check_one_by_one(&r->c.text), .chosen = true };
		memcpy(f.options + 1, g->all.options, g->all.options_n * sizeof *f.options);
		f.options_n = g->all.options_n + 1;
		g->all = f;
	}
	return g;
}

static void fill_groups(struct check *k)
{
	struct plan_reason_list reasons;
	struct enroll_check_view *v = k->v;
	const struct text *t = &k->r->c.text;
	size_t decisions = 0, notes = 0, skipped = 0;
	enroll_plan_reasons(&k->r->c, &reasons);
	for (size_t i = 0; i < reasons.n; i++) {
		const struct plan_reason *x = &reasons.items[i];
		bool skip = str_eq(x->effect, STR("skip"));
		struct group_of of = { .effect = str_c(k->r->c.arena, x->effect), .code = x->code };
		struct check_group *g = skip ? group(k, &v->skipped, &v->skipped_n, &skipped, &of, x->users)
									 : group(k, &v->decisions, &v->decisions_n, &decisions, &of, x->users);
		g->badge.kind = skip ? STR("") : STR("warn");
		v->skipped_choices = v->skipped_choices || (skip && g->choices);
	}
	const int64_t codes[] = { E05_OVERLAP, E13_CLOSED, E09_NO_EMAIL };
	const int64_t people[] = { k->people.overlaps, k->people.closed, k->people.no_email };
	for (size_t i = 0; i < sizeof notes_in_order / sizeof *notes_in_order; i++) {
		if (!people[i])
			continue;
		struct group_of of = { .code = codes[i], .note = notes_in_order[i] };
		struct check_group *g = group(k, &v->notes, &v->notes_n, &notes, &of, people[i]);
		v->notes_choices = v->notes_choices || g->choices;
	}
	if (k->people.decide || k->people.wait)
		v->decisions_count = t_enroll_users(t, k->people.decide ? k->people.decide : k->people.wait);
	v->skipped_count = t_enroll_users(t, k->people.skip);
	v->notes_count = t_enroll_users(t, k->people.noted);
}

/* ---- the summary beside */
static void choice(struct check *k, struct str label, struct str value, const char *stage)
{
	struct sum_row *s = &k->v->choices[k->v->choices_n++];
	*s = (struct sum_row){ .label = label,
		.value = value,
		.what = label,
		.href = str_fmt(k->r->c.arena, "/enroll/%lld/%s", (long long)k->d->id, stage) };
}

static struct str session_title(const struct check *k, int64_t id)
{
	for (size_t i = 0; i < k->sessions.n; i++)
		if (k->sessions.items[i].id == id)
			return k->sessions.items[i].title;
	return STR_NULL;
}

static void fill_choices(struct check *k)
{
	struct trainings trainings;
	struct req *r = k->r;
	const struct text *t = &r->c.text;
	struct buf titles = buf_new(r->c.arena), sessions = buf_new(r->c.arena);
	k->v->choices = ARENA_ARRAY(r->c.arena, struct sum_row, 5);
	for (size_t i = 0; i < k->d->spec.trainings_n; i++) {
		const struct enroll_training *x = &k->d->spec.trainings[i];
		buf_fmt(&sessions, "%s" STR_FMT, i ? ", " : "",
			STR_ARG(x->session.has ? session_title(k, x->session.v) : t_enroll_participant_chooses(t)));
	}
	training_get_some(&r->c, spec_training_ids(r->c.arena, &k->d->spec), k->d->spec.trainings_n, &trainings);
	for (size_t i = 0; i < trainings.n; i++)
		buf_fmt(&titles, "%s" STR_FMT, i ? ", " : "", STR_ARG(trainings.items[i].title));
	struct str when = enroll_instant(r, k->p->access_at);
	choice(k, t_check_your_users(t), t_enroll_users(t, k->p->users), "users");
	choice(k, t_check_your_trainings(t), buf_str(&titles), "trainings");
	choice(k, t_check_your_access(t), k->p->access_is_hold && !k->p->access_was_past ? t_check_now(t, when) : when,
		"parameters");
	choice(k, t_check_your_sessions(t), buf_str(&sessions), "parameters");
	choice(k, t_check_your_message(t),
		str_is_empty(k->d->spec.message) ? t_check_your_message_none(t) : k->d->spec.message, "parameters");
}

static void show(struct req *r, struct draft *d, struct plan *p, unsigned status)
{
	struct enroll_check_view v = { 0 };
	struct check k = { .r = r, .d = d, .p = p, .v = &v };
	const struct text *t = &r->c.text;
	enroll_plan_people(&r->c, &k.people);
	int64_t users = k.people.taking_part;
	load_sessions(&k);
	fill_kpis(&k);
	fill_sessions(&k);
	enroll_check_seats(r, d, p, &v);
	fill_groups(&k);
	fill_choices(&k);
	v.digest = p->digest;
	v.button = t_check_button(t, users);
	if (users == 0)
		v.nobody = t_check_nobody(t);
	v.intro = users ? t_check_intro(t, v.button) : STR("");
	struct str when = enroll_instant(r, p->access_at);
	if (p->access_was_past)
		v.past = t_check_past(t, when);
	if (p->repeated)
		v.unknown = t_check_repeated(t, p->repeated);
	enroll_head_fill(r, d, DRAFT_CHECK, p->users, &v.head);
	v.head.summary = t_check_summary(t, t_enroll_users(t, users), when);
	page_begin(r, &v.page, t_check_title(t), NAV_ENROLLMENTS);
	tpl_enroll_check(reply_html(r, status), t, &v);
}

/* What is wrong with the whole belongs to an earlier stage. */
static void back_to_stage(struct req *r, const struct draft *d)
{
	bool audience = false, trainings = false;
	if (r->c.errs.kind != ERR_INVALID) {
		reply_error(r);
		return;
	}
	for (size_t i = 0; i < r->c.errs.n; i++) {
		audience = audience || str_starts(r->c.errs.items[i].field, STR("audience"));
		trainings = trainings || str_eq(r->c.errs.items[i].field, STR("trainings"));
	}
	reply_redirect_flash(r, r->c.errs.items[0].message, "/enroll/%lld/%s", (long long)d->id,
		audience        ? "users"
			: trainings ? "trainings"
						: "parameters");
}

void page_enroll_check(struct req *r)
{
	struct draft d;
	struct plan p;
	if (!enroll_draft(r, &d))
		return;
	if (!enroll_plan(&r->c, &d.spec, r->account->undo_hold, r->account, &p)) {
		back_to_stage(r, &d);
		return;
	}
	if (!str_is_null(req_query(r, "changed")))
		err_add(
			&r->c.errs, r->c.arena, ERR_CONFLICT, STR(""), CODE_outcome_changed, t_error_outcome_changed(&r->c.text));
	show(r, &d, &p, enroll_status(r));
}

/* ---- choices of a form into decisions */
/* For a whole group, also what the page did not list. */
static void decide_group(struct req *r, struct draft *d, struct str key, struct str value)
{
	struct str rest = str_sub(key, 2, key.n), effect, code_text;
	int64_t code, note;
	struct plan_items items;
	if (!str_split(&rest, '-', &effect))
		return;
	/* A code of -1 (any) has a sign of its own. */
	bool any = str_starts(rest, STR("-1-"));
	if (any)
		rest = str_sub(rest, 1, rest.n);
	if (!str_split(&rest, '-', &code_text) || !str_to_i64(code_text, &code) || !str_to_i64(rest, &note))
		return;
	/* One too many is enough for the draft to refuse it. */
	enroll_plan_items(&r->c, effect, any ? -1 : code, note, 0, ENROLL_DECISIONS_MAX + 1, &items);
	size_t n = 0;
	struct enroll_decision *said = ARENA_ARRAY(r->c.arena, struct enroll_decision, items.n + 1);
	for (size_t i = 0; i < items.n; i++) {
		const struct plan_item *item = &items.items[i];
		if (!note || !chosen_elsewhere(item, note))
			said[n++] = (struct enroll_decision){ .user = item->user, .training = item->training, .choice = value };
	}
	spec_decide(&r->c, &d->spec, said, n);
}

static bool read_decision(struct str key, struct str value, struct enroll_decision *out)
{
	struct str rest = str_sub(key, 2, key.n), user;
	*out = (struct enroll_decision){ .choice = value };
	return str_split(&rest, '-', &user) && str_to_i64(user, &out->user) && str_to_i64(rest, &out->training);
}

static bool is_choice(struct str s)
{
	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
		if (str_eq(s, str_from(choices[i].value)))
			return true;
	return false;
}

/* One by one first; what is said for a whole group wins. The plan of before is still staged: the groups are its own.
 * Each goes through all people of the plan: no more of them than a page has. */
static void read_choices(struct req *r, struct draft *d)
{
	int groups = 0;
	size_t n = 0;
	struct enroll_decision *said = ARENA_ARRAY(r->c.arena, struct enroll_decision, r->form_n + 1);
	for (size_t i = 0; i < r->form_n; i++)
		if (str_starts(r->form[i].name, STR("d-")) && is_choice(r->form[i].value))
			n += read_decision(r->form[i].name, r->form[i].value, &said[n]);
	spec_decide(&r->c, &d->spec, said, n);
	for (size_t i = 0; i < r->form_n; i++)
		if (str_starts(r->form[i].name, STR("g-")) && is_choice(r->form[i].value) && groups++ < GROUPS_MAX)
			decide_group(r, d, r->form[i].name, r->form[i].value);
}

void page_enroll_check_post(struct req *r)
{
	struct draft d;
	struct plan p;
	struct str go = req_form(r, "go");
	if (!enroll_draft(r, &d))
		return;
	if (str_eq(go, STR("back"))) {
		reply_redirect(r, "/enroll/%lld/parameters", (long long)d.id);
		return;
	}
	if (!enroll_plan(&r->c, &d.spec, r->account->undo_hold, r->account, &p)) {
		back_to_stage(r, &d);
		return;
	}
	if (!str_eq(go, STR("enroll"))) {
		read_choices(r, &d);
		if (enroll_save_now(r, &d, DRAFT_CHECK))
			reply_redirect(r, "/enroll/%lld/check", (long long)d.id);
		else
			show(r, &d, &p, enroll_status(r));
		return;
	}
	/* What the reader saw is what is done, or it is shown anew (E18). */
	if (!str_eq(req_form(r, "plan"), p.digest)) {
		err_add(
			&r->c.errs, r->c.arena, ERR_CONFLICT, STR(""), CODE_outcome_changed, t_error_outcome_changed(&r->c.text));
		show(r, &d, &p, 409);
		return;
	}
	if (p.enroll + p.wait + p.move == 0) {
		show(r, &d, &p, 422);
		return;
	}
	enroll_commit_draft(r, &d, &p);
}
