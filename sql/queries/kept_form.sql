-- Forms that came after their sign-in had ended: kept for whoever typed them.

-- Whose a sign-in was that has ended by itself.
-- name: sign_in_ended :one
-- arg: token_hash text
-- arg: now i64
SELECT user_id FROM sign_in WHERE token_hash = $1 AND expires_at <= $2;

-- name: kept_form_insert :insert
-- arg: key_hash text
-- arg: browser_hash text
-- arg: user i64
-- arg: path text
-- arg: body text
-- arg: expires_at i64
INSERT INTO kept_form (key_hash, browser_hash, user_id, path, body, expires_at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: kept_form_find :one
-- arg: key_hash text
-- arg: browser_hash text
-- arg: user i64
-- arg: now i64
SELECT id, path, body, expires_at FROM kept_form WHERE key_hash = $1 AND browser_hash = $2 AND user_id = $3 AND expires_at > $4;

-- name: kept_form_delete :exec
-- arg: id i64
DELETE FROM kept_form WHERE id = $1;

-- name: kept_form_expire :exec
-- arg: now i64
DELETE FROM kept_form WHERE expires_at <= $1;

-- At most so many a person: the oldest go.
-- name: kept_form_trim :exec
-- arg: user i64
-- arg: keep i64
DELETE FROM kept_form WHERE user_id = $1 AND id NOT IN (SELECT k.id FROM kept_form k WHERE k.user_id = $1 ORDER BY k.id DESC LIMIT $2);
