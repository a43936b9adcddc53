/* Everybody whom an enrollment holds, rules and persons together, and taking them out one by one. */
#include "gen/templates.h"
#include "gen/text.h"
#include "web/enroll_pages.h"
#include "web/reply.h"

enum { PEOPLE_A_PAGE = 100 };

static struct str at(struct req *r, const struct draft *d, int64_t from)
{
	return str_fmt(r->c.arena, "/enroll/%lld/everyone?from=%lld", (long long)d->id, (long long)from);
}

static void fill_people(struct req *r, struct enroll_everyone_view *v)
{
	struct audience_people page;
	audience_people(&r->c, v->from, PEOPLE_A_PAGE, &page);
	v->people = ARENA_ARRAY(r->c.arena, struct enroll_match, page.n);
	for (size_t i = 0; i < page.n; i++) {
		const struct audience_person *u = &page.items[i];
		v->people[v->people_n++] = (struct enroll_match){ .id = u->id,
			.person = enroll_person(
				r, u->name, str_fmt(r->c.arena, STR_FMT " · " STR_FMT, STR_ARG(u->login), STR_ARG(u->department))),
			.reason = str_eq(u->status, STR("active")) ? STR("") : t_enroll_not_active(&r->c.text) };
	}
}

static void fill_pager(struct req *r, const struct draft *d, int64_t count, struct enroll_everyone_view *v)
{
	v->pager.words = t_everyone_shown(&r->c.text, v->from + 1, v->from + (int64_t)v->people_n, count);
	if (v->from > 0) {
		v->pager.first = at(r, d, 0);
		v->pager.previous = at(r, d, v->from > PEOPLE_A_PAGE ? v->from - PEOPLE_A_PAGE : 0);
	}
	if (v->from + (int64_t)v->people_n < count)
		v->pager.next = at(r, d, v->from + PEOPLE_A_PAGE);
}

void page_enroll_everyone(struct req *r)
{
	struct draft d;
	struct enroll_everyone_view v = { 0 };
	const struct text *t = &r->c.text;
	if (!enroll_draft(r, &d))
		return;
	int64_t count = enroll_count_users(r, &d, NULL, NULL, NULL);
	v.from = req_query_id(r, "from");
	/* Removing the last of a page leads to the page before. */
	if (v.from < 0 || v.from >= count)
		v.from = count > 0 ? (count - 1) / PEOPLE_A_PAGE * PEOPLE_A_PAGE : 0;
	if (count > 0) {
		fill_people(r, &v);
		fill_pager(r, &d, count, &v);
	}
	v.count = t_enroll_users(t, count);
	v.none = (struct empty_view){ .title = t_everyone_none(t),
		.words = t_everyone_none_words(t),
		.action = t_everyone_add(t),
		.href = str_fmt(r->c.arena, "/enroll/%lld/users", (long long)d.id) };
	enroll_head_fill(r, &d, DRAFT_USERS, count, &v.head);
	page_begin(r, &v.page, t_everyone_title(t), NAV_ENROLLMENTS);
	tpl_enroll_everyone(reply_html(r, 200), t, &v);
}

void page_enroll_everyone_post(struct req *r)
{
	struct draft d;
	if (!enroll_draft(r, &d))
		return;
	int64_t user = req_form_id(r, "remove"), from = req_form_id(r, "from");
	spec_remove_user(&d.spec, user);
	/* A rule may name the same person once more: then it is an exception. */
	if (user > 0 && enroll_count_users(r, &d, NULL, NULL, NULL) > 0 && audience_has(&r->c, user))
		spec_except(&r->c, &d.spec, user);
	if (enroll_save(r, &d, DRAFT_USERS))
		reply_redirect(r, "/enroll/%lld/everyone?from=%lld", (long long)d.id, (long long)from);
	else
		reply_error(r);
}
