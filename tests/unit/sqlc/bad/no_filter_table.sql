-- error: 3: there is no
-- name: x :many
-- filter: nobody
SELECT p.id FROM person p WHERE true {filter};
