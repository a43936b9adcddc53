/* The schema's versions on PostgreSQL, on a connection of their own. Nodes that start together take turns. */
#include <string.h>
#include "base/buf.h"
#include "base/clock.h"
#include "db/postgres.h"

static void finish_at(PGconn **c)
{
	PQfinish(*c);
}
static void clear_at(PGresult **r)
{
	PQclear(*r);
}
#define CONNECTION __attribute__((cleanup(finish_at))) PGconn *
#define RESULT     __attribute__((cleanup(clear_at))) PGresult *

static bool refuse(struct arena *a, struct str *why, PGconn *c, const char *what, const char *words)
{
	struct str said = words ? str_from(words) : pg_words(a, PQerrorMessage(c));
	*why = str_fmt(a, "database %s: %s%s" STR_FMT, PQdb(c), what, *what ? ": " : "", STR_ARG(said));
	return false;
}

int64_t pg_schema_version(struct store *s)
{
	ARENA_SCOPED a = arena_new();
	struct str why;
	CONNECTION c = pg_open(pg_store(s), a, &why);
	return c ? pg_schema_version_of(c) : -1;
}

/* ---- migrations */

/* What was applied must be what this program would apply. */
static bool check_applied(struct arena *a, struct store *s, PGconn *c, int64_t version, struct str *why)
{
	RESULT r = PQexec(c, "SELECT version, name, checksum FROM schema_version ORDER BY version");
	if (PQresultStatus(r) != PGRES_TUPLES_OK)
		return refuse(a, why, c, "schema_version", NULL);
	for (int i = 0; i < PQntuples(r); i++) {
		int64_t n = 0;
		str_to_i64(str_from(PQgetvalue(r, i, 0)), &n);
		if (n != i + 1 || n > version)
			return refuse(a, why, c, "", "its list of migrations has gaps");
		if (strcmp(PQgetvalue(r, i, 2), s->catalog->migrations[i].checksum) != 0)
			return refuse(a, why, c, PQgetvalue(r, i, 1), "this migration is not the one that was applied");
	}
	return true;
}

static bool record(struct arena *a, PGconn *c, const struct db_migration *m)
{
	const char *const values[] = { str_c(a, str_num(a, "", m->version)), m->name, m->checksum,
		str_c(a, str_num(a, "", clock_now())) };
	RESULT r =
		PQexecParams(c, "INSERT INTO schema_version (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)", 4,
			NULL, values, NULL, NULL, 0);
	return PQresultStatus(r) == PGRES_COMMAND_OK;
}

/* Whoever writes holds a lock on schema_version, so no transaction sees half a migration. Other nodes lose their
 * connections, so that none of an older program goes on with what it remembers; readers in the middle of something
 * would also keep a table from being changed. */
static bool apply(struct arena *a, const struct pg_store *s, PGconn *c, const struct db_migration *m, struct str *why)
{
	bool ok = pg_run(c, "BEGIN; LOCK TABLE schema_version IN EXCLUSIVE MODE") &&
		(m->version == 1 || pg_shut_out_others(s, a, c)) && pg_run(c, m->pg) && record(a, c, m);
	if (ok && pg_run(c, "COMMIT"))
		return true;
	refuse(a, why, c, m->name, NULL);
	pg_run(c, "ROLLBACK");
	return false;
}

bool pg_migrate(struct arena *a, struct store *s, int64_t to, struct str *why)
{
	static const char start[] =
		"CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, name TEXT NOT NULL,"
		" checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)";
	CONNECTION c = pg_open(pg_store(s), a, why);
	if (!c)
		return false;
	/* Held until the connection ends. The number only has to be the same everywhere. */
	if (!pg_run(c, "SET client_min_messages = warning; SELECT pg_advisory_lock(7734950284321105)"))
		return refuse(a, why, c, "", NULL);
	int64_t version = pg_schema_version_of(c), newest = (int64_t)s->catalog->migrations_n;
	if (version < 0)
		return refuse(a, why, c, "schema_version", NULL);
	if (version > newest) {
		*why = pg_too_new(a, c, version, newest);
		return false;
	}
	if (version == 0 &&
		pg_number(c,
			"SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'schema_version'") !=
			0)
		return refuse(a, why, c, "", "it holds tables, but not Muster's");
	if (!pg_run(c, start))
		return refuse(a, why, c, "schema_version", NULL);
	if (!check_applied(a, s, c, version, why))
		return false;
	for (int64_t v = version; v < to; v++)
		if (!apply(a, pg_store(s), c, &s->catalog->migrations[v], why))
			return false;
	return true;
}

/* ---- copies and checks */

bool pg_backup(struct arena *a, struct store *s, struct str path, struct str *why)
{
	(void)a, (void)s, (void)path;
	*why = STR("PostgreSQL is copied with pg_dump");
	return false;
}

/* The server keeps its own promises, unless somebody told it not to. */
bool pg_check(struct arena *a, struct store *s, struct str *why)
{
	CONNECTION c = pg_open(pg_store(s), a, why);
	if (!c)
		return false;
	RESULT r = PQexec(c,
		"SELECT 'constraint ' || conname || ' does not hold for all rows' FROM pg_constraint"
		" WHERE NOT convalidated AND connamespace = current_schema()::regnamespace"
		" UNION ALL SELECT 'index ' || indexrelid::regclass || ' is not usable' FROM pg_index"
		" JOIN pg_class ON pg_class.oid = indexrelid"
		" WHERE NOT indisvalid AND relnamespace = current_schema()::regnamespace"
		" UNION ALL SELECT 'triggers of ' || tgrelid::regclass || ' are disabled' FROM pg_trigger"
		" JOIN pg_class ON pg_class.oid = tgrelid"
		" WHERE tgenabled = 'D' AND relnamespace = current_schema()::regnamespace LIMIT 20");
	if (PQresultStatus(r) != PGRES_TUPLES_OK)
		return refuse(a, why, c, "", NULL);
	struct buf b = buf_new(a);
	for (int i = 0; i < PQntuples(r); i++)
		buf_fmt(&b, "%s%s", i ? "; " : "", PQgetvalue(r, i, 0));
	return b.n == 0 || refuse(a, why, c, "damaged", str_c(a, buf_str(&b)));
}
