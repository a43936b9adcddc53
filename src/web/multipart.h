/* Forms that carry files: multipart/form-data (RFC 7578). Bounded: so many parts, so long heads. */
#ifndef MUSTER_WEB_MULTIPART_H
#define MUSTER_WEB_MULTIPART_H
#include "base/url.h"

enum { MULTIPART_PARTS_MAX = 64, MULTIPART_HEAD_MAX = 2048, MULTIPART_BOUNDARY_MAX = 70 };

struct form_file {
	struct str name, file_name; /* the field; what the sender calls the file ("": none was chosen) */
	struct str bytes;           /* a view of the body */
};
struct multipart {
	struct pair *fields;
	size_t fields_n, fields_cap;
	struct form_file *files;
	size_t files_n, files_cap;
};
/* Whether a Content-Type says so. */
bool multipart_is(struct str content_type);
/* False for a body that is not what the header says: no boundary, no end, a part without a name, too much of anything,
 * a field that is not UTF-8. */
bool multipart_parse(struct arena *a, struct str content_type, struct str body, struct multipart *out);
#endif
