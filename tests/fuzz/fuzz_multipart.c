/* The first line is the header, the rest the body: what comes out lies in the body and is bounded. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/log.h"
#include "web/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA_SCOPED a = arena_new();
	struct str body = { (const char *)data, size }, type;
	struct multipart m;
	if (!str_split(&body, '\n', &type) || str_is_null(body))
		return 0;
	if (!multipart_parse(a, type, body, &m))
		return 0;
	must(m.fields_n + m.files_n <= MULTIPART_PARTS_MAX);
	for (size_t i = 0; i < m.fields_n; i++)
		must(str_is_utf8(m.fields[i].name) && str_is_utf8(m.fields[i].value));
	for (size_t i = 0; i < m.files_n; i++) {
		const char *p = m.files[i].bytes.p;
		must(str_is_utf8(m.files[i].file_name) && m.files[i].bytes.n <= body.n);
		must(m.files[i].bytes.n == 0 || (p >= body.p && p + m.files[i].bytes.n <= body.p + body.n));
	}
	return 0;
}
