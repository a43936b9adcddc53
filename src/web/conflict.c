#include "web/conflict.h"
#include "gen/text.h"

bool conflict_is(const struct req *r)
{
	for (size_t i = 0; i < r->c.errs.n; i++)
		if (r->c.errs.items[i].code == CODE_outcome_changed)
			return true;
	return false;
}

void conflict_note(struct req *r, struct str field, struct str typed, struct str now)
{
	const struct text *t = &r->c.text;
	if (!conflict_is(r) || str_eq(str_trim(typed), str_trim(now)))
		return;
	struct str words = str_is_empty(now) ? t_conflict_empty(t) : t_conflict_now(t, now);
	err_add(&r->c.errs, r->c.arena, ERR_CONFLICT, field, CODE_outcome_changed, words);
}
