#include "model/reminder.h"
#include "gen/queries.h"

enum { PART_MAX = 1000 };
/* A part of one session; false: none is due. */
static bool remind_some(struct ctx *c, const struct reminder_list_row *r, int64_t rows)
{
	struct reminder_next_row s;
	struct reminder_staged_row staged = { 0 };
	if (!reminder_next(c->db, c->arena, r->ahead, c->now, &s))
		return false;
	/* It may have been moved since, and begins anew then. */
	bool goes_on = r->enrollment_id.has && s.id == r->session_id && s.starts_at == r->starts_at.v;
	int64_t due_at = s.starts_at - r->ahead;
	stage_id_clear(c->db);
	reminder_stage(c->db, s.id, goes_on ? r->enrollment_id.v : 0, due_at, rows);
	reminder_staged(c->db, c->arena, &staged);
	if (staged.n) {
		reminder_notify(c->db, due_at, c->now);
		reminder_mail(c->db, c->now);
	}
	reminder_reached(c->db, r->ahead, s.starts_at, s.id, staged.n == rows ? SOME(staged.last) : NONE);
	return true;
}

void reminder_due(struct ctx *c, int64_t rows, bool *left)
{
	struct reminder_list_rows all;
	*left = false;
	/* The one that is closest to the start comes first: who hears of it needs no other. */
	reminder_list(c->db, c->arena, &all);
	for (size_t i = 0; i < all.n && !*left; i++) {
		const struct reminder_list_row *r = &all.items[i];
		if (!r->starts_at.has) {
			reminder_reached(c->db, r->ahead, c->now + r->ahead, 0, NONE);
			continue;
		}
		*left = remind_some(c, r, rows < PART_MAX ? rows : PART_MAX);
	}
}
