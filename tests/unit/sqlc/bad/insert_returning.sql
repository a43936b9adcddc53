-- error: 3: near "RETURNING"
-- name: x :insert
INSERT INTO person (name, name_key, team) VALUES ('a', '', 1) RETURNING id;
