#include "gen/text.h"
#include "report/export_room.h"

/* Rows of a page. An order without an index sorts everything for each page, so pages are large; how large, memory says:
 * less than 20 MB (bench/reports.mjs). */
enum { PAGE_ROWS = 8000 };

void export_pages(struct ctx *c, const struct db_page *page, export_page *fn, void *arg, struct table *t)
{
	ARENA_SCOPED a = arena_new();
	struct ctx in = *c;
	struct db_page at = { .sort = page->sort, .desc = page->desc, .limit = PAGE_ROWS };
	struct export_end end = { .more = true };
	in.arena = in.text.arena = a;
	while (end.more && !db_failed(c->db)) {
		arena_reset(a);
		end = (struct export_end){ 0 };
		fn(&in, &at, arg, t, &end);
		at.has_after = true;
		at.after_key = str_dup(c->arena, end.key);
		at.after_int = end.number;
		at.after_id = end.id;
	}
}

struct str export_answer(const struct text *t, struct str answer)
{
	if (str_eq(answer, STR("accepted")))
		return t_answer_accepted(t);
	if (str_eq(answer, STR("tentative")))
		return t_answer_tentative(t);
	return str_eq(answer, STR("declined")) ? t_answer_declined(t) : t_answer_none(t);
}

struct str export_result(const struct text *t, struct str result)
{
	if (str_eq(result, STR("attended")))
		return t_result_attended(t);
	return str_eq(result, STR("absent")) ? t_result_absent(t) : STR("");
}

struct str export_user_status(const struct text *t, struct str status)
{
	if (str_eq(status, STR("active")))
		return t_status_active(t);
	return str_eq(status, STR("ended")) ? t_status_ended(t) : t_status_inactive(t);
}
