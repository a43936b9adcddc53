-- error: 3: an argument cannot be called db
-- name: x :one
-- arg: db i64
SELECT id FROM person WHERE id = $1;
