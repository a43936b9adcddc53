/* The keeper of what is held in memory: builds the index of users after a start and follows it, and loads what reports
 * count. A thread of its own, so that batches and access dates do not wait for it. */
#include "base/clock.h"
#include "jobs/room.h"
#include "model/figures.h"
#include "model/user_index.h"

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
	bool cold = j->figures != NULL;
	int64_t before = INT64_MAX;
	for (bool on = true; on;) {
		int64_t next_at;
		uint64_t seen = jobs_seen(j);
		bool more = feed_index(j, &next_at);
		/* Some at a time, so that the index is fed meanwhile. */
		if (!more && cold)
			more = cold = figures_warm(j->figures, j->store, &before);
		on = more ? !j->stopping : jobs_sleep(j, &seen, next_at);
	}
	return NULL;
}
