-- The calendar feed: a secret address a user, of which only the hash is kept
-- (Also <> 'cancelled': by that SQLite knows that it may use the partial index enrollment_one.)
-- name: feed_of_user :one
-- arg: user i64
SELECT id, created_at FROM feed WHERE user_id = $1;

-- name: feed_insert :insert
-- arg: user i64
-- arg: secret_hash text
-- arg: now i64
INSERT INTO feed (user_id, secret_hash, created_at) VALUES ($1, $2, $3);

-- name: feed_delete :exec
-- arg: user i64
DELETE FROM feed WHERE user_id = $1;

-- Whose it is: of an active user only.
-- name: feed_by_hash :one
-- arg: secret_hash text
SELECT f.user_id, f.secret_hash, u.name FROM feed f JOIN users u ON u.id = f.user_id WHERE f.secret_hash = $1 AND u.status = 'active';

-- The enrollments that have calendar entries then; the entries themselves are those of "Add to calendar".
-- name: feed_enrollments :many
-- arg: user i64
-- arg: from i64
-- arg: to i64
SELECT e.id FROM enrollment e JOIN session s ON s.id = e.session_id
WHERE e.user_id = $1 AND e.status <> 'cancelled' AND e.status = 'enrolled' AND e.answer <> 'declined' AND e.announced_at IS NOT NULL AND s.cancelled_at IS NULL
AND s.ends_at > $2 AND s.starts_at < $3 ORDER BY s.starts_at, e.id LIMIT 500;

-- name: feed_taught :many
-- arg: user i64
-- arg: from i64
-- arg: to i64
SELECT y.id AS day, t.title, s.title AS session_title, s.id AS session, s.version, t.description, t.created_at, y.position, s.days,
	y.start_at, y.end_at, y.time_zone, y.location, y.url
FROM session s JOIN training t ON t.id = s.training_id JOIN day y ON y.session_id = s.id
WHERE s.instructor_id = $1 AND s.cancelled_at IS NULL AND y.end_at > $2 AND y.start_at < $3 ORDER BY y.start_at, y.id LIMIT 1000;
