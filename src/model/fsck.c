#include "model/fsck.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/department.h"

/* One statement each (sql/queries/fsck.sql), and a sentence fsck_NAME. */
/* clang-format off */
#define CHECKS(X) \
	X(account) X(seats_taken) X(seats_over) X(waiting) X(waiting_position) X(waiting_order) \
	X(one_enrollment) X(session_of_training) X(cancelled_at) X(enrollment_day) X(answer_days) X(result_days) \
	X(session_days) X(day_position) X(day_order) X(announced_early) X(not_told) X(told_early) X(mailed_early) \
	X(invited_early) X(cancel_uninvited) X(mail_order) X(sent) X(reminded) X(reply_of) X(reply_day) \
	X(batch) X(batch_trail) X(supervisors) X(grants) X(password_link)
/* clang-format on */

struct count {
	int64_t n;
	struct opt_i64 example;
};

#define X(name) \
	static struct count count_##name(struct ctx *c) \
	{ \
		struct fsck_##name##_row row = { 0 }; \
		fsck_##name(c->db, c->arena, &row); \
		return (struct count){ row.n, row.example }; \
	}
CHECKS(X)
#undef X

static struct count count_free_seat(struct ctx *c)
{
	struct fsck_free_seat_row row = { 0 };
	fsck_free_seat(c->db, c->arena, c->now, &row);
	return (struct count){ row.n, row.example };
}

static const struct check {
	const char *name;
	struct count (*count)(struct ctx *c);
} checks[] = { { "free_seat", count_free_seat },
#define X(name) { #name, count_##name },
	CHECKS(X)
#undef X
};

static void found(struct ctx *c, struct fsck_findings *out, const char *name, struct count count)
{
	*VEC_PUSH(c->arena, out->items, out->n, out->cap) = (struct fsck_finding){ .name = name,
		.n = count.n,
		.example = count.example,
		.words = text_lookup(&c->text, str_fmt(c->arena, "fsck_%s", name)) };
}

bool fsck_run(struct ctx *c, struct fsck_findings *out)
{
	*out = (struct fsck_findings){ 0 };
	for (size_t i = 0; i < sizeof checks / sizeof *checks && !db_failed(c->db); i++, out->checked++) {
		struct count count = checks[i].count(c);
		if (count.n)
			found(c, out, checks[i].name, count);
	}
	if (!department_check(c) && !db_failed(c->db))
		found(c, out, "departments", (struct count){ 1, NONE });
	out->checked++;
	return !db_failed(c->db);
}
