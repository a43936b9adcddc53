-- Sign-ins, API tokens, limits.

-- name: sign_in_insert :exec
-- arg: token_hash text
-- arg: user_id i64
-- arg: at i64
-- arg: expires_at i64
-- arg: origin text
INSERT INTO sign_in (token_hash, user_id, created_at, seen_at, expires_at, origin) VALUES ($1, $2, $3, $3, $4, $5);

-- name: sign_in_find :one
-- arg: token_hash text
-- arg: now i64
SELECT s.user_id, s.created_at, s.seen_at, s.expires_at FROM sign_in s WHERE s.token_hash = $1 AND s.expires_at > $2;

-- name: sign_in_seen :exec
-- arg: token_hash text
-- arg: at i64
-- arg: expires_at i64
UPDATE sign_in SET seen_at = $2, expires_at = $3 WHERE token_hash = $1 AND seen_at < $2;

-- name: sign_in_delete :exec
-- arg: token_hash text
DELETE FROM sign_in WHERE token_hash = $1;

-- name: sign_in_delete_user :exec
-- arg: user_id i64
DELETE FROM sign_in WHERE user_id = $1;

-- name: sign_in_expire :exec
-- arg: now i64
DELETE FROM sign_in WHERE expires_at <= $1;

-- name: sign_in_user :one
-- arg: name_fold text
SELECT id, login, password, status FROM users WHERE login_fold = $1 OR email_fold = $1 ORDER BY (login_fold = $1) DESC LIMIT 1;

-- name: demo_password_any :one
SELECT id FROM users WHERE demo_password = 1 AND status = 'active' LIMIT 1;

-- name: token_find :one
-- arg: token_hash text
SELECT id, user_id, last_used_at FROM api_token WHERE token_hash = $1 AND revoked_at IS NULL;

-- name: token_used :exec
-- arg: id i64
-- arg: at i64
UPDATE api_token SET last_used_at = $2 WHERE id = $1;

-- name: token_insert :insert
-- arg: user_id i64
-- arg: name text
-- arg: token_hash text
-- arg: at i64
INSERT INTO api_token (user_id, name, token_hash, created_at) VALUES ($1, $2, $3, $4);

-- name: throttle_get :one
-- arg: key text
-- arg: now i64
SELECT count, until FROM throttle WHERE key = $1 AND until > $2;

-- name: throttle_hit :exec
-- arg: key text
-- arg: now i64
-- arg: until i64
INSERT INTO throttle (key, count, until) SELECT $1, 1, $3 WHERE true
ON CONFLICT (key) DO UPDATE SET count = CASE WHEN throttle.until > $2 THEN throttle.count + 1 ELSE 1 END,
	until = CASE WHEN throttle.until > $2 THEN throttle.until ELSE excluded.until END;

-- name: throttle_clear :exec
-- arg: key text
DELETE FROM throttle WHERE key = $1;

-- name: throttle_expire :exec
-- arg: now i64
DELETE FROM throttle WHERE until <= $1;

-- name: idempotency_find :one
-- arg: token_id i64
-- arg: key text
-- arg: since i64
SELECT body_hash, status, body FROM idempotency WHERE token_id = $1 AND key = $2 AND created_at >= $3;

-- name: idempotency_insert :exec
-- arg: token_id i64
-- arg: key text
-- arg: body_hash text
-- arg: status i64?
-- arg: body text
-- arg: at i64
INSERT INTO idempotency (token_id, key, body_hash, status, body, created_at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: idempotency_answer :exec
-- arg: token_id i64
-- arg: key text
-- arg: status i64?
-- arg: body text
UPDATE idempotency SET status = $3, body = $4 WHERE token_id = $1 AND key = $2;

-- name: idempotency_drop :exec
-- arg: token_id i64
-- arg: key text
DELETE FROM idempotency WHERE token_id = $1 AND key = $2;

-- Its day is over, and nobody has cleaned up yet.
-- name: idempotency_forget :exec
-- arg: token_id i64
-- arg: key text
-- arg: since i64
DELETE FROM idempotency WHERE token_id = $1 AND key = $2 AND created_at < $3;

-- name: idempotency_expire :exec
-- arg: before i64
DELETE FROM idempotency WHERE created_at < $1;

-- A request that a crash cut off never answered: whoever repeats it runs it anew.
-- name: idempotency_drop_running :exec
-- arg: before i64
DELETE FROM idempotency WHERE status IS NULL AND created_at < $1;
