#include "mail/relay.h"

#include <curl/curl.h>
#include <string.h>

static void url_free_at(CURLU **u)
{
	curl_url_cleanup(*u);
}

/* One part of the URL in the arena; NULL when it is absent. */
static const char *url_part(struct arena *a, CURLU *u, CURLUPart part, unsigned flags)
{
	char *value = NULL;
	if (curl_url_get(u, part, &value, flags) != CURLUE_OK)
		return NULL;
	const char *copy = str_c(a, str_from(value));
	curl_free(value);
	return copy;
}

static bool is_this_machine(const char *host)
{
	return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0;
}

/* NULL, or what is wrong. */
static const char *parse_tls(const char *query, struct relay *r)
{
	bool implicit = strcmp(r->scheme, "smtps") == 0;
	if (!query)
		r->tls = implicit || (r->user && !is_this_machine(r->host)) ? RELAY_TLS_REQUIRE : RELAY_TLS_OFFER;
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
	__attribute__((cleanup(url_free_at))) CURLU *u = curl_url();
	const char *path;

	if (!u || curl_url_set(u, CURLUPART_URL, str_c(a, url), 0) != CURLUE_OK || !str_is_utf8(url))
		return "this is not smtp[s]://[USER:PASSWORD@]HOST:PORT[?tls=require|offer|off]";
	r->scheme = url_part(a, u, CURLUPART_SCHEME, 0);
	r->host = url_part(a, u, CURLUPART_HOST, 0);
	r->port = url_part(a, u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	r->user = url_part(a, u, CURLUPART_USER, CURLU_URLDECODE);
	r->password = url_part(a, u, CURLUPART_PASSWORD, CURLU_URLDECODE);
	path = url_part(a, u, CURLUPART_PATH, 0);
	if (!r->scheme || (strcmp(r->scheme, "smtp") != 0 && strcmp(r->scheme, "smtps") != 0))
		return "the scheme is smtp or smtps";
	if (!r->host || !*r->host || !r->port)
		return "the host is missing";
	if (!r->user != !url_part(a, u, CURLUPART_USER, 0) || !r->password != !url_part(a, u, CURLUPART_PASSWORD, 0))
		return "user or password hold a control character";
	if (!r->user != !r->password)
		return "user and password come together, as USER:PASSWORD@";
	if ((path && *path && strcmp(path, "/") != 0) || url_part(a, u, CURLUPART_FRAGMENT, 0))
		return "nothing but ?tls= comes after the port";
	return parse_tls(url_part(a, u, CURLUPART_QUERY, 0), r);
}
