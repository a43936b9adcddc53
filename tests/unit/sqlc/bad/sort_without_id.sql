-- error: 2: goes with `-- sort-id:`
-- name: x :many
-- sort: team = p.team i64
SELECT p.id FROM person p WHERE true {after} {order};
