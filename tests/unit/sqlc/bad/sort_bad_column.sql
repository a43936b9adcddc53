-- error: 5: no such column: p.teem
-- name: x :many
-- sort: team = p.teem i64
-- sort-id: p.id
SELECT p.id FROM person p WHERE true {after} {order};
