-- What stands in a calendar between two instants. One's own enrollments from the moment they were announced.

-- name: schedule_own :many
-- arg: user i64
-- arg: from i64
-- arg: to i64
-- arg: limit i64
SELECT e.id AS enrollment, e.status, e.answer, t.id AS training, t.title, s.id AS session, s.title AS session_title, s.cancelled_at,
	y.id AS day, y.position, s.days, y.start_at, y.end_at, y.time_zone, y.location, y.url
FROM enrollment e JOIN training t ON t.id = e.training_id JOIN session s ON s.id = e.session_id JOIN day y ON y.session_id = s.id
WHERE e.user_id = $1 AND e.status <> 'cancelled' AND e.announced_at IS NOT NULL AND y.start_at < $3 AND y.end_at > $2
ORDER BY y.start_at, y.id, e.id LIMIT $4;
-- col: cancelled_at i64?

-- What one teaches.
-- name: schedule_taught :many
-- arg: user i64
-- arg: from i64
-- arg: to i64
-- arg: limit i64
SELECT t.id AS training, t.title, s.id AS session, s.title AS session_title, s.cancelled_at, s.capacity, s.seats_taken, s.waiting,
	y.id AS day, y.position, s.days, y.start_at, y.end_at, y.time_zone, y.location, y.url
FROM session s JOIN training t ON t.id = s.training_id JOIN day y ON y.session_id = s.id
WHERE s.instructor_id = $1 AND y.start_at < $3 AND y.end_at > $2
ORDER BY y.start_at, y.id LIMIT $4;
-- col: cancelled_at i64?

-- Every session, for managers (R11). No day is longer than 24 hours, so the start alone finds them by the index.
-- name: schedule_all :many
-- arg: from i64
-- arg: to i64
-- arg: limit i64
SELECT t.id AS training, t.title, s.id AS session, s.title AS session_title, s.cancelled_at, s.capacity, s.seats_taken, s.waiting,
	y.id AS day, y.position, s.days, y.start_at, y.end_at, y.time_zone, y.location, y.url
FROM day y JOIN session s ON s.id = y.session_id JOIN training t ON t.id = s.training_id
WHERE y.start_at >= $1 - 86400 AND y.start_at < $2 AND y.end_at > $1
ORDER BY y.start_at, y.id LIMIT $3;
-- col: cancelled_at i64?
