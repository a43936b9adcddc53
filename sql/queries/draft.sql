-- Enrollment drafts: private to their owner.

-- name: draft_insert :insert
-- arg: owner i64
-- arg: body text
-- arg: stage i64
-- arg: now i64
INSERT INTO draft (owner_id, body, stage, created_at, updated_at) VALUES ($1, $2, $3, $4, $4);

-- name: draft_row :one
-- arg: id i64
SELECT id, owner_id, version, stage, body, created_at, updated_at, batch_id FROM draft WHERE id = $1;

-- name: draft_update :exec
-- arg: id i64
-- arg: version i64
-- arg: body text
-- arg: stage i64
-- arg: now i64
UPDATE draft SET body = $3, stage = CASE WHEN stage > $4 THEN stage ELSE $4 END, updated_at = $5, version = version + 1
WHERE id = $1 AND version = $2 AND batch_id IS NULL;

-- name: draft_use :exec
-- arg: id i64
-- arg: batch i64
-- arg: now i64
UPDATE draft SET batch_id = $2, updated_at = $3, version = version + 1 WHERE id = $1 AND batch_id IS NULL;

-- What was to be its result never came.
-- name: draft_release :exec
-- arg: batch i64
UPDATE draft SET batch_id = NULL, version = version + 1 WHERE batch_id = $1;

-- name: draft_release_preparing :exec
-- arg: before i64
UPDATE draft SET batch_id = NULL, version = version + 1
WHERE batch_id IN (SELECT id FROM batch WHERE status = 'preparing' AND created_at < $1);

-- name: draft_delete :exec
-- arg: id i64
DELETE FROM draft WHERE id = $1 AND batch_id IS NULL;

-- name: draft_of_owner :many
-- arg: owner i64
-- arg: limit i64
SELECT id, version, stage, body, updated_at FROM draft WHERE owner_id = $1 AND batch_id IS NULL ORDER BY updated_at DESC, id DESC LIMIT $2;

-- At most so many a person: the oldest go.
-- name: draft_trim :exec
-- arg: owner i64
-- arg: keep i64
DELETE FROM draft WHERE owner_id = $1 AND batch_id IS NULL
AND id NOT IN (SELECT id FROM draft WHERE owner_id = $1 AND batch_id IS NULL ORDER BY updated_at DESC, id DESC LIMIT $2);

-- name: draft_expire :exec
-- arg: before i64
DELETE FROM draft WHERE updated_at < $1 AND batch_id IS NULL;

-- What the basket of a draft shows of persons named: those in scope, in the order of the staging table.
-- name: draft_people :many
-- arg: actor i64
-- arg: limit i64
SELECT u.id, u.name, u.login, u.email, u.status, d.name AS department
FROM stage_id s JOIN users u ON u.id = s.id JOIN department d ON d.id = u.department_id
WHERE EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'enroll' AND d.lo BETWEEN g.lo AND g.hi)
ORDER BY s.position LIMIT $2;

-- The organizer is named where the reader sees that person (R3).
-- name: draft_trainings :many
-- arg: inside text
-- arg: now i64
-- arg: limit i64
-- arg: actor i64
SELECT t.id, t.title, CASE WHEN u.id = $4
		OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $4 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi) THEN u.name ELSE '' END AS organizer,
	(SELECT count(*) FROM session s WHERE s.training_id = t.id AND s.cancelled_at IS NULL AND s.starts_at > $2) AS upcoming,
	(SELECT min(s.starts_at) FROM session s WHERE s.training_id = t.id AND s.cancelled_at IS NULL AND s.starts_at > $2) AS next_at
FROM training t JOIN users u ON u.id = t.organizer_id JOIN department d ON d.id = u.department_id
WHERE t.search LIKE $1 ESCAPE '\' ORDER BY t.title_key, t.id LIMIT $3;
-- col: organizer text
-- col: next_at i64?

-- name: plan_user_count :one
SELECT count(DISTINCT user_id) AS n FROM plan_item WHERE effect IN ('enroll', 'over', 'wait', 'move');

-- Skips and decisions by reason, for the groups of the Check page, with what was decided already; rows, and the people they are about.
-- name: plan_reasons :many
SELECT effect, code, count(*) AS n, count(DISTINCT user_id) AS people FROM plan_item
WHERE effect IN ('skip', 'decide', 'wait', 'over', 'move') OR (effect = 'enroll' AND code IN (12, 15, 16))
GROUP BY effect, code ORDER BY effect, code;

-- How many people each figure of the Check page is about: somebody may be in it once a training. Worth knowing is what is so of those who take part.
-- name: plan_people :one
SELECT count(DISTINCT CASE WHEN effect IN ('enroll', 'over') THEN user_id END) AS enroll, count(DISTINCT CASE WHEN effect = 'wait' THEN user_id END) AS wait,
	count(DISTINCT CASE WHEN effect = 'move' THEN user_id END) AS move, count(DISTINCT CASE WHEN effect = 'skip' THEN user_id END) AS skip,
	count(DISTINCT CASE WHEN effect = 'decide' THEN user_id END) AS decide,
	count(DISTINCT CASE WHEN effect NOT IN ('skip', 'decide') AND (notes & 1) <> 0 THEN user_id END) AS no_email,
	count(DISTINCT CASE WHEN effect NOT IN ('skip', 'decide') AND (notes & 2) <> 0 THEN user_id END) AS overlaps,
	count(DISTINCT CASE WHEN effect NOT IN ('skip', 'decide') AND (notes & 4) <> 0 THEN user_id END) AS closed,
	count(DISTINCT CASE WHEN effect NOT IN ('skip', 'decide') AND (notes & 7) <> 0 THEN user_id END) AS noted
FROM plan_item;

-- name: batch_sessions :many
-- arg: batch i64
SELECT s.id, s.training_id, s.title, t.title AS training_title, s.capacity, s.seats_taken, s.waiting, s.starts_at, s.ends_at, s.days,
	b.enrolled + b.moved AS enrolled, b.waitlisted
FROM batch_session b JOIN session s ON s.id = b.session_id JOIN training t ON t.id = s.training_id
WHERE b.batch_id = $1 ORDER BY s.starts_at, s.id;
-- col: enrolled i64

-- name: batch_trainings :many
-- arg: batch i64
SELECT t.id, t.title FROM training t
WHERE t.id IN (SELECT training_id FROM batch_run WHERE batch_id = $1) ORDER BY t.title_key, t.id;

-- With one of its trainings, the first by title, and how many there are.
-- name: batch_of_actor :many
-- arg: actor i64
-- arg: limit i64
SELECT b.id, b.status, b.enrolled, b.waitlisted, b.moved, b.skipped, b.access_at, b.created_at,
	(SELECT t.title FROM batch_session x JOIN training t ON t.id = x.training_id WHERE x.batch_id = b.id ORDER BY t.title_key, t.id LIMIT 1) AS title,
	(SELECT count(DISTINCT x.training_id) FROM batch_session x WHERE x.batch_id = b.id) AS trainings
FROM batch b WHERE b.actor_id = $1 AND b.status <> 'failed' ORDER BY b.id DESC LIMIT $2;
-- col: title text

-- What somebody can still undo: of one training, or (0) of all.
-- name: batch_undoable :many
-- arg: actor i64
-- arg: training i64
-- arg: now i64
-- arg: limit i64
SELECT b.id, b.enrolled, b.waitlisted, b.moved, b.access_at FROM batch b
WHERE b.actor_id = $1 AND b.status = 'done' AND b.access_at > $3 AND b.enrolled + b.waitlisted + b.moved > 0
AND ($2 = 0 OR EXISTS (SELECT 1 FROM batch_session x WHERE x.batch_id = b.id AND x.training_id = $2 AND x.enrolled + x.waitlisted + x.moved > 0))
AND NOT EXISTS (SELECT 1 FROM batch_range r CROSS JOIN enrollment e
	WHERE r.batch_id = b.id AND e.id BETWEEN r.first_id AND r.last_id AND e.batch_id = r.batch_id AND e.announced_at IS NOT NULL)
ORDER BY b.id DESC LIMIT $4;

-- People, not pairs.
-- name: batch_user_count :one
-- arg: batch i64
SELECT count(*) AS n FROM (SELECT e.user_id FROM batch_range r CROSS JOIN enrollment e
	WHERE r.batch_id = $1 AND e.id BETWEEN r.first_id AND r.last_id AND e.batch_id = r.batch_id
	UNION SELECT user_id FROM batch_item WHERE batch_id = $1 AND effect = 'move') AS x;
