/* Reading a request: query, form, JSON body, list parameters. */
#include <string.h>
#include "base/crypt.h"
#include "base/text.h"
#include "gen/text.h"
#include "web/app.h"
#include "web/reply.h"
#include "web/web.h"

enum { LIMIT_DEFAULT = 50, LIMIT_PAGE = 200, LIMIT_API = 1000 };

static struct str pair_find(const struct pair *pairs, size_t n, const char *name)
{
	struct str key = str_from(name);
	for (size_t i = 0; i < n; i++)
		if (str_eq(pairs[i].name, key))
			return pairs[i].value;
	return STR_NULL;
}

static size_t pair_all(const struct req *r, const struct pair *pairs, size_t n, const char *name, struct str **out)
{
	struct str key = str_from(name);
	size_t found = 0;
	*out = ARENA_ARRAY(r->c.arena, struct str, n ? n : 1);
	for (size_t i = 0; i < n; i++)
		if (str_eq(pairs[i].name, key))
			(*out)[found++] = pairs[i].value;
	return found;
}

static int64_t id_of(struct str s)
{
	int64_t id;
	return str_to_i64(s, &id) && id > 0 ? id : 0;
}

struct str req_query(const struct req *r, const char *name)
{
	return pair_find(r->query, r->query_n, name);
}
struct str req_form(const struct req *r, const char *name)
{
	return pair_find(r->form, r->form_n, name);
}
bool req_form_has(const struct req *r, const char *name)
{
	return !str_is_null(req_form(r, name));
}
const struct form_file *req_file(const struct req *r, const char *name)
{
	for (size_t i = 0; i < r->files_n; i++)
		if (str_eq(r->files[i].name, str_from(name)) && (r->files[i].file_name.n || r->files[i].bytes.n))
			return &r->files[i];
	return NULL;
}

int64_t req_form_id(const struct req *r, const char *name)
{
	return id_of(req_form(r, name));
}
int64_t req_query_id(const struct req *r, const char *name)
{
	return id_of(req_query(r, name));
}

size_t req_form_all(const struct req *r, const char *name, struct str **out)
{
	return pair_all(r, r->form, r->form_n, name, out);
}

size_t req_query_all(const struct req *r, const char *name, struct str **out)
{
	return pair_all(r, r->query, r->query_n, name, out);
}

static bool refuse(struct req *r, const char *field, enum err_code code, struct str words)
{
	ctx_invalid(&r->c, str_from(field), code, words);
	reply_error(r);
	return false;
}

/* A cursor is base64url of: direction, sort column, id, key: what keyset paging needs to go on, and nothing that only
 * this process knows. */
static bool cursor_read(struct req *r, struct str text, const char *const *sorts, size_t sorts_n, struct db_page *out)
{
	struct str raw;
	if (!crypt_unbase64url(r->c.arena, text, &raw))
		return false;
	struct str direction, sort, id, number, rest = raw;
	if (!str_split(&rest, ':', &direction) || !str_split(&rest, ':', &sort) || !str_split(&rest, ':', &id) ||
		!str_split(&rest, ':', &number))
		return false;
	int64_t column;
	if (!str_to_i64(sort, &column) || column < 0 || (size_t)column >= sorts_n || !str_to_i64(id, &out->after_id) ||
		!str_to_i64(number, &out->after_int))
		return false;
	(void)sorts;
	out->backward = str_eq(direction, STR("b"));
	out->has_after = out->sort == (int)column;
	out->after_key = rest;
	return out->has_after;
}

struct str req_cursor(
	struct req *r, const struct db_page *page, struct str sort_key, int64_t sort_int, int64_t id, bool backward)
{
	struct buf b = buf_new(r->c.arena);
	buf_fmt(&b, "%s:%d:%lld:%lld:", backward ? "b" : "f", page->sort, (long long)id, (long long)sort_int);
	buf_put(&b, sort_key);
	return crypt_base64url(r->c.arena, buf_str(&b));
}

static bool read_limit(struct req *r, int64_t *out)
{
	struct str limit = req_query(r, "limit");
	int64_t max = r->api ? LIMIT_API : LIMIT_PAGE;
	*out = LIMIT_DEFAULT;
	if (str_is_empty(limit) || (str_to_i64(limit, out) && *out >= 1 && *out <= max))
		return true;
	return refuse(r, "limit", CODE_out_of_range, t_error_limit(&r->c.text, max));
}

bool req_offset(struct req *r, int64_t *limit, int64_t *seen)
{
	struct str after = req_query(r, "after");
	*seen = 0;
	if (!read_limit(r, limit))
		return false;
	if (str_is_empty(after) || (str_to_i64(after, seen) && *seen >= 0 && *seen <= INT32_MAX))
		return true;
	return refuse(r, "after", CODE_invalid, t_error_cursor(&r->c.text));
}

bool req_page(struct req *r, const char *const *sorts, size_t sorts_n, const char *default_sort, struct db_page *out)
{
	*out = (struct db_page){ .limit = LIMIT_DEFAULT };
	struct str sort = req_query(r, "sort");
	if (str_is_empty(sort))
		sort = str_from(default_sort);
	if (str_starts(sort, STR("-"))) {
		out->desc = true;
		sort = str_sub(sort, 1, sort.n);
	}
	size_t column = 0;
	while (column < sorts_n && !str_eq(sort, str_from(sorts[column])))
		column++;
	if (column == sorts_n)
		return refuse(r, "sort", CODE_invalid, t_error_sort(&r->c.text));
	out->sort = (int)column;
	if (!read_limit(r, &out->limit))
		return false;
	struct str after = req_query(r, "after");
	if (str_eq(after, STR("last")))
		out->last = true;
	else if (!str_is_empty(after) && !cursor_read(r, after, sorts, sorts_n, out))
		return refuse(r, "after", CODE_invalid, t_error_cursor(&r->c.text));
	return true;
}

static struct str words_of(void *arg, enum err_code code, struct str field)
{
	struct req *r = arg;
	(void)field;
	return error_words(&r->c.text, code);
}

bool req_json(struct req *r, struct json_obj *out)
{
	struct str type = http_header(r->http, "Content-Type"), kind;
	str_split(&type, ';', &kind);
	if (!str_eq_nocase(str_trim(kind), STR("application/json"))) {
		reply_problem(r, 415, t_error_not_json(&r->c.text));
		return false;
	}
	if (!jr_parse(out, r->c.arena, r->http->body, &r->c.errs, words_of, r)) {
		reply_problem(r, 400, t_error_bad_json(&r->c.text));
		return false;
	}
	return true;
}
