-- error: 4: no such column: nme
-- name: x :one
SELECT id,
	nme FROM person;
