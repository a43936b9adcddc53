-- error: 4: there is no column count
-- name: x :one
SELECT count(*) AS n FROM person;
-- col: count i64
