/* A field that names a department: a list to choose from while there are few, a box that suggests when there are many.
 * Both send one value: the number of the department, or its path as somebody types it. */
#ifndef MUSTER_WEB_DEPARTMENT_FIELD_H
#define MUSTER_WEB_DEPARTMENT_FIELD_H
#include "model/department.h"
#include "web/view_parts.h"
#include "web/web.h"

struct department_field {
	enum permission permission; /* where the actor holds it: those can be named */
	struct str none;            /* the words for no department; null: one has to be named */
	int64_t kept;               /* can be named although it is out of scope; 0: none */
	int64_t without;            /* it and what lies below cannot; 0: none. The model refuses it where it is typed. */
};

/* Fills f->options, or f->suggest and f->value. `typed`: what the form or the address says, "" for nothing. */
void department_field_fill(struct req *r, const struct department_field *d, struct str typed, struct field *f);
/* NONE: nothing is named; 0: something that is not there. A number is not looked up. */
struct opt_i64 department_field_read(struct req *r, const struct department_field *d, struct str typed);
#endif
