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
SELECT id, version, stage, updated_at FROM draft WHERE owner_id = $1 AND batch_id IS NULL ORDER BY updated_at DESC, id DESC LIMIT $2;

-- At most so many a person: the oldest go.
-- name: draft_trim :exec
-- arg: owner i64
-- arg: keep i64
DELETE FROM draft WHERE owner_id = $1 AND batch_id IS NULL
AND id NOT IN (SELECT id FROM draft WHERE owner_id = $1 AND batch_id IS NULL ORDER BY updated_at DESC, id DESC LIMIT $2);

-- name: draft_expire :exec
-- arg: before i64
DELETE FROM draft WHERE updated_at < $1 AND batch_id IS NULL;

-- Of persons named: those in scope, in the order of the staging table.
-- name: draft_user_names :many
-- arg: actor i64
-- arg: limit i64
SELECT u.id, u.name FROM stage_id s JOIN users u ON u.id = s.id JOIN department d ON d.id = u.department_id
WHERE EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'enroll' AND d.lo BETWEEN g.lo AND g.hi)
ORDER BY s.position LIMIT $2;
