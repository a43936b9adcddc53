-- error: 3: no such table: persons
-- name: x :exec
DELETE FROM persons;
