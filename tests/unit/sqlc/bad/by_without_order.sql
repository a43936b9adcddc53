-- error: 6: what stands behind `-- by:`
-- name: x :many
-- sort: team = p.team i64
-- sort-id: p.id
-- by: team
SELECT p.id FROM person p WHERE true {past p.team: $key};
