/* What the lists of participants and of enrolled learning say about one enrollment, and what happens to ticked rows. */
#include "gen/text.h"
#include "model/enrollment_list.h"
#include "model/when.h"
#include "web/enrollment_pages.h"
#include "web/enrollment_rows.h"

bool enrollment_list_asked(struct req *r, const struct enrollment_query *q, const char *const *sorts, size_t sorts_n,
	const char *default_sort, struct db_page *page)
{
	if (!req_page(r, sorts, sorts_n, default_sort, page))
		return false;
	if (enrollment_query_check(&r->c, q))
		return true;
	reply_error(r);
	return false;
}

static struct str href_of(struct req *r, const struct enrollment *e, const char *what, struct str back)
{
	struct buf b = buf_new(r->c.arena);
	buf_fmt(&b, "/enrollments/%lld/%s?", (long long)e->id, what);
	url_put_pair(&b, STR("back"), back);
	return buf_str(&b);
}

struct badge enrollment_status_badge(struct req *r, struct str word)
{
	const struct text *t = &r->c.text;
	if (str_eq(word, STR("scheduled")))
		return (struct badge){ STR(""), t_enrollment_scheduled(t) };
	if (str_eq(word, STR("waiting")))
		return (struct badge){ STR("acc"), t_enrollment_waiting(t) };
	if (str_eq(word, STR("cancelled")))
		return (struct badge){ STR("bad"), t_enrollment_cancelled(t) };
	return (struct badge){ STR(""), t_enrollment_enrolled(t) };
}

struct badge enrollment_answer_badge(struct req *r, struct str answer)
{
	const struct text *t = &r->c.text;
	if (str_eq(answer, STR("accepted")))
		return (struct badge){ STR("ok"), t_answer_accepted(t) };
	if (str_eq(answer, STR("tentative")))
		return (struct badge){ STR("warn"), t_answer_tentative(t) };
	if (str_eq(answer, STR("declined")))
		return (struct badge){ STR("bad"), t_answer_declined(t) };
	return (struct badge){ STR(""), t_answer_none(t) };
}

/* Of several days, how many were attended, as soon as one is recorded; and the points. */
struct badge enrollment_result_badge(struct req *r, struct str result)
{
	if (str_eq(result, STR("attended")))
		return (struct badge){ STR("ok"), t_result_attended(&r->c.text) };
	if (str_eq(result, STR("absent")))
		return (struct badge){ STR("bad"), t_result_absent(&r->c.text) };
	return (struct badge){ STR(""), STR("") };
}

static void fill_result(struct req *r, const struct enrollment *e, struct enrollment_row_view *v)
{
	const struct text *t = &r->c.text;
	int64_t attended = 0, recorded = 0;
	for (size_t i = 0; i < e->days_n; i++) {
		attended += str_eq(e->days[i].result, STR("attended"));
		recorded += !str_eq(e->days[i].result, STR("none"));
	}
	v->result = enrollment_result_badge(r, e->result);
	if (e->days_n > 1 && recorded)
		v->result_ratio = t_participants_ratio(t, text_i64(t, attended), text_i64(t, (int64_t)e->days_n));
	if (e->score.has)
		v->result_score = t_participants_score(t, e->score.v);
}

void enrollment_row_fill(struct req *r, const struct enrollment_item *i, struct str back, struct enrollment_row_view *v)
{
	const struct text *t = &r->c.text;
	const struct enrollment *e = &i->e;
	struct str zone = r->c.actor->time_zone;
	bool cancelled = str_eq(e->status, STR("cancelled"));
	v->id = e->id;
	if (e->session_cancelled)
		v->session_badge = (struct badge){ STR("bad"), t_participants_session_cancelled(t) };
	v->status = enrollment_status_badge(r, enrollment_status_word(e->status, e->announced_at));
	/* Who waits before the access date is scheduled and waits. */
	if (e->position.has)
		v->waiting_place = e->announced_at.has ? t_participants_waiting_place(t, e->position.v)
											   : t_participants_will_wait(t, e->position.v);
	/* Who waits was not asked. */
	if (!str_eq(e->status, STR("waiting")))
		v->answer = enrollment_answer_badge(r, e->answer);
	v->access_iso = when_iso(t, e->access_at, zone);
	v->access = when_date(t, e->access_at, zone, r->c.now);
	v->access_time = t_participants_time(t, when_time(t, e->access_at, zone), when_zone(t, zone));
	fill_result(r, e, v);
	v->off = cancelled;
	v->can_edit = !cancelled && i->may_enroll;
	v->can_result = !cancelled && i->may_result;
	v->can_tick = v->can_edit || v->can_result;
	v->edit_href = href_of(r, e, "edit", back);
	v->cancel_href = href_of(r, e, "cancel", back);
	v->result_href = href_of(r, e, "result", back);
}

struct field enrollment_status_filter(struct req *r, struct str chosen)
{
	static const char *const words[] = { "scheduled", "enrolled", "waiting", "cancelled" };
	const struct text *t = &r->c.text;
	struct field f = { .name = STR("status"),
		.label = t_participants_status(t),
		.options = ARENA_ARRAY(r->c.arena, struct field_option, 5) };
	f.options[f.options_n++] = (struct field_option){ .value = STR(""), .label = t_participants_any_status(t) };
	for (size_t i = 0; i < 4; i++) {
		struct str value = str_from(words[i]);
		f.options[f.options_n++] = (struct field_option){
			.value = value, .label = enrollment_status_badge(r, value).words, .chosen = str_eq(value, chosen)
		};
	}
	return f;
}

struct str enrollment_range(struct req *r, size_t shown, int64_t total, bool has_before, bool more)
{
	const struct text *t = &r->c.text;
	int64_t n = (int64_t)shown;
	if (!has_before)
		return t_participants_range(t, 1, n, total);
	if (!more)
		return t_participants_range(t, total - n + 1, total, total);
	return t_participants_part(t, n, total);
}

/* ---- ticked rows */
static bool allowed(struct req *r, enum permission p, int64_t id)
{
	struct errs before = r->c.errs;
	bool ok = policy_enrollment(&r->c, p, id);
	r->c.errs = before;
	return ok;
}

void enrollment_bulk(struct req *r, struct str back, const struct str *ids, size_t n)
{
	const struct text *t = &r->c.text;
	struct str action = req_form(r, "action");
	size_t kept = 0;
	enum permission p = str_eq(action, STR("result")) ? PERM_RESULTS : PERM_ENROLL;
	if (!str_eq(action, STR("edit")) && !str_eq(action, STR("cancel")) && !str_eq(action, STR("result"))) {
		reply_status(r, 422);
		return;
	}
	if (n == 0 || n > ENROLLMENTS_MAX) {
		struct str why = n ? t_participants_too_many(t, ENROLLMENTS_MAX) : t_participants_nobody_ticked(t);
		reply_redirect_flash(r, why, STR_FMT, STR_ARG(back));
		return;
	}
	struct buf b = buf_new(r->c.arena);
	buf_fmt(&b, "/enrollments/" STR_FMT "?", STR_ARG(action));
	for (size_t i = 0; i < n; i++) {
		int64_t id;
		if (!str_to_i64(ids[i], &id) || !allowed(r, p, id))
			continue;
		/* One parameter for all: ENROLLMENTS_MAX ids of nine digits fit into the address. */
		buf_fmt(&b, "%s%lld", kept ? "." : "id=", (long long)id);
		kept++;
	}
	struct buf with_back = buf_new(r->c.arena);
	buf_put(&with_back, buf_str(&b));
	url_put_pair(&with_back, STR("back"), back);
	struct str to = buf_str(&with_back);
	/* Without it the page finds its own way back. */
	if (to.n > REPLY_ADDRESS_MAX)
		to = buf_str(&b);
	if (!kept)
		reply_redirect_flash(r, t_participants_none_allowed(t), STR_FMT, STR_ARG(back));
	else if (kept < n)
		reply_redirect_flash(r, t_participants_left_out(t, (int64_t)(n - kept)), STR_FMT, STR_ARG(to));
	else
		reply_redirect(r, STR_FMT, STR_ARG(to));
}
