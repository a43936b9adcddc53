/* Imports from inside: what staging and applying share. */
#ifndef MUSTER_MODEL_IMPORT_ROOM_H
#define MUSTER_MODEL_IMPORT_ROOM_H
#include "gen/queries.h"
#include "model/import.h"
#include "model/user_rules.h"

#define IMPORT_UNIT '\x1f' /* between the profile fields of a staged row; no cleaned cell holds it */

/* What one staged row would do, ready to be written. */
struct import_step {
	const struct import_plan_row *row;
	struct str effect; /* create update same error */
	struct user_row_row old;
	struct user_fresh fresh;
	struct user_fresh_field *fields;
	size_t fields_n;
	struct user_fresh_extra groups;
	bool groups_change;
	int64_t *group_ids;
	size_t group_ids_n;
	struct str before, after; /* in words of people */
	struct import_faults faults;
};
struct import_steps {
	struct import_step *items;
	size_t n;
};
/* The departments that one slice of rows names. */
struct import_departments;
struct import_departments *import_departments_new(struct ctx *c);
/* Finds the department of a row, or says with c->errs (department) what is wrong with its words. */
void import_department_check(struct import_departments *all, struct import_step *s);
/* As the actor sees it; null for none. */
struct str import_department_path(struct import_departments *all, int64_t id);
/* Compares the rows whose lines are staged (stage_id) with users. */
void import_steps_find(struct ctx *c, int64_t id, const struct import_layout *l, struct import_steps *out);
/* Where a column stands, from 1; 0: not in the file. */
int64_t import_position(const struct import_layout *l, struct str name);
#endif
