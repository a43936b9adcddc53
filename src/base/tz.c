/* Which zones there are: files, the cache, names. What happens inside a zone is in tz_time.c. */
#include "base/tz.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/log.h"
#include "base/tz_parse.h"

enum {
	ID_MAX = 64,
	ZONE_FILE_MAX = 256 * 1024,
	LIST_FILE_MAX = 4 * 1024 * 1024,
	SLOTS = 2048, /* a power of two; the system knows some 600 names */
};

/* Loaded zones in an open-addressing table. A slot is written once, under the lock, and read without it: loading is
 * rare, asking is not. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic(struct tz *) slots[SLOTS];
static size_t slots_used;
static struct arena *zone_arena;
static const char *zone_dir;

static pthread_once_t list_once = PTHREAD_ONCE_INIT;
static struct str *list;
static size_t list_n;

void tz_init(const char *dir)
{
	zone_dir = dir;
}

static const char *directory(void)
{
	if (zone_dir)
		return zone_dir;
	const char *named = getenv("TZDIR");
	return named && *named ? named : "/usr/share/zoneinfo";
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* A whole file of the zone directory. The name is one of ours or was checked by id_ok(). */
static bool read_zone_file(struct arena *a, struct str name, size_t max, struct str *out)
{
	struct str path = str_fmt(a, "%s/" STR_FMT, directory(), STR_ARG(name));
	__attribute__((cleanup(close_fd))) int fd = open(path.p, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < 0 || (uint64_t)st.st_size > max)
		return false;
	size_t want = (size_t)st.st_size, have = 0;
	char *p = arena_alloc(a, want + 1, 1);
	while (have < want) {
		ssize_t n = read(fd, p + have, want - have);
		if (n <= 0)
			return false;
		have += (size_t)n;
	}
	*out = (struct str){ p, have };
	return true;
}

/* ---- one zone */

static bool id_char_ok(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '+' ||
		c == '-' || c == '/';
}

/* An id becomes a path, so it may not leave the directory: no dot is allowed at all. */
static bool id_ok(struct str id)
{
	if (!id.n || id.n > ID_MAX || id.p[0] == '/' || id.p[id.n - 1] == '/' || str_find(id, STR("//"), NULL))
		return false;
	for (size_t i = 0; i < id.n; i++)
		if (!id_char_ok(id.p[i]))
			return false;
	/* Files that are no zones of their own: what this machine's clock shows, and whole copies of the directory. */
	return !str_eq(id, STR("localtime")) && !str_eq(id, STR("posixrules")) && !str_starts(id, STR("posix/")) &&
		!str_starts(id, STR("right/"));
}

static size_t hash(struct str id)
{
	uint64_t h = 0xcbf29ce484222325;
	for (size_t i = 0; i < id.n; i++)
		h = (h ^ (unsigned char)id.p[i]) * 0x100000001b3;
	return (size_t)(h ^ h >> 32);
}

/* The zone in the table, or NULL and the free slot where it belongs. */
static struct tz *find(struct str id, size_t *slot)
{
	for (size_t i = hash(id);; i++) {
		*slot = i & (SLOTS - 1);
		struct tz *z = atomic_load_explicit(&slots[*slot], memory_order_acquire);
		if (!z || str_eq(z->id, id))
			return z;
	}
}

static const struct tz *load(struct str id)
{
	size_t slot;
	struct tz *z = find(id, &slot);
	if (z)
		return z;
	/* A free slot is what ends a search. */
	if (slots_used == SLOTS - 1)
		return NULL;
	if (!zone_arena)
		zone_arena = arena_new();

	ARENA_SCOPED scratch = arena_new();
	struct str bytes;
	if (!read_zone_file(scratch, id, ZONE_FILE_MAX, &bytes))
		return NULL;
	struct arena_mark before = arena_mark(zone_arena);
	z = ARENA_NEW(zone_arena, struct tz);
	if (!tz_parse(zone_arena, bytes, z)) {
		arena_rewind(zone_arena, before);
		return NULL;
	}
	z->id = str_dup(zone_arena, id);
	atomic_store_explicit(&slots[slot], z, memory_order_release);
	slots_used++;
	return z;
}

const struct tz *tz_get(struct str iana_id)
{
	size_t slot;
	const struct tz *z = find(iana_id, &slot);
	if (z || !id_ok(iana_id))
		return z;
	pthread_mutex_lock(&lock);
	z = load(iana_id);
	pthread_mutex_unlock(&lock);
	return z;
}

struct str tz_id(const struct tz *z)
{
	return z->id;
}

struct str tz_city(struct arena *a, const struct tz *z)
{
	size_t from = z->id.n;
	while (from && z->id.p[from - 1] != '/')
		from--;
	struct str last = str_sub(z->id, from, z->id.n);
	char *p = arena_alloc(a, last.n + 1, 1);
	for (size_t i = 0; i < last.n; i++)
		p[i] = last.p[i] == '_' ? ' ' : last.p[i];
	return (struct str){ p, last.n };
}

/* ---- all zones */

static bool is_city(struct str id)
{
	static const char *const areas[] = {
		"Africa/",
		"America/",
		"Antarctica/",
		"Arctic/",
		"Asia/",
		"Atlantic/",
		"Australia/",
		"Europe/",
		"Indian/",
		"Pacific/",
	};
	for (size_t i = 0; i < sizeof areas / sizeof *areas; i++)
		if (str_starts(id, str_from(areas[i])))
			return id_ok(id);
	return false;
}

static int compare_ids(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

/* The id on a line of tzdata.zi: "Z Europe/Berlin 0:53:28 - LMT 1893 Ap". Links ("L target name") are old names. */
static struct str id_of_zi_line(struct str line)
{
	struct str word = STR_NULL;
	if (str_split(&line, ' ', &word) && str_eq(word, STR("Z")) && str_split(&line, ' ', &word))
		return word;
	return STR_NULL;
}

/* The id on a line of zone1970.tab: "DE,DK,NO,SE\t+5230+01322\tEurope/Berlin\tremark". */
static struct str id_of_tab_line(struct str line)
{
	struct str word = STR_NULL;
	if (!line.n || line.p[0] == '#')
		return STR_NULL;
	for (int column = 0; column < 3; column++)
		if (!str_split(&line, '\t', &word))
			return STR_NULL;
	return word;
}

static size_t list_from(struct arena *keep, struct arena *scratch, struct str file,
	struct str (*id_of_line)(struct str line), struct str **out)
{
	struct str text, line;
	size_t n = 0, cap = 0;
	if (!read_zone_file(scratch, file, LIST_FILE_MAX, &text))
		return 0;
	while (str_split(&text, '\n', &line)) {
		struct str id = id_of_line(line);
		if (is_city(id))
			*VEC_PUSH(scratch, *out, n, cap) = str_dup(keep, id);
	}
	return n;
}

static void make_list(void)
{
	pthread_mutex_lock(&lock);
	if (!zone_arena)
		zone_arena = arena_new();
	ARENA_SCOPED scratch = arena_new();
	struct str *ids = NULL;
	size_t n = list_from(zone_arena, scratch, STR("tzdata.zi"), id_of_zi_line, &ids);
	if (!n)
		n = list_from(zone_arena, scratch, STR("zone1970.tab"), id_of_tab_line, &ids);
	if (!n)
		log_warn("no list of time zones in %s", directory());

	list = ARENA_ARRAY(zone_arena, struct str, n + 1);
	if (n)
		memcpy(list, ids, n * sizeof *ids);
	list[n] = STR("UTC");
	list_n = n + 1;
	qsort(list, list_n, sizeof *list, compare_ids);
	pthread_mutex_unlock(&lock);
}

const struct str *tz_all(size_t *n)
{
	pthread_once(&list_once, make_list);
	*n = list_n;
	return list;
}
