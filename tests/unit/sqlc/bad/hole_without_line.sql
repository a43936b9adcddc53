-- error: 3: unknown hole
-- name: x :many
SELECT p.id FROM person p WHERE true {filter};
