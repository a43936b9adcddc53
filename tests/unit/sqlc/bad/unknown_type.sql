-- error: 3: integer is no type
-- name: x :one
-- arg: id integer
SELECT id FROM person WHERE id = $1;
