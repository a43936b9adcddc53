/* REST: what stands in the calendar of the token's own user. */
#include "base/tz.h"
#include "gen/text.h"
#include "model/schedule.h"
#include "web/web.h"

enum { DAY = 86400, AHEAD = 365 * DAY };

/* An instant of the query; false with an error when it is none. */
static bool read_instant(struct req *r, const char *name, int64_t fallback, int64_t *out)
{
	struct str text = req_query(r, name);
	*out = fallback;
	if (str_is_empty(text) || tz_rfc3339_parse(text, out))
		return true;
	return ctx_invalid(&r->c, str_from(name), CODE_invalid, t_calendar_instant_invalid(&r->c.text));
}

static void put_text(struct jw *w, const char *name, struct str s)
{
	jw_key(w, name);
	if (str_is_empty(s))
		jw_null(w);
	else
		jw_str(w, s);
}

static void put_entry(struct req *r, struct jw *w, const struct schedule_entry *e)
{
	jw_obj(w);
	jw_key(w, "enrollment");
	jw_id(w, e->enrollment);
	jw_key(w, "training");
	jw_id(w, e->training);
	jw_key(w, "title");
	jw_str(w, e->title);
	jw_key(w, "session");
	jw_id(w, e->session);
	jw_key(w, "session_title");
	jw_str(w, e->session_title);
	jw_key(w, "day");
	jw_id(w, e->day);
	jw_key(w, "start_at");
	jw_instant(w, r->c.arena, e->start_at);
	jw_key(w, "end_at");
	jw_instant(w, r->c.arena, e->end_at);
	jw_key(w, "time_zone");
	jw_str(w, e->time_zone);
	put_text(w, "location", e->location);
	put_text(w, "url", e->url);
	jw_key(w, "status");
	jw_str(w, e->status);
	jw_key(w, "answer");
	jw_str(w, e->answer);
	jw_end(w);
}

/* From now for a year, unless asked otherwise. The cursor is how many entries were seen: nobody has enough of them to
 * need more. */
void api_me_calendar(struct req *r)
{
	int64_t from, to, limit, skip;
	bool sound = read_instant(r, "from", r->c.now, &from);
	sound = sound && read_instant(r, "to", from + AHEAD, &to);
	if (!sound) {
		reply_error(r);
		return;
	}
	if (!req_offset(r, &limit, &skip))
		return;
	struct schedule list;
	schedule_enrolled(&r->c, from, to, NULL, &list);
	struct jw w = jw_new(reply_json(r, 200));
	jw_obj(&w);
	jw_key(&w, "items");
	jw_arr(&w);
	int64_t seen = 0, shown = 0;
	bool more = false;
	for (size_t i = 0; i < list.n && !more; i++) {
		/* What is cancelled has left the calendars. */
		if (list.items[i].cancelled || seen++ < skip)
			continue;
		more = shown == limit;
		if (!more) {
			put_entry(r, &w, &list.items[i]);
			shown++;
		}
	}
	jw_end(&w);
	jw_key(&w, "next");
	if (more)
		jw_str(&w, str_num(r->c.arena, "", skip + shown));
	else
		jw_null(&w);
	jw_end(&w);
}
