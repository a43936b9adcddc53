-- Roles: sets of permissions. Who holds one is seen by who sees that user (R3).

-- Highest first: the built-in ones, custom ones by name between administrators and those that follow from other things.
-- name: role_list :many
SELECT id, key, name, scoped, version FROM role
ORDER BY CASE WHEN id <= 3 THEN id WHEN key IS NULL THEN 4 ELSE id + 1 END, name_key, id;
-- col: scoped bool

-- name: role_row :one
-- arg: id i64
SELECT id, key, name, scoped, version FROM role WHERE id = $1;
-- col: scoped bool

-- name: role_by_key :one
-- arg: key text
SELECT id FROM role WHERE key = $1;

-- name: role_named :one
-- arg: name_fold text
SELECT id FROM role WHERE name_fold = $1;

-- name: role_custom_count :one
SELECT count(*) AS n FROM role WHERE key IS NULL;

-- name: role_permissions :many
SELECT role_id, permission FROM role_permission ORDER BY role_id, permission;

-- name: role_insert :insert
-- arg: name text
-- arg: name_key blob
-- arg: name_fold text
INSERT INTO role (key, name, name_key, name_fold, scoped) VALUES (NULL, $1, $2, $3, 1);

-- name: role_update_row :exec
-- arg: id i64
-- arg: name text
-- arg: name_key blob
-- arg: name_fold text
UPDATE role SET name = $2, name_key = $3, name_fold = $4, version = version + 1 WHERE id = $1;

-- name: role_delete_row :exec
-- arg: id i64
DELETE FROM role WHERE id = $1;

-- name: role_permission_add :exec
-- arg: role i64
-- arg: permission text
INSERT INTO role_permission (role_id, permission) VALUES ($1, $2);

-- name: role_permissions_clear :exec
-- arg: role i64
DELETE FROM role_permission WHERE role_id = $1;

-- ---- what somebody holds where

-- name: grants_of_user :many
-- arg: user i64
SELECT permission, lo, hi FROM grant_range WHERE user_id = $1 ORDER BY permission, lo;

-- What a department's new place would give to the actor and its old one does not.
-- name: grant_gained_by_move :one
-- arg: actor i64
-- arg: from i64
-- arg: to i64
SELECT n.permission FROM department a JOIN department b ON b.id = $3 JOIN grant_range n ON n.user_id = $1 AND b.lo BETWEEN n.lo AND n.hi
WHERE a.id = $2 AND NOT EXISTS (SELECT 1 FROM grant_range o WHERE o.user_id = $1 AND o.permission = n.permission AND a.lo BETWEEN o.lo AND o.hi)
LIMIT 1;

-- ---- who holds a role

-- name: role_is_held :one
-- arg: role i64
SELECT user_id FROM user_role WHERE role_id = $1 LIMIT 1;

-- name: role_holder_counts :many
-- arg: actor i64
SELECT h.role_id, count(*) AS n FROM user_role h JOIN users u ON u.id = h.user_id JOIN department d ON d.id = u.department_id
WHERE EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)
GROUP BY h.role_id;

-- name: role_holders :many
-- sort: name = u.name_key blob
-- sort-id: u.id
-- arg: actor i64
-- arg: role i64
SELECT u.id, u.name, u.login, u.status FROM user_role h JOIN users u ON u.id = h.user_id JOIN department d ON d.id = u.department_id
WHERE h.role_id = $2
AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)
{after} {order};

-- Their departments, as far as the actor sees them.
-- name: role_holder_departments :many
-- arg: actor i64
-- arg: role i64
SELECT h.user_id, d.name FROM user_role h JOIN user_role_department x ON x.user_role_id = h.id JOIN department d ON d.id = x.department_id
WHERE h.role_id = $2
AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)
ORDER BY h.user_id, d.name_key, d.id;

-- ---- what follows from other things than roles

-- How many people are below somebody, near or far, as far as the actor sees them; who asks about themselves sees all.
-- name: reach_below :one
-- arg: actor i64
-- arg: user i64
WITH RECURSIVE below (id) AS (
	SELECT b.id FROM users b WHERE b.supervisor_id = $2
	UNION
	SELECT b.id FROM users b JOIN below ON b.supervisor_id = below.id
)
SELECT count(*) AS n FROM below w JOIN users u ON u.id = w.id JOIN department d ON d.id = u.department_id
WHERE $1 = $2 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi);

-- Trainings that somebody organizes or has a session to teach in (R11).
-- name: reach_trainings :many
-- arg: user i64
-- arg: limit i64
SELECT t.id, t.title, (t.organizer_id = $1) AS organizes,
	(SELECT count(*) FROM session s WHERE s.training_id = t.id AND s.instructor_id = $1) AS teaches
FROM training t WHERE t.organizer_id = $1 OR EXISTS (SELECT 1 FROM session s WHERE s.training_id = t.id AND s.instructor_id = $1)
ORDER BY t.title_key, t.id LIMIT $2;
-- col: organizes bool

-- name: reach_trainings_count :one
-- arg: user i64
SELECT count(*) AS n FROM training t
WHERE t.organizer_id = $1 OR EXISTS (SELECT 1 FROM session s WHERE s.training_id = t.id AND s.instructor_id = $1);

-- Trainings that somebody takes part in, and sees: from the access date on.
-- name: reach_own :one
-- arg: user i64
SELECT count(*) AS n FROM enrollment e WHERE e.user_id = $1 AND e.status <> 'cancelled' AND e.announced_at IS NOT NULL;
