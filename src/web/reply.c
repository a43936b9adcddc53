/* Making replies: headers that every page carries, redirects with a sentence, errors in both faces. */
#include "web/reply.h"
#include <stdarg.h>
#include <string.h>
#include "base/crypt.h"
#include "base/json.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "web/app.h"
#include "web/view_door.h"

static const char CSP[] =
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
	"require-trusted-types-for 'script'; trusted-types app";

static void header(struct req *r, const char *name, const char *value)
{
	http_set_header(r->http, str_from(name), str_from(value));
}

static void common(struct req *r, unsigned status, const char *type)
{
	r->replied = true;
	r->http->status = status;
	r->http->out = buf_new(r->c.arena);
	header(r, "Content-Type", type);
	header(r, "X-Content-Type-Options", "nosniff");
	header(r, "Cache-Control", "no-store");
}

static void page_headers(struct req *r)
{
	header(r, "Content-Security-Policy", CSP);
	header(r, "Referrer-Policy", "same-origin");
	header(r, "Permissions-Policy", "camera=(), geolocation=(), microphone=()");
	header(r, "Cross-Origin-Opener-Policy", "same-origin");
	header(r, "Vary", "Cookie");
}

struct buf *reply_html(struct req *r, unsigned status)
{
	common(r, status, "text/html; charset=utf-8");
	page_headers(r);
	return &r->http->out;
}

struct buf *reply_json(struct req *r, unsigned status)
{
	common(r, status, "application/json");
	return &r->http->out;
}

void reply_bytes(struct req *r, unsigned status, struct str type, struct str bytes)
{
	common(r, status, str_c(r->c.arena, type));
	page_headers(r);
	r->http->fixed = bytes;
}

void reply_file(struct req *r, struct str type, struct str name, int fd, size_t size)
{
	common(r, 200, str_c(r->c.arena, type));
	page_headers(r);
	http_set_header(r->http, STR("Content-Disposition"),
		str_fmt(r->c.arena, "attachment; filename=\"" STR_FMT "\"", STR_ARG(name)));
	http_set_file(r->http, fd, size);
}

void reply_empty(struct req *r, unsigned status)
{
	common(r, status, "text/plain; charset=utf-8");
}

/* What a form sent as a target must not lead away. Browsers read \ as /, and drop tabs and line breaks before they
 * look. */
static bool is_ours(struct str path)
{
	for (size_t i = 0; i < path.n; i++)
		if ((unsigned char)path.p[i] < 0x20 || path.p[i] == 0x7f || path.p[i] == '\\')
			return false;
	return str_starts(path, STR("/")) && !str_starts(path, STR("//"));
}

static void redirect(struct req *r, const char *fmt, va_list args)
{
	struct str path = str_vfmt(r->c.arena, fmt, args);
	size_t end;
	if (path.n > REPLY_ADDRESS_MAX && str_find(path, STR("?"), &end))
		path = str_sub(path, 0, end);
	if (path.n > REPLY_ADDRESS_MAX || !is_ours(path))
		path = STR("/");
	common(r, 303, "text/html; charset=utf-8");
	page_headers(r);
	http_set_header(r->http, STR("Location"), path);
}

void reply_redirect(struct req *r, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	redirect(r, fmt, args);
	va_end(args);
}

void cookie_set(struct req *r, const char *name, struct str value, int64_t max_age)
{
	struct str line = str_fmt(r->c.arena, "%s=" STR_FMT "; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s", name,
		STR_ARG(value), (long long)max_age, r->http->tls ? "; Secure" : "");
	http_set_header(r->http, STR("Set-Cookie"), line);
}

/* The sentence travels in a cookie, signed so that nobody else can put words on our pages. */
static struct str flash_mac(struct req *r, struct str words)
{
	return crypt_keyed(r->c.arena, r->c.key, "flash", words, 22);
}

void reply_redirect_flash(struct req *r, struct str words, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	redirect(r, fmt, args);
	va_end(args);
	if (words.n <= 1500)
		cookie_set(r, "muster_flash",
			str_fmt(r->c.arena, STR_FMT "." STR_FMT, STR_ARG(flash_mac(r, words)),
				STR_ARG(crypt_base64url(r->c.arena, words))),
			60);
}

struct str flash_take(struct req *r)
{
	struct str mac, rest = http_cookie(r->http, "muster_flash"), words;
	/* Without the account there is no key: it stays for the next page. */
	if (str_is_empty(rest) || !r->c.key)
		return STR("");
	cookie_set(r, "muster_flash", STR(""), 0);
	if (!str_split(&rest, '.', &mac) || !crypt_unbase64url(r->c.arena, rest, &words) || !str_is_utf8(words))
		return STR("");
	return crypt_equal(mac, flash_mac(r, words)) ? words : STR("");
}

struct str form_token(struct req *r, struct str bound_to)
{
	return crypt_keyed(r->c.arena, r->c.key, "form", bound_to, 32);
}

void reply_reset(struct req *r)
{
	r->replied = false;
	r->http->status = 0;
	r->http->headers_n = 0;
	r->http->out = buf_new(r->c.arena);
	r->http->fixed = STR_NULL;
	http_set_file(r->http, -1, 0);
	r->c.errs = (struct errs){ 0 };
}

/* ---- errors */
struct str error_words(const struct text *t, enum err_code code)
{
	switch (code) {
	case CODE_required: return t_error_required(t);
	case CODE_invalid: return t_error_invalid(t);
	case CODE_unknown_member: return t_error_unknown_member(t);
	case CODE_not_found: return t_error_not_found(t);
	case CODE_duplicate: return t_error_duplicate(t);
	case CODE_too_long: return t_error_too_long(t);
	case CODE_out_of_range: return t_error_out_of_range(t);
	case CODE_time_skipped: return t_error_time_skipped(t);
	case CODE_time_doubled: return t_error_time_doubled(t);
	case CODE_announced: return t_error_announced(t);
	case CODE_full: return t_error_full(t);
	case CODE_locked: return t_error_locked(t);
	case CODE_not_open: return t_error_not_open(t);
	case CODE_outcome_changed: return t_error_outcome_changed(t);
	case CODE_COUNT: break;
	}
	return t_error_invalid(t);
}

static struct str status_title(const struct text *t, unsigned status)
{
	switch (status) {
	case 400: return t_status_400(t);
	case 401: return t_status_401(t);
	case 403: return t_status_403(t);
	case 404: return t_status_404(t);
	case 405: return t_status_405(t);
	case 409: return t_status_409(t);
	case 413: return t_status_413(t);
	case 415: return t_status_415(t);
	case 422: return t_status_422(t);
	case 429: return t_status_429(t);
	case 503: return t_status_503(t);
	default: return t_status_500(t);
	}
}

static struct str status_words(const struct text *t, unsigned status)
{
	switch (status) {
	case 403: return t_status_403_words(t);
	case 404: return t_status_404_words(t);
	case 429: return t_status_429_words(t);
	case 503: return t_status_503_words(t);
	case 500: return t_status_500_words(t);
	default: return STR("");
	}
}

void reply_problem(struct req *r, unsigned status, struct str detail)
{
	common(r, status, "application/problem+json");
	struct jw w = jw_new(&r->http->out);
	jw_obj(&w);
	jw_key(&w, "type");
	jw_str(&w, STR("about:blank"));
	jw_key(&w, "title");
	jw_str(&w, status_title(&r->c.text, status));
	jw_key(&w, "status");
	jw_i64(&w, status);
	jw_key(&w, "detail");
	jw_str(&w, str_is_empty(detail) ? status_title(&r->c.text, status) : detail);
	jw_key(&w, "errors");
	jw_arr(&w);
	for (size_t i = 0; i < r->c.errs.n; i++) {
		const struct err_item *e = &r->c.errs.items[i];
		jw_obj(&w);
		jw_key(&w, "field");
		jw_str(&w, e->field);
		jw_key(&w, "code");
		jw_str(&w, str_from(err_code_name(e->code)));
		jw_key(&w, "message");
		jw_str(&w, e->message);
		jw_end(&w);
	}
	jw_end(&w);
	jw_end(&w);
}

void reply_error_way(
	struct req *r, unsigned status, struct str title, struct str words, struct str href, struct str action)
{
	struct page_view p;
	page_begin(r, &p, title, NAV_NONE);
	struct error_view v = { .page = p, .title = title, .words = words, .href = href, .action = action };
	if (p.signed_in)
		tpl_error(reply_html(r, status), &r->c.text, &v);
	else
		tpl_error_plain(reply_html(r, status), &r->c.text, &v);
}

void reply_error_page(struct req *r, unsigned status, struct str title, struct str words)
{
	reply_error_way(r, status, title, words, STR(""), STR(""));
}

void reply_status(struct req *r, unsigned status)
{
	struct str title = status_title(&r->c.text, status), words = status_words(&r->c.text, status);
	if (r->api && status == 404)
		words = t_error_not_found(&r->c.text);
	if (r->c.errs.n)
		words = r->c.errs.items[0].message;
	if (r->api)
		reply_problem(r, status, words);
	else
		reply_error_page(r, status, title, words);
	if (status == 503 || status == 429)
		header(r, "Retry-After", status == 503 ? "1" : "60");
	if (status == 401)
		header(r, "WWW-Authenticate", "Bearer");
}

void reply_error(struct req *r)
{
	switch (r->c.errs.kind) {
	case ERR_INVALID: reply_status(r, 422); return;
	case ERR_NOT_FOUND: reply_status(r, 404); return;
	case ERR_FORBIDDEN: reply_status(r, 403); return;
	case ERR_CONFLICT: reply_status(r, 409); return;
	case ERR_UNAVAILABLE: reply_status(r, 503); return;
	case ERR_NONE:
	case ERR_BUG: break;
	}
	reply_status(r, r->c.db && db_failed(r->c.db) ? 503 : 500);
}

void reply_not_found(struct req *r)
{
	err_set(&r->c.errs, ERR_NOT_FOUND);
	reply_status(r, 404);
}

struct str url_here(const struct req *r)
{
	if (str_is_empty(r->http->query))
		return r->http->path;
	return str_fmt(r->c.arena, STR_FMT "?" STR_FMT, STR_ARG(r->http->path), STR_ARG(r->http->query));
}
