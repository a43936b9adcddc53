-- error: 2: it has no columns
-- name: x :one
DELETE FROM person;
