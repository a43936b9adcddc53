-- error: 4: $2 has no `-- arg:` line
-- name: x :one
-- arg: id i64
SELECT id FROM person WHERE id = $1 AND team = $2;
