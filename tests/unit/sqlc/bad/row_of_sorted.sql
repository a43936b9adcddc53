-- error: 8: second: what is sorted gives other rows than first

-- name: first :many
-- sort: name = name text
-- sort-id: id
SELECT id, name FROM person WHERE true {after} {order};

-- name: second :many
-- row: first
SELECT id, name FROM person;
