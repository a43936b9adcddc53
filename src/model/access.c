#include "model/access.h"
#include "base/crypt.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/policy.h"

void access_tokens_list(struct ctx *c, struct access_tokens *out)
{
	struct token_list_rows rows;
	token_list(c->db, c->arena, c->actor->id, &rows);
	out->n = rows.n;
	out->items = ARENA_ARRAY(c->arena, struct access_token, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++)
		out->items[i] = (struct access_token){ .id = rows.items[i].id,
			.created_at = rows.items[i].created_at,
			.name = rows.items[i].name,
			.last_used_at = rows.items[i].last_used_at };
}

static struct str name_json(struct ctx *c, struct str name)
{
	struct buf b = buf_new(c->arena);
	BUF_LIT(&b, "{\"name\":");
	buf_json(&b, name);
	BUF_LIT(&b, "}");
	return buf_str(&b);
}

bool access_token_make(struct ctx *c, struct str name, struct str *token)
{
	struct access_tokens all;
	struct str clean;
	const struct text *t = &c->text;
	if (!text_clean_line(c->arena, name, &clean) || str_is_empty(clean))
		return ctx_invalid(c, STR("name"), CODE_required, t_token_name_required(t));
	if (str_count_chars(clean) > ACCESS_TOKEN_NAME_MAX)
		return ctx_invalid(c, STR("name"), CODE_too_long, t_token_name_long(t, ACCESS_TOKEN_NAME_MAX));
	access_tokens_list(c, &all);
	if (all.n >= ACCESS_TOKENS_MAX)
		return ctx_invalid(c, STR("name"), CODE_out_of_range, t_token_too_many(t, ACCESS_TOKENS_MAX));
	*token = crypt_token(c->arena);
	token_insert(c->db, c->actor->id, clean, crypt_hash(c->arena, *token), c->now);
	audit_add(c,
		&(struct audit_entry){ .action = "token.create",
			.object = "user",
			.object_id = c->actor->id,
			.user_id = c->actor->id,
			.after = name_json(c, clean) });
	return !db_failed(c->db);
}

bool access_token_revoke(struct ctx *c, int64_t id, struct str *name)
{
	struct token_own_row row;
	if (!token_own(c->db, c->arena, id, c->actor->id, &row))
		return err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
	token_revoke(c->db, id, c->now);
	audit_add(c,
		&(struct audit_entry){ .action = "token.revoke",
			.object = "user",
			.object_id = c->actor->id,
			.user_id = c->actor->id,
			.before = name_json(c, row.name) });
	if (name)
		*name = row.name;
	return !db_failed(c->db);
}

bool access_password_is(struct ctx *c, struct str password)
{
	struct own_settings_row_row row;
	return own_settings_row(c->db, c->arena, c->actor->id, &row) && !str_is_empty(row.password) &&
		crypt_password_ok(row.password, password);
}

static struct str chosen(struct str s)
{
	return str_is_null(s) ? STR("") : s;
}

bool access_own_settings(struct ctx *c, struct own_form *out)
{
	struct own_settings_row_row row;
	if (!own_settings_row(c->db, c->arena, c->actor->id, &row))
		return err_set(&c->errs, ERR_UNAVAILABLE);
	*out = (struct own_form){ .time_zone = chosen(row.time_zone), .locale = chosen(row.locale), .theme = row.theme };
	return true;
}
