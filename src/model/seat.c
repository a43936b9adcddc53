#include "model/seat.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/tell.h"

static bool is_free(const struct seat_session_row *s)
{
	return !s->capacity.has || s->seats_taken < s->capacity.v;
}

enum seat_result seat_take(struct ctx *c, int64_t session_id, struct str when_full, int64_t *position)
{
	struct seat_session_row s;
	if (!seat_session(c->db, c->arena, session_id, &s))
		return SEAT_REFUSED;
	if (is_free(&s) || str_eq(when_full, STR("over"))) {
		seat_add(c->db, session_id, 1);
		return SEAT_TAKEN;
	}
	if (str_eq(when_full, STR("refuse")))
		return SEAT_REFUSED;
	*position = s.next_position;
	seat_queue(c->db, session_id);
	return SEAT_WAIT;
}

void seat_free(struct ctx *c, int64_t session_id)
{
	seat_add(c->db, session_id, -1);
}

void seat_stop_waiting(struct ctx *c, int64_t session_id)
{
	seat_unqueue(c->db, session_id);
}

void seat_promote(struct ctx *c, int64_t session_id)
{
	struct seat_session_row s;
	struct seat_first_waiting_row first;
	while (seat_session(c->db, c->arena, session_id, &s) && s.waiting > 0 && is_free(&s) && !s.cancelled_at.has &&
		s.ends_at > c->now && seat_first_waiting(c->db, c->arena, session_id, &first)) {
		seat_give(c->db, first.id);
		seat_unqueue(c->db, session_id);
		seat_add(c->db, session_id, 1);
		if (first.announced_at.has)
			figures_changed(c->db, session_id);
		audit_add(c,
			&(struct audit_entry){ .action = "enrollment.seat",
				.object = "enrollment",
				.object_id = first.id,
				.user_id = first.user_id,
				.training_id = first.training_id,
				.before = STR("{\"status\":\"waiting\"}"),
				.after = STR("{\"status\":\"enrolled\"}") });
		tell_invited(c, first.id, "seat");
	}
}

bool seat_capacity(struct ctx *c, int64_t session_id, struct opt_i64 capacity, bool over)
{
	struct seat_session_row s;
	if (!seat_session(c->db, c->arena, session_id, &s))
		return err_set(&c->errs, ERR_NOT_FOUND);
	if (capacity.has && s.seats_taken > capacity.v && !over)
		return ctx_invalid(c, STR("capacity"), CODE_out_of_range, t_seat_capacity_below(&c->text, s.seats_taken));
	seat_set_capacity(c->db, session_id, capacity);
	seat_promote(c, session_id);
	return true;
}
