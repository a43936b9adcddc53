/* View structs of the templates in tplc/good. */
#ifndef MUSTER_TESTS_TPLC_VIEW_H
#define MUSTER_TESTS_TPLC_VIEW_H
#include "web/tpl.h"

enum fixture_kind { FIXTURE_PLAIN, FIXTURE_FANCY };
struct fixture_item {
	struct str name;
	int64_t id;
	const char *word;
	struct opt_i64 dept;
	bool on;
	const struct str *tags;
	size_t tags_n;
};
struct fixture {
	struct str title, status;
	struct fixture_item item;          /* a struct in a struct */
	const struct fixture_item *picked; /* a pointer, may be NULL */
	const struct fixture_item *items;
	size_t items_n;
	const int64_t *numbers;
	int64_t numbers_n; /* values instead of structs */
	struct url link;
	struct opt_i64 maybe;
	enum fixture_kind kind;
	int32_t small;
	uint64_t large;
	char chars[8];
};
#endif
