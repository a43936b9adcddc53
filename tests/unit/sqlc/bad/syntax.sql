-- error: 4: syntax error
-- name: x :one
SELECT id FROM person
WHERE AND id = 1;
