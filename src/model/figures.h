/* Figures of sessions, kept in memory, so that a report over ten million enrollments reads none of them: of each
 * session everybody who is enrolled and announced (R4), as a department and a result.
 *
 * They are exact, on each node and in each snapshot: session.figures is a mark that changes in the same transaction as
 * anything that would change them (figures_changed() and its like in figures.sql), and what was loaded for another mark
 * than the one in the reader's own snapshot is loaded anew. Marks are drawn: one that was rolled back, or lost with a
 * server that another replaced, never comes again.
 *
 * A kept enrollment takes four bytes, a session some sixty more. Beyond FIGURES_BYTES the sessions that nobody has
 * asked for go first: a report over more is made all the same, and reads what is missing. */
#ifndef MUSTER_MODEL_FIGURES_H
#define MUSTER_MODEL_FIGURES_H
#include <stdatomic.h>
#include "model/ctx.h"

enum { FIGURES_BYTES = 128 << 20, FIGURES_FILL_FROM = 50000 };

/* For many threads. With fewer enrollments than `fill_from`, figures_fill() has nothing to do. */
struct figures;
struct figures *figures_new(size_t bytes_max, int64_t fill_from);
void figures_free(struct figures *f); /* NULL is fine; nobody uses it any more */

enum figure_result { FIGURE_NONE, FIGURE_ATTENDED, FIGURE_ABSENT, FIGURE_RESULTS };
struct figure_counts {
	int64_t n[FIGURE_RESULTS];
};

/* The people of one session. They do not change. */
struct figure_block {
	int64_t session, mark;
	atomic_int holders;
	uint32_t used;
	uint32_t people_n;
	struct figure_counts all;
	uint32_t people[]; /* department * 4 + result */
};
static inline size_t figure_department(uint32_t person)
{
	return person >> 2;
}
static inline enum figure_result figure_result(uint32_t person)
{
	return (enum figure_result)(person & 3);
}

/* A session as it stands in the caller's snapshot. */
struct figure_session {
	int64_t id, mark;
	int64_t people; /* about how many */
};
/* Takes the blocks of these sessions into `out`, loading what is missing in c->db. `f` may be NULL: nothing is kept.
 * They are held until figures_release(). When the database fails, blocks are empty. */
void figures_take(
	struct ctx *c, struct figures *f, const struct figure_session *sessions, size_t n, struct figure_block **out);
void figures_release(struct figure_block **blocks, size_t n);

/* ---- after a start
 * All of it is read once, in the order of the table, which is ten times as fast as session by session: in parts, by as
 * many threads as call this. Answers false when the database failed: to be called again a little later. True: it is
 * there, or `stop` was set, or there are so few enrollments that a report reads them as fast. What has changed
 * meanwhile is read anew at the end. */
bool figures_fill(struct figures *f, struct store *store, const atomic_bool *stop);
/* Nobody will: whoever wants something reads it. */
void figures_fill_never(struct figures *f);
/* False: some of these are not there yet, to read them would take longer than half a second, and in `ms` the filling
 * did not come to its end either; *percent says how far it is. */
bool figures_wait(struct figures *f, const struct figure_session *sessions, size_t n, int64_t ms, int *percent);
#endif
