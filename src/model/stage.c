#include "model/stage.h"
#include "gen/queries.h"

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
