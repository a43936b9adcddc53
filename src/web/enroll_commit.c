#include "web/enroll_commit.h"
#include "model/enroll_commit.h"
#include "web/app.h"
#include "web/reply.h"

void enroll_commit_draft(struct req *r, struct draft *d, const struct plan *p)
{
	struct enroll_result result;
	if (enroll_run(&r->c, r->app->store, &d->spec, p, r->account, p->digest, d->id, &result))
		reply_redirect(r, "/enroll/%lld/done", (long long)d->id);
	else if (r->c.errs.kind == ERR_CONFLICT)
		reply_redirect(r, "/enroll/%lld/check?changed=1", (long long)d->id);
	else
		reply_error(r);
}
