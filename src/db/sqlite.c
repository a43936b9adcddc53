/* SQLite: opening, closing, and its row of functions. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/log.h"
#include "db/sqlite.h"

/* Statistics of memory cost a global lock with every allocation. */
static void configure(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_initialize();
}

/* "var" of var/muster.db is not there in a new folder. No more than that one: what else is missing is a slip. */
static bool create_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash && slash != path ? strndup(path, (size_t)(slash - path)) : NULL;
	bool made = folder && mkdir(folder, 0700) == 0;
	free(folder);
	return made;
}

/* People's data: the file is its owner's alone. SQLite gives the log the same mode. */
static bool create_file(const char *path)
{
	const int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;
	int fd = open(path, flags, 0600);
	if (fd < 0 && errno == ENOENT && create_folder(path))
		fd = open(path, flags, 0600);
	if (fd >= 0)
		close(fd);
	return fd >= 0 || errno == EEXIST;
}

static struct store *open_store(struct arena *a, struct str url, struct store_options options, struct str *why)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct str path = str_sub(url, 7, url.n);
	pthread_once(&once, configure);
	/* "file:…" and ":memory:" mean something to SQLite; here they are names. */
	if (path.p[0] != '/')
		path = str_cat(a, STR("./"), path);
	struct sqlite_store *s = calloc(1, sizeof *s);
	char *copy = s ? strdup(str_c(a, path)) : NULL;
	if (!copy)
		log_fatal("out of memory");
	s->path = copy;
	if (options.create && !create_file(s->path)) {
		*why = str_fmt(a, "%s cannot be made: %s", s->path, strerrordesc_np(errno));
	} else if (!sqlite_vfs_add(s) || !store_init(&s->store, &engine_sqlite, options)) {
		*why = STR("too many databases are open");
	} else if (sqlite_writer_start(s, a, why)) {
		return &s->store;
	} else {
		store_deinit(&s->store);
		sqlite_disconnect(&s->writer);
	}
	sqlite_vfs_remove(s);
	free(s->path);
	free(s);
	return NULL;
}

static void close_store(struct store *base)
{
	struct sqlite_store *s = sqlite_store(base);
	sqlite_writer_stop(s);
	store_deinit(base);
	/* Last, since whoever closes last moves the log into the file. */
	sqlite_disconnect(&s->writer);
	sqlite_vfs_remove(s);
	free(s->path);
	free(s);
}

const struct engine engine_sqlite = {
	.slice_ms = 15,
	.open = open_store,
	.close = close_store,
	.reader_new = sqlite_reader_new,
	.reader_free = sqlite_reader_free,
	.read_begin = sqlite_read_begin,
	.read_end = sqlite_read_end,
	.version = sqlite_version,
	.one = sqlite_one,
	.many = sqlite_many,
	.exec = sqlite_exec,
	.put = sqlite_put,
	.insert = sqlite_insert,
	.schema_version = sqlite_schema_version,
	.migrate = sqlite_migrate,
	.backup = sqlite_backup,
	.check = sqlite_check,
};
