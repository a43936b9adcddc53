/* Lists and reports as tables (report/table.h): all rows of the filter, the order and the scope of whoever asks, as the
 * lists themselves answer them. They are read in pages by key from one snapshot, so that memory does not grow with the
 * rows, and a table holds what was true at one moment.
 *
 * Each function writes names of columns and rows into `t` and leaves it open. `page` says sort and direction; its
 * cursor is not looked at. What went wrong with the database stays in c->db. Columns and words are in the reader's
 * language, moments on the reader's clock unless a column says another zone. */
#ifndef MUSTER_REPORT_EXPORT_H
#define MUSTER_REPORT_EXPORT_H
#include "model/audit_list.h"
#include "model/enrollment_list.h"
#include "model/report.h"
#include "model/user.h"
#include "report/table.h"

/* ---- lists */
void export_users(struct ctx *c, const struct user_query *q, const struct db_page *page, struct table *t);
void export_participants(
	struct ctx *c, int64_t training, const struct enrollment_query *q, const struct db_page *page, struct table *t);
/* What one user is enrolled in. */
void export_learning(
	struct ctx *c, int64_t user, const struct enrollment_query *q, const struct db_page *page, struct table *t);
/* False with `invalid` at "state" for a word that is none. */
bool export_outbox(struct ctx *c, struct str state, const struct db_page *page, struct table *t);
void export_audit(struct ctx *c, const struct audit_query *q, const struct db_page *page, struct table *t);

/* ---- reports */
void export_report_rows(struct ctx *c, enum report_by by, const struct report_rows *rows, struct table *t);
void export_report_participants(
	struct ctx *c, const struct report_query *q, const struct db_page *page, struct table *t);
/* The same names and values as the members of the REST answer. */
void export_report_values(const struct report_rows *rows, struct table *t);
#endif
