-- What moving a session would mean, before it is done. stage_span holds the days as they would be.
-- (Also <> 'cancelled': by that SQLite knows that it may use the partial index enrollment_one.)

-- name: stage_span_clear :exec
DELETE FROM stage_span;

-- name: stage_span_add :exec
-- arg: start_at i64
-- arg: end_at i64
-- arg: location text
INSERT INTO stage_span (start_at, end_at, location) VALUES ($1, $2, $3);

-- Participants by answer, those whom the actor sees (R3); and who of them has another training then (E05).
-- name: session_move_affected :one
-- arg: actor i64
-- arg: all bool
-- arg: session i64
SELECT coalesce(sum(CASE WHEN e.status = 'enrolled' AND e.answer = 'accepted' THEN 1 ELSE 0 END), 0) AS accepted,
	coalesce(sum(CASE WHEN e.status = 'enrolled' AND e.answer = 'tentative' THEN 1 ELSE 0 END), 0) AS tentative,
	coalesce(sum(CASE WHEN e.status = 'enrolled' AND e.answer = 'none' THEN 1 ELSE 0 END), 0) AS unanswered,
	coalesce(sum(CASE WHEN e.status = 'enrolled' AND e.answer = 'declined' THEN 1 ELSE 0 END), 0) AS declined,
	coalesce(sum(CASE WHEN e.status = 'waiting' THEN 1 ELSE 0 END), 0) AS waiting,
	coalesce(sum(CASE WHEN e.status = 'enrolled' AND e.answer <> 'declined' AND EXISTS (
		SELECT 1 FROM enrollment o JOIN session s ON s.id = o.session_id AND s.cancelled_at IS NULL JOIN day y ON y.session_id = s.id
		JOIN stage_span n ON y.start_at < n.end_at AND n.start_at < y.end_at
		WHERE o.user_id = e.user_id AND o.status <> 'cancelled' AND o.status = 'enrolled' AND o.answer <> 'declined' AND o.training_id <> e.training_id)
		THEN 1 ELSE 0 END), 0) AS clashes
FROM enrollment e JOIN users u ON u.id = e.user_id JOIN department d ON d.id = u.department_id
WHERE e.session_id = $3 AND e.status <> 'cancelled'
AND ($2 = 1 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)
	OR u.id IN (WITH RECURSIVE below (id) AS (SELECT b.id FROM users b WHERE b.supervisor_id = $1 UNION SELECT b.id FROM users b JOIN below w ON b.supervisor_id = w.id)
		SELECT id FROM below));

-- Whom a change is told: who was told of the session, and did not decline it.
-- name: session_move_told :one
-- arg: session i64
SELECT e.id FROM enrollment e WHERE e.session_id = $1 AND e.announced_at IS NOT NULL
AND (e.status = 'waiting' OR (e.status = 'enrolled' AND e.answer <> 'declined')) LIMIT 1;

-- Other sessions then at the same place or with the same instructor: facts of sessions, which every manager sees (R11).
-- No day is longer than 24 hours, so the start alone finds them by the index.
-- name: session_move_conflicts :many
-- arg: session i64
-- arg: instructor text
-- arg: instructor_id i64?
-- arg: limit i64
SELECT s.id AS session, t.title, s.title AS session_title, y.start_at, y.end_at, y.time_zone,
	(CASE WHEN y.location <> '' AND y.location = n.location THEN 1 ELSE 0 END) AS same_place,
	(CASE WHEN (s.instructor <> '' AND s.instructor = $2) OR s.instructor_id = $3 THEN 1 ELSE 0 END) AS same_instructor
FROM stage_span n JOIN day y ON y.start_at >= n.start_at - 86400 AND y.start_at < n.end_at AND y.end_at > n.start_at
JOIN session s ON s.id = y.session_id AND s.cancelled_at IS NULL AND s.id <> $1 JOIN training t ON t.id = s.training_id
WHERE (y.location <> '' AND y.location = n.location) OR (s.instructor <> '' AND s.instructor = $2) OR s.instructor_id = $3
ORDER BY y.start_at, y.id LIMIT $4;
