/* A store over the tests' own catalog (tests/unit/sqlc), in a folder that goes away with it. */
#ifndef MUSTER_TESTS_DB_FIXTURE_H
#define MUSTER_TESTS_DB_FIXTURE_H
#include "database.h"
#include "fixture_queries.h"

#define assert_str(s, literal) \
	do { \
		struct str got = (s); \
		assert_int_equal(got.n, sizeof(literal) - 1); \
		assert_memory_equal(got.p, literal, sizeof(literal) - 1); \
	} while (0)

/* The folder only. */
static inline int fixture_new_folder(void **state)
{
	struct place *p = calloc(1, sizeof *p);
	*state = p;
	return p && place_make(p) ? 0 : -1;
}

/* With an open, migrated store. */
static inline int fixture_new(void **state)
{
	if (fixture_new_folder(state) != 0)
		return -1;
	place_open(*state, &db_catalog_fixture);
	return 0;
}

/* A small generator of its own, so that a seed means the same everywhere. */
static inline uint32_t fixture_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}
#endif
