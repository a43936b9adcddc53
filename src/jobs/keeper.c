/* The keepers of what is held in memory: one builds the index of users after a start and follows it; others fill in
 * what reports count, and end. Threads of their own, so that batches and access dates do not wait for them. */
#include "base/clock.h"
#include "jobs/room.h"
#include "model/figures.h"
#include "model/user_index.h"

enum { AGAIN_MS = 1000 };

/* Answers whether there is more to do at once; *next_at: when else, 0: after the next wake. */
static bool feed_index(struct jobs *j, int64_t *next_at)
{
	*next_at = 0;
	if (!j->index)
		return false;
	struct db *db = db_read_begin(j->store);
	enum user_index_work work = user_index_step(j->index, db);
	if (db_read_end(db) != DB_OK)
		return false;
	if (work == USER_INDEX_FOLLOWS)
		*next_at = clock_now() + 1;
	return work == USER_INDEX_BUILDS;
}

void *keeper_run(void *arg)
{
	struct jobs *j = arg;
	struct sleeper s = { 0 };
	for (bool on = true; on;) {
		int64_t next_at;
		s.seen = jobs_seen(j);
		on = feed_index(j, &next_at) ? !j->stopping : jobs_sleep(j, &s, next_at);
	}
	return NULL;
}

void *filler_run(void *arg)
{
	struct jobs *j = arg;
	while (!figures_fill(j->figures, j->store, &j->stopping) && jobs_pause(j, AGAIN_MS)) {}
	return NULL;
}
