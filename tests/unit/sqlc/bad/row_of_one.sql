-- error: 7: second: it cannot give the rows of first

-- name: first :one
SELECT id, name FROM person WHERE id = 1;

-- name: second :many
-- row: first
SELECT id, name FROM person;
