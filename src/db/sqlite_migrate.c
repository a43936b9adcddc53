#define _GNU_SOURCE
/* The schema's versions, a copy of the whole, and whether it is sound. These run on connections of their own. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/sqlite.h"

enum { SMALL_PAGES = 2048 };

static void close_at(sqlite3 **h)
{
	sqlite3_close(*h);
}
static void finalize_at(sqlite3_stmt **st)
{
	sqlite3_finalize(*st);
}
#define CONNECTION __attribute__((cleanup(close_at))) sqlite3 *
#define STATEMENT  __attribute__((cleanup(finalize_at))) sqlite3_stmt *

static bool refuse(struct arena *a, struct str *why, const struct sqlite_store *s, const char *what, const char *words)
{
	*why = str_fmt(a, "%s: %s%s%s", s->path, what, *what ? ": " : "", words);
	return false;
}

/* The one number that the statement gives; `none` without a row, -1 when it fails. */
static int64_t number(sqlite3 *h, const char *text, int64_t none)
{
	STATEMENT st = NULL;
	if (sqlite3_prepare_v2(h, text, -1, &st, NULL) != SQLITE_OK)
		return -1;
	int rc = sqlite3_step(st);
	return rc == SQLITE_ROW ? sqlite3_column_int64(st, 0) : rc == SQLITE_DONE ? none : -1;
}

static int64_t version_of(sqlite3 *h)
{
	int64_t there = number(h, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'", 0);
	return there == 1 ? number(h, "SELECT coalesce(max(version), 0) FROM schema_version", 0) : there;
}

int64_t sqlite_schema_version(struct store *base)
{
	struct sqlite_store *s = sqlite_store(base);
	CONNECTION h = NULL;
	ARENA_SCOPED a = arena_new();
	struct str why;
	if (sqlite_connection(s, CONNECTION_READ, &h, a, &why) != SQLITE_OK)
		return -1;
	return version_of(h);
}

/* Each row of `text` is a complaint, but for the word ok. */
static bool complain(struct arena *a, struct sqlite_store *s, sqlite3 *h, const char *text, struct str *why)
{
	STATEMENT st = NULL;
	int rc = sqlite3_prepare_v2(h, text, -1, &st, NULL);
	if (rc != SQLITE_OK)
		return refuse(a, why, s, "", sqlite3_errmsg(h));
	struct buf b = buf_new(a);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		const char *words = (const char *)sqlite3_column_text(st, 0);
		if (words && strcmp(words, "ok") != 0 && b.n < 2000)
			buf_fmt(&b, "%s%s", b.n ? "; " : "", words);
	}
	if (rc != SQLITE_DONE)
		return refuse(a, why, s, "", sqlite3_errmsg(h));
	/* One line, whatever SQLite says in several. */
	for (size_t i = 0; i < b.n; i++)
		b.p[i] = b.p[i] == '\n' ? ' ' : b.p[i];
	return b.n == 0 || refuse(a, why, s, "damaged", str_c(a, buf_str(&b)));
}

/* A small file as a whole; of a large one where its tables begin, since a start cannot wait for more. */
static bool check_pages(struct arena *a, struct sqlite_store *s, sqlite3 *h, struct str *why)
{
	if (number(h, "PRAGMA page_count", 0) <= SMALL_PAGES)
		return complain(a, s, h, "PRAGMA quick_check(5)", why);
	STATEMENT st = NULL;
	int rc = sqlite3_prepare_v2(h, "SELECT name FROM sqlite_schema WHERE type = 'table'", -1, &st, NULL);
	while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		char text[128];
		snprintf(text, sizeof text, "SELECT 1 FROM \"%s\" LIMIT 1", (const char *)sqlite3_column_text(st, 0));
		rc = sqlite3_exec(h, text, NULL, NULL, NULL);
	}
	return rc == SQLITE_DONE || refuse(a, why, s, "damaged", sqlite3_errmsg(h));
}

/* ---- migrations */

/* What was applied must be what this program would apply. */
static bool check_applied(struct arena *a, struct sqlite_store *s, sqlite3 *h, int64_t version, struct str *why)
{
	STATEMENT st = NULL;
	int64_t expected = 1;
	if (sqlite3_prepare_v2(h, "SELECT version, name, checksum FROM schema_version ORDER BY version", -1, &st, NULL) !=
		SQLITE_OK)
		return refuse(a, why, s, "schema_version", sqlite3_errmsg(h));
	for (int rc; (rc = sqlite3_step(st)) != SQLITE_DONE; expected++) {
		if (rc != SQLITE_ROW)
			return refuse(a, why, s, "schema_version", sqlite3_errmsg(h));
		const char *name = (const char *)sqlite3_column_text(st, 1), *sum = (const char *)sqlite3_column_text(st, 2);
		if (sqlite3_column_int64(st, 0) != expected || expected > version)
			return refuse(a, why, s, "", "its list of migrations has gaps");
		if (strcmp(sum ? sum : "", s->store.catalog->migrations[expected - 1].checksum) != 0)
			return refuse(a, why, s, name ? name : "", "this migration is not the one that was applied");
	}
	return true;
}

static bool record(sqlite3 *h, const struct db_migration *m)
{
	STATEMENT st = NULL;
	if (sqlite3_prepare_v2(h,
			"INSERT INTO schema_version (version, name, checksum, applied_at) VALUES (?1, ?2, ?3, ?4)", -1, &st,
			NULL) != SQLITE_OK)
		return false;
	sqlite3_bind_int64(st, 1, m->version);
	sqlite3_bind_text(st, 2, m->name, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 3, m->checksum, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 4, clock_now());
	return sqlite3_step(st) == SQLITE_DONE;
}

static bool apply(struct arena *a, struct sqlite_store *s, sqlite3 *h, const struct db_migration *m, struct str *why)
{
	if (sqlite3_exec(h, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
		return refuse(a, why, s, m->name, sqlite3_errmsg(h));
	/* Somebody else may have been quicker. */
	if (version_of(h) >= m->version)
		return sqlite3_exec(h, "ROLLBACK", NULL, NULL, NULL) == SQLITE_OK ||
			refuse(a, why, s, m->name, sqlite3_errmsg(h));
	bool ok = sqlite3_exec(h, m->sqlite, NULL, NULL, NULL) == SQLITE_OK && record(h, m);
	if (ok && number(h, "SELECT 1 FROM pragma_foreign_key_check LIMIT 1", 0) != 0) {
		sqlite3_exec(h, "ROLLBACK", NULL, NULL, NULL);
		return refuse(a, why, s, m->name, "it would leave references to rows that are not there");
	}
	if (!ok || sqlite3_exec(h, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) {
		refuse(a, why, s, m->name, sqlite3_errmsg(h));
		sqlite3_exec(h, "ROLLBACK", NULL, NULL, NULL);
		return false;
	}
	return true;
}

bool sqlite_migrate(struct arena *a, struct store *base, int64_t to, struct str *why)
{
	struct sqlite_store *s = sqlite_store(base);
	static const char start[] =
		"CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL,"
		" checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT";
	CONNECTION h = NULL;
	if (sqlite_connection(s, CONNECTION_WRITE, &h, a, why) != SQLITE_OK)
		return false;
	/* A table is rebuilt by dropping the old one, so references are checked at the end of each migration instead. */
	if (sqlite3_exec(h, "PRAGMA foreign_keys = OFF", NULL, NULL, NULL) != SQLITE_OK)
		return refuse(a, why, s, "", sqlite3_errmsg(h));
	int64_t version = version_of(h), newest = (int64_t)s->store.catalog->migrations_n;
	if (version < 0)
		return refuse(a, why, s, "schema_version", sqlite3_errmsg(h));
	if (version > newest) {
		*why = str_fmt(a, "%s: its schema is version %lld and this program knows up to %lld: it needs a newer program",
			s->path, (long long)version, (long long)newest);
		return false;
	}
	if (version == 0 &&
		number(h, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name <> 'schema_version'", 0) != 0)
		return refuse(a, why, s, "", "it holds tables, but not Muster's");
	if (!check_pages(a, s, h, why))
		return false;
	if (sqlite3_exec(h, start, NULL, NULL, NULL) != SQLITE_OK)
		return refuse(a, why, s, "schema_version", sqlite3_errmsg(h));
	if (!check_applied(a, s, h, version, why))
		return false;
	for (int64_t v = version; v < to; v++) {
		if (!apply(a, s, h, &s->store.catalog->migrations[v], why))
			return false;
	}
	return true;
}

/* ---- backup */

static bool copy_all(struct arena *a, struct sqlite_store *s, sqlite3 *from, const char *path, struct str *why)
{
	CONNECTION to = NULL;
	if (sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, s->vfs_name) != SQLITE_OK) {
		*why = str_fmt(a, "%s: %s", path, to ? sqlite3_errmsg(to) : "cannot be opened");
		return false;
	}
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	/* All at once is one snapshot; the writer goes on meanwhile. */
	int rc = b ? sqlite3_backup_step(b, -1) : sqlite3_errcode(to);
	if (b && sqlite3_backup_finish(b) != SQLITE_OK && rc == SQLITE_DONE)
		rc = sqlite3_errcode(to);
	if (rc != SQLITE_DONE) {
		*why = str_fmt(a, "%s: %s", path, sqlite3_errstr(rc));
		return false;
	}
	return true;
}

static void sync_folder(struct arena *a, struct str path)
{
	size_t n = path.n;
	while (n && path.p[n - 1] != '/')
		n--;
	int fd = open(n ? str_c(a, str_sub(path, 0, n)) : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		if (fsync(fd) != 0)
			log_warn("backup: the folder could not be synced");
		close(fd);
	}
}

/* It gets its name when it is whole. link() never replaces a file. */
bool sqlite_backup(struct arena *a, struct store *base, struct str path, struct str *why)
{
	struct sqlite_store *s = sqlite_store(base);
	CONNECTION from = NULL;
	const char *name = str_c(a, path), *part = str_c(a, str_fmt(a, STR_FMT ".part-%ld", STR_ARG(path), (long)getpid()));
	if (access(name, F_OK) == 0) {
		*why = str_fmt(a, "%s is there already", name);
		return false;
	}
	if (sqlite_connection(s, CONNECTION_READ, &from, a, why) != SQLITE_OK)
		return false;
	int fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		*why = str_fmt(a, "%s: %s", part, strerrordesc_np(errno));
		return false;
	}
	close(fd);
	bool ok = copy_all(a, s, from, part[0] == '/' ? part : str_c(a, str_fmt(a, "./%s", part)), why);
	if (ok && link(part, name) != 0) {
		*why = errno == EEXIST ? str_fmt(a, "%s is there already", name)
							   : str_fmt(a, "%s: %s", name, strerrordesc_np(errno));
		ok = false;
	}
	unlink(part);
	if (ok)
		sync_folder(a, path);
	return ok;
}

/* ---- check */

bool sqlite_check(struct arena *a, struct store *base, struct str *why)
{
	struct sqlite_store *s = sqlite_store(base);
	CONNECTION h = NULL;
	if (sqlite_connection(s, CONNECTION_READ, &h, a, why) != SQLITE_OK)
		return false;
	/* Each row is looked for in each index: with all of a large file mapped that asks the system for nothing. */
	sqlite3_exec(h, "PRAGMA mmap_size = 2147418112; PRAGMA cache_size = -64000", NULL, NULL, NULL);
	return complain(a, s, h, "PRAGMA integrity_check(20)", why) &&
		complain(a, s, h,
			"SELECT 'a row of ' || \"table\" || ' refers to ' || parent || ', where there is none'"
			" FROM pragma_foreign_key_check LIMIT 20",
			why);
}
