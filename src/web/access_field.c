#include "web/access_field.h"
#include "base/tz.h"
#include "gen/text.h"
#include "model/policy.h"

static bool refuse(struct req *r, const char *field, enum err_code code, struct str words)
{
	return ctx_invalid(&r->c, str_from(field), code, words);
}

/* "HH:MM", and ":SS" where the time that was there had some. */
static bool take_seconds(struct str time, int64_t *seconds)
{
	*seconds = 0;
	return time.n <= 5 ||
		(time.n == 8 && time.p[5] == ':' && str_to_i64(str_sub(time, 6, 2), seconds) && *seconds >= 0 &&
			*seconds <= 59);
}

bool access_field_read(struct req *r, const char *date_field, struct opt_i64 *out)
{
	const struct text *t = &r->c.text;
	struct str date = str_trim(req_form(r, "access_date")), time = str_trim(req_form(r, "access_time"));
	const struct tz *zone = tz_get(r->c.actor->time_zone);
	struct tz_wall wall;
	enum tz_kind kind;
	int64_t seconds;
	*out = NONE;
	if (str_is_empty(date) && str_is_empty(time))
		return true;
	if (str_is_empty(time))
		return refuse(r, "access_time", CODE_required, t_enroll_access_time_missing(t));
	if (str_is_empty(date))
		return refuse(r, date_field, CODE_required, t_enroll_access_date_missing(t));
	struct str minute = str_fmt(r->c.arena, STR_FMT "T" STR_FMT, STR_ARG(date), STR_ARG(str_sub(time, 0, 5)));
	if (!zone || !tz_wall_parse(minute, &wall))
		return refuse(r, date_field, CODE_invalid, t_enroll_access_bad(t));
	if (!take_seconds(time, &seconds))
		return refuse(r, "access_time", CODE_invalid, t_enroll_access_bad(t));
	*out = SOME(tz_to_instant(zone, &wall, 0, &kind) + seconds);
	return kind != TZ_SKIPPED || refuse(r, date_field, CODE_time_skipped, t_error_time_skipped(t));
}
