-- error: 5: it is not sorted by name
-- name: x :many
-- sort: team = p.team i64
-- sort-id: p.id
-- by: name
SELECT p.id FROM person p {past p.team: $key} {order p.team, p.id};
