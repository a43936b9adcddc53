-- error: 4: second: there is no first before it

-- name: second :many
-- row: first
SELECT id, name FROM person;

-- name: first :many
SELECT id, name FROM person;
