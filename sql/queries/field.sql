-- Profile fields: the built-in ones (their labels are keys of sentences) and the account's own.

-- name: field_list :many
SELECT f.id, f.key, f.label, f.kind, f.builtin, f.position FROM profile_field f ORDER BY f.position, f.id;
-- col: builtin bool

-- How many users have a value; reads them all.
-- name: field_uses :many
SELECT field_id, count(*) AS users FROM user_field GROUP BY field_id;

-- name: field_row :one
-- arg: id i64
SELECT id, key, label, kind, builtin FROM profile_field WHERE id = $1;
-- col: builtin bool

-- name: field_by_key :one
-- arg: key text
SELECT id, key, label, kind FROM profile_field WHERE key = $1;

-- name: field_last_position :one
SELECT coalesce(max(position), 0) AS n FROM profile_field;

-- name: field_insert :insert
-- arg: key text
-- arg: label text
-- arg: position i64
INSERT INTO profile_field (key, label, kind, position) VALUES ($1, $2, 'text', $3);

-- name: field_rename :exec
-- arg: id i64
-- arg: label text
UPDATE profile_field SET label = $2 WHERE id = $1;

-- name: field_drop_values :exec
-- arg: id i64
DELETE FROM user_field WHERE field_id = $1;

-- name: field_delete :exec
-- arg: id i64
DELETE FROM profile_field WHERE id = $1 AND builtin = 0;

-- name: field_values :many
-- arg: user i64
SELECT f.id, f.key, f.label, f.kind, f.builtin, v.value
FROM profile_field f LEFT JOIN user_field v ON v.field_id = f.id AND v.user_id = $1 ORDER BY f.position, f.id;
-- col: builtin bool

-- name: field_value_set :exec
-- arg: user i64
-- arg: field i64
-- arg: value text
-- arg: value_fold text
INSERT INTO user_field (user_id, field_id, value, value_fold) VALUES ($1, $2, $3, $4)
ON CONFLICT (user_id, field_id) DO UPDATE SET value = excluded.value, value_fold = excluded.value_fold;

-- name: field_value_clear :exec
-- arg: user i64
-- arg: field i64
DELETE FROM user_field WHERE user_id = $1 AND field_id = $2;
