/* Where a test keeps its data: a SQLite file in its folder, or ($MUSTER_TEST_ENGINE is "postgres") a new schema on the
 * server at $MUSTER_TEST_PG, which goes away with the server. */
#ifndef MUSTER_TESTS_DATABASE_H
#define MUSTER_TESTS_DATABASE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/str.h"
#include "db/db.h"

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

/* Memory, a folder, and the database in it. */
struct place {
	struct arena *arena;
	char folder[200];
	struct str url;
	struct store *store; /* NULL until place_open() */
};

static inline struct str place_path(const struct place *p, const char *name)
{
	return str_fmt(p->arena, "%s/%s", p->folder, name);
}

/* Nothing is in the database yet; no file either. False when there is no room for the folder. */
static inline bool place_make(struct place *p)
{
	const char *tmp = getenv("TMPDIR");
	*p = (struct place){ .arena = arena_new() };
	snprintf(p->folder, sizeof p->folder, "%s/muster-test-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(p->folder))
		return false;
	p->url = on_postgres() ? postgres_database(p->arena) : str_fmt(p->arena, "sqlite:%s/test.db", p->folder);
	return true;
}

/* One more store on it, as the program with this catalog (NULL: the program's own) opens it. The caller closes it. */
static inline struct store *place_store(struct place *p, const struct db_catalog *catalog)
{
	struct str why = STR_NULL;
	struct store *s = store_open(p->arena, p->url, (struct store_options){ .create = true, .catalog = catalog }, &why);
	if (!s)
		fail_msg("%s", str_c(p->arena, why));
	return s;
}

/* The place's own, with the newest schema. */
static inline void place_open(struct place *p, const struct db_catalog *catalog)
{
	struct str why = STR_NULL;
	p->store = place_store(p, catalog);
	if (!store_migrate(p->arena, p->store, &why))
		fail_msg("%s", str_c(p->arena, why));
}

static inline void place_remove(struct place *p)
{
	store_close(p->store);
	DIR *d = opendir(p->folder);
	for (struct dirent *e; d && (e = readdir(d));)
		if (e->d_name[0] != '.')
			unlink(str_c(p->arena, place_path(p, e->d_name)));
	if (d)
		closedir(d);
	rmdir(p->folder);
	arena_free(p->arena);
}

/* Set-up and tear-down of tests that need no more: *state is a struct place. */
static inline int place_set_up(void **state)
{
	struct place *p = calloc(1, sizeof *p);
	*state = p;
	if (!p || !place_make(p))
		return -1;
	place_open(p, NULL);
	return 0;
}

static inline int place_tear_down(void **state)
{
	place_remove(*state);
	free(*state);
	return 0;
}
#endif
