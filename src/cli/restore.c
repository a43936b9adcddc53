/* muster restore FILE: puts a copy back in place of the database. The copy is checked before anything is replaced, and
 * takes the database's name in one step: whenever it stops, either the old database or the new one is there. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "cli/commands.h"

struct files {
	const char *backup, *target, *fresh, *folder;
};

static bool say(struct arena *a, struct str *why, const char *path, const char *words)
{
	*why = str_fmt(a, "%s: %s", path, words);
	return false;
}

static bool say_errno(struct arena *a, struct str *why, const char *path)
{
	return say(a, why, path, strerrordesc_np(errno));
}

static const char *beside(struct arena *a, const char *path, const char *ending)
{
	return str_c(a, str_fmt(a, "%s%s", path, ending));
}

/* SQLite's log and its index; both go with the file that they belong to. */
static void remove_log(struct arena *a, const char *path)
{
	unlink(beside(a, path, "-wal"));
	unlink(beside(a, path, "-shm"));
}

static bool name_files(struct arena *a, const struct options *o, struct files *f)
{
	struct str path = str_sub(o->db, 7, o->db.n);
	size_t n = path.n;
	if (!str_starts(o->db, STR("sqlite:")) || path.n == 0)
		return false;
	while (n && path.p[n - 1] != '/')
		n--;
	*f = (struct files){ .backup = str_c(a, o->words[0]),
		.target = str_c(a, path),
		.folder = n ? str_c(a, str_sub(path, 0, n)) : ".",
		.fresh = str_c(a, str_fmt(a, STR_FMT ".restore-%ld", STR_ARG(path), (long)getpid())) };
	return true;
}

/* ---- the copy */
static bool copy_bytes(int from, int to)
{
	char block[65536];
	for (;;) {
		ssize_t n = read(from, block, sizeof block);
		if (n <= 0)
			return n == 0;
		for (ssize_t at = 0; at < n;) {
			ssize_t wrote = write(to, block + at, (size_t)(n - at));
			if (wrote < 0)
				return false;
			at += wrote;
		}
	}
}

static bool copy_file(struct arena *a, const struct files *f, struct str *why)
{
	int from = open(f->backup, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return say_errno(a, why, f->backup);
	int to = open(f->fresh, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok = to >= 0 && copy_bytes(from, to);
	if (!ok)
		say_errno(a, why, f->fresh);
	if (to >= 0)
		close(to);
	close(from);
	return ok;
}

static bool check_copy(struct arena *a, const struct files *f, struct str *why)
{
	struct str words;
	struct store *s = store_open(a, str_fmt(a, "sqlite:%s", f->fresh), (struct store_options){ 0 }, &words);
	if (!s)
		return say(a, why, f->backup, "this is no database");
	int64_t version = store_schema_version(s);
	bool ok = false;
	if (version <= 0)
		say(a, why, f->backup, "this is no database of Muster");
	else if (version > store_schema_newest())
		say(a, why, f->backup, "it was made by a newer program");
	else if (!store_check(a, s, &words))
		say(a, why, f->backup, "it is damaged");
	else
		ok = true;
	store_close(s);
	return ok;
}

static bool sync_path(struct arena *a, const char *path, int flags, struct str *why)
{
	int fd = open(path, flags | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;
	if (!ok)
		say_errno(a, why, path);
	if (fd >= 0)
		close(fd);
	return ok;
}

/* ---- the database in place */

/* Whoever has the database open in WAL mode holds a shared lock on these bytes (SQLite's file format); an exclusive one
 * is therefore had only when nobody has. It goes when the file is closed. */
static bool lock_alone(int fd)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0x40000000, .l_len = 512 };
	return fcntl(fd, F_SETLK, &all) == 0;
}

/* *fd stays open and locked; -1 when there is no database yet. */
static bool take(struct arena *a, const struct files *f, int *fd, struct str *why)
{
	*fd = open(f->target, O_RDWR | O_CLOEXEC);
	if (*fd < 0)
		return errno == ENOENT || say_errno(a, why, f->target);
	if (lock_alone(*fd))
		return true;
	close(*fd);
	return say(a, why, f->target, "it is in use; stop the server first");
}

/* What is in the log belongs into the old file, lest a crash right now leaves that one half. A database that cannot be
 * opened has nothing to lose. */
static void settle_log(struct arena *a, const struct options *o)
{
	struct str ignored;
	struct store *s = store_open(a, o->db, (struct store_options){ 0 }, &ignored);
	if (s)
		store_close(s);
}

static bool replace(struct arena *a, const struct options *o, const struct files *f, struct str *why)
{
	int fd;
	if (!take(a, f, &fd, why))
		return false;
	if (fd >= 0) {
		close(fd);
		settle_log(a, o);
		if (!take(a, f, &fd, why))
			return false;
	}
	/* A log of the old file would be read into the new one. */
	remove_log(a, f->target);
	bool ok = sync_path(a, f->folder, O_RDONLY | O_DIRECTORY, why) &&
		(rename(f->fresh, f->target) == 0 || say_errno(a, why, f->target)) &&
		sync_path(a, f->folder, O_RDONLY | O_DIRECTORY, why);
	if (fd >= 0)
		close(fd);
	return ok;
}

int command_restore(struct arena *a, const struct options *o)
{
	struct files f;
	struct str why = STR("");
	if (o->words_n != 1)
		return command_usage("usage: muster restore FILE");
	if (!name_files(a, o, &f))
		return command_usage(
			"restore puts back a SQLite database, --db sqlite:PATH; pg_restore does it for PostgreSQL");
	if (access(beside(a, f.backup, "-wal"), F_OK) == 0)
		return command_usage(
			"%s-wal lies beside it: this is a database in use, not a copy; \"muster backup\" makes one", f.backup);
	bool ok = copy_file(a, &f, &why) && check_copy(a, &f, &why) && sync_path(a, f.fresh, O_RDONLY, &why) &&
		replace(a, o, &f, &why);
	if (!ok) {
		fprintf(stderr, "muster: " STR_FMT "\n", STR_ARG(why));
		unlink(f.fresh);
		remove_log(a, f.fresh);
		return EXIT_CHECK;
	}
	printf("%s is back in %s\n", f.backup, f.target);
	return EXIT_OK;
}
