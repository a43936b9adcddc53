/* What the parts of sqlc share. It is a build step: it reads everything, stops at the first error with FILE:LINE,
 * and leaves its memory to the end of the process. */
#ifndef MUSTER_TOOLS_SQLC_H
#define MUSTER_TOOLS_SQLC_H
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct place {
	const char *file;
	int line;
};
_Noreturn void fail(struct place at, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

enum engine { SQLITE, PG, ENGINES };
enum type { I64, OPT_I64, TEXT, BLOB, BOOL, F64, NO_TYPE };
enum mode { ONE, MANY, EXEC, INSERT, PUT };

/* Text of a file with its comments blanked, so that offsets still tell the line. */
struct body {
	char *text;
	struct place at;
};
struct value {
	char *name;
	enum type type;
	struct place at;
};
struct sort {
	char *name, *expr;
	enum type type;
	bool nullable;
	struct place at;
	struct body body[ENGINES]; /* of a `-- by:`; no text: the statement's */
};
/* Text that several statements of a file have in common. */
struct part {
	char *name;
	struct body body;
};

enum { OPS = 9, MAX_FIELDS = 64, MAX_ARGS = 64, MAX_COLS = 128, MAX_SORTS = 24, MAX_PARTS = 16 };
extern const char *const op_names[OPS];
struct fragment {
	struct body body[ENGINES];
};
struct field {
	char *name;
	const char *kind;
	bool profile;
	struct place at;
	struct fragment ops[OPS];
};
struct filter {
	char *name;
	struct place at;
	struct field fields[MAX_FIELDS];
	size_t fields_n;
};

struct statement {
	struct place at;
	char *name;
	enum mode mode;
	struct value args[MAX_ARGS];
	size_t args_n;
	struct value overrides[MAX_COLS];
	size_t overrides_n;
	struct value cols[MAX_COLS];
	size_t cols_n; /* what check_statement() found */
	bool opt_by_join[MAX_COLS];
	struct sort sorts[MAX_SORTS];
	size_t sorts_n;
	char *sort_id;
	const struct filter *filter;
	const struct statement *row; /* whose rows it gives; its own: NULL */
	struct body body[ENGINES];   /* PG: empty text means the same as SQLite's */
	bool readonly, stages;
};
struct migration {
	int64_t version;
	char *name;
	char checksum[17];
	char *text[ENGINES];
	struct place at;
};

struct program {
	struct statement **statements;
	size_t n;
	struct filter **filters;
	size_t filters_n;
	struct migration *migrations;
	size_t migrations_n;
	struct part parts[MAX_PARTS]; /* of the file that is read */
	size_t parts_n;
	struct migration temp;
	char **staging;
	size_t staging_n;
};

/* One text of a statement: which sort column, direction and cursor, with which filter. */
struct variant {
	int sort;
	bool backward, after;
	const char *filter;
};

/* sqlc_sql.c: SQL as text */
void *take(size_t n); /* zeroed */
char *copy(const char *p, size_t n);
__attribute__((format(printf, 1, 2))) char *format(const char *fmt, ...);
void blank_comments(char *text);
char *squeeze(const char *text); /* one line, white space single outside of quotes */
bool is_identifier(const char *s);
const struct body *body_of(const struct statement *s, enum engine engine, struct variant v);
char *render(const struct statement *s, enum engine engine, struct variant v);
size_t variant_args(const struct statement *s, struct variant v, struct value out[static MAX_ARGS + 3]);
char *migration_text(const char *file, const char *text, enum engine engine);
char *fragment_text(const struct fragment *f, enum engine engine, int first, bool profile, int values);

/* sqlc_read.c: files into struct program */
char *read_file(const char *path);
void read_schema(struct program *p, const char *dir);
void read_queries(struct program *p, const char *schema_dir, const char *path);
enum type type_of(const char *name);

/* sqlc_check.c: against a real SQLite */
void check_program(struct program *p);

/* sqlc_write.c: C */
void write_header(FILE *f, const struct program *p, const char *guard, const char *catalog);
void write_source(FILE *f, const struct program *p, const char *header, const char *catalog);
#endif
