-- Reports over people in scope (R3) who have an enrollment that was announced and not cancelled (R4). In scope are those in the departments where the
-- actor holds "reports", those below a supervisor, and for organizer and instructor their own participants (R11),
-- of whom they are told no login and no department, neither by a row nor by a filter. Who waits was not to come, and what
-- was cancelled did not happen. Trainings and sessions that were chosen stand in pick_training and stage_id.
-- (Also <> 'cancelled': by that SQLite knows that it may use the partial index enrollment_one.)

-- The people behind these numbers: first who, in their order, by whichever way goes through the fewest; then what is shown of them. Each is the same
-- set. (CROSS JOIN: from left to right. model/report_people.c chooses.)

-- In the department that was asked for, and in reach of the actor.
-- part: report_seen
($4 IS NULL OR EXISTS (SELECT 1 FROM department d JOIN department z ON z.id = $4 AND (d.id = z.id OR $5 = 0 AND d.lo BETWEEN z.lo AND z.hi) WHERE d.id = u.department_id))
AND ($2 = 1 OR ($4 IS NULL AND (coalesce(s.instructor_id, 0) = $1 OR EXISTS (SELECT 1 FROM training o WHERE o.id = s.training_id AND o.organizer_id = $1)))
	OR EXISTS (SELECT 1 FROM department d JOIN grant_range g ON g.user_id = $1 AND g.permission = 'reports' AND d.lo BETWEEN g.lo AND g.hi WHERE d.id = u.department_id)
	OR ($3 = 1 AND u.id IN (WITH RECURSIVE below (id) AS (SELECT b.id FROM users b WHERE b.supervisor_id = $1 UNION SELECT b.id FROM users b JOIN below w ON b.supervisor_id = w.id)
		SELECT id FROM below)))

-- In the sessions that were asked for.
-- part: report_held
s.cancelled_at IS NULL AND s.ends_at > $9 AND s.starts_at < $10
AND ($7 = 1 OR s.training_id IN (SELECT training_id FROM pick_training)) AND ($8 = 1 OR s.id IN (SELECT id FROM stage_id))

-- part: report_counted
{report_enrolled} AND ($6 = '' OR e.result = $6)

-- In s, of those whom the actor may give a result. `all` ($2): that is everybody.
-- part: report_missing
e.session_id = s.id AND {report_enrolled} AND e.result = 'none'
	AND ($2 = 1 OR t.organizer_id = $1 OR s.instructor_id = $1 OR EXISTS (SELECT 1 FROM users u JOIN department d ON d.id = u.department_id
		JOIN grant_range g ON g.user_id = $1 AND g.permission = 'results' AND d.lo BETWEEN g.lo AND g.hi WHERE u.id = e.user_id))

-- Who was to come, also those who declined: whether they came is what a result says.
-- part: report_enrolled
e.status = 'enrolled' AND e.announced_at IS NOT NULL

-- Whose department the actor is told, as in report_shown.
-- part: report_told
($2 = 1 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission IN ('users.view', 'reports') AND d.lo BETWEEN g.lo AND g.hi)
	OR ($3 = 1 AND u.id IN (WITH RECURSIVE below (id) AS (SELECT b.id FROM users b WHERE b.supervisor_id = $1 UNION SELECT b.id FROM users b JOIN below w ON b.supervisor_id = w.id)
		SELECT id FROM below)))

-- From the sessions of stage_id, those in which somebody is counted. By department, those whose department is not told come first.
-- name: report_participant_list :many
-- sort: name = k.by_name blob, department = k.by_department blob, training = k.by_training blob, session = k.by_session i64, answer = k.answer text, result = k.result text, score = k.score i64?
-- sort-id: k.id
-- arg: actor i64
-- arg: all bool
-- arg: below bool
-- arg: department i64?
-- arg: direct bool
-- arg: result text
SELECT k.id FROM (
	SELECT e.id, e.answer, e.result, e.score, u.name_key AS by_name, t.title_key AS by_training, s.starts_at * 1048576 + s.id % 1048576 AS by_session,
		CASE WHEN {report_told} THEN d.name_key ELSE substr(d.name_key, 1, 0) END AS by_department
	FROM stage_id x CROSS JOIN session s CROSS JOIN training t CROSS JOIN enrollment e CROSS JOIN users u CROSS JOIN department d
	WHERE s.id = x.id AND t.id = s.training_id AND e.session_id = s.id AND u.id = e.user_id AND d.id = u.department_id
	AND {report_counted}
	AND {report_seen}
) AS k WHERE k.id > 0 {after} {order};

-- From the people of pick: everybody who is counted, whatever the session.
-- name: report_people_picked :many
-- sort: name = u.name_key blob, department = d.name_key blob, training = t.title_key blob, session = s.starts_at * 1048576 + s.id % 1048576 i64, answer = e.answer text, result = e.result text, score = e.score i64?
-- sort-id: e.id
-- arg: result text
-- arg: any_training bool
-- arg: any_session bool
-- arg: from i64
-- arg: to i64
SELECT e.id
FROM pick p CROSS JOIN users u CROSS JOIN department d CROSS JOIN enrollment e CROSS JOIN session s CROSS JOIN training t
WHERE u.id = p.user_id AND d.id = u.department_id AND e.user_id = u.id AND s.id = e.session_id AND t.id = s.training_id
AND e.status <> 'cancelled' AND {report_enrolled} AND ($1 = '' OR e.result = $1)
AND s.cancelled_at IS NULL AND s.ends_at > $4 AND s.starts_at < $5
AND ($2 = 1 OR s.training_id IN (SELECT training_id FROM pick_training)) AND ($3 = 1 OR s.id IN (SELECT id FROM stage_id))
{after} {order};

-- name: report_pick :put
-- arg: actor i64
-- arg: all bool
-- arg: department i64?
-- arg: direct bool
INSERT INTO pick (user_id, position)
SELECT u.id, 0 FROM department d CROSS JOIN users u
WHERE u.department_id = d.id
AND ($3 IS NULL OR EXISTS (SELECT 1 FROM department z WHERE z.id = $3 AND (d.id = z.id OR $4 = 0 AND d.lo BETWEEN z.lo AND z.hi)))
AND ($2 = 1 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'reports' AND d.lo BETWEEN g.lo AND g.hi));

-- name: report_pick_below :put
-- arg: supervisor i64
-- arg: department i64?
-- arg: direct bool
INSERT INTO pick (user_id, position)
SELECT u.id, 0 FROM (WITH RECURSIVE below (id) AS (SELECT b.id FROM users b WHERE b.supervisor_id = $1 UNION SELECT b.id FROM users b JOIN below w ON b.supervisor_id = w.id)
	SELECT id FROM below) x JOIN users u ON u.id = x.id JOIN department d ON d.id = u.department_id
WHERE ($2 IS NULL OR EXISTS (SELECT 1 FROM department z WHERE z.id = $2 AND (d.id = z.id OR $3 = 0 AND d.lo BETWEEN z.lo AND z.hi)))
ON CONFLICT DO NOTHING;

-- Along an index, where a page is soon full.
-- name: report_people_by_name :many
-- sort: name = u.name_key blob
-- sort-id: e.id
-- arg: actor i64
-- arg: all bool
-- arg: below bool
-- arg: department i64?
-- arg: direct bool
-- arg: result text
-- arg: any_training bool
-- arg: any_session bool
-- arg: from i64
-- arg: to i64
SELECT e.id
FROM users u CROSS JOIN enrollment e CROSS JOIN session s
WHERE e.user_id = u.id AND s.id = e.session_id
AND {report_held}
AND e.status <> 'cancelled' AND {report_counted}
AND {report_seen}
{after} {order};

-- (SQLite would make an index of its own, of all enrollments.)
-- name: report_people_by_department :many
-- sort: department = x.name_key blob
-- sort-id: e.id
-- arg: actor i64
-- arg: all bool
-- arg: below bool
-- arg: department i64?
-- arg: direct bool
-- arg: result text
-- arg: any_training bool
-- arg: any_session bool
-- arg: from i64
-- arg: to i64
SELECT e.id
FROM department x CROSS JOIN users u CROSS JOIN enrollment e INDEXED BY enrollment_one CROSS JOIN session s
WHERE u.department_id = x.id AND e.user_id = u.id AND s.id = e.session_id
AND {report_held}
AND e.status <> 'cancelled' AND {report_counted}
AND {report_seen}
{after} {order};
-- pg:
SELECT e.id
FROM department x CROSS JOIN users u CROSS JOIN enrollment e CROSS JOIN session s
WHERE u.department_id = x.id AND e.user_id = u.id AND s.id = e.session_id
AND {report_held}
AND {report_counted}
AND {report_seen}
{after} {order};

-- name: report_people_by_training :many
-- sort: training = t.title_key blob
-- sort-id: e.id
-- arg: actor i64
-- arg: all bool
-- arg: below bool
-- arg: department i64?
-- arg: direct bool
-- arg: result text
-- arg: any_training bool
-- arg: any_session bool
-- arg: from i64
-- arg: to i64
SELECT e.id
FROM training t CROSS JOIN session s CROSS JOIN enrollment e CROSS JOIN users u
WHERE s.training_id = t.id AND e.session_id = s.id AND u.id = e.user_id
AND {report_held}
AND {report_counted}
AND {report_seen}
{after} {order};

-- With one answer, or one result: sorted by that, they stand by id.
-- name: report_people_by_id :many
-- sort: id = e.id i64, score = e.score i64?
-- sort-id: e.id
-- arg: actor i64
-- arg: all bool
-- arg: below bool
-- arg: department i64?
-- arg: direct bool
-- arg: result text
-- arg: any_training bool
-- arg: any_session bool
-- arg: from i64
-- arg: to i64
-- arg: answer text
SELECT e.id
FROM enrollment e CROSS JOIN session s CROSS JOIN users u
WHERE ($11 = '' OR e.answer = $11) AND s.id = e.session_id AND u.id = e.user_id
AND {report_held}
AND {report_counted}
AND {report_seen}
{after} {order};

-- Who is account-wide ($3) holds every permission everywhere. (CASE: SQLite works out both sides of an OR whose value is asked for.)
-- part: report_shown
e.id, e.user_id, u.name AS user_name, u.login, d.name AS department, e.training_id, t.title AS training, s.id AS session_id, s.title AS session_title,
	s.starts_at, s.ends_at, e.answer, e.result, e.result_by_hand, e.score, e.version,
	CASE WHEN $3 = 1 OR t.organizer_id = $2 OR coalesce(s.instructor_id, 0) = $2
		OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $2 AND g.permission = 'results' AND d.lo BETWEEN g.lo AND g.hi) THEN 1 ELSE 0 END AS may_result,
	CASE WHEN $3 = 1 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $2 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)
		THEN 1 ELSE 0 END AS may_see_user,
	CASE WHEN $3 = 1 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $2 AND g.permission IN ('users.view', 'reports') AND d.lo BETWEEN g.lo AND g.hi)
		OR ($4 = 1 AND u.id IN (WITH RECURSIVE below (id) AS (SELECT b.id FROM users b WHERE b.supervisor_id = $2 UNION SELECT b.id FROM users b JOIN below w ON b.supervisor_id = w.id)
			SELECT id FROM below)) THEN 1 ELSE 0 END AS known

-- What is shown of these enrollments (a JSON list; place is where in it).
-- name: report_participants_of :many
-- arg: enrollments text
-- arg: actor i64
-- arg: all bool
-- arg: below bool
SELECT x.key AS place, {report_shown}
FROM json_each($1) x CROSS JOIN enrollment e CROSS JOIN session s CROSS JOIN training t CROSS JOIN users u CROSS JOIN department d
WHERE e.id = x.value AND s.id = e.session_id AND t.id = s.training_id AND u.id = e.user_id AND d.id = u.department_id;
-- pg:
SELECT x.key - 1 AS place, {report_shown}
FROM json_array_elements_text($1::json) WITH ORDINALITY AS x (value, key) JOIN enrollment e ON e.id = x.value::bigint JOIN session s ON s.id = e.session_id
JOIN training t ON t.id = s.training_id JOIN users u ON u.id = e.user_id JOIN department d ON d.id = u.department_id;
-- col: place i64
-- col: result_by_hand bool
-- col: may_result bool
-- col: may_see_user bool
-- col: known bool

-- The days of their sessions, and what was recorded for each, those of an enrollment one behind the other.
-- name: report_days_of :many
-- arg: enrollments text
SELECT x.key AS place, d.id, d.position, d.start_at, d.time_zone, coalesce(r.result, 'none') AS result
FROM json_each($1) x CROSS JOIN enrollment e CROSS JOIN day d LEFT JOIN enrollment_day r ON r.enrollment_id = e.id AND r.day_id = d.id
WHERE e.id = x.value AND d.session_id = e.session_id ORDER BY x.key, d.position;
-- pg:
SELECT x.key - 1 AS place, d.id, d.position, d.start_at, d.time_zone, coalesce(r.result, 'none') AS result
FROM json_array_elements_text($1::json) WITH ORDINALITY AS x (value, key) JOIN enrollment e ON e.id = x.value::bigint JOIN day d ON d.session_id = e.session_id
LEFT JOIN enrollment_day r ON r.enrollment_id = e.id AND r.day_id = d.id
ORDER BY x.key, d.position;
-- col: place i64
-- col: result text

-- Whether there is anything to report on without the permission: own trainings or sessions (R11).
-- name: report_own :one
-- arg: actor i64
SELECT (EXISTS (SELECT 1 FROM training t WHERE t.organizer_id = $1)) AS organizes, (EXISTS (SELECT 1 FROM session s WHERE s.instructor_id = $1)) AS instructs;
-- col: organizes bool
-- col: instructs bool

-- The trainings that a report can be narrowed to: those with a session; `only` this one, or 0; with `inside` in their title. Managers see the titles of all (R11), others those of their own and of their people.
-- name: report_trainings :many
-- arg: actor i64
-- arg: all bool
-- arg: below bool
-- arg: limit i64
-- arg: only i64
-- arg: inside text
SELECT t.id, t.title FROM training t
WHERE ($5 = 0 OR t.id = $5) AND t.search LIKE $6 ESCAPE '\' AND EXISTS (SELECT 1 FROM session s WHERE s.training_id = t.id)
AND ($2 = 1 OR t.organizer_id = $1 OR EXISTS (SELECT 1 FROM session s WHERE s.training_id = t.id AND s.instructor_id = $1)
	OR ($3 = 1 AND EXISTS (SELECT 1 FROM enrollment e WHERE e.training_id = t.id AND e.status = 'enrolled' AND e.announced_at IS NOT NULL
		AND e.user_id IN (WITH RECURSIVE below (id) AS (SELECT b.id FROM users b WHERE b.supervisor_id = $1 UNION SELECT b.id FROM users b JOIN below w ON b.supervisor_id = w.id)
			SELECT id FROM below))))
ORDER BY t.title_key, t.id LIMIT $4;

-- The sessions of one of these trainings.
-- name: report_sessions :many
-- arg: training i64
-- arg: limit i64
SELECT s.id, s.title, s.starts_at, y.time_zone FROM session s JOIN day y ON y.session_id = s.id AND y.position = 1
WHERE s.training_id = $1 AND s.cancelled_at IS NULL ORDER BY s.starts_at, s.id LIMIT $2;

-- ---- Home: sessions that are over, with participants of whom the reports say "no result", and whom the actor may give one.
-- `some`: the actor may do so for some. Who may for nobody has only own trainings and sessions, which are few.
-- name: report_missing_results :many
-- arg: actor i64
-- arg: all bool
-- arg: some bool
-- arg: since i64
-- arg: now i64
-- arg: limit i64
SELECT s.id, s.training_id, t.title AS training, s.title AS session, s.ends_at, (SELECT count(*) FROM enrollment e WHERE {report_missing}) AS n
FROM (
	SELECT s.id FROM session s JOIN training t ON t.id = s.training_id
	WHERE s.cancelled_at IS NULL AND s.starts_at > $4 AND s.starts_at < $5 AND s.ends_at <= $5
	AND ($3 = 1 OR t.organizer_id = $1 OR s.instructor_id = $1)
	AND EXISTS (SELECT 1 FROM enrollment e WHERE {report_missing})
	ORDER BY s.ends_at DESC, s.id LIMIT $6
) AS x JOIN session s ON s.id = x.id JOIN training t ON t.id = s.training_id
ORDER BY s.ends_at DESC, s.id;
-- col: n i64
