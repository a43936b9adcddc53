-- What a participant sees of the own enrollments: from the access date on, and cancelled ones for a while.
-- (Also <> 'cancelled': by that SQLite knows that it may use the partial index enrollment_one.)

-- name: portal_list :many
-- arg: user i64
-- arg: since i64
-- arg: id i64
SELECT e.id, e.training_id, t.title, t.description, t.closes_before, e.session_id, s.title AS session_title, s.instructor, s.starts_at, s.ends_at, s.days,
	s.capacity, s.seats_taken, s.cancelled_at AS session_cancelled_at, e.status, e.answer, e.answered_at, e.result, e.score, e.comment, e.preselected,
	e.announced_at, e.cancelled_at, e.generation, d.start_at, d.end_at, d.time_zone, d.location, d.url,
	CASE WHEN e.status = 'waiting' THEN (SELECT count(*) FROM enrollment w
		WHERE w.session_id = e.session_id AND w.status = 'waiting' AND w.position < e.position) ELSE 0 END AS before_me
FROM enrollment e JOIN training t ON t.id = e.training_id LEFT JOIN session s ON s.id = e.session_id
LEFT JOIN day d ON d.session_id = s.id AND d.position = 1
WHERE ((e.user_id = $1 AND e.status <> 'cancelled') OR (e.user_id = $1 AND e.status = 'cancelled' AND e.cancelled_at > $2))
AND e.announced_at IS NOT NULL AND ($3 = 0 OR e.id = $3)
ORDER BY coalesce(s.starts_at, 0), e.id;
-- col: before_me i64

-- name: portal_days :many
-- arg: session i64
-- arg: enrollment i64
SELECT d.id, d.position, d.start_at, d.end_at, d.time_zone, d.location, d.url, d.fold, coalesce(x.answer, 'none') AS answer
FROM day d LEFT JOIN enrollment_day x ON x.day_id = d.id AND x.enrollment_id = $2 WHERE d.session_id = $1 ORDER BY d.position;
-- col: answer text

-- name: portal_person :one
-- arg: id i64
SELECT first_name, name, email, time_zone, locale, status FROM users WHERE id = $1;

-- Sessions to choose from: not begun, not cancelled. Seats are facts of the session.
-- name: portal_sessions :many
-- arg: training i64
-- arg: now i64
SELECT s.id, s.title, s.instructor, s.capacity, s.seats_taken, s.waiting, s.starts_at, s.ends_at, s.days, d.time_zone, d.location, d.url, d.start_at, d.end_at
FROM session s JOIN day d ON d.session_id = s.id AND d.position = 1
WHERE s.training_id = $1 AND s.cancelled_at IS NULL AND s.starts_at > $2 ORDER BY s.starts_at, s.id LIMIT 200;

-- Whether something else of one's own is at that time. What is cancelled is not.
-- name: portal_overlap :one
-- arg: user i64
-- arg: session i64
-- arg: enrollment i64
SELECT t.title FROM enrollment e JOIN training t ON t.id = e.training_id JOIN session s ON s.id = e.session_id AND s.cancelled_at IS NULL JOIN day a ON a.session_id = s.id
JOIN day b ON b.session_id = $2 AND b.start_at < a.end_at AND b.end_at > a.start_at
WHERE e.user_id = $1 AND e.id <> $3 AND e.status <> 'cancelled' AND e.status = 'enrolled' AND e.answer <> 'declined' AND e.announced_at IS NOT NULL LIMIT 1;
