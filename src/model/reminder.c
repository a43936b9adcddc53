#include "model/reminder.h"
#include "gen/queries.h"
#include "gen/text.h"

enum { HOUR = 3600, DAY = 86400, PART_MAX = 1000 };
const int64_t reminder_choices[REMINDER_CHOICES] = { 7 * DAY, 3 * DAY, 2 * DAY, DAY, 2 * HOUR };

void reminder_choose(struct reminders *r, int64_t ahead)
{
	bool known = false;
	for (size_t i = 0; i < REMINDER_CHOICES; i++) {
		known |= reminder_choices[i] == ahead;
		r->chosen[i] |= reminder_choices[i] == ahead;
	}
	r->unknown |= !known;
}

void reminder_setting(struct ctx *c, struct reminders *out)
{
	struct reminder_list_rows rows;
	*out = (struct reminders){ 0 };
	reminder_list(c->db, c->arena, &rows);
	for (size_t i = 0; i < rows.n; i++)
		reminder_choose(out, rows.items[i].ahead);
}

bool reminder_check(struct ctx *c, const struct reminders *r)
{
	int n = 0;
	for (size_t i = 0; i < REMINDER_CHOICES; i++)
		n += r->chosen[i];
	if (r->unknown)
		return ctx_invalid(c, STR("remind"), CODE_invalid, t_error_invalid(&c->text));
	return n <= REMINDERS_MAX ||
		ctx_invalid(c, STR("remind"), CODE_out_of_range, t_settings_remind_many(&c->text, REMINDERS_MAX));
}

void reminder_save(struct ctx *c, const struct reminders *r)
{
	struct reminders old;
	reminder_setting(c, &old);
	for (size_t i = 0; i < REMINDER_CHOICES; i++) {
		int64_t ahead = reminder_choices[i];
		if (old.chosen[i] && !r->chosen[i])
			reminder_delete(c->db, ahead);
		else if (r->chosen[i] && !old.chosen[i])
			reminder_insert(c->db, ahead, c->now + ahead);
	}
}

struct str reminder_text(struct ctx *c, const struct reminders *r)
{
	struct buf b = buf_new(c->arena);
	for (size_t i = 0; i < REMINDER_CHOICES; i++)
		if (r->chosen[i])
			buf_fmt(&b, "%s%lld", b.n ? ", " : "", (long long)reminder_choices[i]);
	return b.n ? buf_str(&b) : STR("");
}

/* ---- who is due */
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
