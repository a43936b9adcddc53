-- Search or jump: what the reader may open, by words of its name. Each is scoped as the page it leads to (R3, R11).

-- name: session_search_set :exec
-- arg: id i64
-- arg: search text
UPDATE session SET search = $2 WHERE id = $1;

-- ---- Users: an exact login or address first, then names of which a part begins with what was typed, then the others.

-- part: find_users_columns
WITH RECURSIVE below (id) AS (
	SELECT b.id FROM users b WHERE b.supervisor_id = $1 AND $2 = 1
	UNION
	SELECT b.id FROM users b JOIN below ON b.supervisor_id = below.id
)
SELECT u.id, u.name, u.login, u.email, u.status, d.name AS department, u.login_fold, u.email_fold, u.search, u.name_key

-- part: find_users_scope
(EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = $3 AND d.lo BETWEEN g.lo AND g.hi) OR u.id IN (SELECT id FROM below))

-- name: find_users :many
-- arg: actor i64
-- arg: supervisor bool
-- arg: permission text
-- arg: whole text
-- arg: beginning text
-- arg: word1 text
-- arg: word2 text
-- arg: word3 text
-- arg: limit i64
{find_users_columns} FROM users u JOIN department d ON d.id = u.department_id
WHERE u.search LIKE $6 ESCAPE '\' AND ($7 = '%' OR u.search LIKE $7 ESCAPE '\') AND ($8 = '%' OR u.search LIKE $8 ESCAPE '\')
AND {find_users_scope}
ORDER BY CASE WHEN u.login_fold = $4 OR u.email_fold = $4 THEN 0 WHEN u.search LIKE $5 ESCAPE '\' THEN 1 ELSE 2 END, u.name_key, u.id LIMIT $9;

-- Those of some who are in scope. Whether they match, and their order, are for who asked to say: with a handful that takes half of what SQL takes.
-- name: find_users_some :many
-- row: find_users
-- arg: actor i64
-- arg: supervisor bool
-- arg: permission text
-- arg: ids text
-- arg: all bool
{find_users_columns} FROM json_each($4) j CROSS JOIN users u CROSS JOIN department d
WHERE u.id = j.value AND d.id = u.department_id AND ($5 = 1 OR {find_users_scope});
-- pg:
{find_users_columns} FROM json_array_elements_text($4::json) j JOIN users u ON u.id = j::bigint JOIN department d ON d.id = u.department_id
WHERE $5 = 1 OR {find_users_scope};

-- name: find_trainings :many
-- arg: actor i64
-- arg: view bool
-- arg: now i64
-- arg: beginning text
-- arg: word1 text
-- arg: word2 text
-- arg: word3 text
-- arg: limit i64
SELECT t.id, t.title, n.starts_at, n.ends_at, n.days, f.time_zone, CASE WHEN t.search LIKE $4 ESCAPE '\' THEN 0 ELSE 1 END AS rank
FROM training t
LEFT JOIN session n ON n.id = (SELECT s.id FROM session s WHERE s.training_id = t.id AND s.cancelled_at IS NULL AND s.ends_at > $3
	ORDER BY s.starts_at, s.id LIMIT 1)
LEFT JOIN day f ON f.session_id = n.id AND f.position = 1
WHERE ($2 = 1 OR t.organizer_id = $1 OR EXISTS (SELECT 1 FROM session s WHERE s.training_id = t.id AND s.instructor_id = $1))
AND t.search LIKE $5 ESCAPE '\' AND t.search LIKE $6 ESCAPE '\' AND t.search LIKE $7 ESCAPE '\'
ORDER BY 7, t.title_key, t.id LIMIT $8;
-- col: starts_at i64?
-- col: ends_at i64?
-- col: days i64?
-- col: time_zone text

-- Each word in the training's title, the session's, or its instructor's name. What is to come first, and then the latest.
-- name: find_sessions :many
-- arg: actor i64
-- arg: view bool
-- arg: now i64
-- arg: word1 text
-- arg: word2 text
-- arg: word3 text
-- arg: limit i64
SELECT s.id, s.title, t.title AS training, s.starts_at, s.ends_at, s.days, f.time_zone, CASE WHEN s.ends_at > $3 THEN 0 ELSE 1 END AS past,
	CASE WHEN s.ends_at > $3 THEN s.starts_at ELSE -s.starts_at END AS distance
FROM session s JOIN training t ON t.id = s.training_id JOIN day f ON f.session_id = s.id AND f.position = 1
WHERE s.cancelled_at IS NULL
AND ($2 = 1 OR t.organizer_id = $1 OR EXISTS (SELECT 1 FROM session x WHERE x.training_id = t.id AND x.instructor_id = $1))
AND (t.search LIKE $4 ESCAPE '\' OR s.search LIKE $4 ESCAPE '\') AND (t.search LIKE $5 ESCAPE '\' OR s.search LIKE $5 ESCAPE '\')
AND (t.search LIKE $6 ESCAPE '\' OR s.search LIKE $6 ESCAPE '\')
ORDER BY 8, 9, s.id LIMIT $7;

-- What the reader takes part in: from the access date on, and not what was cancelled.
-- name: find_mine :many
-- arg: actor i64
-- arg: now i64
-- arg: word1 text
-- arg: word2 text
-- arg: word3 text
-- arg: limit i64
SELECT e.id, t.title AS training, s.title AS session, s.starts_at, s.ends_at, s.days, f.time_zone,
	CASE WHEN s.id IS NULL OR s.ends_at > $2 THEN 0 ELSE 1 END AS past
FROM enrollment e JOIN training t ON t.id = e.training_id LEFT JOIN session s ON s.id = e.session_id AND s.cancelled_at IS NULL
LEFT JOIN day f ON f.session_id = s.id AND f.position = 1
WHERE e.user_id = $1 AND e.announced_at IS NOT NULL AND e.status <> 'cancelled'
AND (t.search LIKE $3 ESCAPE '\' OR s.search LIKE $3 ESCAPE '\') AND (t.search LIKE $4 ESCAPE '\' OR s.search LIKE $4 ESCAPE '\')
AND (t.search LIKE $5 ESCAPE '\' OR s.search LIKE $5 ESCAPE '\')
ORDER BY 8, coalesce(s.starts_at, 0), e.id LIMIT $6;
-- col: session text
-- col: starts_at i64?
-- col: ends_at i64?
-- col: days i64?
-- col: time_zone text
