#include "mail/relay.h"

#include <string.h>

#include "mail/server_url.h"

/* NULL, or what is wrong. */
static const char *parse_tls(const char *query, struct relay *r)
{
	bool implicit = strcmp(r->scheme, "smtps") == 0;
	if (!query)
		r->tls = implicit || (r->user && !server_url_is_here(r->host)) ? RELAY_TLS_REQUIRE : RELAY_TLS_OFFER;
	else if (strcmp(query, "tls=require") == 0)
		r->tls = RELAY_TLS_REQUIRE;
	else if (strcmp(query, "tls=offer") == 0)
		r->tls = RELAY_TLS_OFFER;
	else if (strcmp(query, "tls=off") == 0 && !implicit)
		r->tls = RELAY_TLS_OFF;
	else
		return implicit && strcmp(query, "tls=off") == 0 ? "smtps is TLS; tls=off contradicts it"
														 : "after the ? stands tls=require, tls=offer or tls=off";
	return NULL;
}

const char *relay_parse(struct arena *a, struct str url, struct relay *r)
{
	struct server_url u;
	if (!server_url_parse(a, url, &u))
		return "this is not smtp[s]://[USER:PASSWORD@]HOST:PORT[?tls=require|offer|off]";
	r->scheme = u.scheme;
	r->host = u.host;
	r->port = u.port;
	r->user = u.user;
	r->password = u.password;
	if (!r->scheme || (strcmp(r->scheme, "smtp") != 0 && strcmp(r->scheme, "smtps") != 0))
		return "the scheme is smtp or smtps";
	if (!r->host || !*r->host || !r->port)
		return "the host is missing";
	if (u.has_control)
		return "user or password hold a control character";
	if (!r->user != !r->password)
		return "user and password come together, as USER:PASSWORD@";
	if ((u.path && *u.path && strcmp(u.path, "/") != 0) || u.fragment)
		return "nothing but ?tls= comes after the port";
	return parse_tls(u.query, r);
}
