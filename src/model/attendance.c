/* Attendance by training, session or department, summed up from the figures in memory. Who is counted is what
 * report_participant_list (report.sql) lists. */
#include <stdlib.h>
#include "gen/queries.h"
#include "model/figures.h"
#include "model/policy.h"
#include "model/report_room.h"
#include "model/stage.h"

enum { WAIT_MS = 500, WAIT_LONG_MS = 60000 };

/* A session of the report. */
struct held {
	int64_t id, starts_at;
	size_t training; /* in counting.trainings, which stand by title */
	bool whole;      /* everybody in it is counted */
	struct figure_counts n;
};
struct counting {
	struct ctx *c;
	const struct report_query *q;
	enum report_by by;
	bool wide; /* everybody is counted, whatever the department */
	struct attendance_trainings_rows trainings;
	struct attendance_sessions_rows rows;
	struct held *sessions;                          /* as many */
	struct attendance_departments_rows departments; /* not read when everybody is counted by something else */
	size_t departments_end;                         /* above the last id; by id: */
	unsigned char *in;                              /* 1: counted in each session */
	bool *asked;                                    /* not left out by the filter */
	uint32_t *of_department;                        /* as of struct figure_block: department * 4 + result */
	struct figure_counts *below;                    /* those who are only counted as people below */
	bool scoped;                                    /* some department is in */
	int percent;                                    /* as of struct report_rows */
};

struct by_id {
	int64_t id;
	size_t place;
};

static int compare_ids(const void *a, const void *b)
{
	const struct by_id *x = a, *y = b;
	return x->id < y->id ? -1 : x->id > y->id;
}

static const struct by_id *find(const struct by_id *all, size_t n, int64_t id)
{
	return bsearch(&(struct by_id){ id, 0 }, all, n, sizeof *all, compare_ids);
}

/* ---- what may be counted */
static void read_departments(struct counting *k)
{
	const struct ctx *c = k->c;
	attendance_departments(
		c->db, c->arena, c->actor->id, c->actor->account_wide, k->q->department, k->q->direct, &k->departments);
	for (size_t i = 0; i < k->departments.n; i++)
		if ((size_t)k->departments.items[i].id >= k->departments_end)
			k->departments_end = (size_t)k->departments.items[i].id + 1;
	k->in = ARENA_ARRAY(c->arena, unsigned char, k->departments_end + 1);
	k->asked = ARENA_ARRAY(c->arena, bool, k->departments_end + 1);
	k->of_department = ARENA_ARRAY(c->arena, uint32_t, k->departments_end * 4 + 1);
	k->below = ARENA_ARRAY(c->arena, struct figure_counts, k->departments_end + 1);
	for (size_t i = 0; i < k->departments.n; i++) {
		const struct attendance_departments_row *d = &k->departments.items[i];
		k->asked[d->id] = d->asked;
		k->in[d->id] = d->asked && d->in_scope;
		k->scoped |= k->in[d->id];
	}
}

/* Of the actor's own trainings and sessions everybody is counted (R11), but no department is told. */
static void read_sessions(struct counting *k)
{
	const struct ctx *c = k->c;
	const struct report_query *q = k->q;
	bool own = k->by != REPORT_DEPARTMENT && !q->department.has;
	report_stage(k->c, q);
	attendance_sessions(c->db, c->arena, c->actor->id, q->trainings_n == 0, q->sessions_n == 0, q->from,
		q->to ? q->to : INT64_MAX, &k->rows);
	attendance_trainings(c->db, c->arena, c->actor->id, &k->trainings);
	if (db_failed(c->db))
		k->rows.n = 0;
	struct by_id *trainings = ARENA_ARRAY(c->arena, struct by_id, k->trainings.n + 1);
	for (size_t i = 0; i < k->trainings.n; i++)
		trainings[i] = (struct by_id){ k->trainings.items[i].id, i };
	qsort(trainings, k->trainings.n, sizeof *trainings, compare_ids);
	k->sessions = ARENA_ARRAY(c->arena, struct held, k->rows.n + 1);
	for (size_t i = 0; i < k->rows.n; i++) {
		const struct attendance_sessions_row *s = &k->rows.items[i];
		size_t training = find(trainings, k->trainings.n, s->training_id)->place;
		k->sessions[i] = (struct held){ .id = s->id,
			.starts_at = s->starts_at,
			.training = training,
			.whole = k->wide || (own && (s->instructs || k->trainings.items[training].organizes)) };
	}
}

/* ---- counting */
/* The loops that go through everybody: no branch in them. */
static struct figure_counts count_in(const struct figure_block *b, const unsigned char *in)
{
	uint32_t all = 0, attended = 0, absent = 0;
	for (size_t i = 0; i < b->people_n; i++) {
		uint32_t person = b->people[i], counted = in[figure_department(person)];
		all += counted;
		attended += counted & (figure_result(person) == FIGURE_ATTENDED);
		absent += counted & (figure_result(person) == FIGURE_ABSENT);
	}
	return (struct figure_counts){
		{ [FIGURE_NONE] = all - attended - absent, [FIGURE_ATTENDED] = attended, [FIGURE_ABSENT] = absent }
	};
}

static void count_departments(const struct figure_block *b, uint32_t *of_department)
{
	for (size_t i = 0; i < b->people_n; i++)
		of_department[b->people[i]]++;
}

/* Only the blocks in which somebody may be counted. */
static void count_sessions(struct counting *k)
{
	struct arena *a = k->c->arena;
	size_t n = 0;
	struct figure_session *wanted = ARENA_ARRAY(a, struct figure_session, k->rows.n + 1);
	struct figure_block **blocks = ARENA_ARRAY(a, struct figure_block *, k->rows.n + 1);
	struct held **held = ARENA_ARRAY(a, struct held *, k->rows.n + 1);
	for (size_t i = 0; i < k->rows.n; i++) {
		const struct attendance_sessions_row *s = &k->rows.items[i];
		if (!k->scoped && !k->sessions[i].whole)
			continue;
		wanted[n] = (struct figure_session){ s->id, s->mark, s->people };
		held[n++] = &k->sessions[i];
	}
	if (!figures_wait(k->c->figures, wanted, n, k->q->waits ? WAIT_LONG_MS : WAIT_MS, &k->percent) && !k->q->waits) {
		err_set(&k->c->errs, ERR_UNAVAILABLE);
		return;
	}
	figures_take(k->c, k->c->figures, wanted, n, blocks);
	for (size_t i = 0; i < n; i++) {
		if (k->by == REPORT_DEPARTMENT)
			count_departments(blocks[i], k->of_department);
		else
			held[i]->n = held[i]->whole ? blocks[i]->all : count_in(blocks[i], k->in);
	}
	figures_release(blocks, n);
}

static enum figure_result result_of(struct str word)
{
	return str_eq(word, STR("attended")) ? FIGURE_ATTENDED : str_eq(word, STR("absent")) ? FIGURE_ABSENT : FIGURE_NONE;
}

/* The few people below a supervisor, unless they are counted already. */
static void count_below(struct counting *k)
{
	const struct ctx *c = k->c;
	struct attendance_below_rows rows;
	struct by_id *sessions = ARENA_ARRAY(c->arena, struct by_id, k->rows.n + 1);
	for (size_t i = 0; i < k->rows.n; i++)
		sessions[i] = (struct by_id){ k->sessions[i].id, i };
	qsort(sessions, k->rows.n, sizeof *sessions, compare_ids);
	attendance_below(c->db, c->arena, c->actor->id, &rows);
	for (size_t i = 0; i < rows.n; i++) {
		const struct attendance_below_row *p = &rows.items[i];
		const struct by_id *s = find(sessions, k->rows.n, p->session);
		if (!s || k->sessions[s->place].whole || k->in[p->department] || !k->asked[p->department])
			continue;
		k->sessions[s->place].n.n[result_of(p->result)]++;
		k->below[p->department].n[result_of(p->result)]++;
	}
}

/* ---- rows */
static struct report_sums sums_of(const struct counting *k, const struct figure_counts *n)
{
	struct str only = k->q->result;
	struct report_sums s = { .attended = !only.n || str_eq(only, STR("attended")) ? n->n[FIGURE_ATTENDED] : 0,
		.absent = !only.n || str_eq(only, STR("absent")) ? n->n[FIGURE_ABSENT] : 0,
		.no_result = !only.n || str_eq(only, STR("none")) ? n->n[FIGURE_NONE] : 0 };
	s.enrolled = s.attended + s.absent + s.no_result;
	return s;
}

/* A row that counts somebody. */
static void put_row(
	const struct counting *k, const struct report_row *row, const struct figure_counts *n, struct report_rows *out)
{
	struct report_sums s = sums_of(k, n);
	if (!s.enrolled)
		return;
	out->items[out->n] = *row;
	out->items[out->n++].n = s;
	report_sums_add(&out->sums, &s);
}

static void training_rows(struct counting *k, struct report_rows *out)
{
	struct figure_counts *counts = ARENA_ARRAY(k->c->arena, struct figure_counts, k->trainings.n + 1);
	for (size_t i = 0; i < k->rows.n; i++)
		for (int r = 0; r < FIGURE_RESULTS; r++)
			counts[k->sessions[i].training].n[r] += k->sessions[i].n.n[r];
	for (size_t i = 0; i < k->trainings.n; i++) {
		const struct attendance_trainings_row *t = &k->trainings.items[i];
		put_row(k,
			&(struct report_row){ .key = t->id, .name = t->title, .training = t->id, .training_title = t->title },
			&counts[i], out);
	}
}

static int compare_held(const void *a, const void *b)
{
	const struct held *x = a, *y = b;
	if (x->training != y->training)
		return x->training < y->training ? -1 : 1;
	if (x->starts_at != y->starts_at)
		return x->starts_at < y->starts_at ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static void session_rows(struct counting *k, struct report_rows *out)
{
	const struct ctx *c = k->c;
	struct attendance_titles_rows titles;
	qsort(k->sessions, k->rows.n, sizeof *k->sessions, compare_held);
	for (size_t i = 0; i < k->rows.n; i++) {
		const struct held *s = &k->sessions[i];
		const struct attendance_trainings_row *t = &k->trainings.items[s->training];
		put_row(k,
			&(struct report_row){
				.key = s->id, .training = t->id, .training_title = t->title, .starts_at = s->starts_at },
			&s->n, out);
	}
	int64_t *ids = ARENA_ARRAY(c->arena, int64_t, out->n + 1);
	for (size_t i = 0; i < out->n; i++)
		ids[i] = out->items[i].key;
	attendance_titles(c->db, c->arena, stage_list(c->arena, ids, out->n), &titles);
	for (size_t i = 0; i < titles.n; i++) {
		struct report_row *row = &out->items[titles.items[i].place];
		row->name = titles.items[i].title;
		row->ends_at = titles.items[i].ends_at;
		row->days = titles.items[i].days;
		row->time_zone = titles.items[i].time_zone;
	}
}

static void department_rows(struct counting *k, struct report_rows *out)
{
	for (size_t i = 0; i < k->departments.n; i++) {
		const struct attendance_departments_row *d = &k->departments.items[i];
		struct figure_counts n = k->below[d->id];
		for (int r = 0; r < FIGURE_RESULTS; r++)
			n.n[r] += k->in[d->id] ? k->of_department[d->id * 4 + r] : 0;
		put_row(k, &(struct report_row){ .key = d->id, .name = d->name }, &n, out);
	}
}

/* False: there is no answer yet. */
static bool count(struct counting *k)
{
	const struct actor *actor = k->c->actor;
	k->wide = actor->account_wide && !k->q->department.has;
	read_sessions(k);
	if (!k->wide || k->by == REPORT_DEPARTMENT)
		read_departments(k);
	if (!db_failed(k->c->db))
		count_sessions(k);
	if (k->c->errs.kind == ERR_UNAVAILABLE)
		return false;
	if (actor->has_reports && !actor->account_wide)
		count_below(k);
	return true;
}

void report_attendance_make(struct ctx *c, enum report_by by, const struct report_query *q, struct report_rows *out)
{
	struct counting k = { .c = c, .q = q, .by = by };
	if (!count(&k)) {
		*out = (struct report_rows){ .percent = k.percent };
		return;
	}
	size_t most = k.rows.n + k.trainings.n + k.departments.n;
	*out = (struct report_rows){ .items = ARENA_ARRAY(c->arena, struct report_row, most + 1) };
	if (by == REPORT_DEPARTMENT)
		department_rows(&k, out);
	else if (by == REPORT_SESSION)
		session_rows(&k, out);
	else
		training_rows(&k, out);
}

void report_count_sessions(struct ctx *c, const struct report_query *q, struct report_session_counts *out)
{
	struct counting k = { .c = c, .q = q, .by = REPORT_SESSION };
	if (!count(&k)) {
		*out = (struct report_session_counts){ .percent = k.percent };
		return;
	}
	*out = (struct report_session_counts){ .items = ARENA_ARRAY(c->arena, struct report_session_count, k.rows.n + 1) };
	for (size_t i = 0; i < k.rows.n; i++) {
		const struct held *s = &k.sessions[i];
		struct report_sums sums = sums_of(&k, &s->n);
		int64_t counted = sums.enrolled, people = k.rows.items[i].people;
		if (!counted)
			continue;
		/* Who declined holds no seat. */
		people = people > counted ? people : counted;
		out->items[out->n++] = (struct report_session_count){ s->id, s->starts_at, people, counted };
		out->people += people;
		report_sums_add(&out->sums, &sums);
		out->own |= s->whole && !k.wide;
	}
}
