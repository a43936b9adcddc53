-- Reports over people in scope (R3) who have an enrollment that was announced and not cancelled (R4). In scope are those in the departments where the
-- actor holds "reports", those below a supervisor, and for organizer and instructor their own participants (R11),
-- of whom they are told no login and no department, neither by a row nor by a filter. Who waits was not to come, and what
-- was cancelled did not happen. Trainings and sessions that were chosen stand in pick_training and stage_id.

-- The people behind these numbers.
-- name: report_participant_list :many
-- sort: name = u.name_key blob, department = d.name_key blob, training = t.title_key blob, session = s.starts_at * 1048576 + s.id % 1048576 i64, answer = e.answer text, result = e.result text, score = e.score i64?
-- sort-id: e.id
-- arg: actor i64
-- arg: all bool
-- arg: below bool
-- arg: any_training bool
-- arg: any_session bool
-- arg: from i64
-- arg: to i64
-- arg: department i64?
-- arg: direct bool
-- arg: result text
SELECT e.id, e.user_id, u.name AS user_name, u.login, d.name AS department, e.training_id, t.title AS training, s.id AS session_id, s.title AS session_title,
	s.starts_at, s.ends_at, s.days, e.answer, e.result, e.result_by_hand, e.score, e.version,
	(t.organizer_id = $1 OR coalesce(s.instructor_id, 0) = $1
		OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'results' AND d.lo BETWEEN g.lo AND g.hi)) AS may_result,
	(EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)) AS may_see_user,
	($2 = 1 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission IN ('users.view', 'reports') AND d.lo BETWEEN g.lo AND g.hi)
		OR ($3 = 1 AND u.id IN (WITH RECURSIVE below (id) AS (SELECT b.id FROM users b WHERE b.supervisor_id = $1 UNION SELECT b.id FROM users b JOIN below w ON b.supervisor_id = w.id)
			SELECT id FROM below))) AS known
FROM session s JOIN training t ON t.id = s.training_id JOIN enrollment e ON e.session_id = s.id AND e.status = 'enrolled' AND e.announced_at IS NOT NULL
JOIN users u ON u.id = e.user_id JOIN department d ON d.id = u.department_id
WHERE s.cancelled_at IS NULL AND s.ends_at > $6 AND s.starts_at < $7
AND ($4 = 1 OR s.training_id IN (SELECT training_id FROM pick_training)) AND ($5 = 1 OR s.id IN (SELECT id FROM stage_id))
AND ($8 IS NULL OR EXISTS (SELECT 1 FROM department z WHERE z.id = $8 AND (d.id = z.id OR $9 = 0 AND d.lo BETWEEN z.lo AND z.hi)))
AND ($10 = '' OR e.result = $10)
AND ($2 = 1 OR ($8 IS NULL AND (t.organizer_id = $1 OR s.instructor_id = $1))
	OR ($3 = 1 AND u.id IN (WITH RECURSIVE below (id) AS (SELECT b.id FROM users b WHERE b.supervisor_id = $1 UNION SELECT b.id FROM users b JOIN below w ON b.supervisor_id = w.id)
		SELECT id FROM below))
	OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'reports' AND d.lo BETWEEN g.lo AND g.hi))
{after} {order};
-- col: result_by_hand bool
-- col: may_result bool
-- col: may_see_user bool
-- col: known bool

-- The days of the sessions of these enrollments, and what was recorded for each.
-- name: report_days_staged :many
SELECT e.id AS enrollment_id, d.id, d.position, d.start_at, d.time_zone, coalesce(x.result, 'none') AS result
FROM stage_row g JOIN enrollment e ON e.id = g.id JOIN day d ON d.session_id = e.session_id
LEFT JOIN enrollment_day x ON x.enrollment_id = e.id AND x.day_id = d.id
ORDER BY g.position, d.position;
-- col: result text

-- name: stage_row_clear :exec
DELETE FROM stage_row;

-- name: stage_row_add :exec
-- arg: position i64
-- arg: id i64
INSERT INTO stage_row (position, id) VALUES ($1, $2);

-- Whether there is anything to report on without the permission: own trainings or sessions (R11).
-- name: report_own :one
-- arg: actor i64
SELECT (EXISTS (SELECT 1 FROM training t WHERE t.organizer_id = $1)) AS organizes, (EXISTS (SELECT 1 FROM session s WHERE s.instructor_id = $1)) AS instructs;
-- col: organizes bool
-- col: instructs bool

-- The trainings that a report can be narrowed to: those with a session. Managers see the titles of all (R11), others those of their own and of their people.
-- name: report_trainings :many
-- arg: actor i64
-- arg: all bool
-- arg: below bool
-- arg: limit i64
SELECT t.id, t.title FROM training t
WHERE EXISTS (SELECT 1 FROM session s WHERE s.training_id = t.id)
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
