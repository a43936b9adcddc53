#include "base/error.h"

const char *err_code_name(enum err_code code)
{
	static const char *const names[] = {
#define X(name) #name,
		ERR_CODES(X)
#undef X
	};
	return code < CODE_COUNT ? names[code] : "invalid";
}

bool err_set(struct errs *e, enum err_kind kind)
{
	if (kind > e->kind)
		e->kind = kind;
	return false;
}

bool err_add(
	struct errs *e, struct arena *a, enum err_kind kind, struct str field, enum err_code code, struct str message)
{
	*VEC_PUSH(a, e->items, e->n, e->cap) = (struct err_item){ field, code, message };
	return err_set(e, kind);
}
