/* Reading the trail (R10): histories of a training or a user, the account's audit page, the REST API. */
#ifndef MUSTER_MODEL_AUDIT_LIST_H
#define MUSTER_MODEL_AUDIT_LIST_H
#include "model/ctx.h"

/* One of these, or nothing for the whole trail. */
struct audit_query {
	int64_t training;  /* its history */
	int64_t user;      /* what happened to them */
	struct str object; /* "training", "enrollment" …, with an id or all of them */
	struct opt_i64 object_id;
	/* Narrower still, with or without an object: who did it, to whom, the action, [from, to) with 0 for no end. */
	struct opt_i64 who;
	struct opt_i64 about; /* the user it was done to */
	struct str action;
	int64_t from, to;
};
struct audit_row {
	int64_t id, at;
	struct opt_i64 actor_id;
	struct str actor_name; /* none: the program itself; words where the reader does not see who it was */
	bool actor_hidden;
	struct str action, object;
	struct opt_i64 object_id;
	struct opt_i64 user_id;
	struct str user_name; /* whom it is about */
	struct opt_i64 training_id, batch_id;
	struct str before, after; /* compact JSON, or null */
	struct str origin;
	int64_t sort_int; /* for req_cursor */
};
struct audit_rows {
	struct audit_row *items;
	size_t n;
	bool more, has_before;
};

/* The one order that the list has, for req_page(): newest first is "-id". */
extern const char *const audit_list_sorts[1];
/* Only entries about users whom the actor sees (R3); account-wide roles, and the organizer in the own training, see
 * all, an instructor those about participants of the own sessions. The caller has checked that the actor may see the
 * training or the user at all, or holds PERM_AUDIT. */
void audit_list(struct ctx *c, const struct audit_query *q, const struct db_page *page, struct audit_rows *out);
/* What happened, in words: "Session changed". An action without words of its own is shown as it is. */
struct str audit_action_words(const struct text *t, struct str action);
/* The same for what it was done to: "user" is User. */
struct str audit_kind_words(const struct text *t, struct str kind);
/* The actions and kinds there are, in order: for filters. The arrays are shared and constant. */
struct audit_named {
	struct str name; /* as it is stored */
	struct str (*words)(const struct text *t);
};
const struct audit_named *audit_actions(size_t *n);
const struct audit_named *audit_kinds(size_t *n);
/* Members of `before` and `after` side by side, for pages. */
struct audit_change {
	struct str name, before, after;
};
struct audit_changes {
	struct audit_change *items;
	size_t n;
};
void audit_changes(struct ctx *c, struct str before, struct str after, struct audit_changes *out);
/* What a member that holds an id is called; null where it is gone or the actor does not see it (R3). Sessions and
 * trainings have no scope of their own: whoever sees the entry may know which one it was. */
enum audit_name { AUDIT_DEPARTMENT, AUDIT_USER, AUDIT_SESSION, AUDIT_TRAINING };
struct str audit_name_of(struct ctx *c, enum audit_name what, int64_t id);
#endif
