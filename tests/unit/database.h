/* Where a test keeps its data: a SQLite file in its folder, or ($MUSTER_TEST_ENGINE is "postgres") a new schema on the
 * server at $MUSTER_TEST_PG, which goes away with the server. */
#ifndef MUSTER_TESTS_DATABASE_H
#define MUSTER_TESTS_DATABASE_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/str.h"

static inline bool on_postgres(void)
{
	const char *engine = getenv("MUSTER_TEST_ENGINE");
	return engine && strcmp(engine, "postgres") == 0;
}

/* The address of an empty schema; the null string when there is no server. */
static inline struct str postgres_database(struct arena *a)
{
	static int n;
	const char *server = getenv("MUSTER_TEST_PG");
	if (!server)
		return STR_NULL;
	const char *schema = str_c(a, str_fmt(a, "t_%ld_%d", (long)getpid(), n++));
	const char *command = str_c(a, str_fmt(a, "psql -Xqd '%s' -c 'CREATE SCHEMA %s'", server, schema));
	return system(command) == 0 ? str_fmt(a, "%s&options=-csearch_path%%3D%s", server, schema) : STR_NULL;
}

static inline struct str test_database(struct arena *a, const char *folder)
{
	return on_postgres() ? postgres_database(a) : str_fmt(a, "sqlite:%s/test.db", folder);
}
#endif
