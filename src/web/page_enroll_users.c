/* Stage 1, Users: typeahead, pasted lists, and the basket of who was chosen. */
#include "gen/templates.h"
#include "gen/text.h"
#include "model/find.h"
#include "model/group.h"
#include "web/enroll_pages.h"
#include "web/history.h"
#include "web/reply.h"

enum { SUGGESTIONS = 10, MATCHES = 50, CHIPS = 40, UNKNOWN_SHOWN = 50 };

/* ---- matches */
static bool is_chosen(const struct draft *d, int64_t id)
{
	for (size_t i = 0; i < d->spec.audience.users_n; i++)
		if (d->spec.audience.users[i] == id)
			return true;
	return false;
}

static struct str why_not(struct req *r, const struct draft *d, int64_t id, struct str status)
{
	if (is_chosen(d, id))
		return t_enroll_already(&r->c.text);
	return str_eq(status, STR("active")) ? STR("") : t_enroll_not_active(&r->c.text);
}

static struct str login_and_email(struct req *r, struct str login, struct str email)
{
	return str_is_empty(email) ? login : str_cat(r->c.arena, login, str_cat(r->c.arena, STR(" · "), email));
}

struct enroll_match enroll_match(struct req *r, const struct draft *d, int64_t id, struct str name, struct str login,
	struct str email, struct str department, struct str status)
{
	return (struct enroll_match){ .id = id,
		.person = enroll_person(r, name, login_and_email(r, login, email)),
		.detail = department,
		.reason = why_not(r, d, id, status) };
}

static size_t suggest(
	struct req *r, const struct draft *d, struct str q, int64_t limit, struct enroll_match **out, bool *more)
{
	struct find_hits found;
	find_people(&r->c, PERM_ENROLL, q, limit, &found);
	*more = found.more;
	*out = ARENA_ARRAY(r->c.arena, struct enroll_match, found.n + 1);
	for (size_t i = 0; i < found.n; i++) {
		const struct find_hit *u = &found.items[i];
		(*out)[i] = enroll_match(r, d, u->id, u->name, u->login, u->email, u->department, u->status);
	}
	return found.n;
}

void page_enroll_suggest(struct req *r)
{
	struct draft d;
	struct enroll_suggest_view v = { 0 };
	struct str q = req_query(r, "q");
	bool more;
	if (!enroll_draft(r, &d))
		return;
	v.matches_n = suggest(r, &d, q, SUGGESTIONS, &v.matches, &more);
	if (more) {
		struct buf href = buf_new(r->c.arena);
		buf_fmt(&href, "/enroll/%lld/users?q=", (long long)d.id);
		buf_url(&href, q);
		v.all_href = buf_str(&href);
		v.all_words = t_enroll_see_all(&r->c.text);
	}
	tpl_enroll_suggest(reply_html(r, 200), &r->c.text, &v);
}

/* ---- the basket */
static struct enroll_chip *chip(
	struct req *r, struct enroll_chip **list, size_t *n, size_t *cap, char kind, int64_t id, struct str label)
{
	struct enroll_chip *c = VEC_PUSH(r->c.arena, *list, *n, *cap);
	*c = (struct enroll_chip){ .key = str_fmt(r->c.arena, "%c%lld", kind, (long long)id),
		.label = label,
		.remove = t_part_remove(&r->c.text, label) };
	return c;
}

static void fill_rules(struct req *r, const struct audience *a, struct enroll_users_view *v)
{
	size_t cap = 0;
	for (size_t i = 0; i < a->departments_n; i++) {
		const struct audience_department *d = &a->departments[i];
		struct str name;
		int64_t users;
		if (!audience_department_words(&r->c, d->id, &name, &users))
			continue;
		struct enroll_chip *c = chip(r, &v->rules, &v->rules_n, &cap, 'd', d->id,
			d->nested ? t_enroll_department_below(&r->c.text, name) : name);
		if (d->nested)
			c->count = text_i64(&r->c.text, users);
	}
	for (size_t i = 0; i < a->groups_n; i++) {
		struct str name = group_name(&r->c, a->groups[i]);
		if (!str_is_null(name))
			chip(r, &v->rules, &v->rules_n, &cap, 'g', a->groups[i], t_enroll_group(&r->c.text, name));
	}
	for (size_t i = 0; i < a->filter_n; i++)
		chip(r, &v->rules, &v->rules_n, &cap, 'f', (int64_t)i, history_condition_words(r, &a->filter[i]));
}

static void fill_people(struct req *r, const struct audience *a, struct enroll_users_view *v)
{
	struct draft_people named;
	size_t cap = 0, except_cap = 0;
	draft_people(&r->c, a->users, a->users_n, CHIPS, &named);
	for (size_t i = 0; i < named.n; i++)
		chip(r, &v->people, &v->people_n, &cap, 'u', named.items[i].id, named.items[i].name);
	if (a->users_n > CHIPS)
		v->more_people = t_enroll_more_people(&r->c.text, (int64_t)a->users_n - CHIPS);
	draft_people(&r->c, a->except, a->except_n, CHIPS, &named);
	for (size_t i = 0; i < named.n; i++)
		chip(r, &v->excepts, &v->excepts_n, &except_cap, 'e', named.items[i].id,
			t_enroll_except(&r->c.text, named.items[i].name));
}

/* Answers how many there are. */
static int64_t fill_basket(struct req *r, const struct draft *d, struct enroll_users_view *v)
{
	const struct text *t = &r->c.text;
	int64_t no_email = 0, not_active = 0, count;
	fill_rules(r, &d->spec.audience, v);
	fill_people(r, &d->spec.audience, v);
	count = enroll_count_users(r, d, NULL, &no_email, &not_active);
	v->empty = audience_is_empty(&d->spec.audience);
	v->count = t_enroll_users(t, count);
	if (no_email && not_active)
		v->notes = str_fmt(r->c.arena, STR_FMT " · " STR_FMT, STR_ARG(t_enroll_notes_email(t, no_email)),
			STR_ARG(t_enroll_notes_inactive(t, not_active)));
	else if (no_email)
		v->notes = t_enroll_notes_email(t, no_email);
	else if (not_active)
		v->notes = t_enroll_notes_inactive(t, not_active);
	return count;
}

/* ---- the page */
static void show(struct req *r, const struct draft *d, struct enroll_users_view *v)
{
	bool more;
	v->q = r->http->method == HTTP_GET ? req_query(r, "q") : STR("");
	v->searched = !str_is_empty(v->q);
	if (v->searched)
		v->matches_n = suggest(r, d, v->q, MATCHES, &v->matches, &more);
	v->search.open = !str_is_null(req_query(r, "advanced"));
	if (v->search.open)
		enroll_search_fill(r, d, &v->search);
	int64_t users = fill_basket(r, d, v);
	for (size_t i = 0; i < r->c.errs.n; i++)
		if (str_eq(r->c.errs.items[i].field, STR("paste")))
			v->paste_error = r->c.errs.items[i].message;
	enroll_head_fill(r, d, DRAFT_USERS, users, &v->head);
	page_begin(r, &v->page, t_enroll_title(&r->c.text), NAV_ENROLLMENTS);
	tpl_enroll_users(reply_html(r, enroll_status(r)), &r->c.text, v);
}

void page_enroll_users(struct req *r)
{
	struct draft d;
	struct enroll_users_view v = { 0 };
	if (enroll_draft(r, &d))
		show(r, &d, &v);
}

/* ---- changes */
static void remove_chip(struct enroll_spec *s, struct str key)
{
	int64_t id;
	if (key.n < 2 || !str_to_i64(str_sub(key, 1, key.n), &id))
		return;
	switch (key.p[0]) {
	case 'u': spec_remove_user(s, id); break;
	case 'd': spec_remove_department(s, id); break;
	case 'g': spec_remove_group(s, id); break;
	case 'e': spec_remove_except(s, id); break;
	case 'f':
		if ((size_t)id < s->audience.filter_n) {
			for (size_t i = (size_t)id; i + 1 < s->audience.filter_n; i++)
				s->audience.filter[i] = s->audience.filter[i + 1];
			s->audience.filter_n--;
		}
		break;
	default: break;
	}
}

static bool add_person(struct req *r, struct draft *d, int64_t id)
{
	struct errs before = r->c.errs;
	if (!policy_user(&r->c, PERM_ENROLL, id)) {
		r->c.errs = before;
		return ctx_invalid(&r->c, STR("who"), CODE_not_found, t_error_not_found(&r->c.text));
	}
	spec_add_user(&r->c, &d->spec, id);
	return true;
}

/* "3 users added. 1 was in the enrollment already. 1 entry was there twice." */
static struct str paste_words(struct req *r, size_t added, size_t there, size_t repeated)
{
	const struct text *t = &r->c.text;
	struct buf b = buf_new(r->c.arena);
	buf_put(&b, t_paste_added(t, (int64_t)added));
	if (there)
		buf_fmt(&b, " " STR_FMT, STR_ARG(t_paste_there(t, (int64_t)there)));
	if (repeated)
		buf_fmt(&b, " " STR_FMT, STR_ARG(t_paste_repeated(t, (int64_t)repeated)));
	return buf_str(&b);
}

static bool add_paste(struct req *r, struct draft *d, struct enroll_users_view *v)
{
	struct audience_paste p;
	v->paste = req_form(r, "paste");
	if (!audience_paste(&r->c, v->paste, &p))
		return false;
	size_t before = d->spec.audience.users_n;
	spec_add_users(&r->c, &d->spec, p.users, p.users_n);
	size_t added = d->spec.audience.users_n - before;
	struct buf list = buf_new(r->c.arena), lines = buf_new(r->c.arena);
	for (size_t i = 0; i < p.unknown_n; i++) {
		if (i && i < UNKNOWN_SHOWN)
			BUF_LIT(&list, ", ");
		if (i < UNKNOWN_SHOWN)
			buf_put(&list, p.unknown[i]);
		buf_put(&lines, p.unknown[i]);
		buf_char(&lines, '\n');
	}
	if (p.unknown_n > UNKNOWN_SHOWN)
		BUF_LIT(&list, " …");
	/* What was not found stays in the field, to be put right and sent again. */
	v->paste = p.unknown_n ? buf_str(&lines) : STR("");
	v->pasted = paste_words(r, added, p.users_n - added, p.repeated);
	if (p.unknown_n)
		v->unknown = t_enroll_unknown(&r->c.text, buf_str(&list));
	return true;
}

static bool next_stage(struct req *r, struct draft *d)
{
	if (enroll_count_users(r, d, NULL, NULL, NULL) == 0 && r->c.errs.kind == ERR_NONE)
		return ctx_invalid(&r->c, STR("who"), CODE_required, t_enroll_no_users(&r->c.text));
	return r->c.errs.kind == ERR_NONE && enroll_save(r, d, DRAFT_TRAININGS);
}

static void search_words(struct req *r, const struct draft *d)
{
	struct buf q = buf_new(r->c.arena);
	buf_url(&q, req_form(r, "q"));
	reply_redirect(r, "/enroll/%lld/users?q=" STR_FMT, (long long)d->id, STR_ARG(buf_str(&q)));
}

void page_enroll_users_post(struct req *r)
{
	struct draft d;
	struct enroll_users_view v = { 0 };
	bool ok = true;
	if (!enroll_draft(r, &d))
		return;
	int64_t add = req_form_id(r, "add");
	if (req_form_has(r, "next")) {
		if (next_stage(r, &d))
			reply_redirect(r, "/enroll/%lld/trainings", (long long)d.id);
		else
			show(r, &d, &v);
		return;
	}
	if (add)
		ok = add_person(r, &d, add);
	else if (req_form_has(r, "remove"))
		remove_chip(&d.spec, req_form(r, "remove"));
	else if (req_form_has(r, "clear"))
		spec_clear_audience(&d.spec);
	else if (req_form_has(r, "add_rule"))
		ok = enroll_search_add(r, &d);
	else if (req_form_has(r, "add_paste"))
		ok = add_paste(r, &d, &v);
	else if (!str_is_empty(req_form(r, "q"))) {
		search_words(r, &d);
		return;
	}
	if (!ok || !enroll_save(r, &d, DRAFT_USERS)) {
		/* Shown as it is stored. */
		struct draft stored;
		struct errs errs = r->c.errs;
		if (draft_get(&r->c, d.id, &stored))
			d = stored;
		r->c.errs = errs;
		show(r, &d, &v);
	} else if (v.unknown.n) {
		show(r, &d, &v);
	} else if (v.pasted.n) {
		reply_redirect_flash(r, v.pasted, "/enroll/%lld/users", (long long)d.id);
	} else {
		reply_redirect(r, "/enroll/%lld/users", (long long)d.id);
	}
}
