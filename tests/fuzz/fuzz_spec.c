/* Enrollment bodies and conditions on users, of any JSON: refused with a reason, or kept and read again as the same, as
 * a draft and a smart group do. */
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "model/enroll_spec.h"
#include "model/user.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_spec(struct arena *a, struct str json)
{
	struct ctx c = { .arena = a, .text = { a, LOCALE_EN } };
	struct enroll_spec spec, again;
	struct json_obj o;
	if (!jr_parse(&o, a, json, &c.errs, NULL, NULL))
		return;
	bool ok = enroll_spec_read(&c, &o, &spec) && jr_done(&o);
	must(ok == (c.errs.kind == ERR_NONE) && ok == (c.errs.n == 0));
	if (!ok)
		return;
	struct str kept = enroll_spec_write(&c, &spec);
	must(enroll_spec_parse(&c, kept, &again) && c.errs.kind == ERR_NONE);
	must(str_eq(kept, enroll_spec_write(&c, &again)));
	must(again.audience.users_n == spec.audience.users_n && again.audience.filter_n == spec.audience.filter_n);
	must(again.trainings_n == spec.trainings_n && again.decisions_n == spec.decisions_n);
}

static struct str written(struct arena *a, const struct user_condition *items, size_t n)
{
	struct buf b = buf_new(a);
	struct jw w = jw_new(&b);
	jw_obj(&w);
	jw_key(&w, "filter");
	user_conditions_write(&w, items, n);
	jw_end(&w);
	return buf_str(&b);
}

static void check_conditions(struct arena *a, struct str json)
{
	struct errs errs = { 0 };
	struct json_obj o;
	struct user_condition *items, *again;
	size_t n, again_n;
	if (!jr_parse(&o, a, json, &errs, NULL, NULL) || !user_conditions_read(&o, "filter", &items, &n) || errs.n)
		return;
	struct str kept = written(a, items, n);
	must(jr_parse(&o, a, kept, &errs, NULL, NULL) && user_conditions_read(&o, "filter", &again, &again_n));
	must(jr_done(&o) && again_n == n && str_eq(kept, written(a, again, again_n)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA_SCOPED a = arena_new();
	struct str json = { (const char *)data, size };
	check_spec(a, json);
	check_conditions(a, json);
	return 0;
}
