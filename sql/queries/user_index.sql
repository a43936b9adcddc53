-- What the index of users in memory is made of, and how it follows (model/user_index.h).

-- Who changed, in the transaction that changes them; 0: the tree of departments; -1: users came in bulk.
-- name: user_changed :put
-- arg: user i64
INSERT INTO user_change (user_id, tx) VALUES ($1, 0);
-- pg:
INSERT INTO user_change (user_id, tx) VALUES ($1, pg_current_xact_id()::text::bigint);

-- How far the log reaches in this snapshot. On PostgreSQL what is at work now may still add rows with lower ids: those have a
-- `tx` of at least this one.
-- name: user_change_position :one
SELECT max(id) AS id, 0 AS tx FROM user_change;
-- pg:
SELECT max(id) AS id, pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS tx FROM user_change;
-- col: id i64
-- col: tx i64

-- What came after a position, and the row of the position itself. When that is missing, others may be as well.
-- name: user_change_since :many
-- arg: id i64
-- arg: tx i64
-- arg: limit i64
SELECT id, user_id FROM user_change WHERE id >= $1 AND $2 >= 0 ORDER BY id LIMIT $3;
-- pg:
SELECT id, user_id FROM user_change WHERE id = $1 OR (tx >= $2 AND tx > 0) ORDER BY id LIMIT $3;

-- The last one stays.
-- name: user_change_prune :exec
-- arg: id i64
DELETE FROM user_change WHERE id <= $1 AND id < (SELECT max(id) FROM user_change);

-- name: user_index_last :one
SELECT id FROM users ORDER BY id DESC LIMIT 1;

-- name: user_index_size :one
SELECT count(*) AS n FROM users;

-- name: user_index_departments :many
SELECT id, lo FROM department ORDER BY id;

-- In the order of names, some at a time.
-- name: user_index_page :many
-- arg: after_key blob
-- arg: after_id i64
-- arg: limit i64
SELECT id, search, name_key, department_id FROM users WHERE (name_key, id) > ($1, $2) ORDER BY name_key, id LIMIT $3;

-- name: user_index_some :many
-- arg: ids text
SELECT u.id, u.search, u.department_id FROM users u WHERE u.id IN (SELECT j.value FROM json_each($1) j) ORDER BY u.name_key, u.id;
-- pg:
SELECT u.id, u.search, u.department_id FROM users u WHERE u.id IN (SELECT j::bigint FROM json_array_elements_text($1::json) j) ORDER BY u.name_key, u.id;

-- ---- a search: where the actor holds the permission, and who stands below

-- name: user_index_scope :many
-- arg: actor i64
-- arg: permission text
SELECT lo, hi FROM grant_range WHERE user_id = $1 AND permission = $2;

-- Whose login or address it is.
-- name: user_index_exact :many
-- arg: whole text
SELECT id FROM users WHERE login_fold = $1 UNION ALL SELECT id FROM users WHERE email_fold = $1;

-- name: user_index_below :many
-- arg: actor i64
-- arg: limit i64
WITH RECURSIVE below (id) AS (
	SELECT b.id FROM users b WHERE b.supervisor_id = $1
	UNION
	SELECT b.id FROM users b JOIN below ON b.supervisor_id = below.id
)
SELECT id FROM below LIMIT $2;
-- col: id i64
