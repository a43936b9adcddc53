-- One enrollment: look at it, edit, cancel, answer, results.

-- name: enrollment_row :one
-- arg: id i64
SELECT e.id, e.user_id, e.training_id, e.session_id, e.status, e.access_at, e.announced_at, e.position, e.answer, e.answered_at, e.result, e.result_by_hand,
	e.score, e.comment, e.source, e.preselected, e.batch_id, e.generation, e.version, e.created_at, e.cancelled_at,
	u.name AS user_name, u.login, u.email, u.status AS user_status, u.time_zone AS user_zone, u.locale AS user_locale, d.name AS department, t.title AS training_title, t.description AS training_description,
	t.organizer_id, t.closes_before, s.title AS session_title, s.starts_at, s.ends_at, s.cancelled_at AS session_cancelled_at, s.instructor
FROM enrollment e JOIN users u ON u.id = e.user_id JOIN department d ON d.id = u.department_id JOIN training t ON t.id = e.training_id
LEFT JOIN session s ON s.id = e.session_id WHERE e.id = $1;

-- name: enrollment_days :many
-- arg: id i64
SELECT d.id, d.position, d.start_at, d.end_at, d.time_zone, d.location, d.url, d.fold, coalesce(x.answer, 'none') AS answer, coalesce(x.result, 'none') AS result
FROM enrollment e JOIN day d ON d.session_id = e.session_id LEFT JOIN enrollment_day x ON x.enrollment_id = e.id AND x.day_id = d.id
WHERE e.id = $1 ORDER BY d.position;
-- col: answer text
-- col: result text

-- name: enrollment_set_access :exec
-- arg: id i64
-- arg: access_at i64
UPDATE enrollment SET access_at = $2, version = version + 1 WHERE id = $1;

-- name: enrollment_set_session :exec
-- arg: id i64
-- arg: session i64?
-- arg: status text
-- arg: position i64?
-- arg: preselected i64
UPDATE enrollment SET session_id = $2, status = $3, position = $4, preselected = $5, answer = 'none', answered_at = NULL, result = 'none', result_by_hand = 0,
	version = version + 1 WHERE id = $1;

-- name: enrollment_days_clear :exec
-- arg: id i64
DELETE FROM enrollment_day WHERE enrollment_id = $1;

-- name: enrollment_session_facts :one
-- arg: id i64
SELECT id, training_id, title, starts_at, cancelled_at FROM session WHERE id = $1;

-- name: enrollment_set_cancelled :exec
-- arg: id i64
-- arg: at i64
UPDATE enrollment SET status = 'cancelled', position = NULL, cancelled_at = $2, version = version + 1 WHERE id = $1;

-- name: enrollment_of_leaver :many
-- arg: user i64
-- arg: now i64
SELECT e.id FROM enrollment e LEFT JOIN session s ON s.id = e.session_id
WHERE e.user_id = $1 AND e.status <> 'cancelled' AND (s.id IS NULL OR s.starts_at > $2) ORDER BY e.id;

-- ---- a session that changed
-- name: session_answers_reset :exec
-- arg: session i64
UPDATE enrollment SET answer = 'none', answered_at = NULL, version = version + 1
WHERE session_id = $1 AND status <> 'cancelled' AND answer IN ('accepted', 'tentative');

-- name: session_day_answers_reset :exec
-- arg: session i64
UPDATE enrollment_day SET answer = 'none', answered_at = NULL
WHERE answer IN ('accepted', 'tentative') AND day_id IN (SELECT id FROM day WHERE session_id = $1);

-- ---- answers
-- name: answer_day_set :exec
-- arg: enrollment i64
-- arg: day i64
-- arg: answer text
-- arg: at i64
INSERT INTO enrollment_day (enrollment_id, day_id, answer, answered_at) SELECT $1, $2, $3, $4 WHERE true
ON CONFLICT (enrollment_id, day_id) DO UPDATE SET answer = excluded.answer, answered_at = excluded.answered_at;

-- name: answer_all_days_set :exec
-- arg: enrollment i64
-- arg: answer text
-- arg: at i64
INSERT INTO enrollment_day (enrollment_id, day_id, answer, answered_at)
SELECT e.id, d.id, $2, $3 FROM enrollment e JOIN day d ON d.session_id = e.session_id WHERE e.id = $1
ON CONFLICT (enrollment_id, day_id) DO UPDATE SET answer = excluded.answer, answered_at = excluded.answered_at;

-- name: enrollment_set_answer :exec
-- arg: id i64
-- arg: answer text
-- arg: at i64?
-- arg: status text
-- arg: position i64?
UPDATE enrollment SET answer = $2, answered_at = $3, status = $4, position = $5, version = version + 1 WHERE id = $1;

-- name: enrollment_raise_generation :exec
-- arg: id i64
UPDATE enrollment SET generation = generation + 1 WHERE id = $1;

-- ---- results
-- name: result_day_set :exec
-- arg: enrollment i64
-- arg: day i64
-- arg: result text
INSERT INTO enrollment_day (enrollment_id, day_id, result) SELECT $1, $2, $3 WHERE true
ON CONFLICT (enrollment_id, day_id) DO UPDATE SET result = excluded.result;

-- name: enrollment_set_result :exec
-- arg: id i64
-- arg: result text
-- arg: by_hand bool
-- arg: score i64?
-- arg: comment text
UPDATE enrollment SET result = $2, result_by_hand = $3, score = $4, comment = $5, version = version + 1 WHERE id = $1;

-- name: enrollment_in_session :one
-- arg: session i64
-- arg: user i64
SELECT id FROM enrollment WHERE session_id = $1 AND user_id = $2 AND status = 'enrolled';

-- name: day_of_session :one
-- arg: day i64
-- arg: session i64
SELECT id FROM day WHERE id = $1 AND session_id = $2;

-- ---- lists (R4): only who has an enrollment. Seen are people in scope, people below, and for organizer and instructor their own participants (R11).
-- Sessions that start at the same moment stay apart in the order by session.
-- Organizer and instructor know the names of their participants (R11); what else stands in a profile is found by who sees that user.
-- name: participant_list :many
-- arg: actor i64
-- arg: training i64
-- arg: all bool
-- arg: session i64
-- arg: status text
-- arg: answer text
-- arg: search text
-- sort: name = u.name_key blob, department = d.name_key blob, session = coalesce(s.starts_at * 1048576 + s.id % 1048576, 0) i64, status = CASE WHEN e.status <> 'cancelled' AND e.announced_at IS NULL THEN 'scheduled' ELSE e.status END text, answer = e.answer text, access = e.access_at i64, result = e.result text
-- sort-id: e.id
SELECT e.id, e.user_id, e.training_id, u.name AS user_name, u.login, u.email, u.status AS user_status, d.name AS department, e.session_id, s.title AS session_title,
	s.starts_at, s.ends_at, e.status, e.access_at, e.announced_at, e.position, e.answer, e.answered_at, e.result, e.score, e.comment, e.source, e.batch_id, e.version,
	(EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'enroll' AND d.lo BETWEEN g.lo AND g.hi)) AS may_enroll,
	(t.organizer_id = $1 OR coalesce(s.instructor_id, 0) = $1
		OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'results' AND d.lo BETWEEN g.lo AND g.hi)) AS may_result,
	($3 = 1 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)) AS may_see_user,
	(EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.edit' AND d.lo BETWEEN g.lo AND g.hi)) AS may_edit_user
FROM enrollment e JOIN training t ON t.id = e.training_id JOIN users u ON u.id = e.user_id JOIN department d ON d.id = u.department_id
LEFT JOIN session s ON s.id = e.session_id
WHERE e.training_id = $2
AND ($3 = 1 OR t.organizer_id = $1 OR s.instructor_id = $1
	OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)
	OR u.id IN (WITH RECURSIVE below (id) AS (SELECT b.id FROM users b WHERE b.supervisor_id = $1 UNION SELECT b.id FROM users b JOIN below w ON b.supervisor_id = w.id)
		SELECT id FROM below))
AND ($4 = 0 OR e.session_id = $4)
AND CASE $5 WHEN '' THEN e.status <> 'cancelled' WHEN 'scheduled' THEN e.status <> 'cancelled' AND e.announced_at IS NULL
	WHEN 'enrolled' THEN e.status = 'enrolled' AND e.announced_at IS NOT NULL ELSE e.status = $5 END
AND ($6 = '' OR e.answer = $6)
AND ($7 = '' OR (CASE WHEN $3 = 1 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)
	THEN u.search ELSE ' ' || u.first_fold || ' ' || u.last_fold || ' ' END) LIKE $7 ESCAPE '\')
{after} {order};
-- col: may_enroll bool
-- col: may_result bool
-- col: may_see_user bool
-- col: may_edit_user bool

-- name: participant_count :one
-- arg: actor i64
-- arg: training i64
-- arg: all bool
-- arg: session i64
-- arg: status text
-- arg: answer text
-- arg: search text
SELECT count(*) AS n
FROM enrollment e JOIN training t ON t.id = e.training_id JOIN users u ON u.id = e.user_id JOIN department d ON d.id = u.department_id
LEFT JOIN session s ON s.id = e.session_id
WHERE e.training_id = $2
AND ($3 = 1 OR t.organizer_id = $1 OR s.instructor_id = $1
	OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)
	OR u.id IN (WITH RECURSIVE below (id) AS (SELECT b.id FROM users b WHERE b.supervisor_id = $1 UNION SELECT b.id FROM users b JOIN below w ON b.supervisor_id = w.id)
		SELECT id FROM below))
AND ($4 = 0 OR e.session_id = $4)
AND CASE $5 WHEN '' THEN e.status <> 'cancelled' WHEN 'scheduled' THEN e.status <> 'cancelled' AND e.announced_at IS NULL
	WHEN 'enrolled' THEN e.status = 'enrolled' AND e.announced_at IS NOT NULL ELSE e.status = $5 END
AND ($6 = '' OR e.answer = $6)
AND ($7 = '' OR (CASE WHEN $3 = 1 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)
	THEN u.search ELSE ' ' || u.first_fold || ' ' || u.last_fold || ' ' END) LIKE $7 ESCAPE '\');

-- What one user is enrolled in. Who did it is named only where the reader sees that person (R3).
-- name: user_enrollment_list :many
-- arg: actor i64
-- arg: user i64
-- arg: status text
-- sort: session = coalesce(s.starts_at * 1048576 + s.id % 1048576, 0) i64, training = t.title_key blob, status = CASE WHEN e.status <> 'cancelled' AND e.announced_at IS NULL THEN 'scheduled' ELSE e.status END text, answer = e.answer text, access = e.access_at i64, result = e.result text
-- sort-id: e.id
SELECT e.id, e.user_id, e.training_id, u.name AS user_name, u.login, u.email, t.title AS training_title, e.session_id, s.title AS session_title, s.starts_at, s.ends_at,
	s.cancelled_at AS session_cancelled_at, e.status, e.access_at, e.announced_at, e.position, e.answer, e.answered_at, e.result, e.score, e.comment, e.source,
	e.batch_id, e.version,
	CASE WHEN p.id = $1 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND pd.lo BETWEEN g.lo AND g.hi) THEN p.name END AS enrolled_by,
	(EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'enroll' AND d.lo BETWEEN g.lo AND g.hi)) AS may_enroll,
	(t.organizer_id = $1 OR coalesce(s.instructor_id, 0) = $1
		OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'results' AND d.lo BETWEEN g.lo AND g.hi)) AS may_result
FROM enrollment e JOIN training t ON t.id = e.training_id JOIN users u ON u.id = e.user_id JOIN department d ON d.id = u.department_id
LEFT JOIN session s ON s.id = e.session_id LEFT JOIN batch b ON b.id = e.batch_id LEFT JOIN users p ON p.id = b.actor_id LEFT JOIN department pd ON pd.id = p.department_id
WHERE e.user_id = $2
AND CASE $3 WHEN '' THEN e.status <> 'cancelled' WHEN 'scheduled' THEN e.status <> 'cancelled' AND e.announced_at IS NULL
	WHEN 'enrolled' THEN e.status = 'enrolled' AND e.announced_at IS NOT NULL ELSE e.status = $3 END
{after} {order};
-- col: session_cancelled_at i64?
-- col: enrolled_by text
-- col: may_enroll bool
-- col: may_result bool

-- name: user_enrollment_count :one
-- arg: user i64
-- arg: status text
SELECT count(*) AS n FROM enrollment e
WHERE e.user_id = $1
AND CASE $2 WHEN '' THEN e.status <> 'cancelled' WHEN 'scheduled' THEN e.status <> 'cancelled' AND e.announced_at IS NULL
	WHEN 'enrolled' THEN e.status = 'enrolled' AND e.announced_at IS NOT NULL ELSE e.status = $2 END;

-- The days of all enrollments of a page at once: a JSON list of their ids. (CROSS JOIN: from these few on.)
-- name: enrollment_days_of :many
-- arg: ids text
SELECT e.id AS enrollment_id, d.id, d.position, d.start_at, d.end_at, d.time_zone, d.location, d.url, coalesce(x.answer, 'none') AS answer, coalesce(x.result, 'none') AS result
FROM json_each($1) g CROSS JOIN enrollment e CROSS JOIN day d
LEFT JOIN enrollment_day x ON x.enrollment_id = e.id AND x.day_id = d.id
WHERE e.id = g.value AND d.session_id = e.session_id
ORDER BY g.key, d.position;
-- pg:
SELECT e.id AS enrollment_id, d.id, d.position, d.start_at, d.end_at, d.time_zone, d.location, d.url, coalesce(x.answer, 'none') AS answer, coalesce(x.result, 'none') AS result
FROM json_array_elements_text($1::json) WITH ORDINALITY AS g (value, key) JOIN enrollment e ON e.id = g.value::bigint JOIN day d ON d.session_id = e.session_id
LEFT JOIN enrollment_day x ON x.enrollment_id = e.id AND x.day_id = d.id
ORDER BY g.key, d.position;
-- col: answer text
-- col: result text
