/* What the pages of a user share. */
#ifndef MUSTER_WEB_USER_PAGES_H
#define MUSTER_WEB_USER_PAGES_H
#include "model/policy.h"
#include "model/user.h"
#include "web/view_users.h"
#include "web/web.h"

/* Whether the actor holds `p` for this user; leaves no error behind. */
bool user_in_scope(struct req *r, enum permission p, int64_t id);
/* Fills *v for a user whom the route has found in scope; the current tab follows from the address. */
void user_head_fill(struct req *r, int64_t id, struct user_head_view *v);
/* Breadcrumb "Users / name". */
void user_head_crumbs(struct req *r, const struct user_head_view *v, struct page_view *page);
/* "Active", "Inactive", "Employment ended" as a badge. */
struct badge user_status_badge(struct req *r, struct str status);

/* ---- roles on the page of a user */
/* What may be given and what is held; of *u, who may be NULL, for somebody new. */
void user_roles_fill(struct req *r, struct user_form_view *v, const struct user *u);
/* From the form to the model. */
void user_roles_read(struct req *r, struct user_form *f);
/* The errors of the model name members of the API; the form has one field for all roles, and one for the departments of
 * each. */
void user_roles_errors(struct req *r);
/* "Regional coordinator: Sales / Sales EMEA, Support"; who holds none is a learner. */
struct str user_roles_words(struct req *r, const struct user *u);

/* Link and temporary password, of a user whom the actor may edit. */
void user_password_fill(struct req *r, const struct user *u, struct user_form_view *v);
/* The page of the user of r->id, with the errors of r->c.errs. */
void user_page_show(struct req *r, unsigned status);
#endif
