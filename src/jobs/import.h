/* Imports from one end to the other: reading a file into staged rows, and applying them here and now. A started import
 * also goes on by itself in the worker, after a crash too; both take turns, slice by slice. */
#ifndef MUSTER_JOBS_IMPORT_H
#define MUSTER_JOBS_IMPORT_H
#include "model/import.h"

struct import_upload {
	struct store *store;
	int64_t actor;   /* 0: the program itself */
	struct str from; /* the caller's address, for the trail */
	struct str file_name, bytes;
	enum table_encoding encoding;
};
struct import_reading {
	int64_t id;                  /* of an import that is ready, unless there are: */
	struct import_faults faults; /* why the file as a whole cannot be used; then nothing is kept */
};
/* Reads and plans a file, in slices of the writer; not inside a transaction. Results live in `a`. */
enum db_error import_read(struct arena *a, const struct import_upload *u, struct import_reading *out);
/* Applies a started import to its end. */
enum db_error import_finish(struct store *store, int64_t id);
#endif
