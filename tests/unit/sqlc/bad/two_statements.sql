-- error: 3: one statement only
-- name: x :exec
DELETE FROM person; DELETE FROM person_field;
