-- error: 2: no such column: p.id
-- name: x :many
-- filter: person
SELECT u.id FROM person u WHERE true {filter};
