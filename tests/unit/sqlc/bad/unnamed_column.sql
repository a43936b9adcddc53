-- error: 2: column 1 needs a name
-- name: x :one
SELECT count(*) FROM person;
