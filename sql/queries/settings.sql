-- The account and the trail.

-- name: account_row :one
SELECT name, time_zone, locale, undo_hold, when_full, on_clash, mail_name, secret,
	(NOT EXISTS (SELECT 1 FROM users)) AS needs_setup FROM account WHERE id = 1;
-- col: needs_setup bool

-- name: account_insert :exec
-- arg: name text
-- arg: time_zone text
-- arg: secret blob
INSERT INTO account (id, name, time_zone, secret) SELECT 1, $1, $2, $3 WHERE true ON CONFLICT (id) DO NOTHING;

-- name: account_update :exec
-- arg: name text
-- arg: time_zone text
-- arg: locale text
-- arg: undo_hold i64
-- arg: when_full text
-- arg: on_clash text
-- arg: mail_name text
UPDATE account SET name = $1, time_zone = $2, locale = $3, undo_hold = $4, when_full = $5, on_clash = $6, mail_name = $7 WHERE id = 1;

-- name: account_setup_hash_set :exec
-- arg: hash text
UPDATE account SET setup_hash = $1 WHERE id = 1;

-- name: account_setup_hash :one
SELECT setup_hash FROM account WHERE id = 1;

-- name: own_settings_update :exec
-- arg: id i64
-- arg: time_zone text
-- arg: locale text
-- arg: theme text
UPDATE users SET time_zone = $2, locale = $3, theme = $4, version = version + 1 WHERE id = $1;

-- name: audit_insert :put
-- arg: at i64
-- arg: actor i64?
-- arg: action text
-- arg: object text
-- arg: object_id i64?
-- arg: user_id i64?
-- arg: training_id i64?
-- arg: batch_id i64?
-- arg: before text
-- arg: after text
-- arg: origin text
INSERT INTO audit (at, actor_id, action, object, object_id, user_id, training_id, batch_id, before, after, origin)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: account_name_set :exec
-- arg: name text
-- arg: time_zone text
UPDATE account SET name = $1, time_zone = $2 WHERE id = 1;
