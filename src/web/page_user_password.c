/* The temporary password that an administrator sets for somebody else. */
#include "base/crypt.h"
#include "gen/text.h"
#include "model/user.h"
#include "web/app.h"
#include "web/reply.h"
#include "web/user_pages.h"
#include "web/view_users.h"

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
	w->ok = user_password_change(&c, w->r->id, w->hash);
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
	if (!user_password_fits(&r->c, password)) {
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
