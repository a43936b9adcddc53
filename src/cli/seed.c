/* muster seed: synthetic data in any amount, the same for the same seed on the same day. Each value follows from the
 * seed and the number of its row alone, so that the slices it is written in do not matter. */
#include <stdio.h>
#include "base/crypt.h"
#include "base/tz.h"
#include "cli/commands.h"
#include "gen/queries.h"
#include "model/department.h"
#include "model/find.h"
#include "model/settings.h"

enum {
	SLICE = 20000,
	/* Each slice touches the end of every session in the indexes, so few large ones write much less than many small. */
	ENROLLMENTS_SLICE = 500000,
	CACHE_KB = 256000
};
enum { FAN_OUT = 8, SESSION_SEATS = 20, SESSIONS_MAX = 8, JOB_TITLE = 1, LOCATION = 2, DAY = 86400 };
enum purpose { FOR_USER, FOR_TRAINING, FOR_SESSION, FOR_START, FOR_ENROLLMENT };

struct session_made {
	int64_t id, training, starts_at, seats, added;
};

struct seeding {
	int64_t users, departments, trainings, enrollments;
	uint64_t seed;
	int64_t today; /* midnight UTC: no instant depends on when of the day it ran */
	struct str password_hash;
	int64_t organizer, root;
	int64_t *user_ids, *department_ids;
	int64_t sessions_each;
	struct session_made *sessions; /* sessions_each a training */
	int64_t from;                  /* where the next slice begins */
	bool taken;                    /* its logins are there already */
};

/* splitmix64 of seed, purpose and row. */
static uint64_t draw(const struct seeding *s, enum purpose purpose, int64_t row)
{
	uint64_t x = s->seed * UINT64_C(0x9e3779b97f4a7c15) + ((uint64_t)purpose << 56) + (uint64_t)row;
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* ---- words */
static const char *const first_names[] = { "Anna", "Björn", "Chloé", "David", "Elena", "Fatima", "Giulia", "Hiroshi",
	"Ingrid", "João", "Katarzyna", "Liam", "Mehmet", "Noor", "Olga", "Priya", "Quentin", "Raúl", "Siobhán", "Tomáš",
	"Ursula", "Viktor", "Wanjirũ", "Ximena", "Yusuf", "Zofia", "Arjun", "Beatrix", "Camila", "Dwayne", "Emily",
	"Frederik", "Grace", "Hye-jin", "Irina", "Jakub", "Kofi", "Layla", "Marcus", "Nikos" };
static const char *const last_names[] = { "Andersen", "Bergström", "Carvalho", "Dubois", "Eriksson", "Ferrari",
	"García", "Horváth", "Ivanova", "Johnson", "Kowalski", "Lindqvist", "Müller", "Nguyễn", "O’Brien", "Papadopoulos",
	"Quiroga", "Rossi", "Schneider", "Tanaka", "Umarov", "van der Berg", "Weber", "Xu", "Yıldız", "Zhang", "Okafor",
	"Patel", "Haddad", "Novák", "Silva", "Kim", "Dvořák", "Mensah", "Goldberg", "Solberg", "Tremblay", "Ibáñez",
	"Østergaard", "Fernández Gutiérrez" };
static const char *const jobs[] = { "Account manager", "Sales consultant", "Support agent", "Support engineer",
	"Software engineer", "Test engineer", "Team lead", "Controller", "Buyer", "Recruiter", "Warehouse clerk",
	"Product designer" };
static const char *const places[] = { "Berlin", "Hamburg", "Stockholm", "Paris", "Warsaw", "Dublin", "Madrid", "Milan",
	"New York", "São Paulo", "Tokyo", "Pune" };
static const char *const areas[] = { "Sales", "Support", "Engineering", "Finance", "Logistics", "People", "Marketing",
	"Quality" };
static const char *const topics[] = { "Negotiation", "Fire safety", "Time management", "Giving feedback",
	"Data protection", "First aid", "Presenting", "Project planning", "Writing well", "Conflict", "Leading a team",
	"Welding", "Spreadsheets", "Customer talks", "Forklift driving", "Onboarding" };
static const char *const rooms[] = { "Room 1", "Room 2", "Room 4", "Harbor room", "Workshop", "Online" };
#define PICK(list, r) str_from((list)[(r) % (sizeof(list) / sizeof *(list))])

/* ---- users */
static void make_user(struct ctx *c, const struct seeding *s, int64_t i)
{
	struct arena *a = c->arena;
	uint64_t r = draw(s, FOR_USER, i);
	struct str first = PICK(first_names, r), last = PICK(last_names, r >> 8), job = PICK(jobs, r >> 16),
			   place = PICK(places, r >> 24);
	struct str login = str_num(a, "user", i + 1);
	struct str email = (i + 1) % 50 == 0 ? STR_NULL : str_cat(a, login, STR("@example.org"));
	struct str name = str_fmt(a, STR_FMT " " STR_FMT, STR_ARG(first), STR_ARG(last));
	struct str search =
		text_fold(a, str_fmt(a, STR_FMT " " STR_FMT " " STR_FMT, STR_ARG(name), STR_ARG(login), STR_ARG(email)));
	int64_t department = s->departments ? s->department_ids[(r >> 32) % (uint64_t)s->departments] : s->root;
	s->user_ids[i] = seed_user_insert(c->db, login, email, first, last, text_fold(a, first), text_fold(a, last), name,
		text_sort_key(a, name), str_fmt(a, " " STR_FMT " ", STR_ARG(search)), department, s->password_hash,
		s->today - 400 * DAY);
	seed_field_insert(c->db, s->user_ids[i], JOB_TITLE, job, text_fold(a, job));
	seed_field_insert(c->db, s->user_ids[i], LOCATION, place, text_fold(a, place));
}

static bool users_slice(struct ctx *c, void *arg)
{
	struct seeding *s = arg;
	for (int64_t i = s->from; i < s->users && i < s->from + SLICE && !db_failed(c->db); i++) {
		struct arena_mark mark = arena_mark(c->arena);
		make_user(c, s, i);
		arena_rewind(c->arena, mark);
	}
	user_changed(c->db, -1);
	return !db_failed(c->db);
}

/* ---- departments: a tree below the root, eight children each */
static bool departments_slice(struct ctx *c, void *arg)
{
	struct seeding *s = arg;
	for (int64_t i = s->from; i < s->departments && i < s->from + SLICE; i++) {
		struct str name = str_fmt(c->arena, STR_FMT " %lld", STR_ARG(PICK(areas, (uint64_t)i)), (long long)i + 1);
		int64_t parent = i < FAN_OUT ? s->root : s->department_ids[i / FAN_OUT - 1];
		if (!department_create(c, name, SOME(parent), &s->department_ids[i]))
			return false;
	}
	return true;
}

/* ---- trainings. Half of the sessions of each are over, the others are to come. */
static struct opt_i64 capacity_of(const struct session_made *m, uint64_t r)
{
	if (r % 10 == 0)
		return NONE;
	int64_t seats = m->seats + (int64_t)(r >> 8) % 10;
	return SOME(seats > 0 ? seats : SESSION_SEATS);
}

/* A weekday: Saturday and Sunday become the Monday after. */
static int64_t start_day(const struct seeding *s, bool past, uint64_t r)
{
	int64_t days = s->today / DAY + (past ? -10 - (int64_t)(r % 350) : 5 + (int64_t)(r % 180));
	int64_t weekday = (days + 3) % 7; /* 1970-01-01 was a Thursday */
	return weekday > 4 ? days + 7 - weekday : days;
}

static void make_session(struct ctx *c, const struct seeding *s, int64_t at, struct session_made *m)
{
	static const char *const zones[] = { "Europe/Berlin", "Europe/Berlin", "Europe/Berlin", "America/New_York" };
	uint64_t r = draw(s, FOR_SESSION, at);
	bool past = at % s->sessions_each % 2 == 0;
	int64_t first = start_day(s, past, r), days = r >> 20 & 3 ? 1 : 2, duration = (2 + (int64_t)(r >> 24) % 5) * 3600;
	struct str zone = PICK(zones, r >> 32), title = str_num(c->arena, "Session ", at % s->sessions_each + 1);
	struct str instructor =
		str_fmt(c->arena, STR_FMT " " STR_FMT, STR_ARG(PICK(first_names, r >> 36)), STR_ARG(PICK(last_names, r >> 42)));
	struct tz_wall wall = { .hour = 8 + (int)(r >> 48) % 9 };
	int64_t starts[2];
	enum tz_kind kind;
	for (int64_t i = 0; i < days; i++) {
		tz_from_days(first + i, &wall.year, &wall.month, &wall.day);
		starts[i] = tz_to_instant(tz_get(zone), &wall, 0, &kind);
	}
	m->starts_at = starts[0];
	m->id = session_insert(c->db, m->training, title, text_sort_key(c->arena, title), instructor, NONE,
		capacity_of(m, draw(s, FOR_START, at)), starts[0], starts[days - 1] + duration, days);
	find_index_session(c, m->id, title, instructor);
	for (int64_t i = 0; i < days; i++) {
		tz_from_days(first + i, &wall.year, &wall.month, &wall.day);
		day_insert(c->db, m->id, i + 1, tz_wall_format(c->arena, &wall), 0, duration, zone, PICK(rooms, r >> 52),
			STR(""), starts[i], starts[i] + duration);
	}
}

static bool trainings_slice(struct ctx *c, void *arg)
{
	struct seeding *s = arg;
	for (int64_t i = s->from; i < s->trainings && i < s->from + SLICE / SESSIONS_MAX && !db_failed(c->db); i++) {
		struct arena_mark mark = arena_mark(c->arena);
		uint64_t r = draw(s, FOR_TRAINING, i);
		struct str title = str_fmt(c->arena, STR_FMT " %lld", STR_ARG(PICK(topics, r)), (long long)i + 1);
		int64_t id = training_insert(c->db, title, text_sort_key(c->arena, title),
			str_fmt(c->arena, " " STR_FMT " ", STR_ARG(text_fold(c->arena, title))), STR(""), s->organizer, NONE,
			s->today - 380 * DAY);
		for (int64_t k = 0; k < s->sessions_each; k++) {
			s->sessions[i * s->sessions_each + k].training = id;
			make_session(c, s, i * s->sessions_each + k, &s->sessions[i * s->sessions_each + k]);
		}
		arena_rewind(c->arena, mark);
	}
	return !db_failed(c->db);
}

/* ---- enrollments. The j-th training of a user: steps around the list, so that none comes twice (R1). */
static int64_t common_divisor(int64_t a, int64_t b)
{
	return b ? common_divisor(b, a % b) : a;
}

static int64_t enrollments_of(const struct seeding *s, int64_t user)
{
	return s->enrollments / s->users + (user < s->enrollments % s->users);
}

/* Where the sessions of a user's enrollments are found in s->sessions. */
struct choice {
	int64_t first, step;
	uint64_t random;
};

static struct choice choice_of(const struct seeding *s, int64_t user)
{
	struct choice ch = { .random = draw(s, FOR_ENROLLMENT, user) };
	ch.first = (int64_t)(ch.random % (uint64_t)s->trainings);
	ch.step = 1 + (int64_t)((ch.random >> 20) % (uint64_t)s->trainings);
	while (common_divisor(ch.step, s->trainings) != 1)
		ch.step++;
	return ch;
}

static int64_t session_at(const struct seeding *s, const struct choice *ch, int64_t j)
{
	int64_t training = (ch->first + j * ch->step) % s->trainings;
	return training * s->sessions_each + (int64_t)((ch->random >> 40) + (uint64_t)j * 7) % s->sessions_each;
}

static void make_enrollment(struct ctx *c, const struct seeding *s, int64_t user, struct session_made *m, uint64_t r)
{
	bool past = m->starts_at < s->today;
	int64_t at = past ? m->starts_at - (7 + (int64_t)(r % 20)) * DAY : s->today - (1 + (int64_t)(r % 30)) * DAY;
	unsigned answer = (unsigned)(r >> 8) % 10, result = (unsigned)(r >> 16) % 20;
	bool declined = answer == 9, attended = past && !declined && result > 3,
		 absent = past && (declined || result == 1 || result == 2);
	struct str word = declined ? STR("declined")
		: answer < 6           ? STR("accepted")
		: answer == 6          ? STR("tentative")
							   : STR("none");
	seed_enrollment_row(c->db, s->user_ids[user], m->training, m->id, at, word,
		answer == 7 || answer == 8 ? NONE : SOME(at + 3600),
		attended                  ? STR("attended")
			: absent && !declined ? STR("absent")
								  : STR("none"),
		attended && result > 14 ? SOME(50 + (int64_t)(r >> 24) % 51) : NONE);
	m->added += !declined;
}

static bool declines(uint64_t r)
{
	return (unsigned)(r >> 8) % 10 == 9;
}

static uint64_t draw_enrollment(const struct choice *ch, int64_t j)
{
	return (ch->random ^ ((uint64_t)j + 1) * UINT64_C(0xd1342543de82ef95)) * UINT64_C(0x2545f4914f6cdd1d) >> 8;
}

/* What each session will hold, before it is made: its capacity follows. */
static void count_seats(struct seeding *s)
{
	for (int64_t i = 0; i < s->users && s->enrollments; i++) {
		struct choice ch = choice_of(s, i);
		for (int64_t j = 0; j < enrollments_of(s, i); j++)
			s->sessions[session_at(s, &ch, j)].seats += !declines(draw_enrollment(&ch, j));
	}
}

struct enrolling {
	struct seeding *s;
	int64_t first, last;
}; /* users first..last - 1 */

static bool enrollments_slice(struct ctx *c, void *arg)
{
	const struct enrolling *e = arg;
	struct seeding *s = e->s;
	int64_t sessions = s->trainings * s->sessions_each;
	for (int64_t i = 0; i < sessions; i++)
		s->sessions[i].added = 0;
	for (int64_t i = e->first; i < e->last && !db_failed(c->db); i++) {
		struct choice ch = choice_of(s, i);
		for (int64_t j = 0; j < enrollments_of(s, i); j++)
			make_enrollment(c, s, i, &s->sessions[session_at(s, &ch, j)], draw_enrollment(&ch, j));
	}
	for (int64_t i = 0; i < sessions; i++)
		if (s->sessions[i].added) {
			seed_seats_add(c->db, s->sessions[i].id, s->sessions[i].added);
			figures_changed(c->db, s->sessions[i].id);
		}
	return !db_failed(c->db);
}

/* ---- all of it */
static bool prepare(struct ctx *c, void *arg)
{
	struct seeding *s = arg;
	struct account account;
	struct seed_login_taken_row taken;
	struct seed_organizer_row organizer = { 0 };
	struct seed_root_row root;
	struct str last = str_num(c->arena, "user", s->users);
	s->today = c->now - c->now % DAY;
	if (s->users && seed_login_taken(c->db, c->arena, STR("user1"), last, &taken)) {
		s->taken = true;
		return false;
	}
	if (seed_organizer(c->db, c->arena, &organizer))
		s->organizer = organizer.user_id;
	if (seed_root(c->db, c->arena, &root))
		s->root = root.id;
	else if (!account_load(c, &account) || !department_create_root(c, STR("Company"), &s->root))
		return false;
	account_setup_hash_set(c->db, STR_NULL);
	return !db_failed(c->db);
}

/* Slices, each a transaction; what one needs of memory goes with it. */
static bool in_slices(struct arena *a, struct store *store, struct seeding *s, command_fn *fn, int64_t n, int64_t slice)
{
	for (s->from = 0; s->from < n; s->from += slice) {
		struct arena_mark mark = arena_mark(a);
		bool ok = command_write(a, store, fn, s);
		arena_rewind(a, mark);
		if (!ok)
			return false;
	}
	return true;
}

static bool enroll_all(struct arena *a, struct store *store, struct seeding *s)
{
	struct enrolling e = { .s = s };
	while (s->enrollments && e.last < s->users) {
		int64_t rows = 0;
		for (e.first = e.last; e.last < s->users && rows < ENROLLMENTS_SLICE; e.last++)
			rows += enrollments_of(s, e.last);
		struct arena_mark mark = arena_mark(a);
		bool ok = command_write(a, store, enrollments_slice, &e);
		arena_rewind(a, mark);
		if (!ok)
			return false;
	}
	return true;
}

static bool make_all(struct arena *a, struct store *store, struct seeding *s)
{
	int64_t wanted = s->trainings ? s->enrollments / (s->trainings * SESSION_SEATS) : 0;
	s->sessions_each = wanted < 2 ? 2 : wanted > SESSIONS_MAX ? SESSIONS_MAX : wanted;
	s->user_ids = ARENA_ARRAY(a, int64_t, (size_t)s->users + 1);
	s->department_ids = ARENA_ARRAY(a, int64_t, (size_t)s->departments + 1);
	s->sessions = ARENA_ARRAY(a, struct session_made, (size_t)(s->trainings * s->sessions_each) + 1);
	s->password_hash = crypt_password(a, STR("demo-password"));
	if (!command_write(a, store, prepare, s))
		return false;
	if (!in_slices(a, store, s, departments_slice, s->departments, SLICE) ||
		!in_slices(a, store, s, users_slice, s->users, SLICE))
		return false;
	/* Without an administrator somebody has to organize: the last of those made. */
	if (!s->organizer && s->users)
		s->organizer = s->user_ids[s->users - 1];
	if (!s->organizer && s->trainings)
		return command_usage("a training needs an organizer: add --users, or an administrator first") == EXIT_OK;
	count_seats(s);
	return in_slices(a, store, s, trainings_slice, s->trainings, SLICE / SESSIONS_MAX) && enroll_all(a, store, s);
}

static bool number(struct str text, int64_t most, int64_t *out)
{
	return str_to_i64(text, out) && *out >= 0 && *out <= most;
}

int command_seed(struct arena *a, const struct options *o)
{
	struct seeding s = { 0 };
	int64_t seed;
	int code = EXIT_OK;
	if (o->words_n)
		return command_usage(
			"usage: muster seed [--users N] [--departments N] [--trainings N] [--enrollments N] [--seed S]");
	if (!number(o->users, 10000000, &s.users) || !number(o->departments, 100000, &s.departments) ||
		!number(o->trainings, 100000, &s.trainings) || !number(o->enrollments, 100000000, &s.enrollments) ||
		!str_to_i64(o->seed, &seed))
		return command_usage(
			"seed takes whole numbers: at most 10000000 users, 100000 departments, 100000 trainings and 100000000 "
			"enrollments");
	if (s.enrollments &&
		s.enrollments / (s.users ? s.users : 1) + (s.users && s.enrollments % s.users != 0) >
			(s.users ? s.trainings : 0))
		return command_usage("a user is in a training once: there can be at most users times trainings enrollments");
	s.seed = (uint64_t)seed;
	struct store *store = command_store_with(a, o, (struct store_options){ .writer_cache_kb = CACHE_KB }, &code);
	if (!store)
		return code;
	if (make_all(a, store, &s)) {
		printf("%lld users, %lld departments, %lld trainings, %lld enrollments\n", (long long)s.users,
			(long long)s.departments, (long long)s.trainings, (long long)s.enrollments);
	} else {
		if (s.taken)
			fprintf(stderr, "muster: there are seeded users already; seed adds to an empty or a demo database\n");
		code = EXIT_CHECK;
	}
	store_close(store);
	return code;
}
