/* REST: one enrollment. */
#include "api/enrollment_json.h"
#include "base/tz.h"

void api_enrollment(struct req *r)
{
	answer_enrollment(r, r->id, 200);
}

/* null for the access date is now, for the session "the participant chooses". */
static bool read_edit(struct req *r, struct enrollment_edit *e)
{
	struct json_obj o;
	struct str at = STR_NULL;
	int64_t session = 0;
	bool is_null = false;
	*e = (struct enrollment_edit){ 0 };
	if (!req_json(r, &o))
		return false;
	if (jr_has(&o, "access_at") && jr_text(&o, "access_at", 0, &at, &is_null)) {
		e->has_access = true;
		if (!is_null && !tz_rfc3339_parse(at, &e->access_at))
			jr_error(&o, "access_at", CODE_invalid);
	}
	is_null = false;
	if (jr_has(&o, "session") && jr_id(&o, "session", &session, &is_null)) {
		e->has_session = true;
		e->session = is_null ? NONE : SOME(session);
	}
	if (jr_has(&o, "when_full"))
		jr_text(&o, "when_full", 0, &e->when_full, &is_null);
	if (jr_done(&o))
		return true;
	reply_error(r);
	return false;
}

void api_enrollment_patch(struct req *r)
{
	struct enrollment_edit e;
	if (!read_edit(r, &e))
		return;
	if (enrollment_edit(&r->c, r->id, &e, r->account->undo_hold))
		answer_enrollment(r, r->id, 200);
	else
		reply_error(r);
}

void api_enrollment_delete(struct req *r)
{
	if (enrollment_cancel(&r->c, r->id))
		reply_empty(r, 204);
	else
		reply_error(r);
}
