-- error: 3: a statement ends with ;
-- name: x :exec
DELETE FROM person
