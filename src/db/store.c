#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "db/room.h"

/* Statistics of memory cost a global lock with every allocation. */
static void configure(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_initialize();
}

/* People's data: the file is its owner's alone. SQLite gives the log the same mode. */
static bool create_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	return fd >= 0 || errno == EEXIST;
}

static bool path_of(struct arena *a, struct str url, struct str *path, struct str *why)
{
	if (str_starts(url, STR("postgres://")) || str_starts(url, STR("postgresql://"))) {
		*why = STR("This build serves SQLite only: --db sqlite:PATH");
		return false;
	}
	if (!str_starts(url, STR("sqlite:")) || url.n == 7) {
		*why = str_fmt(a, "\"" STR_FMT "\" is no database address: sqlite:PATH is", STR_ARG(url));
		return false;
	}
	*path = str_sub(url, 7, url.n);
	/* "file:…" and ":memory:" mean something to SQLite; here they are names. */
	if (path->p[0] != '/')
		*path = str_cat(a, STR("./"), *path);
	return true;
}

static void store_free(struct store *s)
{
	vfs_unregister(s);
	pthread_mutex_destroy(&s->readers_lock);
	free(s->path);
	free(s);
}

struct store *store_open(struct arena *a, struct str url, struct store_options options, struct str *why)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct str path;
	pthread_once(&once, configure);
	if (!path_of(a, url, &path, why))
		return NULL;
	struct store *s = calloc(1, sizeof *s);
	char *copy = s ? strdup(str_c(a, path)) : NULL;
	if (!copy)
		log_fatal("out of memory");
	s->path = copy;
	s->options = options;
	s->catalog = options.catalog ? options.catalog : &db_catalog_main;
	pthread_mutex_init(&s->readers_lock, NULL);
	if (options.create && !create_file(s->path)) {
		*why = str_fmt(a, "%s cannot be made: %s", s->path, strerrordesc_np(errno));
	} else if (!vfs_register(s) || pthread_key_create(&s->reader_key, reader_free) != 0) {
		*why = STR("too many databases are open");
	} else if (!writer_start(s, a, why)) {
		writer_stop(s);
		pthread_key_delete(s->reader_key);
	} else {
		return s;
	}
	store_free(s);
	return NULL;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	writer_stop(s);
	pthread_key_delete(s->reader_key);
	store_free(s);
}

struct store_counters store_counters(struct store *s)
{
	return (struct store_counters){
		.statements = atomic_load(&s->statements),
		.full_scans = atomic_load(&s->full_scans),
		.commits = atomic_load(&s->commits),
		.fsyncs = atomic_load(&s->fsyncs),
		.writes = atomic_load(&s->writes),
		.queue_max = atomic_load(&s->queue_max),
	};
}
