/* Where one came from, for pages that change one thing and then lead back: the member `back` of the address or the
 * form. Only pages of Muster that list such things are ways back, so that no address leads elsewhere. */
#ifndef MUSTER_WEB_WAY_BACK_H
#define MUSTER_WEB_WAY_BACK_H
#include "web/web.h"

/* Path and query, filters and all; null when there is none, or none of those. */
struct str way_back(const struct req *r);
/* `path`, which has no query, with `back` as its way back. */
struct str way_with_back(struct arena *a, struct str path, struct str back);
#endif
