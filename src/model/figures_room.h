/* Inside the figures in memory: the table of what is kept, and how it is filled the first time. Nobody else includes
 * this. */
#ifndef MUSTER_MODEL_FIGURES_ROOM_H
#define MUSTER_MODEL_FIGURES_ROOM_H
#include <pthread.h>
#include "model/figures.h"

enum filling_stage { FILLING_COLD, FILLING_BEGINS, FILLING_READS, FILLING_ENDS, FILLING_DONE };

/* A block that is being filled: there is room for so many people. */
struct filling_block {
	struct figure_block *block;
	uint32_t cap;
};

/* The lock of the figures holds for it. From FILLING_READS on the arrays stay where they are, until the end. */
struct filling {
	enum filling_stage stage;
	int workers;
	bool failed;
	int64_t next_id, last_id; /* enrollments to be read, and of them: */
	int64_t read;
	uint32_t *department_of; /* by user */
	size_t users_end;
	struct filling_block *of; /* by session; without a block: not wanted */
	size_t sessions_end;
};

struct figures {
	pthread_mutex_t lock;
	pthread_cond_t moved;        /* the stage of the filling */
	struct figure_block **table; /* by session: open addressing, `cap` is a power of two */
	size_t cap, n;
	size_t bytes, bytes_max;
	uint32_t clock;
	int64_t fill_from, fill_part; /* enrollments from which on it is worth it; ids of a part */
	struct filling filling;
};

/* With the lock held: takes over the block, in place of another of that session. */
void figures_keep(struct figures *f, struct figure_block *b);
/* What figures_fill() does, one after the other: sessions and users, a part of the enrollments, and what has changed
 * meanwhile. Called with the lock held, which they give away. False: the database failed. */
bool filling_begin(struct figures *f, struct store *store);
void filling_read(struct figures *f, struct store *store, struct arena *a);
bool filling_end(struct figures *f, struct store *store, const atomic_bool *stop);
size_t figure_block_bytes(size_t people);
static inline void figure_block_add(struct figure_block *b, uint32_t person)
{
	b->people[b->people_n++] = person;
	b->all.n[figure_result(person)]++;
}
#endif
