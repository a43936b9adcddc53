-- error: 3: unknown directive args:
-- name: x :exec
-- args: id i64
DELETE FROM person;
