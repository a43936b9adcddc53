-- error: 2: two columns are called id
-- name: x :many
SELECT p.id, b.id FROM person p JOIN person b ON b.id = p.boss;
