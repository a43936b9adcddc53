/* Groups: sets of users that are listed, or, as smart groups, rules that are always up to date. Seen by those who edit
 * groups, and by whoever has somebody of it in scope; only members in scope are shown to anybody (R3). */
#ifndef MUSTER_MODEL_GROUP_H
#define MUSTER_MODEL_GROUP_H
#include "model/ctx.h"
#include "model/user.h"

enum { GROUP_NAME_MAX = 255, GROUP_RULE_MAX = 4000 };

struct group {
	int64_t id;
	struct str name;
	bool smart;
	struct user_condition *rule;
	size_t rule_n;   /* of a smart group, for those who edit groups; else empty */
	int64_t members; /* in scope */
};
struct groups {
	struct group *items;
	size_t n;
	bool more, has_before;
	struct str *cursor_keys;
};
/* By name. q: part of the name, "" for all. cursor_keys[i] is the sort key of items[i]. */
void group_page(struct ctx *c, struct str q, const struct db_page *page, struct groups *out);
/* One that the actor sees by `p`; false with ERR_NOT_FOUND. */
bool group_get(struct ctx *c, enum permission p, int64_t id, struct group *out);

struct group_member {
	int64_t id;
	struct str name, login, email, status, department, sort_key;
};
struct group_members_list {
	struct group_member *items;
	size_t n;
	bool more, has_before;
};
/* Members in scope, by name. */
void group_members_page(
	struct ctx *c, const struct group *g, const struct db_page *page, struct group_members_list *out);
/* All their ids, by name. */
size_t group_member_ids(struct ctx *c, const struct group *g, int64_t **out);

struct group_change {
	bool has_name;
	struct str name;
	bool has_members;
	const int64_t *members;
	size_t members_n; /* those in scope are replaced by these */
	bool has_rule;
	const struct user_condition *rule;
	size_t rule_n; /* none: it becomes a plain group */
};
/* Needs PERM_GROUPS_EDIT. Errors: name (required, too_long, duplicate), members[i] (not_found), rule[i].… , members
 * (invalid: a rule decides). */
bool group_create(struct ctx *c, const struct group_change *change, int64_t *id);
bool group_update(struct ctx *c, int64_t id, const struct group_change *change);
bool group_remove(struct ctx *c, int64_t id);
/* One by login or e-mail; error at "member" (not_found). *name says who it was. */
bool group_add_member(struct ctx *c, int64_t id, struct str login_or_email, struct str *name);
bool group_drop_member(struct ctx *c, int64_t id, int64_t user_id, struct str *name);

/* The filter of a smart group, or NULL in *filter for one whose members are listed. False when there is no such group.
 * No scope check. */
bool group_rule(struct ctx *c, int64_t id, struct db_filter **filter);
/* A rule from its stored JSON and back: [{"field":…,"op":…,"value":"…"|["…"]|null}]. */
bool group_rule_read(struct ctx *c, struct str json, struct user_condition **out, size_t *n);
struct str group_rule_write(struct ctx *c, const struct user_condition *rule, size_t n);
/* Its name for who may enroll or edit groups; null when it is out of the actor's reach (R3). */
struct str group_name(struct ctx *c, int64_t id);
/* The one of this name, whatever its case, as far as group_name() tells it; 0: none. */
int64_t group_by_name(struct ctx *c, struct str name);
#endif
