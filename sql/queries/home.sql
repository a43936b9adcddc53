-- Home of those who manage, organize or teach. Each list is short; what is counted is in the reader's scope (R3).
-- (Also <> 'cancelled': by that SQLite knows that it may use the partial index enrollment_one.)

-- `all`: the actor may do so for everybody; `some`: for some. Who may for nobody has only own trainings and sessions, which are few.

-- ---- who declined lately, where there is still time to do something about it
-- name: home_declined :many
-- arg: actor i64
-- arg: all bool
-- arg: some bool
-- arg: since i64
-- arg: now i64
-- arg: limit i64
SELECT t.id, t.title, count(*) AS n
FROM enrollment e INDEXED BY enrollment_declined JOIN session s ON s.id = e.session_id JOIN training t ON t.id = s.training_id
WHERE e.status = 'enrolled' AND e.answer = 'declined' AND e.answered_at > $4 AND s.starts_at > $5 AND s.cancelled_at IS NULL
AND ($3 = 1 OR EXISTS (SELECT 1 FROM training o WHERE o.organizer_id = $1))
AND ($2 = 1 OR t.organizer_id = $1 OR EXISTS (SELECT 1 FROM users u JOIN department d ON d.id = u.department_id
	JOIN grant_range g ON g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi WHERE u.id = e.user_id))
GROUP BY t.id, t.title ORDER BY min(s.starts_at), t.id LIMIT $6;
-- pg:
SELECT t.id, t.title, count(*) AS n
FROM enrollment e JOIN session s ON s.id = e.session_id JOIN training t ON t.id = s.training_id
WHERE e.status = 'enrolled' AND e.answer = 'declined' AND e.answered_at > $4 AND s.starts_at > $5 AND s.cancelled_at IS NULL
AND ($3 = 1 OR EXISTS (SELECT 1 FROM training o WHERE o.organizer_id = $1))
AND ($2 = 1 OR t.organizer_id = $1 OR EXISTS (SELECT 1 FROM users u JOIN department d ON d.id = u.department_id
	JOIN grant_range g ON g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi WHERE u.id = e.user_id))
GROUP BY t.id, t.title ORDER BY min(s.starts_at), t.id LIMIT $6;

-- ---- who waits for a seat: those whom the reader could do something for.
-- part: home_waits
e.session_id = s.id AND e.status = 'waiting' AND (t.organizer_id = $1 OR EXISTS (SELECT 1 FROM users u JOIN department d ON d.id = u.department_id
	JOIN grant_range g ON g.user_id = $1 AND g.permission = 'enroll' AND d.lo BETWEEN g.lo AND g.hi WHERE u.id = e.user_id))

-- name: home_waiting :many
-- arg: actor i64
-- arg: now i64
-- arg: limit i64
SELECT s.id, s.training_id, t.title AS training, s.title AS session, (SELECT count(*) FROM enrollment e WHERE {home_waits}) AS n
FROM (
	SELECT s.id FROM session s JOIN training t ON t.id = s.training_id
	WHERE s.cancelled_at IS NULL AND s.starts_at > $2 AND s.waiting > 0 AND EXISTS (SELECT 1 FROM enrollment e WHERE {home_waits})
	ORDER BY s.starts_at, s.id LIMIT $3
) AS x JOIN session s ON s.id = x.id JOIN training t ON t.id = s.training_id
ORDER BY s.starts_at, s.id;
-- col: n i64

-- ---- sessions under way and soon: one's own, and those with somebody in scope
-- name: home_sessions :many
-- arg: actor i64
-- arg: all bool
-- arg: after i64
-- arg: now i64
-- arg: until i64
-- arg: limit i64
SELECT s.id, t.title AS training, s.title AS session, s.instructor, s.capacity, s.seats_taken, s.waiting, s.starts_at, s.ends_at, s.days,
	y.time_zone, y.location, y.url, y.start_at, y.end_at
FROM session s JOIN training t ON t.id = s.training_id JOIN day y ON y.session_id = s.id AND y.position = 1
WHERE s.cancelled_at IS NULL AND s.starts_at > $3 AND s.starts_at < $5 AND s.ends_at > $4
AND ($2 = 1 OR t.organizer_id = $1 OR s.instructor_id = $1 OR EXISTS (SELECT 1 FROM enrollment e JOIN users u ON u.id = e.user_id
	JOIN department d ON d.id = u.department_id JOIN grant_range g ON g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi
	WHERE e.session_id = s.id AND e.status <> 'cancelled'))
ORDER BY s.starts_at, s.id LIMIT $6;

-- ---- what a new account still lacks
-- name: home_setup :one
-- arg: actor i64
SELECT (EXISTS (SELECT 1 FROM department WHERE parent_id IS NOT NULL)) AS departments,
	(EXISTS (SELECT 1 FROM users WHERE id <> $1)) AS users, (EXISTS (SELECT 1 FROM training)) AS trainings,
	(EXISTS (SELECT 1 FROM outbox WHERE state = 'sent')) AS mail;
-- col: departments bool
-- col: users bool
-- col: trainings bool
-- col: mail bool

-- ---- a participant's year so far
-- name: home_year :one
-- arg: user i64
-- arg: since i64
-- arg: now i64
SELECT count(*) AS held, coalesce(sum(CASE WHEN e.result = 'attended' THEN 1 ELSE 0 END), 0) AS attended,
	CAST(coalesce(sum(CASE WHEN e.result = 'attended' THEN (SELECT sum(y.duration) FROM day y WHERE y.session_id = s.id) ELSE 0 END), 0) AS BIGINT) AS seconds
FROM enrollment e JOIN session s ON s.id = e.session_id
WHERE e.user_id = $1 AND e.status <> 'cancelled' AND e.status = 'enrolled' AND e.announced_at IS NOT NULL AND s.cancelled_at IS NULL AND s.ends_at > $2 AND s.ends_at <= $3;
