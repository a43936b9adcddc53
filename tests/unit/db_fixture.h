/* A store over the tests' own catalog (tests/unit/sqlc), in a folder that goes away with it. */
#ifndef MUSTER_TESTS_DB_FIXTURE_H
#define MUSTER_TESTS_DB_FIXTURE_H
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
#include "base/str.h"
#include "database.h"
#include "fixture_queries.h"

#define assert_str(s, literal) \
	do { \
		struct str got = (s); \
		assert_int_equal(got.n, sizeof(literal) - 1); \
		assert_memory_equal(got.p, literal, sizeof(literal) - 1); \
	} while (0)

struct fixture {
	struct arena *arena;
	struct store *store;
	char folder[200];
	struct str url;
};

static inline struct str fixture_path(struct fixture *f, const char *name)
{
	return str_fmt(f->arena, "%s/%s", f->folder, name);
}

static inline struct store *fixture_store(struct fixture *f, const struct db_catalog *catalog)
{
	struct str why = STR_NULL;
	struct store *s = store_open(f->arena, f->url, (struct store_options){ .create = true, .catalog = catalog }, &why);
	if (!s)
		fail_msg("%s", str_c(f->arena, why));
	return s;
}

/* The folder only. */
static inline int fixture_new_folder(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	const char *tmp = getenv("TMPDIR");
	f->arena = arena_new();
	snprintf(f->folder, sizeof f->folder, "%s/muster-db-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(f->folder))
		return -1;
	f->url = test_database(f->arena, f->folder);
	*state = f;
	return 0;
}

/* With an open, migrated store. */
static inline int fixture_new(void **state)
{
	if (fixture_new_folder(state) != 0)
		return -1;
	struct fixture *f = *state;
	struct str why = STR_NULL;
	f->store = fixture_store(f, &db_catalog_fixture);
	return store_migrate(f->arena, f->store, &why) ? 0 : -1;
}

static inline int fixture_free(void **state)
{
	struct fixture *f = *state;
	store_close(f->store);
	DIR *d = opendir(f->folder);
	for (struct dirent *e; d && (e = readdir(d));)
		if (e->d_name[0] != '.')
			unlink(str_c(f->arena, fixture_path(f, e->d_name)));
	if (d)
		closedir(d);
	rmdir(f->folder);
	arena_free(f->arena);
	free(f);
	return 0;
}

/* A small generator of its own, so that a seed means the same everywhere. */
static inline uint32_t fixture_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}
#endif
