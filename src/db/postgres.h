/* Inside the PostgreSQL engine. */
#ifndef MUSTER_DB_POSTGRES_H
#define MUSTER_DB_POSTGRES_H
#include <libpq-fe.h>
#include "db/room.h"

enum { PG_WRITERS = 4, PG_AHEAD = 256 };
enum pg_oid {
	OID_BOOL = 16,
	OID_BYTEA = 17,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_TEXT = 25,
	OID_FLOAT4 = 700,
	OID_FLOAT8 = 701,
	OID_VARCHAR = 1043
};

/* How a transaction begins. PG_ALONE excludes every other writer of every node, PG_BESIDE only those that are alone. */
enum pg_begin { PG_READ, PG_BESIDE, PG_ALONE };

/* Something that was sent and whose answer only has to be "done". */
struct pg_ahead {
	const char *name;
	unsigned char *state; /* of the statement that it prepares, or NULL */
};

/* A connection, always in pipeline mode: what begins a transaction, what prepares a statement and what nobody asks
 * anything of travels with the next statement that is waited for; nobody waits for the end of a snapshot. */
struct pg_db {
	struct db db;
	PGconn *c;               /* NULL: not connected */
	unsigned char *prepared; /* by place in the catalog: PG_PREPARED … */
	enum pg_begin kind;
	bool is_reader;
	bool begun;     /* the server knows of the transaction */
	bool owed;      /* its answer to the last end of a transaction has not been read */
	bool may_again; /* the transaction failed for the company it had, or for the connection */
	bool warned;    /* the server sent a warning since the commit was sent */
	struct pg_ahead ahead[PG_AHEAD];
	int ahead_n;
	int64_t next_try_ms, pause_ms;
};

struct pg_writer {
	struct pg_db db;
	pthread_t thread;
	bool started;
};
struct pg_store {
	struct store store;
	char *url; /* may hold a password: never said */
	struct pg_writer writers[PG_WRITERS];
	int32_t node; /* who we are among the nodes: drawn at the start */
	/* The newest that was seen: each promotion of a standby begins another. */
	atomic_int_fast64_t timeline;
	atomic_int crowd; /* transactions to come that begin alone, since the last ones clashed */
	/* The listener. */
	pthread_t listener;
	bool listening;
	atomic_bool stopping;
	int wake; /* eventfd: commits to tell the other nodes of, or the end */
};

static inline struct pg_db *pg_db(struct db *db)
{
	return (struct pg_db *)(void *)db;
}
static inline struct pg_store *pg_store(struct store *s)
{
	return (struct pg_store *)(void *)s;
}

/* ---- postgres_connection.c */
/* A bare connection, as a command uses it; NULL and *why when the server cannot be reached or is none for us. */
PGconn *pg_open(const struct pg_store *s, struct arena *a, struct str *why);
/* The first line of what libpq says, without the address. */
struct str pg_words(struct arena *a, const char *message);
/* With settings and staging tables. After a failure the next try waits; until then it fails at once. */
bool pg_connect(struct pg_db *db, struct arena *a, struct str *why);
void pg_disconnect(struct pg_db *db);
/* Notes what the server refused. NULL: the connection is gone. */
void pg_note(struct pg_db *db, const PGresult *r, const char *name);
struct db *pg_reader_new(struct store *s);
void pg_reader_free(struct db *db);
void pg_read_begin(struct db *db);
void pg_read_end(struct db *db);

/* The pipeline: what was sent is answered in order, up to the mark that PQpipelineSync() makes. */
bool pg_send_begin(struct pg_db *db);
void pg_expect(struct pg_db *db, const char *name, unsigned char *state); /* notes that an answer is to come */
bool pg_read_ahead(struct pg_db *db);                 /* those answers; false: the connection is gone */
void pg_flush(struct pg_db *db);                      /* waits for them alone */
bool pg_settle(struct pg_db *db);                     /* reads what is owed */
PGresult *pg_answer(struct pg_db *db);                /* of one command; NULL when the connection is gone */
bool pg_answer_end(struct pg_db *db);                 /* the mark */
bool pg_end(struct pg_db *db, const char *text);      /* COMMIT or ROLLBACK, waiting for nothing */
bool pg_commit(struct pg_db *db, bool *is_uncertain); /* waits; uncertain: the answer was lost */

/* ---- postgres_session.c: what a connection is before it is used */
/* Settings, staging tables, and a lock that says: this node is here. False and *why when this program must not work
 * there: the schema is newer, or the server is one that another has replaced. */
bool pg_set_up(struct pg_db *db, struct arena *a, struct str *why);
bool pg_is_shared(struct store *s);
/* For the rest of the transaction on `c`, no node comes in and no other one is there. */
bool pg_shut_out_others(const struct pg_store *s, struct arena *a, PGconn *c);
bool pg_run(PGconn *c, const char *text);
int64_t pg_number(PGconn *c, const char *text); /* the one number that the statement gives; -1 when it fails */
int64_t pg_schema_version_of(PGconn *c);
struct str pg_too_new(struct arena *a, PGconn *c, int64_t version, int64_t newest);

/* ---- postgres_query.c */
enum { PG_UNKNOWN, PG_PREPARED, PG_EACH_TIME };
bool pg_one(struct db *db, const struct query *q, struct arena *a, const union query_value *values,
	const struct db_filter *filter, void *row);
struct query_rows pg_many(struct db *db, const struct query *q, struct arena *a, const union query_value *values,
	const struct db_filter *filter, int64_t limit);
int64_t pg_exec(struct db *db, const struct query *q, const union query_value *values, const struct db_filter *filter);
void pg_put(struct db *db, const struct query *q, const union query_value *values, const struct db_filter *filter);
int64_t pg_insert(struct db *db, const struct query *q, const union query_value *values);

/* ---- postgres_write.c */
bool pg_writers_start(struct pg_store *s, struct arena *a, struct str *why);
void pg_writers_stop(struct pg_store *s);

/* ---- postgres_listen.c: tells the other nodes of commits, and is told of theirs */
void pg_listen(struct store *s);
void pg_listen_stop(struct pg_store *s);
void pg_tell_others(struct pg_store *s);

/* ---- postgres_migrate.c */
int64_t pg_schema_version(struct store *s);
bool pg_migrate(struct arena *a, struct store *s, int64_t to, struct str *why);
bool pg_backup(struct arena *a, struct store *s, struct str path, struct str *why);
bool pg_check(struct arena *a, struct store *s, struct str *why);
#endif
