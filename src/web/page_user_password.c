/* What an administrator does about somebody else's password: a link by mail to set one, or a temporary one. */
#include "base/crypt.h"
#include "gen/text.h"
#include "model/password.h"
#include "model/stage.h"
#include "model/user.h"
#include "model/when.h"
#include "web/app.h"
#include "web/reply.h"
#include "web/user_pages.h"
#include "web/view_users.h"
#include "web/way_back.h"

/* More than a page of the list has are no ticks. */
enum { LINKS_MAX = 400 };

void user_password_fill(struct req *r, const struct user *u, struct user_form_view *v)
{
	const struct text *t = &r->c.text;
	struct password_given last;
	v->can_password = password_may_set(&r->c, u->id);
	v->password = (struct field){ .name = STR("password"),
		.label = t_user_password(t),
		.hint = t_user_password_hint(t),
		.type = STR("password"),
		.autocomplete = STR("new-password"),
		.max_length = PASSWORD_MAX };
	field_errors(&v->password, &r->c.errs);
	v->can_link = v->can_password && r->app->has_smtp && !str_is_empty(u->email) && str_eq(u->status, STR("active"));
	v->link_hint = !r->app->has_smtp        ? t_password_link_off(t)
		: !str_eq(u->status, STR("active")) ? t_password_link_inactive(t)
		: str_is_empty(u->email)            ? t_password_link_no_address(t)
											: t_password_link_hint(t, u->email);
	if (password_link_given(&r->c, u->id, &last))
		v->link_last = t_password_link_last(t, when_instant(t, last.made_at, r->c.actor->time_zone, r->c.now),
			when_instant(t, last.until, r->c.actor->time_zone, r->c.now));
}

void page_user_password_link(struct req *r)
{
	struct user u;
	int64_t until;
	if (user_get(&r->c, PERM_USERS_EDIT, r->id, &u) && password_link_give(&r->c, r->id, &until))
		reply_redirect_flash(r, t_password_link_sent(&r->c.text, u.email), "/users/%lld", (long long)r->id);
	else if (r->c.errs.kind == ERR_INVALID)
		user_page_show(r, 422);
	else
		reply_error(r);
}

/* To those ticked in the list, of whom some may have no address. */
void page_users_password_links(struct req *r)
{
	struct str *given, back = way_back(r);
	size_t n = req_form_all(r, "id", &given), users_n = 0;
	int64_t *users = ARENA_ARRAY(r->c.arena, int64_t, n + 1);
	for (size_t i = 0; i < n; i++)
		users_n += str_to_i64(given[i], &users[users_n]) && users[users_n] > 0;
	users_n = ids_sort(users, users_n);
	size_t at_once = users_n < LINKS_MAX ? users_n : LINKS_MAX;
	int64_t sent = r->app->has_smtp ? (int64_t)password_links_give(&r->c, users, at_once) : 0;
	reply_redirect_flash(r, t_password_links_sent(&r->c.text, sent, (int64_t)users_n - sent), STR_FMT,
		STR_ARG(str_is_null(back) ? STR("/users") : back));
}

/* ---- the temporary one */
struct password_write {
	struct req *r;
	struct str hash;
	struct errs errs;
	bool ok;
};

static bool password_write(struct db *tx, void *arg)
{
	struct password_write *w = arg;
	struct ctx c = w->r->c;
	c.db = tx;
	c.errs = (struct errs){ 0 };
	w->ok = password_set_temporary(&c, w->r->id, w->hash);
	w->errs = c.errs;
	return w->ok;
}

void page_user_password(struct req *r)
{
	struct password_write w = { .r = r };
	struct str password = req_form(r, "password");
	struct user u;
	if (!user_get(&r->c, PERM_USERS_EDIT, r->id, &u)) {
		reply_error(r);
		return;
	}
	if (!password_fits(&r->c, password)) {
		user_page_show(r, 422);
		return;
	}
	w.hash = crypt_password(r->c.arena, password);
	if (db_write(r->app->store, password_write, &w) != DB_OK) {
		reply_status(r, 503);
		return;
	}
	r->c.errs = w.errs;
	if (w.ok)
		reply_redirect_flash(r, t_user_password_done(&r->c.text, u.name), "/users/%lld", (long long)r->id);
	else
		reply_error(r);
}
