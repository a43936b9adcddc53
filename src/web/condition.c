#include "web/condition.h"
#include "gen/text.h"

struct str member_words(const struct text *t, struct str name)
{
	return text_lookup(t, str_fmt(t->arena, "member_%s", str_c(t->arena, name)));
}

struct str condition_op_words(const struct text *t, struct str op)
{
	return text_lookup(t, str_fmt(t->arena, "op_%s", str_c(t->arena, op)));
}

void condition_op_option(const struct text *t, enum filter_op op, struct str now, struct field *f)
{
	struct str name = str_from(filter_op_name(op));
	f->options[f->options_n++] =
		(struct field_option){ .value = name, .label = condition_op_words(t, name), .chosen = str_eq(name, now) };
}
