/* muster import users FILE: the import of the interface, by the program itself. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cli/commands.h"
#include "gen/text.h"
#include "jobs/import.h"

enum { FAULTS_PAGE = 1000 };

/* Mapped: a file of any size costs no memory of its own. */
static bool map_file(const char *path, struct str *out)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && fstat(fd, &st) == 0;
	if (ok && !S_ISREG(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		ok = false;
	}
	*out = STR("");
	if (ok && st.st_size > 0) {
		void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		ok = p != MAP_FAILED;
		if (ok)
			*out = (struct str){ p, (size_t)st.st_size };
	}
	int error = errno;
	if (fd >= 0)
		close(fd);
	errno = error;
	return ok;
}

static void print_fault(const struct import_fault *f)
{
	fprintf(stderr, "row %lld, " STR_FMT ": " STR_FMT ": " STR_FMT "\n", (long long)f->row, STR_ARG(f->column),
		STR_ARG(f->value), STR_ARG(f->reason));
}

struct run {
	int64_t id;
	bool skip_errors;
};

static bool start(struct ctx *c, void *arg)
{
	const struct run *run = arg;
	return import_start(c, run->id, run->skip_errors);
}

/* In a snapshot: the import as it is now, and what is wrong, a page at a time. */
static bool report(struct arena *a, struct store *s, int64_t id, struct import *out)
{
	int64_t row = 0, position = 0;
	struct import_fault_page page = { .more = true };
	bool ok = true;
	while (ok && page.more) {
		struct ctx c = { .arena = a, .db = db_read_begin(s), .text = { .arena = a } };
		ok = import_get(&c, id, out);
		if (ok)
			import_faults_page(&c, id, row, position, FAULTS_PAGE, &page);
		for (size_t i = 0; i < page.n && ok; i++)
			print_fault(&page.items[i]);
		row = page.last_row;
		position = page.last_position;
		ok = db_read_end(c.db) == DB_OK && ok;
	}
	return ok;
}

static int refused(enum db_error error)
{
	fprintf(stderr, "muster: the database refused (%d)\n", (int)error);
	return EXIT_DATABASE;
}

static int import_file(struct arena *a, struct store *s, const struct options *o, struct str bytes)
{
	struct str path = o->words[1], name = path;
	const char *slash = strrchr(str_c(a, path), '/');
	if (slash)
		name = str_from(slash + 1);
	struct import_upload upload = { .store = s, .from = STR(""), .file_name = name, .bytes = bytes };
	struct import_reading reading;
	struct import i = { 0 };
	const struct text t = { .arena = a };
	enum db_error error = import_read(a, &upload, &reading);
	if (error != DB_OK)
		return refused(error);
	for (size_t k = 0; k < reading.faults.n; k++)
		print_fault(&reading.faults.items[k]);
	if (reading.faults.n)
		return EXIT_CHECK;
	if (!report(a, s, reading.id, &i))
		return EXIT_DATABASE;
	struct run run = { reading.id, o->skip_errors };
	bool wrong = i.wrong > 0 && !o->skip_errors, nothing = i.to_create + i.to_update == 0;
	if (o->dry_run || wrong || nothing) {
		struct str words = wrong && !o->dry_run ? t_import_has_errors(&t, i.wrong)
			: o->dry_run                        ? t_import_would(&t, i.to_create, i.to_update, i.unchanged, i.wrong)
												: t_import_did(&t, 0, 0, i.unchanged, i.wrong);
		printf(STR_FMT "\n", STR_ARG(words));
		return i.wrong ? EXIT_CHECK : EXIT_OK;
	}
	if (!command_write(a, s, start, &run))
		return EXIT_CHECK;
	error = import_finish(s, reading.id);
	if (error != DB_OK)
		return refused(error);
	int64_t wrong_before = i.wrong;
	struct ctx c = { .arena = a, .db = db_read_begin(s), .text = t };
	bool ok = import_get(&c, reading.id, &i);
	ok = db_read_end(c.db) == DB_OK && ok;
	if (!ok)
		return EXIT_DATABASE;
	if (i.failed && !report(a, s, reading.id, &i))
		return EXIT_DATABASE;
	printf(STR_FMT "\n", STR_ARG(t_import_did(&t, i.created, i.updated, i.unchanged, wrong_before + i.failed)));
	return wrong_before + i.failed ? EXIT_CHECK : EXIT_OK;
}

int command_import(struct arena *a, const struct options *o)
{
	struct str bytes;
	if (o->words_n != 2 || !str_eq(o->words[0], STR("users")))
		return command_usage("usage: muster import users FILE.csv|FILE.xlsx [--dry-run] [--skip-errors]");
	if (!map_file(str_c(a, o->words[1]), &bytes))
		return command_usage(STR_FMT ": %s", STR_ARG(o->words[1]), strerrordesc_np(errno));
	int code = EXIT_OK;
	struct store *s = command_store(a, o, &code);
	if (!s)
		return code;
	code = import_file(a, s, o, bytes);
	store_close(s);
	return code;
}
