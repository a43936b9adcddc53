/* Users: who they are, what they may, who is seen by whom. Pages, REST and imports change them by the same two
 * functions. */
#ifndef MUSTER_MODEL_USER_H
#define MUSTER_MODEL_USER_H
#include "base/json.h"
#include "db/filter.h"
#include "model/ctx.h"
#include "model/policy.h"

enum { USER_LOGIN_MAX = 100, USER_EMAIL_MAX = 254, USER_NAME_MAX = 100, USER_LIST_BOUND = 10000 };

/* ---- one user */
struct user_role {
	int64_t role;
	struct str key;  /* owner account_admin department_admin supervisor learner, or a custom role's id */
	struct str name; /* in the reader's language; a custom role's own */
	bool scoped;
	int64_t *departments;
	size_t departments_n; /* of a scoped role: those in the actor's scope */
};
struct user_roles {
	struct user_role *items;
	size_t n;
};
/* What somebody holds, highest first. Who holds nothing is a learner; who has people below is also a supervisor. */
void user_roles_of(struct ctx *c, int64_t user_id, bool has_reports, struct user_roles *out);

struct user {
	int64_t id, department, version;
	struct str login, email, first_name, last_name, name; /* email may be null */
	struct str department_name, department_path, status;
	struct opt_i64 supervisor;
	struct str supervisor_login, supervisor_name; /* none where the supervisor is out of the actor's scope */
	bool has_password, has_reports;
	bool supervisor_hidden; /* there is one, whom the actor does not see */
	struct user_roles roles;
};
/* One in scope of `p` (for USERS_VIEW also one's people, and oneself); false with ERR_NOT_FOUND. */
bool user_get(struct ctx *c, enum permission p, int64_t id, struct user *out);

/* ---- lists */
struct user_query {
	struct str q;                   /* up to three words, each inside name, login or e-mail */
	struct opt_i64 department;      /* with everything below */
	struct str status;              /* null: any */
	const struct db_filter *filter; /* NULL: none */
	bool leads;                     /* the list also says who leads them, and whether they lead */
};
struct user_item {
	int64_t id, department;
	struct str login, email, first_name, last_name, name, status, department_name, sort_key;
	struct opt_i64 supervisor; /* where it was asked for */
	bool has_reports;
};
struct user_items {
	struct user_item *items;
	size_t n;
	bool more, has_before;
};
/* Those whom the actor sees; page.sort is one of user_list_sorts. */
void user_page(struct ctx *c, const struct user_query *q, const struct db_page *page, struct user_items *out);
/* How many that are, counted up to USER_LIST_BOUND + 1. */
int64_t user_count(struct ctx *c, const struct user_query *q);
/* A LIKE pattern for "contains": folded, with the wildcards of the text itself escaped by a backslash. */
struct str user_like(struct arena *a, struct str text);
enum { USER_LIKE_WORDS = 3 };
/* The words of `q`, folded: each by itself, so that "Lindqvist Maria" finds her too; what comes behind the third stays
 * with it. Answers how many. */
size_t user_words(struct arena *a, struct str q, struct str words[static USER_LIKE_WORDS]);
/* One such pattern a word of `q`, the rest of it with the last; "%" where there is no word. */
void user_like_words(struct arena *a, struct str q, struct str likes[static USER_LIKE_WORDS]);

/* ---- changing. A null text or a `has_` that is false means: not given, leave it. */
struct user_role_form {
	struct str role;
	const int64_t *departments;
	size_t departments_n;
};
struct user_field_form {
	struct str key, value;
}; /* value "" or null: none */
struct user_form {
	struct str login, email, first_name, last_name, status; /* email "": none */
	struct opt_i64 department;
	bool has_supervisor;
	struct opt_i64 supervisor;   /* by id … */
	struct str supervisor_login; /* … or by login; "": nobody */
	bool has_roles;
	const struct user_role_form *roles;
	size_t roles_n;
	const struct user_field_form *fields;
	size_t fields_n;
	struct opt_i64 version; /* of what was read: another one now is ERR_CONFLICT */
};
/* Checks and writes, with its audit entry. Errors at login, email, first_name, last_name, department, status,
 * supervisor, roles, roles[i].role, roles[i].departments, fields.KEY. ERR_FORBIDDEN (locked) when the user may more
 * than the actor; ERR_CONFLICT (locked) when the account would be left without an active owner. Without an actor
 * (commands, set-up) everything is in scope and every role may be given. Who stops being active loses the enrollments
 * in sessions to come (R7) and is signed out; *cancelled (may be NULL) says how many those were. */
bool user_create(struct ctx *c, const struct user_form *form, int64_t *id);
bool user_update(struct ctx *c, int64_t id, const struct user_form *form, int64_t *cancelled);
/* Whether the actor may change this user at all: in scope of users.edit, and not somebody who may more. Leaves no error
 * behind. */
bool user_may_edit(struct ctx *c, int64_t id);
/* By login, else e-mail, whatever their case; 0: nobody. No scope check. */
int64_t user_find(struct ctx *c, struct str login_or_email);

/* ---- conditions: smart groups, Advanced Search, the REST API's "filter" */
struct user_condition {
	struct str field, op;
	struct str *values;
	size_t values_n;
};
/* What every user has, and can be asked of; beside them stand the profile fields. */
enum { USER_CONDITION_FIELDS = 8 };
extern const char *const user_condition_fields[USER_CONDITION_FIELDS];
/* AND of all. A department "starts_with" means it and everything below. NULL with errors at "audience.filter[i].field",
 * ".op" or ".value" when one makes no sense, or names what the actor does not see. */
struct db_filter *user_filter_parse(struct ctx *c, const struct user_condition *conds, size_t n);
/* The member `name` of a JSON object: a list of {"field", "op", "value": text, list of texts or null}. Errors go where
 * the object's go. */
bool user_conditions_read(struct json_obj *o, const char *name, struct user_condition **out, size_t *n);
void user_conditions_write(struct jw *w, const struct user_condition *conds, size_t n);
/* The same with another path for errors ("rule"), and, with `trusted`, without asking whether the actor sees what is
 * named: a stored rule. */
struct db_filter *user_filter_make(
	struct ctx *c, const struct user_condition *conds, size_t n, const char *path, bool trusted);
#endif
