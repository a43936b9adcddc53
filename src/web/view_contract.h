/* The REST API as the page /settings/api shows it: constant data that tools/openapi.mjs makes of the routes and of
 * src/api/ *.api, from which it makes the OpenAPI document too. All of it is English, as the document is. */
#ifndef MUSTER_WEB_VIEW_CONTRACT_H
#define MUSTER_WEB_VIEW_CONTRACT_H
#include "web/view_page.h"

struct contract_piece {
	struct str text;
	bool code; /* a word of the API */
};
struct contract_words {
	const struct contract_piece *pieces;
	size_t pieces_n;
};
/* A member of an object, or a parameter. */
struct contract_member {
	struct str name; /* "days[].start": of an object inside */
	struct str type; /* "text (1–100) or null" */
	bool required;
	struct contract_words words;
};
struct contract_answer {
	struct str status;          /* "200" */
	struct str example;         /* JSON, several lines; empty: no body */
	bool list;                  /* the members are those of each item */
	struct str as_id, as_title; /* the call of this section that shows the same members; empty: they are here */
	struct contract_words words;
	const struct contract_member *members;
	size_t members_n;
};
struct contract_refusal {
	struct str status;
	struct str codes; /* "locked, full"; empty: no code of its own */
	struct contract_words words;
};
struct contract_call {
	struct str id;     /* the operationId, and the anchor on the page */
	struct str method; /* "GET" */
	struct str path;   /* "/api/v1/users/{id}" */
	struct str title, permission;
	struct str request; /* for a shell, several lines */
	bool open;          /* needs no token */
	const struct contract_words *paragraphs;
	size_t paragraphs_n;
	const struct contract_member *parameters;
	size_t parameters_n;
	const struct contract_member *body;
	size_t body_n;
	struct str files; /* types of a body that is no JSON; empty: none */
	const struct contract_answer *answers;
	size_t answers_n;
	const struct contract_refusal *refusals;
	size_t refusals_n;
};
struct contract_section {
	struct str slug, title;
	const struct contract_words *paragraphs;
	size_t paragraphs_n;
	const struct contract_call *calls;
	size_t calls_n;
};
struct contract_rule {
	struct str title;
	const struct contract_words *paragraphs;
	size_t paragraphs_n;
};
struct contract {
	const struct contract_words *paragraphs;
	size_t paragraphs_n;
	const struct contract_rule *rules;
	size_t rules_n;
	const struct contract_section *sections;
	size_t sections_n;
};

/* The page of all calls, and that of one section. */
struct contract_view {
	struct page_view page;
	struct str base_url; /* "https://muster.example.org" */
	struct contract contract;
	struct contract_section section;
};
#endif
