/* JSON of trainings and sessions: what their two resources share. */
#ifndef MUSTER_API_TRAININGS_H
#define MUSTER_API_TRAININGS_H
#include "model/session.h"
#include "model/training.h"
#include "web/web.h"

/* Reads every member that a session's body may have, into memory of the request; the caller ends with jr_done(). `path`
 * is what fields of errors begin with: "" or "sessions[0].". */
void session_json_read(struct req *r, struct json_obj *o, struct str path, struct session_form *out);
void session_json_write(struct req *r, struct jw *w, const struct session *s);
#endif
