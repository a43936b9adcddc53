-- Search or jump: what the reader may open, by words of its name. Each is scoped as the page it leads to (R3, R11).

-- name: session_search_set :exec
-- arg: id i64
-- arg: search text
UPDATE session SET search = $2 WHERE id = $1;

-- ---- Users: an exact login or address first, then names that begin with it, then the others. Each is asked of everybody, or of those whom the index
-- in memory proposes: few, so that they are read one by one in that order and sorted without a limit, which takes SQLite a table of its own.

-- part: below_actor
WITH RECURSIVE below (id) AS (
	SELECT b.id FROM users b WHERE b.supervisor_id = $1 AND $2 = 1
	UNION
	SELECT b.id FROM users b JOIN below ON b.supervisor_id = below.id
)

-- part: find_users_columns
SELECT u.id, u.name, u.login, u.status, d.name AS department,
	CASE WHEN u.login_fold = $3 OR u.email_fold = $3 THEN 0 WHEN u.search LIKE $4 ESCAPE '\' THEN 1 ELSE 2 END AS rank

-- part: find_users_where
WHERE u.search LIKE $5 ESCAPE '\' AND u.search LIKE $6 ESCAPE '\' AND u.search LIKE $7 ESCAPE '\'
AND (EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)
	OR u.id IN (SELECT id FROM below))

-- name: find_users :many
-- arg: actor i64
-- arg: supervisor bool
-- arg: whole text
-- arg: beginning text
-- arg: word1 text
-- arg: word2 text
-- arg: word3 text
-- arg: limit i64
{below_actor} {find_users_columns}
FROM users u JOIN department d ON d.id = u.department_id
{find_users_where} ORDER BY 6, u.name_key, u.id LIMIT $8;

-- name: find_users_among :many
-- row: find_users
-- arg: actor i64
-- arg: supervisor bool
-- arg: whole text
-- arg: beginning text
-- arg: word1 text
-- arg: word2 text
-- arg: word3 text
-- arg: ids text
{below_actor} {find_users_columns}
FROM json_each($8) j CROSS JOIN users u ON u.id = j.value JOIN department d ON d.id = u.department_id
{find_users_where} ORDER BY 6, u.name_key, u.id;
-- pg:
{below_actor} {find_users_columns}
FROM json_array_elements_text($8::json) j JOIN users u ON u.id = j::bigint JOIN department d ON d.id = u.department_id
{find_users_where} ORDER BY 6, u.name_key, u.id;

-- part: suggest_columns
SELECT u.id, u.name, u.login, u.email, u.status, d.name AS department,
	CASE WHEN u.login_fold = $2 OR u.email_fold = $2 THEN 0 WHEN u.search LIKE $3 ESCAPE '\' THEN 1 ELSE 2 END AS rank

-- part: suggest_where
WHERE u.search LIKE $4 ESCAPE '\'
AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'enroll' AND d.lo BETWEEN g.lo AND g.hi)

-- The wizard's suggestions.
-- name: suggest_users :many
-- arg: actor i64
-- arg: whole text
-- arg: beginning text
-- arg: inside text
-- arg: limit i64
{suggest_columns} FROM users u JOIN department d ON d.id = u.department_id {suggest_where} ORDER BY 7, u.name_key, u.id LIMIT $5;

-- name: suggest_users_among :many
-- row: suggest_users
-- arg: actor i64
-- arg: whole text
-- arg: beginning text
-- arg: inside text
-- arg: ids text
{suggest_columns} FROM json_each($5) j CROSS JOIN users u ON u.id = j.value JOIN department d ON d.id = u.department_id
{suggest_where} ORDER BY 7, u.name_key, u.id;
-- pg:
{suggest_columns} FROM json_array_elements_text($5::json) j JOIN users u ON u.id = j::bigint JOIN department d ON d.id = u.department_id
{suggest_where} ORDER BY 7, u.name_key, u.id;

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
