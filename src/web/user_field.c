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

/* Whoever sees nobody finds none. Who is no longer active can be named, and is not proposed. */
void page_user_suggest(struct req *r)
{
	struct find_hits found;
	struct suggestions_view v = { 0 };
	find_people(&r->c, PERM_USERS_VIEW, req_query(r, "q"), FIELD_SUGGESTIONS, &found);
	v.items = ARENA_ARRAY(r->c.arena, struct suggestion, found.n + 1);
	for (size_t i = 0; i < found.n; i++) {
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
