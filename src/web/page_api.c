/* Settings › REST API: what programs can ask, for those who write them. The same data as the OpenAPI document. */
#include "gen/openapi.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "web/app.h"
#include "web/web.h"

/* Where a program finds this server: what it is configured to be, else as the reader came here. */
static struct str base_url(struct req *r)
{
	if (!str_is_empty(r->app->base_url))
		return r->app->base_url;
	struct str host = http_header(r->http, "Host");
	return str_fmt(r->c.arena, "%s://" STR_FMT, r->http->tls ? "https" : "http", STR_ARG(host));
}

static void begin(struct req *r, struct contract_view *v, struct str title, struct str section)
{
	const struct text *t = &r->c.text;
	*v = (struct contract_view){ .contract = openapi_contract, .base_url = base_url(r) };
	page_begin(r, &v->page, title, NAV_SETTINGS);
	v->page.crumbs = ARENA_ARRAY(r->c.arena, struct crumb, 3);
	v->page.crumbs[v->page.crumbs_n++] = (struct crumb){ t_settings_title(t), STR("/settings") };
	v->page.crumbs[v->page.crumbs_n++] =
		(struct crumb){ t_contract_title(t), str_is_null(section) ? STR_NULL : STR("/settings/api") };
	if (!str_is_null(section))
		v->page.crumbs[v->page.crumbs_n++] = (struct crumb){ section, STR_NULL };
}

void page_api(struct req *r)
{
	struct contract_view v;
	begin(r, &v, t_contract_title(&r->c.text), STR_NULL);
	tpl_contract(reply_html(r, 200), &r->c.text, &v);
}

void page_api_section(struct req *r)
{
	struct contract_view v;
	for (size_t i = 0; i < openapi_contract.sections_n; i++) {
		const struct contract_section *s = &openapi_contract.sections[i];
		if (!str_eq(s->slug, r->name))
			continue;
		begin(r, &v, t_contract_section_title(&r->c.text, s->title), s->title);
		v.section = *s;
		tpl_contract_section(reply_html(r, 200), &r->c.text, &v);
		return;
	}
	reply_not_found(r);
}
