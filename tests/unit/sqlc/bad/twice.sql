-- error: 4: is already in
-- name: x :exec
DELETE FROM person;
-- name: x :exec
DELETE FROM person;
