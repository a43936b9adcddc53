-- Reports over people in scope (R3) who have an enrollment that was announced and not cancelled (R4).

-- Attendance: who was to come, and who came. $3 is what a row stands for: 1 training, 2 session, 3 department. Those chosen, if any were
-- ($4, $5), stand in pick_training and stage_id. Who waits was not to come, and what was cancelled did not happen.
-- name: report_attendance :many
-- arg: actor i64
-- arg: all bool
-- arg: by i64
-- arg: any_training bool
-- arg: any_session bool
-- arg: from i64
-- arg: to i64
SELECT x.key, CASE WHEN $3 = 1 THEN t.title WHEN $3 = 2 THEN s.title ELSE d.name END AS name, t.id AS training_id, t.title AS training, s.starts_at, s.ends_at, s.days,
	y.time_zone, x.enrolled, x.attended, x.absent
FROM (
	SELECT CASE WHEN $3 = 1 THEN s.training_id WHEN $3 = 2 THEN s.id ELSE u.department_id END AS key, count(*) AS enrolled,
		sum(CASE WHEN e.result = 'attended' THEN 1 ELSE 0 END) AS attended, sum(CASE WHEN e.result = 'absent' THEN 1 ELSE 0 END) AS absent
	FROM session s JOIN enrollment e ON e.session_id = s.id AND e.status = 'enrolled' AND e.announced_at IS NOT NULL
	JOIN users u ON u.id = e.user_id JOIN department d ON d.id = u.department_id
	WHERE s.cancelled_at IS NULL AND s.ends_at > $6 AND s.starts_at < $7
	AND ($4 = 1 OR s.training_id IN (SELECT training_id FROM pick_training)) AND ($5 = 1 OR s.id IN (SELECT id FROM stage_id))
	AND ($2 = 1 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'reports' AND d.lo BETWEEN g.lo AND g.hi))
	GROUP BY 1
) AS x
LEFT JOIN session s ON $3 = 2 AND s.id = x.key LEFT JOIN day y ON y.session_id = s.id AND y.position = 1
LEFT JOIN training t ON $3 <> 3 AND t.id = CASE WHEN $3 = 1 THEN x.key ELSE s.training_id END
LEFT JOIN department d ON $3 = 3 AND d.id = x.key
ORDER BY t.title_key, t.id, s.starts_at, d.name_key, x.key;
-- col: key i64
-- col: name text
-- col: training_id i64?
-- col: training text
-- col: starts_at i64?
-- col: ends_at i64?
-- col: days i64?
-- col: time_zone text

-- The trainings that a report can be narrowed to: those with a session.
-- name: report_trainings :many
-- arg: limit i64
SELECT t.id, t.title FROM training t WHERE EXISTS (SELECT 1 FROM session s WHERE s.training_id = t.id) ORDER BY t.title_key, t.id LIMIT $1;
