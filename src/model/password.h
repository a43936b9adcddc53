/* Passwords: what they have to be, who sets one for whom, and links by mail to set one. A link works once, until
 * another of its kind is made, the password or the address changes, or its user is not active any more. The database
 * holds the hash of its token, and beside it what the token derives from only until the mail has left. */
#ifndef MUSTER_MODEL_PASSWORD_H
#define MUSTER_MODEL_PASSWORD_H
#include "model/ctx.h"

enum { PASSWORD_MIN = 12, PASSWORD_MAX = 200 };
/* False with an error at "password" when it is too short or too long. */
bool password_fits(struct ctx *c, struct str password);
/* Whether the actor may set a password for this user: may change them, and would see nobody else by signing in as them
 * (R11: whom they lead, or teach). Leaves no error behind. */
bool password_may_set(struct ctx *c, int64_t user);
/* The second half of it: who decides where the mail of that user goes can get a password too. */
bool password_sees_beyond(struct ctx *c, int64_t user);

/* ---- setting the hash that crypt_password() made. The user is signed out everywhere, links and calendar feed end, and
 * a mail says so. */
bool password_set_own(struct ctx *c, struct str hash); /* the actor's; API tokens stay */
/* A temporary one, for another user; API tokens end. ERR_NOT_FOUND, ERR_FORBIDDEN (locked) where the actor may not. */
bool password_set_temporary(struct ctx *c, int64_t user, struct str hash);

/* ---- links */
enum password_link_kind { PASSWORD_FORGOTTEN, PASSWORD_GIVEN };
enum { PASSWORD_FORGOTTEN_SECONDS = 3600, PASSWORD_GIVEN_SECONDS = 7 * 86400, PASSWORD_GIVEN_AGAIN = 60 };

/* Who may ask for one by that login or address (folded): an active user who has an address; 0: nobody. */
int64_t password_link_user(struct ctx *c, struct str name_fold);
/* For whoever said to have forgotten it. */
bool password_link_ask(struct ctx *c, int64_t user);
/* By an administrator, for a new user or one who lost it. *until: how long it works. Pressed again within
 * PASSWORD_GIVEN_AGAIN seconds it is the same one, and no other mail. ERR_NOT_FOUND, ERR_FORBIDDEN (locked) as with a
 * temporary password; ERR_INVALID at "email" (required) without an address, at "status" when not active. */
bool password_link_give(struct ctx *c, int64_t user, int64_t *until);
/* The same for several, as far as each of them may and can have one. Answers how many got a link: an error about one of
 * them is none here. */
size_t password_links_give(struct ctx *c, const int64_t *users, size_t n);
/* The one that was given, while it works. */
struct password_given {
	int64_t made_at, until;
};
bool password_link_given(struct ctx *c, int64_t user, struct password_given *out);

/* Whose link that is; false for one that does not work (any more). */
struct password_link {
	int64_t user;
	struct str login, login_fold, email_fold, locale; /* locale may be null */
};
bool password_link_open(struct ctx *c, struct str token, struct password_link *out);
/* Sets the password and uses up the link; API tokens end as well. False without an error when it did not work. */
bool password_link_use(struct ctx *c, struct str token, struct str hash);

/* ---- for the outbox: what a message of the user says at this moment */
struct password_mail {
	struct str token, login;
	int64_t until;
};
bool password_link_for_mail(struct ctx *c, int64_t user, int64_t outbox, struct password_mail *out);
#endif
