/* An index of users in memory: whom a word finds, at a million users in less than a page takes. It proposes ids, from
 * which the statement that asked picks those that match and are in scope (`…_among`, or the filter field `among`): what
 * is stale in here can neither show anybody nor change an order.
 *
 * It follows the table user_change, which tells who changed in the transaction that changes them, whichever process
 * that is. Who searches reads from it what the index does not know yet, and has those users looked at as well; so the
 * answer is that of the snapshot. Only when very many have just changed is it as old as the last step, a second at
 * most. While there is nothing to answer from (few users, a start, departments that just moved) SQL answers alone. */
#ifndef MUSTER_MODEL_USER_INDEX_H
#define MUSTER_MODEL_USER_INDEX_H
#include "db/filter.h"
#include "model/ctx.h"
#include "model/policy.h"
#include "model/user_segment.h"

/* From how many users on there is one; below, SQL is quick, and memory stays small. */
enum { USER_INDEX_FROM = 5000 };

struct user_index;
/* One that is built once there are `from` users. */
struct user_index *user_index_new(int64_t from);
/* When nobody feeds or asks any more. */
void user_index_free(struct user_index *x);

/* ---- feeding: one thread, in a snapshot of its own each time */
enum user_index_work {
	USER_INDEX_OFF,     /* there is none, and no need for one */
	USER_INDEX_FOLLOWS, /* look again within a second, and after commits */
	USER_INDEX_BUILDS   /* there is more to do now */
};
enum user_index_work user_index_step(struct user_index *x, struct db *db);
/* How many users it holds, 0 while there is none, and in how many bytes. */
size_t user_index_count(struct user_index *x, size_t *bytes);

/* ---- asking, in the snapshot of c->db; c->index may be NULL */
struct user_wanted {
	enum permission permission;
	bool below;                /* also whom the actor leads, near or far */
	struct opt_i64 department; /* only in this one and below it */
	struct str whole;          /* whose login or address this is comes first of all; null: nobody does */
	struct str beginning;      /* as in struct user_seek, folded */
	struct str inside[USER_SEEK_WORDS];
	size_t inside_n;      /* 0: everybody in scope, by name */
	struct opt_i64 after; /* only who comes behind this user by name; with `back` before, the nearest first */
	bool back;
	size_t most;
};
struct user_proposed {
	const int64_t *ids;
	size_t n;
	bool all;   /* nobody else matches */
	bool exact; /* each of these does, once */
};
/* False: there is no index that can answer; SQL has to look by itself. Else the first `most` are among the proposed. */
bool user_index_find(struct ctx *c, const struct user_wanted *w, struct user_proposed *out);
/* These as a JSON list, each once; it lives in `a`. */
struct str user_index_list(struct arena *a, const struct user_proposed *p);
/* A filter that leaves these. */
struct db_filter *user_index_filter(struct ctx *c, const struct user_proposed *p);
#endif
