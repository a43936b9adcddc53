-- error: 5: {after}, {order}
-- name: x :many
-- sort: team = p.team i64
-- sort-id: p.id
SELECT p.id FROM person p {order};
