-- error: 2: a statement without `-- name:`
SELECT id FROM person;
