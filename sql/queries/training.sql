-- Trainings. Every manager sees all of them ($view, R11); others those that they organize or teach. An organizer is a user:
-- named only to who sees that user, or works with them in this training (R3).

-- name: training_list :many
-- sort: title = t.title_key blob, next = coalesce(n.starts_at, 9223372036854775807) i64
-- sort-id: t.id
-- arg: actor i64
-- arg: view bool
-- arg: now i64
-- arg: word1 text
-- arg: word2 text
-- arg: word3 text
SELECT t.id
FROM training t
LEFT JOIN session n ON n.id = (SELECT s.id FROM session s WHERE s.training_id = t.id AND s.cancelled_at IS NULL AND s.ends_at > $3
	ORDER BY s.starts_at, s.id LIMIT 1)
WHERE ($2 = 1 OR t.organizer_id = $1 OR EXISTS (SELECT 1 FROM session s WHERE s.training_id = t.id AND s.instructor_id = $1))
AND ($4 = '%' OR t.search LIKE $4 ESCAPE '\') AND ($5 = '%' OR t.search LIKE $5 ESCAPE '\') AND ($6 = '%' OR t.search LIKE $6 ESCAPE '\')
{after} {order};

-- What is not over began no longer ago than the longest session lasts.
-- part: longest_session
(SELECT max(x.ends_at - x.starts_at) FROM session x)

-- The same order along the sessions, as far as a page needs it, without trainings that have none to come: all of which every manager sees.
-- name: training_walk :many
-- sort: next = s.starts_at i64
-- sort-id: s.training_id
-- arg: now i64
-- row: training_list
SELECT s.training_id AS id FROM session s WHERE s.cancelled_at IS NULL AND s.ends_at > $1 AND s.starts_at > $1 - {longest_session}
AND s.id = (SELECT e.id FROM session e WHERE e.training_id = s.training_id AND e.starts_at > $1 - {longest_session} AND e.cancelled_at IS NULL AND e.ends_at > $1
	ORDER BY e.starts_at, e.id LIMIT 1)
{after} {order};

-- What a page of the list shows, for its trainings alone, in any order.
-- part: training_shown
t.id, t.title, CASE WHEN $2 = 1 OR t.organizer_id = $1 OR EXISTS (SELECT 1 FROM department d JOIN grant_range g
		ON g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi WHERE d.id = o.department_id) THEN o.name END AS organizer,
	(SELECT count(*) FROM session s WHERE s.training_id = t.id AND s.cancelled_at IS NULL) AS sessions

-- name: training_some :many
-- arg: actor i64
-- arg: all bool
-- arg: ids text
SELECT {training_shown} FROM json_each($3) j CROSS JOIN training t CROSS JOIN users o WHERE t.id = j.value AND o.id = t.organizer_id;
-- pg:
SELECT {training_shown} FROM json_array_elements_text($3::json) j JOIN training t ON t.id = j::bigint JOIN users o ON o.id = t.organizer_id;
-- col: id i64
-- col: title text
-- col: organizer text

-- Their sessions that are not over.
-- part: training_session_columns
s.training_id, s.id, s.starts_at, s.ends_at, s.days, s.seats_taken, s.waiting, s.capacity

-- name: training_some_sessions :many
-- arg: ids text
-- arg: now i64
SELECT {training_session_columns} FROM json_each($1) j CROSS JOIN session s
WHERE s.training_id = j.value AND s.starts_at > $2 - {longest_session} AND s.cancelled_at IS NULL AND s.ends_at > $2;
-- pg:
SELECT {training_session_columns} FROM json_array_elements_text($1::json) j JOIN session s ON s.training_id = j::bigint
WHERE s.starts_at > $2 - {longest_session} AND s.cancelled_at IS NULL AND s.ends_at > $2;

-- Where sessions begin.
-- name: training_some_zones :many
-- arg: sessions text
SELECT f.session_id, f.time_zone FROM json_each($1) j CROSS JOIN day f WHERE f.session_id = j.value AND f.position = 1;
-- pg:
SELECT f.session_id, f.time_zone FROM json_array_elements_text($1::json) j JOIN day f ON f.session_id = j::bigint WHERE f.position = 1;

-- name: training_list_count :one
-- arg: actor i64
-- arg: view bool
-- arg: word1 text
-- arg: word2 text
-- arg: word3 text
SELECT count(*) AS n FROM training t
WHERE ($2 = 1 OR t.organizer_id = $1 OR EXISTS (SELECT 1 FROM session s WHERE s.training_id = t.id AND s.instructor_id = $1))
AND ($3 = '%' OR t.search LIKE $3 ESCAPE '\') AND ($4 = '%' OR t.search LIKE $4 ESCAPE '\') AND ($5 = '%' OR t.search LIKE $5 ESCAPE '\');

-- Suggestions: titles that begin with what was typed come first.
-- name: training_suggest :many
-- arg: actor i64
-- arg: view bool
-- arg: inside text
-- arg: beginning text
-- arg: limit i64
-- arg: now i64
SELECT t.id, t.title, n.id AS next_id, n.starts_at, n.ends_at, n.days, f.time_zone,
	(SELECT count(*) FROM session s WHERE s.training_id = t.id AND s.cancelled_at IS NULL AND s.starts_at > $6) AS upcoming
FROM training t
LEFT JOIN session n ON n.id = (SELECT s.id FROM session s WHERE s.training_id = t.id AND s.cancelled_at IS NULL AND s.starts_at > $6
	ORDER BY s.starts_at, s.id LIMIT 1)
LEFT JOIN day f ON f.session_id = n.id AND f.position = 1
WHERE ($2 = 1 OR t.organizer_id = $1 OR EXISTS (SELECT 1 FROM session s WHERE s.training_id = t.id AND s.instructor_id = $1))
AND t.search LIKE $3 ESCAPE '\'
ORDER BY CASE WHEN t.search LIKE $4 ESCAPE '\' THEN 0 ELSE 1 END, t.title_key, t.id LIMIT $5;
-- col: next_id i64?
-- col: starts_at i64?
-- col: ends_at i64?
-- col: days i64?
-- col: time_zone text

-- part: training_columns
t.id, t.title, t.description, t.organizer_id, t.closes_before, t.created_at, t.version,
	CASE WHEN $2 = 1 OR t.organizer_id = $1
		OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)
		OR EXISTS (SELECT 1 FROM session s WHERE s.training_id = t.id AND s.instructor_id = $1) THEN 1 ELSE 0 END AS organizer_seen,
	o.login AS organizer_login, o.name AS organizer_name,
	(SELECT count(*) FROM session s WHERE s.training_id = t.id AND s.cancelled_at IS NULL) AS sessions,
	(EXISTS (SELECT 1 FROM enrollment e WHERE e.training_id = t.id)) AS has_enrollments,
	(EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission IN ('trainings.create', 'trainings.edit') AND d.lo BETWEEN g.lo AND g.hi)) AS organizer_in_scope

-- name: training_by_ids :many
-- arg: actor i64
-- arg: all bool
-- arg: ids text
SELECT {training_columns}
FROM json_each($3) j CROSS JOIN training t CROSS JOIN users o CROSS JOIN department d
WHERE t.id = j.value AND o.id = t.organizer_id AND d.id = o.department_id ORDER BY j.key;
-- pg:
SELECT {training_columns}
FROM json_array_elements_text($3::json) WITH ORDINALITY AS j (value, key) JOIN training t ON t.id = j.value::bigint
JOIN users o ON o.id = t.organizer_id JOIN department d ON d.id = o.department_id ORDER BY j.key;
-- col: organizer_in_scope bool
-- col: id i64
-- col: organizer_id i64
-- col: created_at i64
-- col: version i64
-- col: closes_before i64?
-- col: organizer_seen bool
-- col: has_enrollments bool

-- name: training_insert :insert
-- arg: title text
-- arg: title_key blob
-- arg: search text
-- arg: description text
-- arg: organizer i64
-- arg: closes_before i64?
-- arg: at i64
INSERT INTO training (title, title_key, search, description, organizer_id, closes_before, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: training_update_row :exec
-- arg: id i64
-- arg: title text
-- arg: title_key blob
-- arg: search text
-- arg: description text
-- arg: organizer i64
-- arg: closes_before i64?
UPDATE training SET title = $2, title_key = $3, search = $4, description = $5, organizer_id = $6, closes_before = $7, version = version + 1 WHERE id = $1;

-- name: training_delete_days :exec
-- arg: id i64
DELETE FROM day WHERE session_id IN (SELECT id FROM session WHERE training_id = $1);

-- name: training_delete_sessions :exec
-- arg: id i64
DELETE FROM session WHERE training_id = $1;

-- name: training_delete_row :exec
-- arg: id i64
DELETE FROM training WHERE id = $1;

-- Somebody who can be named as organizer or instructor: active, and seen by whoever names them (R11), or that one.
-- name: training_person :one
-- arg: actor i64
-- arg: all bool
-- arg: id i64
SELECT u.id, u.login, u.name FROM users u JOIN department d ON d.id = u.department_id
WHERE u.id = $3 AND u.status = 'active' AND ($2 = 1 OR u.id = $1
	OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi));

-- Participants in scope (R3), by what they answered. Cancelled ones do not count, and those of cancelled sessions apart: nobody expects them.
-- name: training_answers :one
-- arg: actor i64
-- arg: all bool
-- arg: training i64
SELECT coalesce(sum(CASE WHEN x.cancelled_at IS NULL THEN 1 ELSE 0 END), 0) AS participants,
	coalesce(sum(CASE WHEN x.cancelled_at IS NULL AND e.answer = 'accepted' THEN 1 ELSE 0 END), 0) AS accepted,
	coalesce(sum(CASE WHEN x.cancelled_at IS NULL AND e.answer = 'tentative' THEN 1 ELSE 0 END), 0) AS tentative,
	coalesce(sum(CASE WHEN x.cancelled_at IS NULL AND e.answer = 'declined' THEN 1 ELSE 0 END), 0) AS declined,
	coalesce(sum(CASE WHEN x.cancelled_at IS NULL AND e.answer = 'none' AND e.status = 'enrolled' THEN 1 ELSE 0 END), 0) AS unanswered,
	coalesce(sum(CASE WHEN x.cancelled_at IS NULL AND e.status = 'waiting' THEN 1 ELSE 0 END), 0) AS waiting,
	coalesce(sum(CASE WHEN x.cancelled_at IS NULL AND e.announced_at IS NULL THEN 1 ELSE 0 END), 0) AS scheduled,
	coalesce(sum(CASE WHEN x.cancelled_at IS NULL THEN 0 ELSE 1 END), 0) AS session_cancelled
FROM enrollment e JOIN users u ON u.id = e.user_id JOIN department d ON d.id = u.department_id
LEFT JOIN session x ON x.id = e.session_id
WHERE e.training_id = $3 AND e.status <> 'cancelled'
AND ($2 = 1 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)
	OR u.id IN (WITH RECURSIVE below (id) AS (SELECT b.id FROM users b WHERE b.supervisor_id = $1 UNION SELECT b.id FROM users b JOIN below w ON b.supervisor_id = w.id)
		SELECT id FROM below)
	OR EXISTS (SELECT 1 FROM session s WHERE s.id = e.session_id AND s.instructor_id = $1));

-- What somebody can be enrolled in. The organizer is named where the reader sees that person (R3).
-- name: training_offer_rows :many
-- arg: inside text
-- arg: now i64
-- arg: limit i64
-- arg: actor i64
SELECT t.id, t.title, CASE WHEN u.id = $4
		OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $4 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi) THEN u.name ELSE '' END AS organizer,
	(SELECT count(*) FROM session s WHERE s.training_id = t.id AND s.cancelled_at IS NULL AND s.starts_at > $2) AS upcoming,
	(SELECT min(s.starts_at) FROM session s WHERE s.training_id = t.id AND s.cancelled_at IS NULL AND s.starts_at > $2) AS next_at
FROM training t JOIN users u ON u.id = t.organizer_id JOIN department d ON d.id = u.department_id
WHERE t.search LIKE $1 ESCAPE '\' ORDER BY t.title_key, t.id LIMIT $3;
-- col: organizer text
-- col: next_at i64?
