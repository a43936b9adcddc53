/* Inside the writers of tables: what each format does. Nobody else includes this. */
#ifndef MUSTER_REPORT_TABLE_ROOM_H
#define MUSTER_REPORT_TABLE_ROOM_H
#include "base/tz.h"
#include "report/table.h"

struct table_kind {
	void (*head)(struct table *t, const struct str *names, const int *widths, size_t n);
	void (*text)(struct table *t, struct str s);
	void (*integer)(struct table *t, int64_t v);
	void (*share)(struct table *t, double v);
	void (*moment)(struct table *t, const struct tz_wall *w);
	void (*blank)(struct table *t);
	void (*row_end)(struct table *t);
	/* Writes what is left. False when something was lost. */
	bool (*end)(struct table *t);
};
struct table {
	const struct table_kind *kind;
	struct arena *arena;
	int fd;
};

/* Each has a struct table at its beginning; NULL when it cannot start. `fd` stays the table's. */
struct table *table_csv_new(struct arena *a, int fd);
struct table *table_xlsx_new(struct arena *a, int fd);
#endif
