/* Ids on their way into set-based statements: a list of them in the staging table stage_id, by one statement. */
#ifndef MUSTER_MODEL_STAGE_H
#define MUSTER_MODEL_STAGE_H
#include "model/ctx.h"

/* Replaces what stands in stage_id. Positions count from 1; an id that comes again stays where it came first. */
void stage_ids(struct ctx *c, const int64_t *ids, size_t n);
/* Sorts them and drops what comes again; answers how many are left. */
size_t ids_sort(int64_t *ids, size_t n);
/* Whether it is among them; they are sorted. */
bool ids_have(const int64_t *ids, size_t n, int64_t id);
/* The ids as a JSON list, which statements unfold. */
struct str stage_list(struct arena *a, const int64_t *ids, size_t n);
#endif
