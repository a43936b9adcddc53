#include "web/export_reply.h"
#include "gen/text.h"
#include "model/when.h"

static enum table_format format_of(struct req *r, bool *known)
{
	struct str name = req_query(r, "format");
	enum table_format f = TABLE_CSV;
	*known = str_is_empty(name) || table_format_parse(name, &f);
	return f;
}

struct table *export_table(struct req *r)
{
	bool known;
	enum table_format f = format_of(r, &known);
	if (!known) {
		ctx_invalid(&r->c, STR("format"), CODE_invalid, t_export_format_invalid(&r->c.text));
		reply_error(r);
		return NULL;
	}
	struct table *t = table_new(r->c.arena, f);
	if (!t) {
		err_set(&r->c.errs, ERR_UNAVAILABLE);
		reply_error(r);
	}
	return t;
}

void export_reply(struct req *r, struct table *t, const char *stem)
{
	bool known;
	enum table_format f = format_of(r, &known);
	size_t size;
	int fd;
	if (r->c.errs.kind != ERR_NONE || db_failed(r->c.db)) {
		table_drop(t);
		reply_error(r);
		return;
	}
	if (!table_finish(t, &fd, &size)) {
		err_set(&r->c.errs, ERR_UNAVAILABLE);
		reply_error(r);
		return;
	}
	struct str day = when_iso_date(&r->c.text, r->c.now, r->c.actor->time_zone);
	struct str name = str_fmt(r->c.arena, "%s-" STR_FMT ".%s", stem, STR_ARG(day), f == TABLE_XLSX ? "xlsx" : "csv");
	reply_file(r, table_media_type(f), name, fd, size);
}
