/* Sessions: making, changing, cancelling. */
#include <stdlib.h>
#include "base/tz.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/enrollment.h"
#include "model/find.h"
#include "model/policy.h"
#include "model/seat.h"
#include "model/session.h"
#include "model/settings.h"
#include "model/training.h"

/* What will be written: what is there, with what the form gives laid over it. */
struct draft {
	struct str title, instructor;
	struct opt_i64 instructor_id, capacity;
	struct session_day *days;
	size_t days_n;
};

static bool problem(
	struct ctx *c, const struct session_form *f, enum err_code code, struct str words, const char *field)
{
	struct str path =
		str_is_empty(f->path) ? str_from(field) : str_fmt(c->arena, STR_FMT "%s", STR_ARG(f->path), field);
	return ctx_invalid(c, path, code, words);
}

static bool day_problem(
	struct ctx *c, const struct session_form *f, size_t i, const char *member, enum err_code code, struct str words)
{
	return problem(c, f, code, words, str_c(c->arena, str_fmt(c->arena, "days[%zu].%s", i, member)));
}

/* One line of at most `max` characters. */
static bool check_line(
	struct ctx *c, const struct session_form *f, const char *field, struct str typed, size_t max, struct str *out)
{
	if (!text_clean_line(c->arena, typed, out))
		return problem(c, f, CODE_invalid, t_session_text_invalid(&c->text), field);
	if (str_count_chars(*out) > max)
		return problem(c, f, CODE_too_long, t_session_text_long(&c->text, (int64_t)max), field);
	return true;
}

static void check_title(struct ctx *c, const struct session_form *f, struct draft *to)
{
	if (check_line(c, f, "title", f->title, SESSION_TITLE_MAX, &to->title) && str_is_empty(to->title))
		problem(c, f, CODE_required, t_session_title_required(&c->text), "title");
}

/* A user who instructs lends the session their name, unless another one is typed. Who does not see that user was shown
 * nobody (`old` without one): saying nobody leaves it. */
static void check_instructor(struct ctx *c, const struct session_form *f, const struct session *old, struct draft *to)
{
	bool named = !str_is_null(f->instructor);
	if (named)
		check_line(c, f, "instructor", f->instructor, SESSION_TITLE_MAX, &to->instructor);
	bool by_login = !str_is_null(f->instructor_login);
	if (!f->has_instructor_user && !by_login)
		return;
	if (!f->instructor_user.has && str_is_empty(str_trim(f->instructor_login))) {
		if (!old || old->instructor_user.has)
			to->instructor_id = NONE;
		return;
	}
	struct training_person p;
	struct str field = str_fmt(c->arena, STR_FMT "instructor_user", STR_ARG(f->path));
	/* Who instructs already may stay, also when the actor could not name them. */
	if (f->instructor_user.has && to->instructor_id.has && f->instructor_user.v == to->instructor_id.v)
		return;
	if (!training_person_find(c, f->instructor_user.v, f->instructor_login, field, &p))
		return;
	bool another = !to->instructor_id.has || to->instructor_id.v != p.id;
	to->instructor_id = SOME(p.id);
	if (named ? str_is_empty(to->instructor) : another)
		to->instructor = p.name;
}

static void check_capacity(struct ctx *c, const struct session_form *f, struct draft *to)
{
	to->capacity = f->capacity;
	if (f->capacity.has && (f->capacity.v < 1 || f->capacity.v > SESSION_CAPACITY_MAX))
		problem(c, f, CODE_out_of_range, t_session_capacity_range(&c->text, SESSION_CAPACITY_MAX), "capacity");
}

static const struct session_day *day_by_id(const struct session *old, int64_t id)
{
	for (size_t i = 0; old && i < old->days_n; i++)
		if (old->days[i].id == id)
			return &old->days[i];
	return NULL;
}

static bool is_web_address(struct str url)
{
	struct str rest = url;
	if (str_starts(url, STR("https://")))
		rest = str_sub(url, 8, url.n);
	else if (str_starts(url, STR("http://")))
		rest = str_sub(url, 7, url.n);
	else
		return false;
	for (size_t i = 0; i < rest.n; i++)
		if ((unsigned char)rest.p[i] <= ' ' || rest.p[i] == '"' || rest.p[i] == '<' || rest.p[i] == '>' ||
			rest.p[i] == '\\')
			return false;
	return rest.n > 0 && rest.p[0] != '/' && rest.p[0] != '?' && rest.p[0] != '#';
}

/* Wall time to instants, with what the clocks do that day. */
static void check_time(struct ctx *c, const struct session_form *f, size_t i, const struct tz *zone,
	const struct session_day *was, struct session_day *d)
{
	const struct session_day_form *typed = &f->days[i];
	struct tz_wall wall;
	if (str_is_empty(typed->start)) {
		day_problem(c, f, i, "start", CODE_required, t_session_start_required(&c->text));
		return;
	}
	if (!tz_wall_parse(typed->start, &wall)) {
		day_problem(c, f, i, "start", CODE_invalid, t_session_start_invalid(&c->text));
		return;
	}
	d->start = tz_wall_format(c->arena, &wall);
	if (!zone)
		return;
	struct opt_i64 fold = typed->fold;
	if (!fold.has && was && str_eq(was->start, d->start) && str_eq(was->time_zone, d->time_zone))
		fold = SOME(was->fold);
	enum tz_kind kind;
	struct str city = tz_city(c->arena, zone), clock = str_sub(d->start, 11, 5);
	d->start_at = tz_to_instant(zone, &wall, fold.has && fold.v == 1, &kind);
	if (kind == TZ_SKIPPED)
		day_problem(c, f, i, "start", CODE_time_skipped, t_session_time_skipped(&c->text, clock, city));
	else if (fold.has && fold.v != 0 && fold.v != 1)
		day_problem(c, f, i, "fold", CODE_invalid, t_session_fold_invalid(&c->text));
	else if (kind == TZ_DOUBLED && !fold.has)
		day_problem(c, f, i, "start", CODE_time_doubled, t_session_time_doubled(&c->text, clock, city));
	d->fold = kind == TZ_DOUBLED && fold.has && fold.v == 1;
	d->end_at = d->start_at + d->duration;
}

static void check_day(struct ctx *c, const struct session_form *f, size_t i, const struct session *old,
	struct str default_zone, struct session_day *d)
{
	const struct session_day_form *typed = &f->days[i];
	const struct text *t = &c->text;
	const struct session_day *was = typed->id ? day_by_id(old, typed->id) : NULL;
	*d = (struct session_day){
		.id = typed->id, .duration = typed->duration, .start = STR(""), .location = STR(""), .url = STR("")
	};
	if (typed->id && !was)
		day_problem(c, f, i, "id", CODE_not_found, t_session_day_unknown(t));
	if (typed->duration == 0)
		day_problem(c, f, i, "duration", CODE_required, t_session_duration_required(t));
	else if (typed->duration < SESSION_DURATION_MIN || typed->duration > SESSION_DURATION_MAX)
		day_problem(c, f, i, "duration", CODE_out_of_range, t_session_duration_range(t));
	d->time_zone = str_is_null(typed->time_zone) ? default_zone : typed->time_zone;
	const struct tz *zone = tz_get(d->time_zone);
	if (!zone)
		day_problem(
			c, f, i, "time_zone", str_is_empty(d->time_zone) ? CODE_required : CODE_invalid, t_session_zone_invalid(t));
	check_time(c, f, i, zone, was, d);
	if (!str_is_null(typed->location))
		check_line(c, f, str_c(c->arena, str_fmt(c->arena, "days[%zu].location", i)), typed->location,
			SESSION_PLACE_MAX, &d->location);
	if (!str_is_null(typed->url) &&
		check_line(
			c, f, str_c(c->arena, str_fmt(c->arena, "days[%zu].url", i)), typed->url, SESSION_URL_MAX, &d->url) &&
		d->url.n && !is_web_address(d->url))
		day_problem(c, f, i, "url", CODE_invalid, t_session_url_invalid(t));
}

struct numbered {
	struct session_day day;
	size_t index;
};

static int by_start(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;
	if (x->day.start_at != y->day.start_at)
		return x->day.start_at < y->day.start_at ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* A day of the form may name one that is there only once. */
static bool is_repeated(const struct session_form *f, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (f->days[i].id && f->days[k].id == f->days[i].id)
			return true;
	return false;
}

static void check_days(struct ctx *c, const struct session_form *f, const struct session *old, struct draft *to)
{
	const struct text *t = &c->text;
	struct account account = { .time_zone = STR("UTC") };
	account_load(c, &account);
	if (f->days_n == 0) {
		problem(c, f, CODE_required, t_session_days_required(t), "days");
		return;
	}
	if (f->days_n > SESSION_DAYS_MAX) {
		problem(c, f, CODE_out_of_range, t_session_days_many(t, SESSION_DAYS_MAX), "days");
		return;
	}
	size_t errors = c->errs.n;
	struct numbered *days = ARENA_ARRAY(c->arena, struct numbered, f->days_n);
	for (size_t i = 0; i < f->days_n; i++) {
		check_day(c, f, i, old, account.time_zone, &days[i].day);
		days[i].index = i;
		if (is_repeated(f, i))
			day_problem(c, f, i, "id", CODE_duplicate, t_session_day_twice(t));
	}
	if (c->errs.n != errors)
		return;
	qsort(days, f->days_n, sizeof *days, by_start);
	to->days = ARENA_ARRAY(c->arena, struct session_day, f->days_n);
	to->days_n = f->days_n;
	for (size_t i = 0; i < f->days_n; i++) {
		if (i && days[i].day.start_at < days[i - 1].day.end_at)
			day_problem(c, f, days[i].index, "start", CODE_invalid, t_session_days_overlap(t));
		to->days[i] = days[i].day;
		to->days[i].position = (int64_t)i + 1;
	}
}

/* False when this form is wrong; what was wrong before does not count. */
static bool check(struct ctx *c, const struct session_form *f, const struct session *old, struct draft *to)
{
	size_t errors = c->errs.n;
	if (!str_is_null(f->title))
		check_title(c, f, to);
	check_instructor(c, f, old, to);
	if (f->has_capacity)
		check_capacity(c, f, to);
	if (f->has_days)
		check_days(c, f, old, to);
	return c->errs.n == errors && !db_failed(c->db);
}

/* ---- the trail */
static struct str days_json(struct ctx *c, const struct session_day *days, size_t n)
{
	struct buf b = buf_new(c->arena);
	for (size_t i = 0; i < n; i++) {
		buf_fmt(&b, "%s" STR_FMT " " STR_FMT " %lld", i ? "; " : "", STR_ARG(days[i].start), STR_ARG(days[i].time_zone),
			(long long)days[i].duration / 60);
		if (days[i].location.n)
			buf_fmt(&b, ", " STR_FMT, STR_ARG(days[i].location));
		if (days[i].url.n)
			buf_fmt(&b, ", " STR_FMT, STR_ARG(days[i].url));
	}
	return buf_str(&b);
}

static void audit(struct ctx *c, const char *action, int64_t id, int64_t training, const struct draft *before,
	const struct draft *after)
{
	static const struct draft nothing;
	struct buf from = buf_new(c->arena), to = buf_new(c->arena);
	struct audit_diff d = { .before = &from, .after = &to };
	const struct draft *b = before ? before : &nothing, *a = after ? after : &nothing;
	audit_diff_text(&d, "title", b->title, a->title);
	audit_diff_text(&d, "instructor", b->instructor, a->instructor);
	audit_diff_i64(&d, "instructor_user", b->instructor_id, a->instructor_id);
	audit_diff_i64(&d, "capacity", b->capacity, a->capacity);
	audit_diff_text(&d, "days", before ? days_json(c, b->days, b->days_n) : STR_NULL,
		after ? days_json(c, a->days, a->days_n) : STR_NULL);
	audit_diff_end(&d);
	if (before && after && d.n == 0)
		return;
	audit_add(c,
		&(struct audit_entry){ .action = action,
			.object = "session",
			.object_id = id,
			.training_id = training,
			.before = before ? buf_str(&from) : STR_NULL,
			.after = after ? buf_str(&to) : STR_NULL });
}

/* ---- writing */
static int64_t starts_at(const struct draft *d)
{
	return d->days[0].start_at;
}

/* Days do not overlap, so the last one to start is the last to end. */
static int64_t ends_at(const struct draft *d)
{
	return d->days[d->days_n - 1].end_at;
}

static void write_day(struct ctx *c, int64_t session, const struct session_day *d)
{
	if (d->id)
		day_update(c->db, d->id, d->position, d->start, d->fold, d->duration, d->time_zone, d->location, d->url,
			d->start_at, d->end_at);
	else
		day_insert(c->db, session, d->position, d->start, d->fold, d->duration, d->time_zone, d->location, d->url,
			d->start_at, d->end_at);
}

bool session_create(struct ctx *c, int64_t training, const struct session_form *f, int64_t *id)
{
	struct draft d = { .title = STR(""), .instructor = STR("") };
	struct session_form all = *f;
	all.has_days = true;
	if (str_is_null(all.title))
		all.title = STR("");
	if (!check(c, &all, NULL, &d))
		return false;
	*id = session_insert(c->db, training, d.title, text_sort_key(c->arena, d.title), d.instructor, d.instructor_id,
		d.capacity, starts_at(&d), ends_at(&d), (int64_t)d.days_n);
	find_index_session(c, *id, d.title, d.instructor);
	for (size_t i = 0; i < d.days_n; i++)
		write_day(c, *id, &d.days[i]);
	audit(c, "session.create", *id, training, NULL, &d);
	return !db_failed(c->db);
}

static bool conflict(struct ctx *c, enum err_code code, struct str words)
{
	return err_add(&c->errs, c->arena, ERR_CONFLICT, STR(""), code, words);
}

/* As session_get, with the instructor even where the actor does not see that user. */
static bool load(struct ctx *c, int64_t id, struct session *old, struct draft *d)
{
	struct ctx all = *c;
	struct session seen;
	all.actor = NULL;
	if (!session_get(c, id, old) || !session_get(&all, id, &seen))
		return false;
	*d = (struct draft){ .title = old->title,
		.instructor = old->instructor,
		.instructor_id = seen.instructor_user,
		.capacity = old->capacity,
		.days = old->days,
		.days_n = old->days_n };
	return true;
}

struct difference {
	bool times, words;
};

static struct difference compare(const struct draft *a, const struct draft *b)
{
	struct difference diff = { .times = a->days_n != b->days_n, .words = !str_eq(a->title, b->title) };
	for (size_t i = 0; !diff.times && i < a->days_n; i++) {
		const struct session_day *x = &a->days[i], *y = &b->days[i];
		diff.times = x->id != y->id || x->start_at != y->start_at || x->end_at != y->end_at;
		diff.words |=
			!str_eq(x->location, y->location) || !str_eq(x->url, y->url) || !str_eq(x->time_zone, y->time_zone);
	}
	return diff;
}

static void remove_days(struct ctx *c, const struct session *old, const struct draft *now)
{
	for (size_t i = 0; i < old->days_n; i++) {
		bool kept = false;
		for (size_t k = 0; k < now->days_n; k++)
			kept |= now->days[k].id == old->days[i].id;
		if (kept)
			continue;
		day_answers_delete(c->db, old->days[i].id);
		day_delete(c->db, old->days[i].id);
	}
}

static bool same_capacity(struct opt_i64 a, struct opt_i64 b)
{
	return a.has == b.has && (!a.has || a.v == b.v);
}

static bool has_other_days(const struct draft *before, const struct draft *now)
{
	bool other = before->days_n != now->days_n;
	for (size_t i = 0; i < now->days_n; i++)
		other |= now->days[i].id == 0;
	return other;
}

/* Other days say other things of who came, unless that was said by hand. */
static void count_results(struct ctx *c, int64_t id)
{
	if (!session_results_audit(c->db, id, c->now, c->actor ? SOME(c->actor->id) : NONE, c->from))
		return;
	session_results_set(c->db, id);
	figures_changed(c->db, id);
}

/* Everything that may speak against it. */
static bool prepare(struct ctx *c, int64_t id, const struct session_form *f, struct session *old, struct draft *before,
	struct draft *now, struct difference *diff)
{
	struct session_any_score_row score;
	if (!load(c, id, old, before))
		return false;
	if (old->cancelled_at.has)
		return conflict(c, CODE_locked, t_session_is_cancelled(&c->text));
	if (f->version.has && f->version.v != old->version)
		return conflict(c, CODE_outcome_changed, t_training_changed_meanwhile(&c->text));
	*now = *before;
	if (!check(c, f, old, now))
		return false;
	*diff = compare(before, now);
	/* R8 */
	if (diff->times && session_any_score(c->db, c->arena, id, &score))
		return conflict(c, CODE_locked, t_session_has_results(&c->text));
	return !db_failed(c->db);
}

static bool is_over(const struct ctx *c, const struct session *old, const struct draft *now)
{
	return old->ends_at <= c->now && ends_at(now) <= c->now;
}

bool session_change_check(struct ctx *c, int64_t id, const struct session_form *f, struct session_change *out)
{
	struct session old;
	struct draft before, now;
	struct difference diff;
	if (!prepare(c, id, f, &old, &before, &now, &diff))
		return false;
	*out = (struct session_change){ .title = now.title,
		.instructor = now.instructor,
		.instructor_user = now.instructor_id,
		.days = now.days,
		.days_n = now.days_n,
		.times = diff.times,
		.words = diff.words,
		.over = is_over(c, &old, &now) };
	return true;
}

bool session_update(struct ctx *c, int64_t id, const struct session_form *f)
{
	struct session old;
	struct draft before, now;
	struct difference diff = { 0 };
	if (!prepare(c, id, f, &old, &before, &now, &diff))
		return false;
	if (f->has_days) {
		remove_days(c, &old, &now);
		for (size_t i = 0; i < now.days_n; i++)
			write_day(c, id, &now.days[i]);
	}
	session_update_row(c->db, id, now.title, text_sort_key(c->arena, now.title), now.instructor, now.instructor_id,
		starts_at(&now), ends_at(&now), (int64_t)now.days_n);
	find_index_session(c, id, now.title, now.instructor);
	if (!same_capacity(before.capacity, now.capacity) &&
		!seat_capacity(c, id, now.capacity, !c->actor || actor_can(c->actor, PERM_OVER)))
		return false;
	if (has_other_days(&before, &now))
		count_results(c, id);
	/* Seats that came free when it was over. */
	if (diff.times)
		seat_promote(c, id);
	audit(c, "session.edit", id, old.training, &before, &now);
	/* What is over is history: correcting it tells nobody. */
	if ((diff.times || diff.words) && !is_over(c, &old, &now))
		enrollment_session_changed(c, id, diff.times);
	return !db_failed(c->db);
}

bool session_remove(struct ctx *c, int64_t id, bool *deleted)
{
	struct session old;
	struct draft before;
	*deleted = false;
	if (!load(c, id, &old, &before))
		return false;
	bool enrolled = session_has_enrollments(c, id);
	if (old.cancelled_at.has && enrolled)
		return conflict(c, CODE_locked, t_session_is_cancelled(&c->text));
	if (old.starts_at <= c->now && !old.cancelled_at.has)
		return conflict(c, CODE_locked, t_session_has_started(&c->text));
	if (enrolled) {
		session_set_cancelled(c->db, id, c->now);
		audit_add(c,
			&(struct audit_entry){ .action = "session.cancel",
				.object = "session",
				.object_id = id,
				.training_id = old.training,
				.before = STR("{\"cancelled\":false}"),
				.after = STR("{\"cancelled\":true}") });
		enrollment_session_cancelled(c, id);
		return !db_failed(c->db);
	}
	session_days_delete(c->db, id);
	session_delete_row(c->db, id);
	audit(c, "session.delete", id, old.training, &before, NULL);
	*deleted = true;
	return !db_failed(c->db);
}
