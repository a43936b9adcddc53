#include "model/stage.h"
#include <stdlib.h>
#include "gen/queries.h"

static int by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

size_t ids_sort(int64_t *ids, size_t n)
{
	size_t kept = 0;
	qsort(ids, n, sizeof *ids, by_id);
	for (size_t i = 0; i < n; i++)
		if (!kept || ids[kept - 1] != ids[i])
			ids[kept++] = ids[i];
	return kept;
}

bool ids_have(const int64_t *ids, size_t n, int64_t id)
{
	return n && bsearch(&id, ids, n, sizeof *ids, by_id);
}

struct str stage_list(struct arena *a, const int64_t *ids, size_t n)
{
	struct buf b = buf_new(a);
	for (size_t i = 0; i < n; i++) {
		buf_char(&b, i ? ',' : '[');
		buf_i64(&b, ids[i]);
	}
	if (!n)
		buf_char(&b, '[');
	buf_char(&b, ']');
	return buf_str(&b);
}

void stage_ids(struct ctx *c, const int64_t *ids, size_t n)
{
	stage_id_clear(c->db);
	if (n)
		stage_id_fill(c->db, stage_list(c->arena, ids, n));
}
