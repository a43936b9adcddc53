/* What every model function is given: who acts, when, in which transaction, and where errors go. */
#ifndef MUSTER_MODEL_CTX_H
#define MUSTER_MODEL_CTX_H
#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "base/text.h"
#include "db/db.h"

struct actor;      /* model/policy.h */
struct figures;    /* model/figures.h */
struct account;    /* model/settings.h: the account's settings, as read in this transaction */
struct user_index; /* model/user_index.h */

struct ctx {
	struct arena *arena;
	struct db *db;             /* a snapshot, or the write transaction */
	const struct actor *actor; /* NULL: nobody signed in, or the program itself */
	int64_t now;               /* one instant for the whole request */
	struct text text;          /* the reader's language */
	struct user_index *index;  /* NULL: SQL looks for words by itself */
	struct errs errs;          /* why a function answered false */
	struct str from;           /* the caller's address, for the audit trail; "" for the program itself */
	/* The installation's secret, CRYPT_KEY_BYTES: link tokens and calendar UIDs derive from it. */
	const unsigned char *key;
	struct figures *figures; /* what reports count, kept in memory; NULL: nothing is kept */
};

/* What somebody sent in that field (or member) makes no sense: answers false, as err_add() does. */
static inline bool ctx_invalid(struct ctx *c, struct str field, enum err_code code, struct str words)
{
	return err_add(&c->errs, c->arena, ERR_INVALID, field, code, words);
}
#endif
