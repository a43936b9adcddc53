#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "db/sqlite.h"

/* Behind SQLite's own file: its methods with another xSync and xUnfetch, and the ones that were there. */
struct tail {
	struct sqlite_store *store;
	const sqlite3_io_methods *real;
	sqlite3_io_methods mine;
	sqlite3_int64 mapped; /* how large the file was when it was last to be mapped anew */
};

static struct tail *tail_of(struct sqlite_store *s, sqlite3_file *file)
{
	size_t at =
		((size_t)s->real_vfs->szOsFile + _Alignof(struct tail) - 1) / _Alignof(struct tail) * _Alignof(struct tail);
	return (struct tail *)(void *)((char *)file + at);
}

/* The methods themselves are inside the tail, which leads back to the store. */
static struct tail *tail_behind(sqlite3_file *file)
{
	return (struct tail *)(uintptr_t)((const char *)(const void *)file->pMethods - offsetof(struct tail, mine));
}

static int watched_sync(sqlite3_file *file, int flags)
{
	const struct tail *t = tail_behind(file);
	int rc = t->real->xSync(file, flags);
	if (rc != SQLITE_OK)
		log_fatal("database: fsync failed (%d): what was written last may not be on disk", rc);
	atomic_fetch_add_explicit(&t->store->store.fsyncs, 1, memory_order_relaxed);
	return rc;
}

/* After each commit of another connection a reader lets go of the whole mapping (no page), only to learn whether the
 * file is as large as before: all of it would be mapped and faulted in again. As long as it is, the mapping shows what
 * is there. */
static int kept_unfetch(sqlite3_file *file, sqlite3_int64 at, void *page)
{
	struct tail *t = tail_behind(file);
	sqlite3_int64 size;
	if (!page && t->real->xFileSize(file, &size) == SQLITE_OK) {
		if (size == t->mapped)
			return SQLITE_OK;
		t->mapped = size;
	}
	return t->real->xUnfetch(file, at, page);
}

static int watched_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *out_flags)
{
	struct sqlite_store *s = vfs->pAppData;
	int rc = s->real_vfs->xOpen(s->real_vfs, name, file, flags, out_flags);
	if (rc != SQLITE_OK || !file->pMethods)
		return rc;
	struct tail *t = tail_of(s, file);
	t->store = s;
	t->real = file->pMethods;
	t->mine = *t->real;
	t->mine.xSync = watched_sync;
	t->mapped = -1;
	if (t->mine.iVersion >= 3)
		t->mine.xUnfetch = kept_unfetch;
	file->pMethods = &t->mine;
	return rc;
}

bool sqlite_vfs_add(struct sqlite_store *s)
{
	s->real_vfs = sqlite3_vfs_find("unix");
	if (!s->real_vfs)
		return false;
	snprintf(s->vfs_name, sizeof s->vfs_name, "muster-%p", (void *)s);
	s->vfs = *s->real_vfs;
	s->vfs.pNext = NULL;
	s->vfs.zName = s->vfs_name;
	s->vfs.pAppData = s;
	s->vfs.xOpen = watched_open;
	s->vfs.szOsFile = (int)((size_t)s->real_vfs->szOsFile + _Alignof(struct tail) + sizeof(struct tail));
	return sqlite3_vfs_register(&s->vfs, 0) == SQLITE_OK;
}

void sqlite_vfs_remove(struct sqlite_store *s)
{
	sqlite3_vfs_unregister(&s->vfs);
}
