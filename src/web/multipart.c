#include "web/multipart.h"
#include <string.h>

bool multipart_is(struct str content_type)
{
	struct str kind;
	return str_split(&content_type, ';', &kind) && str_eq_nocase(str_trim(kind), STR("multipart/form-data"));
}

/* The value of `; name=value` or `; name="value"` in a header; browsers write a quote inside as %22. */
static struct str parameter(struct str header, const char *name)
{
	struct str wanted = str_from(name), key;
	size_t at;
	while (str_find(header, STR(";"), &at)) {
		header = str_trim(str_sub(header, at + 1, header.n));
		if (!str_find(header, STR("="), &at))
			return STR_NULL;
		key = str_trim(str_sub(header, 0, at));
		header = str_trim(str_sub(header, at + 1, header.n));
		struct str value;
		if (str_starts(header, STR("\""))) {
			if (!str_find(str_sub(header, 1, header.n), STR("\""), &at))
				return STR_NULL;
			value = str_sub(header, 1, at);
			header = str_sub(header, at + 2, header.n);
		} else {
			value = str_find(header, STR(";"), &at) ? str_sub(header, 0, at) : header;
			value = str_trim(value);
		}
		if (str_eq_nocase(key, wanted))
			return value.n ? value : STR("");
	}
	return STR_NULL;
}

/* Of the head of a part: the line that says which field it is. */
static struct str disposition(struct str head)
{
	struct str line, name;
	while (str_split(&head, '\n', &line)) {
		struct str value = str_trim(line);
		if (str_split(&value, ':', &name) && str_eq_nocase(str_trim(name), STR("Content-Disposition")))
			return value;
	}
	return STR_NULL;
}

static bool take_part(struct arena *a, struct str head, struct str content, struct multipart *out)
{
	struct str line = disposition(head), kind = line;
	struct str name = parameter(line, "name"), file = parameter(line, "filename"), first;
	if (str_is_null(line) || str_is_null(name) || !str_is_utf8(name) || !str_split(&kind, ';', &first) ||
		!str_eq_nocase(str_trim(first), STR("form-data")))
		return false;
	if (str_is_null(file)) {
		*VEC_PUSH(a, out->fields, out->fields_n, out->fields_cap) =
			(struct pair){ name, content.n ? content : STR("") };
		return str_is_utf8(content);
	}
	if (!str_is_utf8(file))
		file = STR("?");
	*VEC_PUSH(a, out->files, out->files_n, out->files_cap) = (struct form_file){ name, file, content };
	return true;
}

bool multipart_parse(struct arena *a, struct str content_type, struct str body, struct multipart *out)
{
	struct str boundary = parameter(content_type, "boundary");
	size_t at;
	*out = (struct multipart){ 0 };
	if (!multipart_is(content_type) || boundary.n == 0 || boundary.n > MULTIPART_BOUNDARY_MAX)
		return false;
	struct str first = str_cat(a, STR("--"), boundary), next = str_cat(a, STR("\r\n--"), boundary);
	if (!str_starts(body, first))
		return false;
	body = str_sub(body, first.n, body.n);
	for (int parts = 0;; parts++) {
		if (str_starts(body, STR("--")))
			return true;
		if (parts == MULTIPART_PARTS_MAX || !str_starts(body, STR("\r\n")))
			return false;
		body = str_sub(body, 2, body.n);
		if (!str_find(str_sub(body, 0, MULTIPART_HEAD_MAX), STR("\r\n\r\n"), &at))
			return false;
		struct str head = str_sub(body, 0, at);
		body = str_sub(body, at + 4, body.n);
		if (!str_find(body, next, &at) || !take_part(a, head, str_sub(body, 0, at), out))
			return false;
		body = str_sub(body, at + next.n, body.n);
	}
}
