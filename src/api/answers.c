/* REST: answering for oneself, or for somebody whom one may enroll. */
#include "api/enrollment_json.h"
#include "model/answer.h"
#include "model/enrollment.h"
#include "model/portal.h"

/* One's own is there from the access date on; somebody else's where one may enroll that user. */
static bool may_answer(struct req *r)
{
	struct portal_item own;
	if (portal_enrollment(&r->c, r->id, &own))
		return true;
	if (r->c.errs.kind != ERR_NOT_FOUND)
		return false;
	r->c.errs = (struct errs){ 0 };
	return actor_can(r->c.actor, PERM_ENROLL) ? policy_enrollment(&r->c, PERM_ENROLL, r->id)
											  : err_set(&r->c.errs, ERR_NOT_FOUND);
}

void api_enrollment_answer(struct req *r)
{
	struct json_obj o;
	struct str answer = STR_NULL;
	struct answered now;
	if (!may_answer(r)) {
		reply_error(r);
		return;
	}
	if (!req_json(r, &o))
		return;
	if (!jr_has(&o, "answer"))
		jr_error(&o, "answer", CODE_required);
	else
		jr_text(&o, "answer", 20, &answer, NULL);
	if (!jr_done(&o) || !answer_set(&r->c, r->id, answer, false, &now))
		reply_error(r);
	else
		answer_enrollment(r, r->id, 200);
}

/* By the participant only: who may edit the enrollment cancels it. Takes no body. */
void api_enrollment_leave(struct req *r)
{
	struct json_obj body;
	struct portal_item own;
	if (!portal_enrollment(&r->c, r->id, &own)) {
		reply_error(r);
		return;
	}
	if (r->http->body.n && !req_json(r, &body))
		return;
	if ((r->http->body.n && !jr_done(&body)) || !enrollment_leave_waiting(&r->c, r->id, false))
		reply_error(r);
	else
		answer_enrollment(r, r->id, 200);
}
