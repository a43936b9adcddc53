-- Statements of every form.

-- name: fx_person_add :insert
-- arg: name text
-- arg: name_key blob
-- arg: email text
-- arg: team i64
-- arg: joined i64?
-- arg: photo blob
-- arg: score f64
-- arg: boss i64?
INSERT INTO person (name, name_key, email, team, joined, photo, score, boss) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: fx_person_add_unless :insert
-- arg: name text
INSERT INTO person (name, name_key, team) SELECT $1, x'00', 1 WHERE true ON CONFLICT (name) DO NOTHING;
-- pg:
INSERT INTO person (name, name_key, team) SELECT $1, '\x00'::bytea, 1 WHERE true ON CONFLICT (name) DO NOTHING;

-- name: fx_person :one
-- arg: id i64
SELECT id, name, name_key, email, team, joined, photo, score, boss, (joined IS NOT NULL) AS has_joined
FROM person /* a comment; with a semicolon */ WHERE id = $1;
-- col: has_joined bool

-- Whether -- 'quotes' and {braces} are read right: nothing may happen to them.
-- name: fx_quotes :one
-- arg: x i64
SELECT 'it''s $1, {after} -- no comment' AS words, $1 + 1 AS next; -- a comment; at the end
-- pg:
SELECT 'it''s $1, {after} -- no comment' AS words, CAST($1 AS BIGINT) + 1 AS next;
-- col: words text

-- name: fx_persons :many
SELECT p.id, p.name, b.id AS boss, b.team AS boss_team FROM person p LEFT OUTER JOIN person b ON b.id = p.boss ORDER BY p.id;
-- col: id i64

-- name: fx_team_rename :exec
-- arg: from_team i64
-- arg: to_team i64
UPDATE person SET team = $2 WHERE team = $1;

-- name: fx_team_drop :many
-- arg: team i64
DELETE FROM person WHERE team = $1 RETURNING id;

-- name: fx_first_dropped :one
-- arg: team i64
DELETE FROM person WHERE team = $1 RETURNING id;

-- name: fx_field_set :exec
-- arg: person i64
-- arg: field i64
-- arg: value_fold text
INSERT INTO person_field (person_id, field_id, value_fold) VALUES ($1, $2, $3);

-- name: fx_field_put :put
-- arg: person i64
-- arg: field i64
-- arg: value_fold text
INSERT INTO person_field (person_id, field_id, value_fold) VALUES ($1, $2, $3);

-- name: fx_broken_promise :one
SELECT max(id) AS newest FROM person WHERE id < 0;

-- name: fx_count :one
-- arg: least i64
-- filter: person
SELECT count(*) AS n FROM person p WHERE p.id >= $1 {filter};

-- Which connection it is; SQLite has no number for it.
-- name: fx_connection :one
SELECT 0 AS n;
-- pg:
SELECT pg_backend_pid() AS n;

-- name: fx_choose :exec
-- filter: person
INSERT INTO chosen (person_id) SELECT p.id FROM person p WHERE true {filter};

-- name: fx_chosen :one
SELECT count(*) AS n FROM chosen;

-- name: fx_page :many
-- arg: least i64
-- filter: person
-- sort: key = p.name_key blob, name = p.name text, team = p.team i64
-- sort: email = p.email text?, joined = p.joined i64?, photo = p.photo blob?, both = coalesce(p.joined, p.team) i64
-- sort-id: p.id
WITH counted AS (SELECT count(*) AS n FROM person)
SELECT p.id, p.name, (SELECT n FROM counted) AS of FROM person p
WHERE p.id >= $1 {filter} {after}
{order};

-- part: fx_team
p.team >= $1

-- The same list in parts: nobody is sorted but who is shown.
-- name: fx_parted :many
-- arg: team i64
-- sort: key = k.key blob, joined = k.key i64
-- sort-id: k.id
-- by: key
SELECT k.id FROM (
	SELECT * FROM (SELECT p.id, p.name_key AS key FROM person p WHERE {fx_team} {first 0 = 1}
		{is p.name_key: $key} {past p.id: $id} {order p.id}) AS a
	UNION ALL
	SELECT * FROM (SELECT p.id, p.name_key AS key FROM person p WHERE {fx_team} {past p.name_key: $key} {order p.name_key, p.id}) AS b
) AS k {order k.key, k.id};
-- by: joined
SELECT k.id FROM (SELECT p.id, coalesce(p.joined, -100) AS key FROM person p
	WHERE {fx_team} {back p.id > 0} {from coalesce(p.joined, -100): $key} {past (coalesce(p.joined, -100), p.id): ($key, $id)} {order coalesce(p.joined, -100), p.id}) AS k
{order k.key, k.id};
-- pg:
SELECT k.id FROM (SELECT p.id, coalesce(p.joined, -100::bigint) AS key FROM person p
	WHERE {fx_team} {past (coalesce(p.joined, -100), p.id): ($key, $id)} {order coalesce(p.joined, -100), p.id}) AS k
{order k.key, k.id};
