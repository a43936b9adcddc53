#include <sys/stat.h>
#include <unistd.h>
#include "base/temp_file.h"
#include "report/table_room.h"

bool table_format_parse(struct str name, enum table_format *out)
{
	*out = str_eq(name, STR("xlsx")) ? TABLE_XLSX : TABLE_CSV;
	return *out == TABLE_XLSX || str_eq(name, STR("csv"));
}

struct str table_media_type(enum table_format f)
{
	return f == TABLE_XLSX ? STR("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
						   : STR("text/csv; charset=utf-8; header=present");
}

struct table *table_new(struct arena *a, enum table_format f)
{
	int fd = temp_file_open();
	if (fd < 0)
		return NULL;
	struct table *t = f == TABLE_XLSX ? table_xlsx_new(a, fd) : table_csv_new(a, fd);
	if (!t)
		close(fd);
	return t;
}

void table_head(struct table *t, const struct str *names, const int *widths, size_t n)
{
	t->kind->head(t, names, widths, n);
}

void table_text(struct table *t, struct str s)
{
	if (str_is_empty(s))
		t->kind->blank(t);
	else
		t->kind->text(t, s);
}

void table_int(struct table *t, int64_t v)
{
	t->kind->integer(t, v);
}

void table_share(struct table *t, double v)
{
	t->kind->share(t, v);
}

void table_moment(struct table *t, int64_t at, struct str zone)
{
	const struct tz *z = tz_get(zone);
	struct tz_wall w = tz_to_wall(z ? z : tz_get(STR("UTC")), at);
	t->kind->moment(t, &w);
}

void table_blank(struct table *t)
{
	t->kind->blank(t);
}

void table_row_end(struct table *t)
{
	t->kind->row_end(t);
}

bool table_finish(struct table *t, int *fd, size_t *size)
{
	struct stat facts;
	*fd = -1;
	*size = 0;
	if (!t->kind->end(t) || fstat(t->fd, &facts) != 0) {
		close(t->fd);
		return false;
	}
	*fd = t->fd;
	*size = (size_t)facts.st_size;
	return true;
}

void table_drop(struct table *t)
{
	t->kind->end(t);
	close(t->fd);
}
