/* What all exports share: ?format=csv or xlsx, and the file as a reply. */
#ifndef MUSTER_WEB_EXPORT_REPLY_H
#define MUSTER_WEB_EXPORT_REPLY_H
#include "report/export.h"
#include "web/web.h"

/* A table of the format that was asked for (CSV without one). NULL with the reply made: 422, or 503 when there is no
 * room for a file. Must end in export_reply(). */
struct table *export_table(struct req *r);
/* Ends the table and answers with it as "STEM-2026-12-31.csv"; or with what c.errs or the database say. */
void export_reply(struct req *r, struct table *t, const char *stem);
#endif
