-- error: 2: :exec gives no columns
-- name: x :exec
SELECT id FROM person;
