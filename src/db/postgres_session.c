/* What a connection to PostgreSQL is before anybody uses it: settings, staging tables, and a lock that says which node
 * it belongs to. Here it is also found out whether this program may work there at all. */
#include <stdlib.h>
#include "base/log.h"
#include "db/postgres.h"

/* Plans are kept, and the first of them are made while the tables are empty: an index is right on both days. (Reading a
 * whole table would also make every writer of it a rival of a SERIALIZABLE transaction.) A node that is stuck in the
 * middle of a transaction must not hold the others for ever. Staging tables and what a reader puts into them promise
 * nothing, so they do not wait for a standby that is away; a plan of a hundred thousand fits into their memory, which
 * is taken when it is used. */
static const char settings[] =
	"SET jit = off; SET enable_seqscan = off; SET TimeZone = 'UTC'; SET idle_in_transaction_session_timeout = '60s';"
	" SET synchronous_commit = local; SET temp_buffers = '64MB'";
/* For who writes: what the administrator said, but for "off". */
static const char durable[] =
	"RESET synchronous_commit;"
	" SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

/* A lock's first number: which account, since a database may hold others in other schemas. The second is the node that
 * is there, or 0: the gate, which a migration shuts. */
#define PRESENCE "hashtext('muster.' || current_schema())"
#define GATE     "(" PRESENCE ", 0)"

bool pg_run(PGconn *c, const char *text)
{
	PGresult *r = PQexec(c, text);
	ExecStatusType status = PQresultStatus(r);
	PQclear(r);
	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

int64_t pg_number(PGconn *c, const char *text)
{
	PGresult *r = PQexec(c, text);
	int64_t n;
	bool ok =
		PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1 && str_to_i64(str_from(PQgetvalue(r, 0, 0)), &n);
	PQclear(r);
	return ok ? n : -1;
}

int64_t pg_schema_version_of(PGconn *c)
{
	int64_t there = pg_number(
		c, "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_version'");
	return there == 1 ? pg_number(c, "SELECT coalesce(max(version), 0) FROM schema_version") : there;
}

struct str pg_too_new(struct arena *a, PGconn *c, int64_t version, int64_t newest)
{
	return str_fmt(a,
		"database %s: its schema is version %lld and this program knows up to %lld: it needs a newer program", PQdb(c),
		(long long)version, (long long)newest);
}

/* A commit that was not waited for by the standby is told of by nothing but a warning. */
static void note_warning(void *arg, const PGresult *r)
{
	struct pg_db *db = arg;
	const char *severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);
	db->warned |= severity && str_eq(str_from(severity), STR("WARNING"));
}

/* A migration shuts the gate, ends the connections of everybody present, and opens the gate when it is over. So whoever
 * is present before coming here is either ended by it or sees what it did, and an older program stays out. A page does
 * not wait for it. */
static bool pass_gate(const struct pg_db *db, struct str *why)
{
	static const char look[] = "SELECT pg_try_advisory_xact_lock_shared" GATE "::integer",
					  wait[] = "SET lock_timeout = '10s'; SELECT count(*) FROM pg_advisory_xact_lock_shared" GATE;
	if (pg_number(db->c, db->is_reader ? look : wait) == 1)
		return db->is_reader || pg_run(db->c, "RESET lock_timeout");
	*why = STR("the schema is being changed at the moment");
	return false;
}

static bool check_version(const struct pg_db *db, struct arena *a, struct str *why)
{
	int64_t newest = (int64_t)db->db.store->catalog->migrations_n;
	int64_t version = pg_schema_version_of(db->c);
	if (version < 0)
		*why = pg_words(a, PQerrorMessage(db->c));
	else if (version > newest)
		*why = pg_too_new(a, db->c, version, newest);
	return version >= 0 && version <= newest;
}

/* A primary that came back after its standby took over does not know of it. Whoever has seen the new one never works on
 * the old one again. Not every service in the cloud says where its log is; then there is nothing to compare. */
static bool check_timeline(struct pg_store *s, PGconn *c, struct arena *a, struct str *why)
{
	int64_t now = pg_number(
		c, "SELECT ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::integer AS timeline");
	int_fast64_t seen = atomic_load(&s->timeline);
	while (now > seen && !atomic_compare_exchange_weak(&s->timeline, &seen, now))
		;
	if (now >= seen || now < 0)
		return true;
	*why = str_fmt(a, "this server was replaced by another: its timeline is %lld, and there was %lld", (long long)now,
		(long long)seen);
	return false;
}

bool pg_set_up(struct pg_db *db, struct arena *a, struct str *why)
{
	struct pg_store *s = pg_store(db->db.store);
	const struct db_catalog *catalog = s->store.catalog;
	PQsetNoticeReceiver(db->c, note_warning, db);
	const char *here = str_c(a, str_fmt(a, "SELECT pg_advisory_lock_shared(" PRESENCE ", %d)", (int)s->node));
	bool ok = pg_run(db->c, settings) && pg_run(db->c, here);
	if (ok && (!pass_gate(db, why) || !check_version(db, a, why) || !check_timeline(s, db->c, a, why)))
		return false;
	ok = ok && pg_run(db->c, catalog->temp.pg ? catalog->temp.pg : "") && (db->is_reader || pg_run(db->c, durable));
	if (!ok) {
		*why = pg_words(a, PQerrorMessage(db->c));
		return false;
	}
	db->prepared = must_calloc(catalog->queries_n + 1, 1);
	return PQenterPipelineMode(db->c) == 1;
}

/* Connections of other nodes of the same account. */
static const char *others(const struct pg_store *s, struct arena *a, const char *what)
{
	return str_c(a,
		str_fmt(a,
			"SELECT %s FROM (SELECT DISTINCT l.pid FROM pg_locks l"
			" JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()"
			" WHERE l.locktype = 'advisory' AND l.objid <> 0 AND l.objid <> %d"
			" AND l.classid::bigint = " PRESENCE "::bigint & 4294967295) AS other",
			what, (int)s->node));
}

bool pg_is_shared(struct store *base)
{
	struct pg_store *s = pg_store(base);
	ARENA_SCOPED a = arena_new();
	struct str why;
	PGconn *c = pg_open(s, a, &why);
	bool alone = c && pg_number(c, others(s, a, "count(*)")) == 0;
	PQfinish(c);
	return !alone;
}

bool pg_shut_out_others(const struct pg_store *s, struct arena *a, PGconn *c)
{
	/* Each is waited for, two seconds at most. */
	return pg_run(c, "SELECT pg_advisory_xact_lock" GATE) &&
		pg_run(c, others(s, a, "pg_terminate_backend(other.pid, 2000)"));
}
