-- error: 7: second: its columns are not those of first

-- name: first :many
SELECT id, name FROM person;

-- The same number of columns, under other names.
-- name: second :many
-- row: first
SELECT id, email FROM person;
