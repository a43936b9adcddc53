#include "model/enrollment_list.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/policy.h"
#include "model/stage.h"
#include "model/user.h"

static bool is_one_of(struct str s, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		if (str_eq(s, str_from(words[i])))
			return true;
	return false;
}

bool enrollment_query_check(struct ctx *c, const struct enrollment_query *q)
{
	static const char *const statuses[] = { "", "scheduled", "enrolled", "waiting", "cancelled", NULL };
	static const char *const answers[] = { "", "none", "accepted", "tentative", "declined", NULL };
	static const char *const results[] = { "", "none", "attended", "absent", NULL };
	if (!is_one_of(q->status, statuses))
		ctx_invalid(c, STR("status"), CODE_invalid, t_error_invalid(&c->text));
	if (!is_one_of(q->answer, answers))
		ctx_invalid(c, STR("answer"), CODE_invalid, t_error_invalid(&c->text));
	if (!is_one_of(q->result, results))
		ctx_invalid(c, STR("result"), CODE_invalid, t_error_invalid(&c->text));
	return c->errs.kind == ERR_NONE;
}

/* One statement for the days of the whole page; they come in the order of the items. */
static void add_days(struct ctx *c, struct enrollment_items *list)
{
	struct enrollment_days_of_rows rows;
	int64_t *ids = ARENA_ARRAY(c->arena, int64_t, list->n + 1);
	for (size_t i = 0; i < list->n; i++)
		ids[i] = list->items[i].e.id;
	enrollment_days_of(c->db, c->arena, stage_list(c->arena, ids, list->n), &rows);
	struct enrollment_day *days = ARENA_ARRAY(c->arena, struct enrollment_day, rows.n + 1);
	size_t item = 0;
	for (size_t i = 0; i < rows.n; i++) {
		const struct enrollment_days_of_row *d = &rows.items[i];
		while (item < list->n && list->items[item].e.id != d->enrollment_id)
			item++;
		if (item == list->n)
			return;
		struct enrollment *e = &list->items[item].e;
		if (!e->days_n)
			e->days = &days[i];
		e->days_n++;
		days[i] = (struct enrollment_day){ .day = d->id,
			.position = d->position,
			.answer = d->answer,
			.result = d->result,
			.start_at = d->start_at,
			.end_at = d->end_at,
			.time_zone = d->time_zone,
			.location = d->location,
			.url = d->url };
	}
}

/* Positions are never given again: who waits has a place, which is how far the seat is. */
static void add_places(struct ctx *c, struct enrollment_items *list)
{
	struct waiting_places_rows rows;
	int64_t *ids = ARENA_ARRAY(c->arena, int64_t, list->n + 1);
	size_t n = 0;
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].e.position.has)
			ids[n++] = list->items[i].e.id;
	if (!n)
		return;
	waiting_places(c->db, c->arena, stage_list(c->arena, ids, n), &rows);
	/* They come in the order of the items. */
	for (size_t i = 0, item = 0; i < rows.n; i++) {
		while (item < list->n && list->items[item].e.id != rows.items[i].enrollment_id)
			item++;
		if (item == list->n)
			return;
		list->items[item].e.position = SOME(rows.items[i].place);
	}
}

static struct str or_empty(struct str s)
{
	return str_is_null(s) ? STR("") : s;
}

static struct str search_words(struct ctx *c, struct str q)
{
	struct str words = str_trim(q);
	return str_is_empty(words) ? STR("") : user_like(c->arena, words);
}

/* So many participants are sorted, a filtered list is counted so far, and those beside the seats are. */
enum {
	SORTED_MAX = 500,
	COUNT_MAX = 1000,
	BESIDE_MAX = 250,
	WALKS = PARTICIPANT_LIST_SORT_WALK_NAME - PARTICIPANT_LIST_SORT_NAME
};
_Static_assert((int)PARTICIPANT_LIST_SORTS == (int)WALKS && (int)PARTICIPANT_LIST_SORT_COUNT == 2 * (int)WALKS,
	"each order is there sorted and walked");

/* R11: who organizes or teaches is told no departments, and neither is a supervisor. The order of an index would tell
 * them all the same. */
static bool knows_departments(struct ctx *c, int64_t training)
{
	struct policy_training_facts_row t;
	const struct actor *a = c->actor;
	return a->account_wide ||
		(!a->has_reports && policy_training_facts(c->db, c->arena, a->id, training, &t) && t.organizer_id != a->id &&
			!t.instructs);
}

/* Whether a page is found faster in an index than by sorting all. By name and by department everybody is asked whether
 * they are participants, so that these must not be too rare, nor crowded together in the last departments. */
static bool walks(
	const struct participant_facts_row *facts, const struct enrollment_query *q, const struct db_page *page)
{
	int64_t n = facts->seated + facts->choosing + facts->declined;
	if (n <= SORTED_MAX || str_eq(q->status, STR("cancelled")))
		return false;
	if (page->sort == PARTICIPANT_LIST_SORT_NAME)
		return n > page->limit * facts->users / (2 * n);
	return page->sort != PARTICIPANT_LIST_SORT_DEPARTMENT || n > facts->users / 8;
}

static bool shows_all(const struct ctx *c, const struct enrollment_query *q)
{
	return c->actor->account_wide && !q->session && str_is_empty(q->status) && str_is_empty(q->answer) &&
		str_is_empty(q->result) && str_is_empty(str_trim(q->q));
}

static struct participants_total total_of(
	struct ctx *c, int64_t training, const struct enrollment_query *q, const struct participant_facts_row *facts)
{
	struct participant_count_row row = { 0 };
	if (shows_all(c, q)) {
		bool more = facts->choosing == BESIDE_MAX || facts->declined == BESIDE_MAX;
		return (struct participants_total){ facts->seated + facts->choosing + facts->declined - more, more };
	}
	participant_count(c->db, c->arena, c->actor->id, training, c->actor->account_wide, q->session, or_empty(q->status),
		or_empty(q->answer), search_words(c, q->q), or_empty(q->result), COUNT_MAX + 1, &row);
	return row.n > COUNT_MAX ? (struct participants_total){ COUNT_MAX, true }
							 : (struct participants_total){ row.n, false };
}

struct participants_total participants_total(struct ctx *c, int64_t training, const struct enrollment_query *q)
{
	struct participant_facts_row facts = { 0 };
	participant_facts(c->db, c->arena, training, BESIDE_MAX, &facts);
	return total_of(c, training, q, &facts);
}

void participants_page(struct ctx *c, int64_t training, const struct enrollment_query *q, const struct db_page *page,
	struct enrollment_items *out, struct participants_total *total)
{
	struct participant_list_rows rows;
	struct participant_facts_row facts = { 0 };
	struct db_page found = *page;
	participant_facts(c->db, c->arena, training, BESIDE_MAX, &facts);
	bool in_order = page->sort != PARTICIPANT_LIST_SORT_DEPARTMENT || knows_departments(c, training);
	if (in_order && walks(&facts, q, page))
		found.sort += WALKS;
	if (total) {
		*total = total_of(c, training, q, &facts);
		if (!total->more)
			db_page_fit(&found, total->n);
	}
	participant_list(c->db, c->arena, c->actor->id, training, c->actor->account_wide, q->session, q->status, q->answer,
		search_words(c, q->q), q->result, &found, &rows);
	*out = (struct enrollment_items){ .items = ARENA_ARRAY(c->arena, struct enrollment_item, rows.n + 1),
		.n = rows.n,
		.more = rows.more,
		.has_before = rows.has_before };
	for (size_t i = 0; i < rows.n; i++) {
		const struct participant_list_row *r = &rows.items[i];
		/* R11: organizer and instructor see name, answer and result of who is outside their scope. */
		bool known = r->may_see_user;
		out->items[i] = (struct enrollment_item){
			.e = { .id = r->id,
				.user = r->user_id,
				.training = r->training_id,
				.session = r->session_id,
				.user_name = r->user_name,
				.login = known ? r->login : STR(""),
				.email = known ? r->email : STR_NULL,
				.department = known ? r->department : STR(""),
				.session_title = r->session_title,
				.starts_at = r->starts_at,
				.ends_at = r->ends_at,
				.session_cancelled = r->session_cancelled_at.has,
				.access_at = r->access_at,
				.announced_at = r->announced_at,
				.status = r->status,
				.position = r->position,
				.answer = r->answer,
				.answered_at = r->answered_at,
				.result = r->result,
				.score = r->score,
				.comment = r->comment,
				.source = r->source,
				.batch = r->batch_id,
				.version = r->version },
			.user_status = r->user_status,
			.may_enroll = r->may_enroll,
			.may_result = r->may_result,
			.may_see_user = r->may_see_user,
			.may_edit_user = r->may_edit_user,
			.sort_key = r->sort_key,
			.sort_int = r->sort_int,
		};
	}
	add_places(c, out);
	add_days(c, out);
}

void learning_page(struct ctx *c, int64_t user, const struct enrollment_query *q, const struct db_page *page,
	struct enrollment_items *out)
{
	struct user_enrollment_list_rows rows;
	user_enrollment_list(c->db, c->arena, c->actor->id, user, q->status, page, &rows);
	*out = (struct enrollment_items){ .items = ARENA_ARRAY(c->arena, struct enrollment_item, rows.n + 1),
		.n = rows.n,
		.more = rows.more,
		.has_before = rows.has_before };
	for (size_t i = 0; i < rows.n; i++) {
		const struct user_enrollment_list_row *r = &rows.items[i];
		out->items[i] = (struct enrollment_item){
			.e = { .id = r->id,
				.user = r->user_id,
				.training = r->training_id,
				.session = r->session_id,
				.user_name = r->user_name,
				.login = r->login,
				.email = r->email,
				.training_title = r->training_title,
				.session_title = r->session_title,
				.starts_at = r->starts_at,
				.ends_at = r->ends_at,
				.session_cancelled = r->session_cancelled_at.has,
				.access_at = r->access_at,
				.announced_at = r->announced_at,
				.status = r->status,
				.position = r->position,
				.answer = r->answer,
				.answered_at = r->answered_at,
				.result = r->result,
				.score = r->score,
				.comment = r->comment,
				.source = r->source,
				.batch = r->batch_id,
				.version = r->version },
			.enrolled_by = r->enrolled_by,
			.may_enroll = r->may_enroll,
			.may_result = r->may_result,
			.may_see_user = true,
			.sort_key = r->sort_key,
			.sort_int = r->sort_int,
		};
	}
	add_places(c, out);
	add_days(c, out);
}

int64_t learning_total(struct ctx *c, int64_t user, const struct enrollment_query *q)
{
	struct user_enrollment_count_row row = { 0 };
	user_enrollment_count(c->db, c->arena, user, q->status, &row);
	return row.n;
}
