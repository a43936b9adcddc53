-- error: 4: unknown hole
-- name: x :one
-- col: n i64
SELECT count(*) AS n FROM person p WHERE {nobody};
