/* muster demo: an organization to look around in. Dates are relative to the day it is made, in working days. */
#include <stdio.h>
#include "base/crypt.h"
#include "base/date.h"
#include "base/tz.h"
#include "cli/commands.h"
#include "gen/queries.h"
#include "model/department.h"
#include "model/group.h"
#include "model/policy.h"
#include "model/result.h"
#include "model/training.h"
#include "model/user.h"

enum department_of { COMPANY, SALES, EMEA, AMERICAS, SUPPORT, ENGINEERING, DEPARTMENTS };

struct person {
	const char *login, *first_name, *last_name;
	enum department_of department;
	const char *job, *place;
};

/* Those whom the rest of the demo names. Maria and Sven, Omar and the two below are in no training: they are there to
 * be enrolled. */
static const struct person named[] = {
	{ "owner", "Olivia", "Bergström", COMPANY, "Managing director", "Berlin" },
	{ "admin", "Adrian", "Novák", COMPANY, "Head of training", "Berlin" },
	{ "dept.admin", "Dalia", "Amrani", SALES, "Head of sales", "Berlin" },
	{ "sven", "Sven", "Okafor", EMEA, "Regional sales manager", "Hamburg" },
	{ "maria", "Maria", "Lindqvist", EMEA, "Account manager", "Stockholm" },
	{ "omar", "Omar", "Haddad", ENGINEERING, "Software engineer", "Berlin" },
	{ "nomail", "Noor", "van Dijk", SUPPORT, "Warehouse clerk", "Rotterdam" },
	{ "inactive", "Ivo", "Castro", SUPPORT, "Support agent", "Lisbon" },
};
enum { OWNER, ADMIN, DEPT_ADMIN, SVEN, MARIA, OMAR, NOMAIL, INACTIVE, NAMED };
_Static_assert(sizeof named / sizeof *named == NAMED, "each of them has a number");

static const struct person others[] = {
#define PERSON(login, first, last, department, job, place) { login, first, last, department, job, place },
#include "cli/demo_people.def"
#undef PERSON
};
enum { OTHERS = sizeof others / sizeof *others, TRAINERS = 2, PARTICIPANTS = OTHERS - TRAINERS };

struct demo {
	struct str password_hash;
	int64_t departments[DEPARTMENTS], named[NAMED], others[OTHERS];
	struct str zone;
	int64_t today; /* day count in Berlin */
	bool has_users;
};

/* ---- people */
static bool make_departments(struct ctx *c, struct demo *d)
{
	static const struct {
		enum department_of id, parent;
		const char *name;
	} below[] = {
		{ SALES, COMPANY, "Sales" },
		{ EMEA, SALES, "Sales EMEA" },
		{ AMERICAS, SALES, "Sales Americas" },
		{ SUPPORT, COMPANY, "Support" },
		{ ENGINEERING, COMPANY, "Engineering" },
	};
	if (!department_create_root(c, STR("Company"), &d->departments[COMPANY]))
		return false;
	for (size_t i = 0; i < sizeof below / sizeof *below; i++)
		if (!department_create(
				c, str_from(below[i].name), SOME(d->departments[below[i].parent]), &d->departments[below[i].id]))
			return false;
	return true;
}

static bool make_person(struct ctx *c, const struct demo *d, const struct person *p, int64_t *id)
{
	const struct user_field_form fields[] = { { STR("job_title"), str_from(p->job) },
		{ STR("location"), str_from(p->place) } };
	bool has_mail = p != &named[NOMAIL];
	struct user_role_form role = { .role = STR("owner") };
	struct user_form f = { .login = str_from(p->login),
		.first_name = str_from(p->first_name),
		.last_name = str_from(p->last_name),
		.department = SOME(d->departments[p->department]),
		.email = has_mail ? str_fmt(c->arena, "%s@example.org", p->login) : STR(""),
		.fields = fields,
		.fields_n = sizeof fields / sizeof *fields };
	f.has_roles = p == &named[OWNER] || p == &named[ADMIN] || p == &named[DEPT_ADMIN];
	f.roles = &role;
	f.roles_n = f.has_roles;
	if (p == &named[ADMIN])
		role.role = STR("account_admin");
	if (p == &named[DEPT_ADMIN])
		role = (struct user_role_form){
			.role = STR("department_admin"), .departments = &d->departments[SALES], .departments_n = 1
		};
	if (p == &named[INACTIVE])
		f.status = STR("inactive");
	if (p == &named[MARIA]) {
		f.has_supervisor = true;
		f.supervisor = SOME(d->named[SVEN]);
	}
	return user_create(c, &f, id);
}

static bool make_people(struct ctx *c, struct demo *d)
{
	for (size_t i = 0; i < NAMED; i++)
		if (!make_person(c, d, &named[i], &d->named[i]))
			return false;
	for (size_t i = 0; i < OTHERS; i++)
		if (!make_person(c, d, &others[i], &d->others[i]))
			return false;
	seed_demo_passwords(c->db, d->password_hash);
	return true;
}

static bool make_group(struct ctx *c, struct str name, const int64_t *members, size_t n)
{
	int64_t id;
	return group_create(c,
		&(struct group_change){
			.has_name = true, .name = name, .has_members = true, .members = members, .members_n = n },
		&id);
}

static bool make_groups(struct ctx *c, const struct demo *d)
{
	const int64_t managers[] = { d->named[SVEN], d->named[MARIA], d->others[4], d->others[18], d->others[36],
		d->others[46], d->others[56] };
	const int64_t first_aid[] = { d->named[OMAR], d->others[2], d->others[11], d->others[30], d->others[38],
		d->others[50], d->others[57], d->others[60] };
	return make_group(c, STR("New managers"), managers, sizeof managers / sizeof *managers) &&
		make_group(c, STR("First aid"), first_aid, sizeof first_aid / sizeof *first_aid);
}

/* ---- trainings */
static int64_t today_in(const struct ctx *c, struct str zone)
{
	struct tz_wall w = tz_to_wall(tz_get(zone), c->now);
	return tz_days(w.year, w.month, w.day);
}

/* The day that is `n` working days after today, or before it for a negative n. */
static int64_t working_day(const struct demo *d, int n)
{
	int64_t day = d->today;
	int step = n < 0 ? -1 : 1;
	for (int left = n < 0 ? -n : n; left > 0;) {
		day += step;
		if (date_weekday(day) < 5)
			left--;
	}
	return day;
}

struct session_plan {
	struct str title;
	int days_ahead, days_n, hour, minutes;
	struct str zone, location, url;
	int trainer;      /* index in `others` */
	int64_t capacity; /* 0: no limit */
};

static void plan_days(struct ctx *c, const struct demo *d, const struct session_plan *p, struct session_day_form *out)
{
	for (int i = 0; i < p->days_n; i++) {
		struct date date = date_from_days(working_day(d, p->days_ahead + i));
		out[i] = (struct session_day_form){ .start = str_fmt(c->arena, STR_FMT "T%02d:00",
												STR_ARG(date_format(c->arena, date)), p->hour),
			.duration = (int64_t)p->minutes * 60,
			.time_zone = p->zone,
			.location = p->location,
			.url = p->url };
	}
}

struct made {
	int64_t training, sessions[3];
};

static bool make_training(struct ctx *c, const struct demo *d, struct str title, struct str description,
	const struct session_plan *plans, size_t n, struct made *out)
{
	if (!training_create(c,
			&(struct training_form){ .title = title, .description = description, .organizer = SOME(d->named[ADMIN]) },
			&out->training))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct session_day_form days[2];
		plan_days(c, d, &plans[i], days);
		struct session_form f = { .path = STR(""),
			.title = plans[i].title,
			.has_instructor_user = true,
			.instructor_user = SOME(d->others[plans[i].trainer]),
			.has_capacity = plans[i].capacity > 0,
			.capacity = SOME(plans[i].capacity),
			.has_days = true,
			.days = days,
			.days_n = (size_t)plans[i].days_n };
		if (!session_create(c, out->training, &f, &out->sessions[i]))
			return false;
	}
	return true;
}

/* ---- who is in them, as if it had been announced some days ago: nobody is told now */
static struct str answer_of(char mark)
{
	return mark == 'a' ? STR("accepted") : mark == 't' ? STR("tentative") : mark == 'd' ? STR("declined") : STR("none");
}

/* One character a participant: accepted, tentative, declined, none, waiting. They are `others` from `first` on, `step`
 * apart. */
static void fill(struct ctx *c, const struct demo *d, const struct made *m, size_t session, int first, int step,
	int days_ago, const char *marks)
{
	int64_t position = 0;
	for (int i = 0; marks[i]; i++) {
		int64_t at = c->now - days_ago * INT64_C(86400), person = d->others[(first + i * step) % PARTICIPANTS];
		bool waits = marks[i] == 'w', answered = !waits && marks[i] != 'n';
		seed_enrollment_insert(c->db, person, m->training, m->sessions[session],
			waits ? STR("waiting") : STR("enrolled"), at, waits ? SOME(++position) : NONE, answer_of(marks[i]),
			answered ? SOME(at + 3600 * (1 + i % 40)) : NONE);
	}
}

/* Results of `marks`: attended, with a score for some, or missed; nothing yet for the others. */
static bool record(struct ctx *c, const struct demo *d, int64_t session, int first, const char *marks)
{
	struct result_entry entries[PARTICIPANTS] = { 0 };
	size_t n = 0;
	int64_t updated;
	for (int i = 0; marks[i]; i++) {
		if (marks[i] == '-')
			continue;
		bool came = marks[i] != 'm';
		entries[n++] = (struct result_entry){ .user = d->others[first + i],
			.result = came ? STR("attended") : STR("absent"),
			.comment = STR_NULL,
			.has_score = marks[i] == 's',
			.score = SOME(70 + i * 7 % 30) };
	}
	return result_set(c, session, entries, n, &updated);
}

static bool make_negotiation(struct ctx *c, const struct demo *d)
{
	const struct session_plan plans[] = {
		{ STR("Morning workshop"), 8, 1, 9, 180, d->zone, STR("Room 4"), STR_NULL, OTHERS - 2, 12 },
		{ STR("Two-day course"), 12, 2, 9, 420, d->zone, STR("Room 4"), STR_NULL, OTHERS - 2, 20 },
		{ STR("Online afternoon"), 16, 1, 14, 180, d->zone, STR_NULL, STR("https://meet.example.org/negotiation"),
			OTHERS - 1, 16 },
	};
	struct made m;
	if (!make_training(c, d, STR("Negotiation basics"),
			STR("Preparing a negotiation, opening it, and finding a result that holds.\nBring one case of your own."),
			plans, 3, &m))
		return false;
	fill(c, d, &m, 0, 0, 1, 6, "aataanaatanadww");
	fill(c, d, &m, 1, 15, 1, 5, "aanataanadn");
	fill(c, d, &m, 2, 26, 1, 4, "antan");
	return true;
}

static bool make_others(struct ctx *c, const struct demo *d)
{
	const struct session_plan fire[] = {
		{ STR("Head office"), 16, 1, 14, 120, d->zone, STR("Courtyard and room 1"), STR_NULL, OTHERS - 2, 30 },
	};
	const struct session_plan time[] = {
		{ STR("Berlin"), 14, 1, 10, 240, d->zone, STR("Room 2"), STR_NULL, OTHERS - 2, 0 },
		{ STR("New York"), 18, 1, 9, 240, STR("America/New_York"), STR("Hudson room"), STR_NULL, OTHERS - 1, 0 },
	};
	const struct session_plan past[] = {
		{ STR("Afternoon workshop"), -10, 1, 13, 180, d->zone, STR("Room 4"), STR_NULL, OTHERS - 2, 20 },
	};
	struct made m;
	if (!make_training(c, d, STR("Fire safety"), STR("Extinguishers, ways out, and who calls whom."), fire, 1, &m))
		return false;
	fill(c, d, &m, 0, 31, 1, 5, "aaantaadnaatna");
	if (!make_training(
			c, d, STR("Time management"), STR("Planning a week that leaves room for what comes."), time, 2, &m))
		return false;
	fill(c, d, &m, 0, 30, 2, 4, "aantadnaa");
	fill(c, d, &m, 1, 16, 1, 4, "naatan");
	if (!make_training(c, d, STR("Giving feedback"), STR("Saying what helps, and hearing what is meant."), past, 1, &m))
		return false;
	fill(c, d, &m, 0, 2, 1, 30, "aataanaataaanaad");
	return record(c, d, m.sessions[0], 2, "sassmasasmsa-sa");
}

static bool make_demo(struct ctx *c, void *arg)
{
	struct demo *d = arg;
	struct seed_any_user_row any;
	struct actor admin;
	d->zone = STR("Europe/Berlin");
	d->today = today_in(c, d->zone);
	if (seed_any_user(c->db, c->arena, &any)) {
		d->has_users = true;
		return false;
	}
	account_name_set(c->db, STR("Example Company"), d->zone);
	account_setup_hash_set(c->db, STR_NULL);
	if (!make_departments(c, d) || !make_people(c, d) || !make_groups(c, d) || !actor_load(c, d->named[ADMIN], &admin))
		return false;
	c->actor = &admin;
	bool ok = make_negotiation(c, d) && make_others(c, d);
	seed_enrollment_days(c->db);
	seed_session_counts(c->db, 0, INT64_MAX);
	figures_changed_between(c->db, 0, INT64_MAX);
	seed_enrollment_audit(c->db, SOME(admin.id), c->now);
	c->actor = NULL;
	return ok && !db_failed(c->db);
}

int command_demo(struct arena *a, const struct options *o)
{
	if (o->words_n)
		return command_usage("usage: muster demo [--db ADDRESS]");
	int code = EXIT_OK;
	struct store *s = command_store(a, o, &code);
	if (!s)
		return code;
	struct demo demo = { .password_hash = crypt_password(a, STR("demo-password")) };
	if (!command_write(a, s, make_demo, &demo)) {
		if (demo.has_users)
			fprintf(stderr, "muster: the database has users already; demo fills an empty one\n");
		code = EXIT_CHECK;
	} else {
		printf("%d users; sign in as owner, admin, dept.admin, maria, sven or omar with the password demo-password\n",
			NAMED + OTHERS);
	}
	store_close(s);
	return code;
}
