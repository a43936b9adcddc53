#include "mail/authentication.h"

/* ---- words (RFC 5322 3.2): atoms, "quoted strings" and the two signs; white space and (comments) stand between */
static void skip_comment(struct str *rest)
{
	size_t depth = 0, i = 0;
	do {
		if (rest->p[i] == '\\')
			i++;
		else if (rest->p[i] == '(')
			depth++;
		else if (rest->p[i] == ')')
			depth--;
	} while (++i < rest->n && depth);
	*rest = str_sub(*rest, i, rest->n);
}

static bool is_space(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\r' || ch == '\n';
}

static bool ends_atom(char ch)
{
	return is_space(ch) || ch == '(' || ch == '"' || ch == ';' || ch == '=';
}

/* What was escaped stays so: no name that is compared here needs it. */
static struct str take_quoted(struct str *rest)
{
	size_t i = 1;
	while (i < rest->n && rest->p[i] != '"')
		i += rest->p[i] == '\\' ? 2 : 1;
	i = i < rest->n ? i : rest->n;
	struct str word = str_sub(*rest, 1, i - 1);
	*rest = str_sub(*rest, i + 1, rest->n);
	return word;
}

/* The next word, or one of the signs ; and =, which is none in quotes: what stands there may be a sender's choice.
 * False at the end. */
static bool take(struct str *rest, struct str *word, char *sign)
{
	*sign = '\0';
	while (rest->n && (is_space(rest->p[0]) || rest->p[0] == '(')) {
		if (rest->p[0] == '(')
			skip_comment(rest);
		else
			*rest = str_sub(*rest, 1, rest->n);
	}
	if (!rest->n)
		return false;
	if (rest->p[0] == '"') {
		*word = take_quoted(rest);
		return true;
	}
	size_t n = 1;
	while (!ends_atom(rest->p[0]) && n < rest->n && !ends_atom(rest->p[n]))
		n++;
	*word = str_sub(*rest, 0, n);
	*rest = str_sub(*rest, n, rest->n);
	if (str_eq(*word, STR(";")) || str_eq(*word, STR("=")))
		*sign = word->p[0];
	return true;
}

/* ---- results: METHOD[/1] = RESULT, then properties NAME = VALUE */
static struct str without_version(struct str method)
{
	size_t at;
	return str_find(method, STR("/"), &at) ? str_sub(method, 0, at) : method;
}

static struct str domain_of(struct arena *a, struct str value)
{
	size_t at;
	if (str_find(value, STR("@"), &at))
		value = str_sub(value, at + 1, value.n);
	return str_lower_ascii(a, value);
}

static void read_pair(struct arena *a, struct str name, struct str value, struct authentication_result *r)
{
	bool dmarc = str_eq(r->method, STR("dmarc")), dkim = str_eq(r->method, STR("dkim"));
	if (str_is_null(r->method)) {
		r->method = str_lower_ascii(a, without_version(name));
		r->result = str_lower_ascii(a, value);
	} else if ((dmarc && str_eq_nocase(name, STR("header.from"))) || (dkim && str_eq_nocase(name, STR("header.d"))) ||
		(dkim && str_is_empty(r->domain) && str_eq_nocase(name, STR("header.i")))) {
		r->domain = domain_of(a, value);
	}
}

static void add(struct authentication *out, struct authentication_result *r)
{
	if (!str_is_null(r->method)) {
		if (out->n < AUTHENTICATION_RESULTS)
			out->results[out->n++] = *r;
		else
			out->more = true;
	}
	*r = (struct authentication_result){ .method = STR_NULL, .result = STR(""), .domain = STR("") };
}

void authentication_read(struct arena *a, struct str value, struct str server, struct authentication *out)
{
	struct str rest = value, word, name = STR_NULL;
	struct authentication_result r = { .method = STR_NULL, .result = STR(""), .domain = STR("") };
	bool equals = false;
	char sign;
	if (str_is_empty(server) || !take(&rest, &word, &sign) || !str_eq_nocase(word, server))
		return;
	while (take(&rest, &word, &sign)) {
		if (sign == ';') {
			add(out, &r);
			name = STR_NULL;
			equals = false;
		} else if (sign == '=') {
			equals = !str_is_null(name);
		} else if (equals) {
			read_pair(a, name, word, &r);
			name = STR_NULL;
			equals = false;
		} else {
			name = word;
		}
	}
	add(out, &r);
}

bool authentication_is_from(const struct authentication *x, struct str domain)
{
	bool passed = false;
	for (size_t i = 0; i < x->n; i++) {
		const struct authentication_result *r = &x->results[i];
		if (!str_eq(r->method, STR("dmarc")))
			continue;
		if (!str_eq(r->result, STR("pass")) || !str_eq(r->domain, domain))
			return false;
		passed = true;
	}
	return passed && !x->more;
}

bool authentication_is_signed(const struct authentication *x, struct str domain)
{
	bool is_signed = false;
	for (size_t i = 0; i < x->n; i++) {
		const struct authentication_result *r = &x->results[i];
		bool passed = str_eq(r->result, STR("pass"));
		if (str_eq(r->method, STR("dmarc")) && !passed)
			return false;
		is_signed |= str_eq(r->method, STR("dkim")) && passed && str_eq(r->domain, domain);
	}
	return is_signed && !x->more;
}
