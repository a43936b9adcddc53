-- Users. Whoever asks sees those in the departments of grant_range, and as a supervisor those below, near or far (R3).

-- name: user_row :one
-- arg: id i64
SELECT u.id, u.login, u.login_fold, u.email, u.first_name, u.last_name, u.name, u.department_id, d.name AS department, u.status,
	u.supervisor_id, s.login AS supervisor_login, s.name AS supervisor_name, u.version, u.created_at,
	(u.password IS NOT NULL) AS has_password, (EXISTS (SELECT 1 FROM users b WHERE b.supervisor_id = u.id)) AS has_reports
FROM users u JOIN department d ON d.id = u.department_id LEFT JOIN users s ON s.id = u.supervisor_id
WHERE u.id = $1;
-- col: id i64
-- col: department_id i64
-- col: version i64
-- col: created_at i64
-- col: has_password bool
-- col: has_reports bool

-- part: user_below
WITH RECURSIVE below (id) AS (
	SELECT b.id FROM users b WHERE b.supervisor_id = $1 AND $7 = 1
	UNION
	SELECT b.id FROM users b JOIN below ON b.supervisor_id = below.id
)

-- part: user_list_columns
u.id, u.login, u.email, u.first_name, u.last_name, u.name, u.name_key, u.status, u.department_id, d.name AS department,
	CASE WHEN $8 = 1 THEN (SELECT s.id FROM users s JOIN department sd ON sd.id = s.department_id WHERE s.id = u.supervisor_id AND ($9 = 1 OR s.id = $1 OR s.id IN (SELECT id FROM below)
		OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND sd.lo BETWEEN g.lo AND g.hi))) END AS supervisor_id,
	CASE WHEN $8 = 1 AND EXISTS (SELECT 1 FROM users b WHERE b.supervisor_id = u.id) THEN 1 ELSE 0 END AS has_reports

-- part: user_list_asked
($9 = 1 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)
	OR u.id IN (SELECT id FROM below))
AND ($2 = '%' OR u.search LIKE $2 ESCAPE '\') AND ($3 = '%' OR u.search LIKE $3 ESCAPE '\') AND ($4 = '%' OR u.search LIKE $4 ESCAPE '\')
AND ($5 IS NULL OR EXISTS (SELECT 1 FROM department x WHERE x.id = $5 AND d.lo BETWEEN x.lo AND x.hi))
AND ($6 IS NULL OR u.status = $6)

-- name: user_list :many
-- sort: name = u.name_key blob, login = u.login_fold text, email = u.email_fold text?, department = d.name_key blob, status = u.status text
-- sort-id: u.id
-- filter: user
-- arg: actor i64
-- arg: word1 text
-- arg: word2 text
-- arg: word3 text
-- arg: department i64?
-- arg: status text
-- arg: supervisor bool
-- arg: leads bool
-- arg: all bool
{user_below}
SELECT {user_list_columns}
FROM users u JOIN department d ON d.id = u.department_id
WHERE {user_list_asked}
{filter} {after} {order};
-- col: supervisor_id i64?
-- col: has_reports bool

-- The same among some, in any order: who asks puts them in order, which with a handful takes less than half of what SQL takes.
-- name: user_list_among :many
-- row: user_list
-- arg: actor i64
-- arg: word1 text
-- arg: word2 text
-- arg: word3 text
-- arg: department i64?
-- arg: status text
-- arg: supervisor bool
-- arg: leads bool
-- arg: all bool
-- arg: ids text
{user_below}
SELECT {user_list_columns}
FROM json_each($10) j CROSS JOIN users u CROSS JOIN department d
WHERE u.id = j.value AND d.id = u.department_id AND {user_list_asked};
-- pg:
{user_below}
SELECT {user_list_columns}
FROM json_array_elements_text($10::json) j JOIN users u ON u.id = j::bigint JOIN department d ON d.id = u.department_id
WHERE {user_list_asked};
-- col: supervisor_id i64?
-- col: has_reports bool

-- Up to a bound: nobody reads more of the number, and counting a hundred thousand costs.
-- name: user_list_count :one
-- filter: user
-- arg: actor i64
-- arg: word1 text
-- arg: word2 text
-- arg: word3 text
-- arg: department i64?
-- arg: status text
-- arg: supervisor bool
-- arg: bound i64
WITH RECURSIVE below (id) AS (
	SELECT b.id FROM users b WHERE b.supervisor_id = $1 AND $7 = 1
	UNION
	SELECT b.id FROM users b JOIN below ON b.supervisor_id = below.id
)
SELECT count(*) AS n FROM (
	SELECT u.id FROM users u JOIN department d ON d.id = u.department_id
	WHERE (EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)
		OR u.id IN (SELECT id FROM below))
	AND ($2 = '%' OR u.search LIKE $2 ESCAPE '\') AND ($3 = '%' OR u.search LIKE $3 ESCAPE '\') AND ($4 = '%' OR u.search LIKE $4 ESCAPE '\')
	AND ($5 IS NULL OR EXISTS (SELECT 1 FROM department x WHERE x.id = $5 AND d.lo BETWEEN x.lo AND x.hi))
	AND ($6 IS NULL OR u.status = $6)
	{filter} LIMIT $8) AS found;

-- name: user_list_everybody :one
-- arg: bound i64
SELECT count(*) AS n FROM (SELECT 1 FROM users LIMIT $1) AS found;

-- How many are in a department and below it, and how many somebody sees; up to a bound.
-- name: user_list_within :one
-- arg: department i64
-- arg: bound i64
SELECT count(*) AS n FROM (SELECT 1 FROM department x CROSS JOIN department d CROSS JOIN users u
	WHERE x.id = $1 AND d.lo BETWEEN x.lo AND x.hi AND u.department_id = d.id LIMIT $2) AS found;

-- name: user_list_seen :one
-- arg: actor i64
-- arg: bound i64
WITH RECURSIVE led (id) AS (
	SELECT b.id FROM users b WHERE b.supervisor_id = $1
	UNION
	SELECT b.id FROM users b JOIN led ON b.supervisor_id = led.id
)
SELECT (SELECT count(*) FROM (SELECT 1 FROM grant_range g CROSS JOIN department d CROSS JOIN users u
		WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi AND u.department_id = d.id LIMIT $2) AS found)
	+ (SELECT count(*) FROM (SELECT 1 FROM led LIMIT $2) AS found) AS n;

-- Whether somebody still has the name by which a list goes on.
-- name: user_is_named :one
-- arg: id i64
-- arg: name_key blob
SELECT id FROM users WHERE id = $1 AND name_key = $2;

-- name: user_login_owner :one
-- arg: login_fold text
SELECT id FROM users WHERE login_fold = $1;

-- name: user_email_owner :one
-- arg: email_fold text
SELECT id FROM users WHERE email_fold = $1;

-- name: user_insert :insert
-- arg: login text
-- arg: login_fold text
-- arg: email text
-- arg: email_fold text
-- arg: first_name text
-- arg: last_name text
-- arg: first_fold text
-- arg: last_fold text
-- arg: name text
-- arg: name_key blob
-- arg: search text
-- arg: department i64
-- arg: status text
-- arg: supervisor i64?
-- arg: at i64
INSERT INTO users (login, login_fold, email, email_fold, first_name, last_name, first_fold, last_fold, name, name_key, search, department_id, status,
	supervisor_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- name: user_update_row :exec
-- arg: id i64
-- arg: login text
-- arg: login_fold text
-- arg: email text
-- arg: email_fold text
-- arg: first_name text
-- arg: last_name text
-- arg: first_fold text
-- arg: last_fold text
-- arg: name text
-- arg: name_key blob
-- arg: search text
-- arg: department i64
-- arg: status text
-- arg: supervisor i64?
UPDATE users SET login = $2, login_fold = $3, email = $4, email_fold = $5, first_name = $6, last_name = $7, first_fold = $8, last_fold = $9, name = $10,
	name_key = $11, search = $12, department_id = $13, status = $14, supervisor_id = $15, version = version + 1 WHERE id = $1;

-- What the target may do and the actor may not, and whether the target alone is an owner, or holds an account-wide role: what those may (give them, for one)
-- is more than their permissions.
-- name: user_outranks :one
-- arg: actor i64
-- arg: target i64
SELECT u.id FROM users u WHERE u.id = $2 AND (
	EXISTS (SELECT 1 FROM grant_range t WHERE t.user_id = u.id AND NOT EXISTS (
		SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = t.permission AND g.lo <= t.lo AND g.hi >= t.hi))
	OR (EXISTS (SELECT 1 FROM user_role r WHERE r.user_id = u.id AND r.role_id = 1)
		AND NOT EXISTS (SELECT 1 FROM user_role r WHERE r.user_id = $1 AND r.role_id = 1))
	OR (EXISTS (SELECT 1 FROM user_role r WHERE r.user_id = u.id AND r.role_id IN (1, 2))
		AND NOT EXISTS (SELECT 1 FROM user_role r WHERE r.user_id = $1 AND r.role_id IN (1, 2))));

-- name: user_other_owner :one
-- arg: id i64
SELECT u.id FROM user_role r CROSS JOIN users u WHERE u.id = r.user_id AND r.role_id = 1 AND u.status = 'active' AND u.id <> $1 LIMIT 1;

-- ---- roles that are held

-- name: user_roles :many
-- arg: user i64
SELECT h.id, h.role_id, r.key, r.name, r.scoped, x.department_id
FROM user_role h JOIN role r ON r.id = h.role_id LEFT JOIN user_role_department x ON x.user_role_id = h.id
WHERE h.user_id = $1 ORDER BY h.role_id, x.department_id;
-- col: scoped bool

-- name: user_role_insert :insert
-- arg: user i64
-- arg: role i64
INSERT INTO user_role (user_id, role_id) VALUES ($1, $2);

-- name: user_role_department_insert :exec
-- arg: user_role i64
-- arg: department i64
INSERT INTO user_role_department (user_role_id, department_id) VALUES ($1, $2);

-- name: user_roles_clear_departments :exec
-- arg: user i64
DELETE FROM user_role_department WHERE user_role_id IN (SELECT id FROM user_role WHERE user_id = $1);

-- name: user_roles_clear :exec
-- arg: user i64
DELETE FROM user_role WHERE user_id = $1;
