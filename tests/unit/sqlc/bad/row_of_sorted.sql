-- error: 6: second: what is sorted gives other rows than first

-- name: first :many
SELECT id, name FROM person;

-- name: second :many
-- row: first
-- sort: name = name text
-- sort-id: id
SELECT id, name FROM person WHERE true {after} {order};
