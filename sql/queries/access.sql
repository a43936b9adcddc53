-- One's own ways in: API tokens. Sign-ins and passwords stand in sign_in.sql.

-- name: token_list :many
-- arg: user i64
SELECT id, name, created_at, last_used_at FROM api_token WHERE user_id = $1 AND revoked_at IS NULL ORDER BY id;

-- name: token_own :one
-- arg: id i64
-- arg: user i64
SELECT id, name FROM api_token WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL;

-- name: token_revoke :exec
-- arg: id i64
-- arg: at i64
UPDATE api_token SET revoked_at = $2 WHERE id = $1;

-- name: token_revoke_all :exec
-- arg: user i64
-- arg: at i64
UPDATE api_token SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL;

-- What the user chose, not what follows from it: null means as the account.
-- name: own_settings_row :one
-- arg: id i64
SELECT time_zone, locale, theme, password FROM users WHERE id = $1;
