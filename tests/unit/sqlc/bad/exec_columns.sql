-- error: 2: :exec and :put give no columns
-- name: x :exec
SELECT id FROM person;
