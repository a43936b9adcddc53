-- What stands in a calendar between two instants. One's own enrollments from the moment they were announced.
-- Filters: training 0, instructor '' and place '' are any; online is days with a link and no place.

-- name: schedule_own :many
-- arg: user i64
-- arg: from i64
-- arg: to i64
-- arg: limit i64
-- arg: training i64
-- arg: instructor text
-- arg: place text
-- arg: online bool
SELECT e.id AS enrollment, e.status, e.answer, t.id AS training, t.title, s.id AS session, s.title AS session_title, s.instructor, s.cancelled_at,
	y.id AS day, y.position, s.days, y.start_at, y.end_at, y.time_zone, y.location, y.url
FROM enrollment e JOIN training t ON t.id = e.training_id JOIN session s ON s.id = e.session_id JOIN day y ON y.session_id = s.id
WHERE e.user_id = $1 AND e.status <> 'cancelled' AND e.announced_at IS NOT NULL AND y.start_at < $3 AND y.end_at > $2
AND ($5 = 0 OR t.id = $5) AND ($6 = '' OR s.instructor = $6) AND ($7 = '' OR y.location = $7) AND ($8 = 0 OR (y.location = '' AND y.url <> ''))
ORDER BY y.start_at, y.id, e.id LIMIT $4;
-- col: cancelled_at i64?

-- What one teaches or organizes. may_edit is R11, as in policy_training_facts.
-- name: schedule_taught :many
-- arg: user i64
-- arg: from i64
-- arg: to i64
-- arg: limit i64
-- arg: training i64
-- arg: instructor text
-- arg: place text
-- arg: online bool
-- arg: edits_all bool
-- arg: creates bool
SELECT t.id AS training, t.title, s.id AS session, s.title AS session_title, s.instructor, s.cancelled_at, s.capacity, s.seats_taken, s.waiting,
	y.id AS day, y.position, s.days, y.start_at, y.end_at, y.time_zone, y.location, y.url,
	CASE WHEN $9 = 1 OR ($10 = 1 AND (t.organizer_id = $1 OR EXISTS (SELECT 1 FROM grant_range g JOIN users o ON o.id = t.organizer_id
		JOIN department d ON d.id = o.department_id WHERE g.user_id = $1 AND g.permission = 'trainings.create' AND d.lo BETWEEN g.lo AND g.hi)))
		THEN 1 ELSE 0 END AS may_edit
FROM session s JOIN training t ON t.id = s.training_id JOIN day y ON y.session_id = s.id
WHERE s.id IN (SELECT i.id FROM session i WHERE i.instructor_id = $1
	UNION SELECT i.id FROM training o JOIN session i ON i.training_id = o.id WHERE o.organizer_id = $1)
AND y.start_at < $3 AND y.end_at > $2
AND ($5 = 0 OR t.id = $5) AND ($6 = '' OR s.instructor = $6) AND ($7 = '' OR y.location = $7) AND ($8 = 0 OR (y.location = '' AND y.url <> ''))
ORDER BY y.start_at, y.id LIMIT $4;
-- col: cancelled_at i64?
-- col: may_edit bool

-- Every session, for managers (R11). No day is longer than 24 hours, so the start alone finds them by the index.
-- name: schedule_all :many
-- arg: actor i64
-- arg: from i64
-- arg: to i64
-- arg: limit i64
-- arg: training i64
-- arg: instructor text
-- arg: place text
-- arg: online bool
-- arg: edits_all bool
-- arg: creates bool
SELECT t.id AS training, t.title, s.id AS session, s.title AS session_title, s.instructor, s.cancelled_at, s.capacity, s.seats_taken, s.waiting,
	y.id AS day, y.position, s.days, y.start_at, y.end_at, y.time_zone, y.location, y.url,
	CASE WHEN $9 = 1 OR ($10 = 1 AND (t.organizer_id = $1 OR EXISTS (SELECT 1 FROM grant_range g JOIN users o ON o.id = t.organizer_id
		JOIN department d ON d.id = o.department_id WHERE g.user_id = $1 AND g.permission = 'trainings.create' AND d.lo BETWEEN g.lo AND g.hi)))
		THEN 1 ELSE 0 END AS may_edit
FROM day y JOIN session s ON s.id = y.session_id JOIN training t ON t.id = s.training_id
WHERE y.start_at >= $2 - 86400 AND y.start_at < $3 AND y.end_at > $2
AND ($5 = 0 OR t.id = $5) AND ($6 = '' OR s.instructor = $6) AND ($7 = '' OR y.location = $7) AND ($8 = 0 OR (y.location = '' AND y.url <> ''))
ORDER BY y.start_at, y.id LIMIT $4;
-- col: cancelled_at i64?
-- col: may_edit bool

-- The name of a training that the reader filters by, when that is theirs to see: every one for managers, else what they organize, teach,
-- or were invited to.
-- name: schedule_training_title :one
-- arg: actor i64
-- arg: view bool
-- arg: id i64
SELECT t.title FROM training t
WHERE t.id = $3 AND ($2 = 1 OR t.organizer_id = $1 OR EXISTS (SELECT 1 FROM session s WHERE s.training_id = t.id AND s.instructor_id = $1)
	OR EXISTS (SELECT 1 FROM enrollment e WHERE e.training_id = t.id AND e.user_id = $1 AND e.status <> 'cancelled' AND e.announced_at IS NOT NULL));

-- ---- trainings that the actor may edit (R11, as in policy_training_facts), for a new session
-- name: schedule_editable :many
-- arg: actor i64
-- arg: edits_all bool
-- arg: word text
-- arg: now i64
-- arg: limit i64
SELECT t.id, t.title, n.starts_at, n.ends_at, n.days, f.time_zone
FROM training t LEFT JOIN session n ON n.id = (SELECT s.id FROM session s WHERE s.training_id = t.id AND s.cancelled_at IS NULL AND s.ends_at > $4
	ORDER BY s.starts_at, s.id LIMIT 1)
LEFT JOIN day f ON f.session_id = n.id AND f.position = 1
WHERE t.search LIKE $3 ESCAPE '\' AND ($2 = 1 OR EXISTS (SELECT 1 FROM grant_range g JOIN users o ON o.id = t.organizer_id
	JOIN department d ON d.id = o.department_id WHERE g.user_id = $1 AND g.permission = 'trainings.create'
	AND (t.organizer_id = $1 OR d.lo BETWEEN g.lo AND g.hi)))
ORDER BY t.title_key, t.id LIMIT $5;
-- col: starts_at i64?
-- col: ends_at i64?
-- col: days i64?
-- col: time_zone text
