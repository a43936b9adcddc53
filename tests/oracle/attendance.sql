-- Attendance, and the people behind the numbers, as one statement each over all enrollments: slow, and plainly what reports have to say
-- (tests/http/figures.test.mjs, report_people.test.mjs).

-- name: oracle_training :put
-- arg: training i64
INSERT INTO pick_training (training_id, position) VALUES ($1, 0) ON CONFLICT DO NOTHING;

-- name: oracle_session :put
-- arg: session i64
INSERT INTO stage_id (id) VALUES ($1) ON CONFLICT DO NOTHING;

-- $4 is what a row stands for: 1 training, 2 session, 3 department.
-- name: oracle_attendance :many
-- arg: actor i64
-- arg: all bool
-- arg: below bool
-- arg: by i64
-- arg: any_training bool
-- arg: any_session bool
-- arg: from i64
-- arg: to i64
-- arg: department i64?
-- arg: direct bool
-- arg: result text
WITH RECURSIVE below (id) AS (
	SELECT b.id FROM users b WHERE b.supervisor_id = $1 AND $3 = 1
	UNION
	SELECT b.id FROM users b JOIN below w ON b.supervisor_id = w.id
)
SELECT x.key, CASE WHEN $4 = 1 THEN t.title WHEN $4 = 2 THEN s.title ELSE d.name END AS name, t.id AS training_id, t.title AS training, s.starts_at, s.ends_at, s.days,
	y.time_zone, x.enrolled, x.attended, x.absent
FROM (
	SELECT CASE WHEN $4 = 1 THEN s.training_id WHEN $4 = 2 THEN s.id ELSE u.department_id END AS key, count(*) AS enrolled,
		sum(CASE WHEN e.result = 'attended' THEN 1 ELSE 0 END) AS attended, sum(CASE WHEN e.result = 'absent' THEN 1 ELSE 0 END) AS absent
	FROM session s JOIN training t ON t.id = s.training_id JOIN enrollment e ON e.session_id = s.id AND e.status = 'enrolled' AND e.announced_at IS NOT NULL
	JOIN users u ON u.id = e.user_id JOIN department d ON d.id = u.department_id
	WHERE s.cancelled_at IS NULL AND s.ends_at > $7 AND s.starts_at < $8
	AND ($5 = 1 OR s.training_id IN (SELECT training_id FROM pick_training)) AND ($6 = 1 OR s.id IN (SELECT id FROM stage_id))
	AND ($9 IS NULL OR EXISTS (SELECT 1 FROM department z WHERE z.id = $9 AND (d.id = z.id OR $10 = 0 AND d.lo BETWEEN z.lo AND z.hi)))
	AND ($11 = '' OR e.result = $11)
	AND ($2 = 1 OR ($4 <> 3 AND $9 IS NULL AND (t.organizer_id = $1 OR s.instructor_id = $1)) OR u.id IN (SELECT id FROM below)
		OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'reports' AND d.lo BETWEEN g.lo AND g.hi))
	GROUP BY 1
) AS x
LEFT JOIN session s ON $4 = 2 AND s.id = x.key LEFT JOIN day y ON y.session_id = s.id AND y.position = 1
LEFT JOIN training t ON $4 <> 3 AND t.id = CASE WHEN $4 = 1 THEN x.key ELSE s.training_id END
LEFT JOIN department d ON $4 = 3 AND d.id = x.key
ORDER BY t.title_key, t.id, s.starts_at, d.name_key, x.key;
-- col: key i64
-- col: name text
-- col: training_id i64?
-- col: training text
-- col: starts_at i64?
-- col: ends_at i64?
-- col: days i64?
-- col: time_zone text

-- Whose department is not told stands before all others.
-- name: oracle_people :many
-- sort: name = u.name_key blob, department = o.department blob, training = t.title_key blob, session = s.starts_at * 1048576 + s.id % 1048576 i64, answer = e.answer text, result = e.result text, score = e.score i64?
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
SELECT e.id
FROM session s JOIN training t ON t.id = s.training_id JOIN enrollment e ON e.session_id = s.id AND e.status = 'enrolled' AND e.announced_at IS NOT NULL
JOIN users u ON u.id = e.user_id JOIN department d ON d.id = u.department_id
JOIN (SELECT y.id, CASE WHEN $2 = 1 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission IN ('users.view', 'reports') AND z.lo BETWEEN g.lo AND g.hi)
		OR ($3 = 1 AND y.id IN (WITH RECURSIVE below (id) AS (SELECT b.id FROM users b WHERE b.supervisor_id = $1 UNION SELECT b.id FROM users b JOIN below w ON b.supervisor_id = w.id)
			SELECT id FROM below)) THEN z.name_key ELSE substr(z.name_key, 1, 0) END AS department
	FROM users y JOIN department z ON z.id = y.department_id) o ON o.id = u.id
WHERE s.cancelled_at IS NULL AND s.ends_at > $6 AND s.starts_at < $7
AND ($4 = 1 OR s.training_id IN (SELECT training_id FROM pick_training)) AND ($5 = 1 OR s.id IN (SELECT id FROM stage_id))
AND ($8 IS NULL OR EXISTS (SELECT 1 FROM department z WHERE z.id = $8 AND (d.id = z.id OR $9 = 0 AND d.lo BETWEEN z.lo AND z.hi)))
AND ($10 = '' OR e.result = $10)
AND ($2 = 1 OR ($8 IS NULL AND (t.organizer_id = $1 OR s.instructor_id = $1))
	OR ($3 = 1 AND u.id IN (WITH RECURSIVE below (id) AS (SELECT b.id FROM users b WHERE b.supervisor_id = $1 UNION SELECT b.id FROM users b JOIN below w ON b.supervisor_id = w.id)
		SELECT id FROM below))
	OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'reports' AND d.lo BETWEEN g.lo AND g.hi))
{after} {order};
