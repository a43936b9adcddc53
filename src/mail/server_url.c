#include "mail/server_url.h"

#include <curl/curl.h>
#include <string.h>

static void url_free_at(CURLU **u)
{
	curl_url_cleanup(*u);
}

static const char *part(struct arena *a, CURLU *u, CURLUPart what, unsigned flags)
{
	char *value = NULL;
	if (curl_url_get(u, what, &value, flags) != CURLUE_OK)
		return NULL;
	const char *copy = str_c(a, str_from(value));
	curl_free(value);
	return copy;
}

bool server_url_parse(struct arena *a, struct str url, struct server_url *out)
{
	__attribute__((cleanup(url_free_at))) CURLU *u = curl_url();
	if (!u || !str_is_utf8(url) || curl_url_set(u, CURLUPART_URL, str_c(a, url), 0) != CURLUE_OK)
		return false;
	*out = (struct server_url){
		.scheme = part(a, u, CURLUPART_SCHEME, 0),
		.host = part(a, u, CURLUPART_HOST, 0),
		.port = part(a, u, CURLUPART_PORT, CURLU_DEFAULT_PORT),
		.user = part(a, u, CURLUPART_USER, CURLU_URLDECODE),
		.password = part(a, u, CURLUPART_PASSWORD, CURLU_URLDECODE),
		.path = part(a, u, CURLUPART_PATH, CURLU_URLDECODE),
		.query = part(a, u, CURLUPART_QUERY, 0),
		.fragment = part(a, u, CURLUPART_FRAGMENT, 0),
	};
	out->has_control =
		!out->user != !part(a, u, CURLUPART_USER, 0) || !out->password != !part(a, u, CURLUPART_PASSWORD, 0);
	return true;
}

bool server_url_is_here(const char *host)
{
	return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0;
}
