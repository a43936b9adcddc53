#include "web/user_field.h"
#include "gen/templates.h"
#include "model/find.h"
#include "web/reply.h"
#include "web/web.h"

void user_field_suggest(struct field *f)
{
	f->suggest = STR("/users/suggest");
	f->autocomplete = STR("off");
}

/* Among more it is not looked for somebody who is active: then more has to be typed. */
enum { LOOKED_AT_MAX = 1000, TIMES = 10 };

static size_t count_active(const struct find_hits *found)
{
	size_t n = 0;
	for (size_t i = 0; i < found->n; i++)
		n += str_eq(found->items[i].status, STR("active"));
	return n;
}

/* Whoever sees nobody finds none. Who is no longer active can be named, and is not proposed: many of them who come
 * first hide nobody. */
void page_user_suggest(struct req *r)
{
	struct find_hits found;
	struct suggestions_view v = { 0 };
	int64_t limit = FIELD_SUGGESTIONS;
	find_people(&r->c, PERM_USERS_VIEW, req_query(r, "q"), limit, &found);
	while (found.more && count_active(&found) < FIELD_SUGGESTIONS && limit < LOOKED_AT_MAX) {
		limit *= TIMES;
		find_people(&r->c, PERM_USERS_VIEW, req_query(r, "q"), limit, &found);
	}
	v.items = ARENA_ARRAY(r->c.arena, struct suggestion, FIELD_SUGGESTIONS);
	for (size_t i = 0; i < found.n && v.items_n < FIELD_SUGGESTIONS; i++) {
		const struct find_hit *u = &found.items[i];
		if (str_eq(u->status, STR("active")))
			v.items[v.items_n++] = (struct suggestion){
				.id = u->id,
				.value = u->login,
				.name = u->name,
				.detail = str_cat(r->c.arena, u->login, str_cat(r->c.arena, STR(" · "), u->department)),
			};
	}
	tpl_suggestions(reply_html(r, 200), &r->c.text, &v);
}
