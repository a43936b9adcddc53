-- error: 5: one {after}, one {order}
-- name: x :many
-- sort: team = p.team i64
-- sort-id: p.id
SELECT p.id FROM person p {order};
