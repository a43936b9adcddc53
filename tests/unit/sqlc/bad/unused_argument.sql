-- error: 4: $2 (team) is not used
-- name: x :one
-- arg: id i64
-- arg: team i64
SELECT id FROM person WHERE id = $1;
