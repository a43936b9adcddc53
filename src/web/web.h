/* What a handler sees: a typed request, one reply. Pages and REST share it. See ARCHITECTURE.md "Life of a request". */
#ifndef MUSTER_WEB_WEB_H
#define MUSTER_WEB_WEB_H
#include "base/json.h"
#include "base/url.h"
#include "model/ctx.h"
#include "model/policy.h"
#include "model/settings.h"
#include "web/multipart.h"
#include "web/server.h"
#include "web/tpl.h"

enum route_kind { ROUTE_READ, ROUTE_WRITE, ROUTE_SLOW, ROUTE_LONG, ROUTE_FIXED };
enum route_who { WHO_PUBLIC, WHO_USER, WHO_SETUP }; /* WHO_USER: signed in (page) or a token (API) */
enum route_object {
	OBJ_NONE,
	OBJ_USER,
	OBJ_DEPARTMENT,
	OBJ_GROUP,
	OBJ_TRAINING,
	OBJ_SESSION,
	OBJ_ENROLLMENT,
	OBJ_BATCH,
	OBJ_DRAFT,
	OBJ_IMPORT
};

struct req;
typedef void route_handler(struct req *r);
struct route {
	enum http_method method;
	const char *path; /* "/users/{id}/learning"; {id} is a number, {name} any text */
	route_handler *handler;
	enum route_kind kind;
	enum route_who who;
	enum permission permission; /* the actor must hold it somewhere (else 403) … */
	enum route_object object;   /* … and for this object, found by the first {id} (else 404) */
	const char *handler_name;
};
extern const struct route routes[];
extern const size_t routes_n;
/* Every handler of the table. */
#define ROUTE(method, path, handler, kind, who, permission, object) route_handler handler;
#include "web/routes.def"
#undef ROUTE

struct app; /* the running program: store, pool, options (web/app.h) */
struct req {
	struct ctx c; /* arena, db, actor, now, text, errs: what model functions are given */
	struct http *http;
	struct app *app;
	const struct route *route;
	const struct account *account;
	int64_t id, id2; /* the first and second {id} of the path */
	struct str name; /* the first {name} */
	struct pair *query;
	size_t query_n;
	struct pair *form;
	size_t form_n;
	struct form_file *files; /* of a multipart form */
	size_t files_n;
	struct str csrf;          /* the token forms carry; "" for nobody */
	struct known_user *known; /* who signed in, where it is kept for later requests; else NULL (web/known.h) */
	bool api;                 /* path under /api/v1 */
	bool replied;
	bool settled; /* a slow route that has written: its reply stands, whatever becomes of its snapshot */
};

/* ---- reading. Absent values are STR_NULL; nothing here trims (text_clean_line does, in the model) */
struct str req_query(const struct req *r, const char *name);
struct str req_form(const struct req *r, const char *name);
bool req_form_has(const struct req *r, const char *name); /* a checkbox, a named button */
/* All values of a repeated field, in order. */
size_t req_form_all(const struct req *r, const char *name, struct str **out);
size_t req_query_all(const struct req *r, const char *name, struct str **out);
/* The file of that field; NULL when there is none, or none was chosen. */
const struct form_file *req_file(const struct req *r, const char *name);
int64_t req_form_id(const struct req *r, const char *name); /* 0 when absent or no number */
int64_t req_query_id(const struct req *r, const char *name);
/* The JSON body as an object; false with the reply made (400, 415). */
bool req_json(struct req *r, struct json_obj *out);
/* ?limit=&after=&sort= of lists. `sorts` is a statement's NAME_sorts table. False with the reply made (422) when they
 * make no sense. */
bool req_page(struct req *r, const char *const *sorts, size_t sorts_n, const char *default_sort, struct db_page *out);
/* ?limit=&after= of lists that are made as a whole: the cursor is the number of items seen. False with the reply made
 * (422). */
bool req_offset(struct req *r, int64_t *limit, int64_t *seen);
/* The cursor text of a row: for "next" and "previous" links. */
struct str req_cursor(
	struct req *r, const struct db_page *page, struct str sort_key, int64_t sort_int, int64_t id, bool backward);

/* ---- replying, once */
struct buf *reply_html(struct req *r, unsigned status); /* headers of a page; write the template into it */
struct buf *reply_json(struct req *r, unsigned status);
/* 303, a path of ours. What is longer than the head of a reply may be goes without its query. */
enum { REPLY_ADDRESS_MAX = 4096 };
void reply_redirect(struct req *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same with a sentence that the next page shows once (survives the redirect in a signed cookie). */
void reply_redirect_flash(struct req *r, struct str words, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void reply_bytes(struct req *r, unsigned status, struct str type, struct str bytes);
/* 200 with the bytes of a file, which is the reply's from now on; the browser keeps it under `name`: letters, digits,
 * dots and hyphens of ASCII. */
void reply_file(struct req *r, struct str type, struct str name, int fd, size_t size);
void reply_empty(struct req *r, unsigned status);
/* What c.errs (or the database) says: an error page, or application/problem+json. For ERR_INVALID a page handler shows
 * its form again instead. */
void reply_error(struct req *r);
void reply_not_found(struct req *r);
struct str url_here(const struct req *r); /* path and query of this request */

/* ---- pages */
struct page_view;
/* Fills the shell: title, navigation with `current` (a NAV_ constant of view_page.h), badges, user, errors of
 * r->c.errs, flash. */
void page_begin(struct req *r, struct page_view *p, struct str title, int nav);
#endif
