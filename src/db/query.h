/* What tools/sqlc makes of a statement, and what its generated function calls. Only build/queries.c and the
 * database room include this; everybody else calls the generated functions. */
#ifndef MUSTER_DB_QUERY_H
#define MUSTER_DB_QUERY_H
#include "db/db.h"
#include "db/filter.h"

enum query_type { QUERY_I64, QUERY_OPT_I64, QUERY_TEXT, QUERY_BLOB, QUERY_BOOL, QUERY_F64 };
enum query_mode { QUERY_ONE, QUERY_MANY, QUERY_EXEC, QUERY_INSERT, QUERY_PUT };

struct query_arg {
	const char *name;
	enum query_type type;
};
struct query_col {
	const char *name;
	enum query_type type;
	size_t offset; /* in the row */
};
struct query_sort {
	const char *name;
	enum query_type type; /* of its key */
};

/* One text. A sorted statement has four for each sort column: (forward, backward) x (first page, behind a cursor),
 * in this order, side by side in the catalog; the first of them stands for the statement. */
struct query {
	const char *name;
	enum query_mode mode;
	bool readonly;                /* it writes nothing, staging tables neither */
	bool stages;                  /* it writes to a staging table */
	const char *sqlite, *pg;      /* QUERY_FILTER_MARK stands where the filter goes */
	const struct query_arg *args; /* of this text: those of the function, then cursor and limit */
	size_t args_n;
	const struct query_col *cols;
	size_t cols_n;
	size_t row_size;
	const struct query_sort *sorts; /* NULL: not sorted */
	size_t sorts_n;
	const struct filter_table *filter; /* NULL: takes none */
};
#define QUERY_FILTER_MARK '\1'

struct db_migration {
	int64_t version;
	const char *name, *checksum, *sqlite, *pg;
};

/* Everything that sqlc read, in one place. The program's own is db_catalog_main. */
struct db_catalog {
	const struct query *queries;
	size_t queries_n;
	const struct db_migration *migrations; /* 1, 2, 3 … without gaps */
	size_t migrations_n;
	struct db_migration temp;   /* staging tables, made anew on each connection */
	const char *const *staging; /* their names */
	size_t staging_n;
};
extern const struct db_catalog db_catalog_main;
extern const struct query query_all[];
extern const size_t query_all_n;

union query_value {
	int64_t i64;
	struct opt_i64 opt;
	struct str str;
	double f64;
};
struct query_rows {
	void *items;
	size_t n;
	bool more, has_before;
};

/* All of these do nothing on a failed db; then rows are zeroed and counts are 0. `values` has one for each
 * argument of the function; `filter` is NULL for none. */
bool query_one(struct db *db, const struct query *q, struct arena *a, const union query_value *values,
	const struct db_filter *filter, void *row);
struct query_rows query_many(struct db *db, const struct query *q, struct arena *a, const union query_value *values,
	const struct db_filter *filter);
struct query_rows query_page(struct db *db, const struct query *q, struct arena *a, const union query_value *values,
	const struct db_filter *filter, const struct db_page *page);
int64_t query_exec(
	struct db *db, const struct query *q, const union query_value *values, const struct db_filter *filter);
/* Nobody waits for what it says: on PostgreSQL it travels with the next statement, where its error shows. */
void query_put(struct db *db, const struct query *q, const union query_value *values, const struct db_filter *filter);
int64_t query_insert(struct db *db, const struct query *q, const union query_value *values);
#endif
