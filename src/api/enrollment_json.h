/* How the REST API says an enrollment. */
#ifndef MUSTER_API_ENROLLMENT_JSON_H
#define MUSTER_API_ENROLLMENT_JSON_H
#include "base/json.h"
#include "model/enrollment.h"
#include "web/web.h"

void enrollment_json(struct jw *w, struct arena *a, const struct enrollment *e);
/* Replies with one, as it is now. */
void answer_enrollment(struct req *r, int64_t id, unsigned status);
#endif
