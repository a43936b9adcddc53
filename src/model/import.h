/* Imports of users: a file's rows are staged, compared with the users there are, shown, and applied as they were shown.
 * Users that the file does not name are left alone; roles and passwords never come by import. A column that is there
 * says what is: an empty cell clears, except `status`, which then stays. Everything here runs in one transaction each;
 * jobs/import.h strings them together. */
#ifndef MUSTER_MODEL_IMPORT_H
#define MUSTER_MODEL_IMPORT_H
#include "base/table_reader.h"
#include "model/field.h"
#include "model/policy.h"

enum { IMPORT_ROWS_MAX = 1000000, IMPORT_VALUE_SHOWN = 200 };

/* What is wrong: where, what stands there, and a sentence in the reader's language. */
struct import_fault {
	int64_t row;
	struct str column, value, reason; /* column: its name in the file, or its number */
	enum err_code code;
};
struct import_faults {
	struct import_fault *items;
	size_t n, cap;
};
/* A copy of it, the value cut to what is shown, in the ctx's arena. */
void import_fault_add(struct ctx *c, struct import_faults *list, const struct import_fault *f);
/* What ended a table, as a sentence. */
void import_table_fault(struct ctx *c, const struct table_fault *f, struct str column, struct import_faults *list);

/* ---- columns */
enum import_kind {
	IMPORT_IGNORED, /* no name above it */
	IMPORT_LOGIN,
	IMPORT_EMAIL,
	IMPORT_FIRST_NAME,
	IMPORT_LAST_NAME,
	IMPORT_DEPARTMENT,
	IMPORT_STATUS,
	IMPORT_SUPERVISOR,
	IMPORT_GROUPS,
	IMPORT_FIELD
};
struct import_column {
	enum import_kind kind;
	struct str name;                 /* as REST calls it */
	const struct field_value *field; /* of IMPORT_FIELD */
};
struct import_layout {
	struct import_column *columns;
	size_t n;
	bool is_sheet; /* days may come as numbers */
};
/* From the first row. False with faults of row 1: unknown, doubled or missing columns. */
bool import_layout_read(
	struct ctx *c, const struct table_row *header, struct import_faults *faults, struct import_layout *out);
/* "login,email,…" as stored, and back; false when a profile field is not there any more. */
struct str import_layout_words(struct ctx *c, const struct import_layout *l);
bool import_layout_parse(struct ctx *c, struct str words, struct import_layout *out);

/* ---- one import */
struct import {
	int64_t id, total, to_create, to_update, unchanged, wrong; /* rows, as planned */
	int64_t created, updated, failed, enrollments_cancelled;   /* as done */
	int64_t created_at, at_level, at_line;
	struct opt_i64 actor, finished_at;
	struct str status; /* reading ready running done cancelled failed */
	struct str file_name, kind, separator, columns, origin;
};
/* No scope check (policy_import() makes it). False with ERR_NOT_FOUND. */
bool import_get(struct ctx *c, int64_t id, struct import *out);

struct import_new {
	struct str file_name, kind;
	char separator;
};
/* Begins one for the ctx's actor, with status reading. */
int64_t import_create(struct ctx *c, const struct import_new *n, const struct import_layout *l);
/* Stages rows and plans them: what each would do, and what is wrong with it. */
void import_stage(struct ctx *c, int64_t id, const struct import_layout *l, const struct table_row *rows, size_t n);
/* The plan is whole: counts, and ready. */
void import_plan_done(struct ctx *c, int64_t id);
/* It cannot be used: its rows go away in the background. */
void import_abandon(struct ctx *c, int64_t id);

/* ---- supervisors that are rows of the file: rings, and who has to be there first. In a snapshot; then stored in
 * slices. */
struct import_link {
	int32_t line, level;
	bool ring, missing; /* supervises itself in the end; or the supervisor's own row is wrong */
};
struct import_links {
	struct import_link *items;
	size_t n;
};
void import_links_find(struct ctx *c, int64_t id, struct arena *scratch, struct import_links *out);
void import_links_store(
	struct ctx *c, int64_t id, const struct import_layout *l, const struct import_link *items, size_t n);

/* ---- doing it */
/* Applies from now on, in the background. ERR_CONFLICT when it is not ready, when nothing would change (ready and
 * nothing to do), or when rows are wrong and `skip_wrong` does not say to leave them out. */
bool import_start(struct ctx *c, int64_t id, bool skip_wrong);
/* Stops where it is: what was done stays. ERR_CONFLICT when it has ended already. */
bool import_cancel(struct ctx *c, int64_t id);
/* Applies rows until `rows` are done or `budget_ms` has passed, each planned again: what would now do something else
 * than was shown is left alone and becomes an error. *left: there are more. It acts for whoever began it. */
bool import_apply_slice(struct ctx *c, int64_t id, int64_t rows, int64_t budget_ms, bool *left);
/* Deletes some rows of imports older than `before`. True while there are more. */
bool import_expire(struct ctx *c, int64_t before);

/* ---- looking at it */
struct import_past {
	int64_t id, created_at, to_create, to_update;
	struct str status, file_name; /* file_name "": pasted */
};
struct imports_past {
	struct import_past *items;
	size_t n;
};
/* The actor's that came as far as a plan, the latest first. */
void import_list(struct ctx *c, int64_t limit, struct imports_past *out);
struct import_change {
	struct str field, before, after; /* "" where there was or is nothing */
};
struct import_item {
	int64_t line;
	struct opt_i64 user;
	struct str login, name, department;
	struct import_change *changes;
	size_t changes_n;
};
struct import_items {
	struct import_item *items;
	size_t n;
	bool more;
};
/* Rows with that effect (create update same) behind a line. */
void import_items_page(
	struct ctx *c, int64_t id, struct str effect, int64_t after, int64_t limit, struct import_items *out);
struct import_fault_page {
	struct import_fault *items;
	size_t n;
	bool more;
	int64_t last_row, last_position; /* the cursor */
};
/* What is wrong, behind a row and a place in it. */
void import_faults_page(
	struct ctx *c, int64_t id, int64_t after_row, int64_t after_position, int64_t limit, struct import_fault_page *out);
#endif
