-- Looking at batches.

-- With one of its trainings, the first by title, and how many there are.
-- part: batch_shown
b.id, b.status, b.enrolled, b.waitlisted, b.moved, b.access_at, b.created_at,
	(SELECT t.title FROM batch_session x JOIN training t ON t.id = x.training_id WHERE x.batch_id = b.id ORDER BY t.title_key, t.id LIMIT 1) AS title,
	(SELECT count(DISTINCT x.training_id) FROM batch_session x WHERE x.batch_id = b.id) AS trainings

-- name: batch_of_actor :many
-- arg: actor i64
-- arg: limit i64
SELECT {batch_shown}
FROM batch b WHERE b.actor_id = $1 AND b.status <> 'failed' ORDER BY b.id DESC LIMIT $2;
-- col: title text

-- What somebody can still undo: of one training, or (0) of all.
-- name: batch_undoable :many
-- row: batch_of_actor
-- arg: actor i64
-- arg: training i64
-- arg: now i64
-- arg: limit i64
SELECT {batch_shown}
FROM batch b WHERE b.actor_id = $1 AND b.status = 'done' AND b.access_at > $3 AND b.enrolled + b.waitlisted + b.moved > 0
AND ($2 = 0 OR EXISTS (SELECT 1 FROM batch_session x WHERE x.batch_id = b.id AND x.training_id = $2 AND x.enrolled + x.waitlisted + x.moved > 0))
AND NOT EXISTS (SELECT 1 FROM batch_range r CROSS JOIN enrollment e
	WHERE r.batch_id = b.id AND e.id BETWEEN r.first_id AND r.last_id AND e.batch_id = r.batch_id AND e.announced_at IS NOT NULL)
ORDER BY b.id DESC LIMIT $4;
-- col: title text

-- People, not pairs.
-- name: batch_user_count :one
-- arg: batch i64
SELECT count(*) AS n FROM (SELECT e.user_id FROM batch_range r CROSS JOIN enrollment e
	WHERE r.batch_id = $1 AND e.id BETWEEN r.first_id AND r.last_id AND e.batch_id = r.batch_id
	UNION SELECT user_id FROM batch_item WHERE batch_id = $1 AND effect = 'move') AS x;

-- What stays of a batch that was undone: somebody had changed it.
-- name: batch_kept_count :one
-- arg: batch i64
SELECT (SELECT count(*) FROM batch_range r CROSS JOIN enrollment e
		WHERE r.batch_id = $1 AND e.id BETWEEN r.first_id AND r.last_id AND e.batch_id = r.batch_id AND e.status <> 'cancelled')
	+ (SELECT count(*) FROM batch_item i JOIN enrollment e ON e.id = i.enrollment_id
		WHERE i.batch_id = $1 AND i.effect = 'move' AND e.status <> 'cancelled' AND e.session_id IS NOT DISTINCT FROM i.session_id) AS n;
-- col: n i64

-- name: batch_sessions :many
-- arg: batch i64
SELECT s.id, s.training_id, s.capacity, s.seats_taken, b.enrolled + b.moved AS enrolled, b.waitlisted
FROM batch_session b JOIN session s ON s.id = b.session_id
WHERE b.batch_id = $1 ORDER BY s.starts_at, s.id;
-- col: enrolled i64

-- name: batch_trainings :many
-- arg: batch i64
SELECT t.id, t.title FROM training t
WHERE t.id IN (SELECT training_id FROM batch_run WHERE batch_id = $1) ORDER BY t.title_key, t.id;
