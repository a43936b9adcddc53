/* Entries of the trail as pages show them: on Audit, and as the History of a training or a user. */
#ifndef MUSTER_WEB_HISTORY_H
#define MUSTER_WEB_HISTORY_H
#include "model/audit_list.h"
#include "model/user.h"
#include "web/list.h"
#include "web/view_trainings.h"

/* The entries of a page: what was done and by whom, and each change with names and times in words where the reader may
 * know them. */
struct history_item *history_items(struct req *r, const struct audit_rows *rows, size_t *n);
/* One condition of a rule or a search: "Job title contains engineer". */
struct str history_condition_words(struct req *r, const struct user_condition *d);
struct pager history_pager(const struct list *l, struct str words, const struct audit_rows *rows);
#endif
