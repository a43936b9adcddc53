/* muster fsck: every invariant, in a snapshot; it may run while the server does. */
#include <pthread.h>
#include <stdio.h>
#include "base/clock.h"
#include "cli/commands.h"
#include "gen/text.h"
#include "model/fsck.h"

static void print_finding(struct arena *a, const struct text *t, const struct fsck_finding *f)
{
	struct str words = f->example.has ? t_fsck_line_example(t, f->words, f->n, str_num(a, "", f->example.v))
									  : t_fsck_line(t, f->words, f->n);
	printf("%s: " STR_FMT "\n", f->name, STR_ARG(words));
}

static bool check_schema(struct arena *a, struct store *s, struct str *why)
{
	int64_t version = store_schema_version(s), newest = store_schema_newest();
	if (version == newest)
		return true;
	if (version > newest) {
		*why = str_fmt(a, "the schema is version %lld and this program knows up to %lld: it needs a newer program",
			(long long)version, (long long)newest);
		return false;
	}
	*why = str_fmt(a, "the schema is version %lld and this program's is %lld; \"muster migrate\" brings it up to date",
		(long long)version, (long long)newest);
	return false;
}

/* The model's rules; false when the database could not be read to the end. */
static bool check_rules(struct arena *a, struct store *s, struct fsck_findings *found)
{
	struct ctx c = { .arena = a,
		.db = db_read_begin(s),
		.now = clock_now(),
		.text = { .arena = a, .locale = LOCALE_EN },
		.from = STR("") };
	bool ok = fsck_run(&c, found);
	return db_read_end(c.db) == DB_OK && ok;
}

/* The engine's own check, on a connection and a thread of its own: of a large file it takes most of the time. */
struct engine_check {
	struct arena *arena;
	struct store *store;
	struct str why;
	bool ok, beside;
	pthread_t thread;
};

static void *check_engine(void *arg)
{
	struct engine_check *e = arg;
	e->ok = store_check(e->arena, e->store, &e->why);
	return NULL;
}

static void check_engine_begin(struct engine_check *e, struct store *s)
{
	*e = (struct engine_check){ .arena = arena_new(), .store = s };
	e->beside = pthread_create(&e->thread, NULL, check_engine, e) == 0;
	if (!e->beside)
		check_engine(e);
}

/* True when it found nothing. */
static bool check_engine_end(struct engine_check *e)
{
	if (e->beside)
		pthread_join(e->thread, NULL);
	if (!e->ok)
		printf("database: " STR_FMT "\n", STR_ARG(e->why));
	arena_free(e->arena);
	return e->ok;
}

int command_fsck(struct arena *a, const struct options *o)
{
	struct str why;
	struct fsck_findings found;
	const struct text t = { .arena = a, .locale = LOCALE_EN };
	if (o->words_n)
		return command_usage("usage: muster fsck [--db ADDRESS]");
	struct store *s = store_open(a, o->db, (struct store_options){ 0 }, &why);
	if (!s || !check_schema(a, s, &why)) {
		fprintf(stderr, "muster: " STR_FMT "\n", STR_ARG(why));
		store_close(s);
		return EXIT_DATABASE;
	}
	struct engine_check engine;
	check_engine_begin(&engine, s);
	bool read = check_rules(a, s, &found);
	int code = check_engine_end(&engine) ? EXIT_OK : EXIT_CHECK;
	if (!read) {
		fprintf(stderr, "muster: the database could not be read\n");
		code = code == EXIT_OK ? EXIT_DATABASE : code;
	} else {
		for (size_t i = 0; i < found.n; i++)
			print_finding(a, &t, &found.items[i]);
		if (found.n)
			code = EXIT_CHECK;
		if (code == EXIT_OK)
			printf("ok: %zu rules hold\n", found.checked + 1);
	}
	store_close(s);
	return code;
}
