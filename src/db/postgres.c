/* PostgreSQL: opening, closing, and its row of functions. */
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>
#include "base/log.h"
#include "db/postgres.h"

static void free_store(struct pg_store *s)
{
	store_deinit(&s->store);
	if (s->wake >= 0)
		close(s->wake);
	free(s->url);
	free(s);
}

static struct store *open_store(struct arena *a, struct str url, struct store_options options, struct str *why)
{
	struct pg_store *s = calloc(1, sizeof *s);
	char *copy = s ? strdup(str_c(a, url)) : NULL;
	if (!copy || !store_init(&s->store, &engine_postgres, options))
		log_fatal("out of memory");
	s->url = copy;
	if (getrandom(&s->node, sizeof s->node, 0) != sizeof s->node)
		log_fatal("no random numbers");
	s->node = (s->node & INT32_MAX) | 1; /* 0 is nobody */
	s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->wake >= 0 && pg_writers_start(s, a, why))
		return &s->store;
	if (s->wake < 0)
		*why = STR("no file for the database's listener");
	queue_stop(&s->store);
	pg_writers_stop(s);
	free_store(s);
	return NULL;
}

static void close_store(struct store *base)
{
	struct pg_store *s = pg_store(base);
	pg_writers_stop(s);
	pg_listen_stop(s);
	free_store(s);
}

const struct engine engine_postgres = {
	.slice_ms = 150,
	.open = open_store,
	.close = close_store,
	.watch = pg_listen,
	.is_shared = pg_is_shared,
	.reader_new = pg_reader_new,
	.reader_free = pg_reader_free,
	.read_begin = pg_read_begin,
	.read_end = pg_read_end,
	.one = pg_one,
	.many = pg_many,
	.exec = pg_exec,
	.put = pg_put,
	.insert = pg_insert,
	.schema_version = pg_schema_version,
	.migrate = pg_migrate,
	.backup = pg_backup,
	.check = pg_check,
};
