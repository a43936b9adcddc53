/* The people behind the numbers, in any order, without going through all of them for a page: who, by the way that meets
 * the fewest, and then what is shown of them. */
#include <stdlib.h>
#include "gen/queries.h"
#include "model/policy.h"
#include "model/report_room.h"
#include "model/stage.h"

/* Enrollments that a statement may go through before another way is better; and rows of a part. */
enum { FEW = 30000, KEYS_SORTED = 100000, KEYS_INDEXED = 8000, PART = 2000 };

enum way { BY_SESSIONS, BY_PEOPLE, BY_NAME, BY_DEPARTMENT, BY_TRAINING, BY_VALUE, BY_SCORE };

struct people {
	struct ctx *c;
	const struct report_query *q;
	struct report_session_counts sessions;
	enum way way;
	int64_t to;
};

/* Who, and the keys that the next page begins behind. */
struct key {
	int64_t id, sort_int;
	struct str sort_key;
};
struct keys {
	struct key *items;
	size_t n;
	bool more, has_before;
};

/* ---- which way */
/* For many. All but the last two go along an index. */
static const enum way ways[REPORT_PARTICIPANT_LIST_SORT_COUNT] = {
	[REPORT_PARTICIPANT_LIST_SORT_NAME] = BY_NAME,
	[REPORT_PARTICIPANT_LIST_SORT_DEPARTMENT] = BY_DEPARTMENT,
	[REPORT_PARTICIPANT_LIST_SORT_TRAINING] = BY_TRAINING,
	[REPORT_PARTICIPANT_LIST_SORT_ANSWER] = BY_VALUE,
	[REPORT_PARTICIPANT_LIST_SORT_RESULT] = BY_VALUE,
	[REPORT_PARTICIPANT_LIST_SORT_SCORE] = BY_SCORE,
	[REPORT_PARTICIPANT_LIST_SORT_SESSION] = BY_SESSIONS,
};

/* Along an index a page is full after as many of all enrollments as one in so many is counted. All pages together go
 * through everybody once, whichever way. */
static enum way choose(struct people *p, const struct db_page *page)
{
	const struct ctx *c = p->c;
	struct figures_about_row about = { 0 };
	enum way way = ways[page->sort];
	/* The order of departments would tell those of the actor's own people (R11). */
	if (p->sessions.people <= FEW || way == BY_SESSIONS || (way == BY_DEPARTMENT && p->sessions.own))
		return BY_SESSIONS;
	figures_about(c->db, c->arena, &about);
	double met = (double)about.enrollments * (double)(page->limit + 1) / (double)(p->sessions.sums.enrolled + 1);
	if (met <= FEW || p->sessions.sums.enrolled > FEW)
		return way;
	/* The actor's own people would be missing (R11), and everybody is no choice. */
	bool narrow = p->q->department.has || (!c->actor->account_wide && !p->sessions.own);
	return narrow ? BY_PEOPLE : BY_SESSIONS;
}

/* False: there is no answer yet. */
static bool begin(struct people *p, struct ctx *c, const struct report_query *q, const struct db_page *page)
{
	*p = (struct people){ .c = c, .q = q, .to = q->to ? q->to : INT64_MAX };
	report_count_sessions(c, q, &p->sessions);
	if (c->errs.kind == ERR_UNAVAILABLE)
		return false;
	p->way = choose(p, page);
	pick_clear(c->db);
	if (p->way != BY_PEOPLE)
		return true;
	report_pick(c->db, c->actor->id, c->actor->account_wide, q->department, q->direct);
	if (c->actor->has_reports && !c->actor->account_wide)
		report_pick_below(c->db, c->actor->id, q->department, q->direct);
	return true;
}

/* ---- from sessions */
static int64_t session_key(const struct report_session_count *s)
{
	return s->starts_at * 1048576 + s->id % 1048576;
}

static int compare_sessions(const void *a, const void *b)
{
	int64_t x = session_key(a), y = session_key(b);
	return x < y ? -1 : x > y;
}

/* Sorted by session, the page is in the first of those behind the cursor. */
static void stage_sessions(struct people *p, const struct db_page *page)
{
	struct report_session_counts *all = &p->sessions;
	int64_t *ids = ARENA_ARRAY(p->c->arena, int64_t, all->n + 1), counted = 0, last = 0;
	bool by_session = page->sort == REPORT_PARTICIPANT_LIST_SORT_SESSION;
	bool down = page->desc != (page->last || page->backward), after = page->has_after && !page->last;
	size_t n = 0;
	if (by_session)
		qsort(all->items, all->n, sizeof *all->items, compare_sessions);
	for (size_t i = 0; i < all->n; i++) {
		const struct report_session_count *s = &all->items[by_session && down ? all->n - 1 - i : i];
		int64_t key = session_key(s);
		if (by_session && after && (down ? key > page->after_int : key < page->after_int))
			continue;
		if (by_session && counted > page->limit && key != last)
			break;
		/* Of the session in which the cursor stands, some are gone. */
		counted += after && key == page->after_int ? 0 : s->counted;
		last = key;
		ids[n++] = s->id;
	}
	stage_ids(p->c, ids, n);
}

/* ---- who */
static int64_t count_of(const struct report_sums *s, struct str result)
{
	return str_eq(result, STR("attended")) ? s->attended : str_eq(result, STR("absent")) ? s->absent : s->no_result;
}

/* Sorted by answer or result, one value after the other. */
static void read_values(struct people *p, struct arena *a, const struct db_page *page, struct keys *out)
{
	static const char *const answers[] = { "accepted", "declined", "none", "tentative" },
							 *const results[] = { "absent", "attended", "none" };
	struct ctx *c = p->c;
	const struct report_query *q = p->q;
	bool by_answer = page->sort == REPORT_PARTICIPANT_LIST_SORT_ANSWER, from_end = page->last || page->backward;
	bool down = page->desc != from_end, after = page->has_after && !page->last;
	size_t values_n = by_answer ? 4 : 3, cap = (size_t)page->limit + 1;
	*out = (struct keys){ .items = ARENA_ARRAY(a, struct key, cap) };
	for (size_t i = 0; i < values_n && out->n < cap; i++) {
		size_t at = down ? values_n - 1 - i : i;
		struct str value = str_from(by_answer ? answers[at] : results[at]);
		int order = after ? str_cmp(value, page->after_key) : 1;
		struct report_people_by_id_rows rows;
		struct db_page part = { .desc = down,
			.limit = (int64_t)(cap - out->n),
			.has_after = after && order == 0,
			.after_int = page->after_id,
			.after_id = page->after_id };
		if (after && (down ? order > 0 : order < 0))
			continue;
		/* What nobody has would be looked for everywhere. */
		if (!by_answer && !count_of(&p->sessions.sums, value))
			continue;
		report_people_by_id(c->db, a, c->actor->id, c->actor->account_wide, c->actor->has_reports, q->department,
			q->direct, by_answer ? q->result : value, q->trainings_n == 0, q->sessions_n == 0, q->from, p->to,
			by_answer ? value : STR(""), &part, &rows);
		for (size_t k = 0; k < rows.n && out->n < cap; k++)
			out->items[out->n++] = (struct key){ .id = rows.items[k].id, .sort_key = value };
	}
	bool beyond = out->n == cap;
	out->n -= beyond;
	out->more = from_end ? after : beyond;
	out->has_before = from_end ? beyond : after;
	for (size_t i = 0; from_end && i < out->n / 2; i++) {
		struct key other = out->items[i];
		out->items[i] = out->items[out->n - 1 - i];
		out->items[out->n - 1 - i] = other;
	}
}

#define TAKE(NAME, ...) \
	do { \
		struct NAME##_rows rows; \
		NAME(c->db, a, __VA_ARGS__, &rows); \
		*out = (struct keys){ ARENA_ARRAY(a, struct key, rows.n + 1), rows.n, rows.more, rows.has_before }; \
		for (size_t i = 0; i < rows.n; i++) \
			out->items[i] = (struct key){ rows.items[i].id, rows.items[i].sort_int, rows.items[i].sort_key }; \
	} while (0)

static void read_keys(struct people *p, struct arena *a, const struct db_page *page, struct keys *out)
{
	struct ctx *c = p->c;
	const struct report_query *q = p->q;
	struct db_page first = *page;
	int64_t actor = c->actor->id;
	bool all = c->actor->account_wide, below = c->actor->has_reports;
	bool trainings = q->trainings_n == 0, sessions = q->sessions_n == 0;
	first.sort = 0;
	switch (p->way) {
	case BY_SESSIONS:
		stage_sessions(p, page);
		TAKE(report_participant_list, actor, all, below, q->department, q->direct, q->result, page);
		break;
	case BY_PEOPLE: TAKE(report_people_picked, q->result, trainings, sessions, q->from, p->to, page); break;
	case BY_NAME:
		TAKE(report_people_by_name, actor, all, below, q->department, q->direct, q->result, trainings, sessions,
			q->from, p->to, &first);
		break;
	case BY_DEPARTMENT:
		TAKE(report_people_by_department, actor, all, below, q->department, q->direct, q->result, trainings, sessions,
			q->from, p->to, &first);
		break;
	case BY_TRAINING:
		TAKE(report_people_by_training, actor, all, below, q->department, q->direct, q->result, trainings, sessions,
			q->from, p->to, &first);
		break;
	case BY_VALUE: read_values(p, a, page, out); break;
	case BY_SCORE:
		first.sort = REPORT_PEOPLE_BY_ID_SORT_SCORE;
		TAKE(report_people_by_id, actor, all, below, q->department, q->direct, q->result, trainings, sessions, q->from,
			p->to, STR(""), &first);
		break;
	}
}

/* ---- what is shown of them */
static void add_days(struct ctx *c, struct str ids, struct report_participant *items)
{
	struct report_days_of_rows rows;
	report_days_of(c->db, c->arena, ids, &rows);
	struct report_day *days = ARENA_ARRAY(c->arena, struct report_day, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++) {
		const struct report_days_of_row *d = &rows.items[i];
		struct report_participant *p = &items[d->place];
		if (!p->days_n)
			p->days = &days[i];
		p->days_n++;
		days[i] = (struct report_day){ d->id, d->position, d->start_at, d->time_zone, d->result };
	}
}

static void describe(struct ctx *c, const struct key *keys, size_t n, struct report_participants *out)
{
	struct report_participants_of_rows rows;
	int64_t *ids = ARENA_ARRAY(c->arena, int64_t, n + 1);
	for (size_t i = 0; i < n; i++)
		ids[i] = keys[i].id;
	struct str list = stage_list(c->arena, ids, n);
	report_participants_of(c->db, c->arena, list, c->actor->id, c->actor->account_wide, c->actor->has_reports, &rows);
	/* Fewer only when the database failed. */
	*out =
		(struct report_participants){ .items = ARENA_ARRAY(c->arena, struct report_participant, n + 1), .n = rows.n };
	for (size_t i = 0; i < rows.n; i++) {
		const struct report_participants_of_row *r = &rows.items[i];
		out->items[r->place] = (struct report_participant){ .enrollment = r->id,
			.user = r->user_id,
			.training = r->training_id,
			.session = r->session_id,
			.starts_at = r->starts_at,
			.ends_at = r->ends_at,
			.version = r->version,
			.name = r->user_name,
			.login = r->known ? r->login : STR(""),
			.department = r->known ? r->department : STR(""),
			.training_title = r->training,
			.session_title = r->session_title,
			.answer = r->answer,
			.result = r->result,
			.by_hand = r->result_by_hand,
			.score = r->score,
			.may_result = r->may_result,
			.may_see_user = r->may_see_user,
			.sort_key = keys[r->place].sort_key,
			.sort_int = keys[r->place].sort_int };
	}
	add_days(c, list, out->items);
}

/* ---- pages, and all of them */
void report_participants_page(
	struct ctx *c, const struct report_query *q, const struct db_page *page, struct report_participants *out)
{
	struct people p;
	struct keys keys;
	struct db_page fitting = *page;
	if (!begin(&p, c, q, page)) {
		*out = (struct report_participants){ .percent = p.sessions.percent };
		return;
	}
	db_page_fit(&fitting, p.sessions.sums.enrolled);
	read_keys(&p, c->arena, &fitting, &keys);
	describe(c, keys.items, keys.n, out);
	out->more = keys.more;
	out->has_before = keys.has_before;
	out->sums = p.sessions.sums;
}

void report_participants_each(
	struct ctx *c, const struct report_query *q, const struct db_page *page, report_participants_fn *fn, void *arg)
{
	ARENA_SCOPED keys_arena = arena_new();
	ARENA_SCOPED a = arena_new();
	struct people p;
	struct ctx in = *c;
	struct db_page at = { .sort = page->sort, .desc = page->desc, .limit = KEYS_INDEXED };
	struct keys keys = { .more = true };
	if (!begin(&p, c, q, &at))
		return;
	if (p.way == BY_SESSIONS || p.way == BY_PEOPLE || p.way == BY_SCORE)
		at.limit = KEYS_SORTED;
	in.arena = in.text.arena = a;
	while (keys.more && !db_failed(c->db)) {
		arena_reset(keys_arena);
		p.c = &in;
		read_keys(&p, keys_arena, &at, &keys);
		for (size_t from = 0; from < keys.n && !db_failed(c->db); from += PART) {
			struct report_participants some;
			arena_reset(a);
			describe(&in, keys.items + from, keys.n - from < PART ? keys.n - from : PART, &some);
			fn(&in, &some, arg);
		}
		if (!keys.n)
			break;
		at.has_after = true;
		at.after_key = str_dup(c->arena, keys.items[keys.n - 1].sort_key);
		at.after_int = keys.items[keys.n - 1].sort_int;
		at.after_id = keys.items[keys.n - 1].id;
	}
}
