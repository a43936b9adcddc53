-- Passwords, and links to set one.

-- name: user_password_set :exec
-- arg: id i64
-- arg: password text
UPDATE users SET password = $2, demo_password = 0, version = version + 1 WHERE id = $1;

-- Who has that login, else that address.
-- name: password_link_asker :one
-- arg: name_fold text
SELECT id, email, status FROM users WHERE login_fold = $1 OR email_fold = $1 ORDER BY (login_fold = $1) DESC LIMIT 1;

-- name: password_link_target :one
-- arg: user i64
SELECT email, status, (password IS NOT NULL) AS has_password FROM users WHERE id = $1;
-- col: has_password bool

-- name: password_mail_insert :insert
-- arg: user i64
-- arg: kind text
-- arg: now i64
INSERT INTO outbox (user_id, kind, urgent, due_at, created_at) VALUES ($1, $2, 1, $3, $3);

-- name: password_link_put :exec
-- arg: user i64
-- arg: kind text
-- arg: outbox i64
-- arg: token_hash text
-- arg: seed text
-- arg: now i64
-- arg: expires_at i64
INSERT INTO password_link (user_id, kind, outbox_id, token_hash, seed, created_at, expires_at) SELECT $1, $2, $3, $4, $5, $6, $7 WHERE true
ON CONFLICT (user_id, kind) DO UPDATE SET outbox_id = excluded.outbox_id, token_hash = excluded.token_hash, seed = excluded.seed,
	created_at = excluded.created_at, expires_at = excluded.expires_at;

-- name: password_link_of :one
-- arg: user i64
-- arg: kind text
-- arg: now i64
SELECT created_at, expires_at FROM password_link WHERE user_id = $1 AND kind = $2 AND expires_at > $3;

-- name: password_link_by_hash :one
-- arg: token_hash text
-- arg: now i64
SELECT w.user_id, w.token_hash, u.login, u.login_fold, u.email_fold, u.locale FROM password_link w JOIN users u ON u.id = w.user_id
WHERE w.token_hash = $1 AND w.expires_at > $2 AND u.status = 'active';

-- What a message says while its link is the newest.
-- name: password_link_of_mail :one
-- arg: user i64
-- arg: outbox i64
-- arg: now i64
SELECT w.seed, w.expires_at, u.login FROM password_link w JOIN users u ON u.id = w.user_id
WHERE w.user_id = $1 AND w.outbox_id = $2 AND w.expires_at > $3 AND w.seed IS NOT NULL;

-- name: password_link_left :put
-- arg: user i64
-- arg: outbox i64
UPDATE password_link SET seed = NULL WHERE user_id = $1 AND outbox_id = $2;

-- name: password_links_delete :exec
-- arg: user i64
DELETE FROM password_link WHERE user_id = $1;

-- name: password_link_expire :exec
-- arg: now i64
DELETE FROM password_link WHERE expires_at <= $1;
