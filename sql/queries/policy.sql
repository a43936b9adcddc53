-- Who is signed in, and what they may do to what.

-- name: actor_by_id :one
-- arg: id i64
SELECT u.id, u.login, u.name, u.email, u.time_zone, u.locale, u.theme,
	(SELECT min(r.role_id) FROM user_role r WHERE r.user_id = u.id) AS top_role,
	(SELECT min(r.name) FROM user_role h JOIN role r ON r.id = h.role_id AND r.key IS NULL WHERE h.user_id = u.id) AS custom_role,
	(EXISTS (SELECT 1 FROM users x WHERE x.supervisor_id = u.id)) AS has_reports,
	(EXISTS (SELECT 1 FROM training t WHERE t.organizer_id = u.id)
		OR EXISTS (SELECT 1 FROM session s WHERE s.instructor_id = u.id)) AS has_trainings
FROM users u WHERE u.id = $1 AND u.status = 'active';
-- col: top_role i64?
-- col: custom_role text
-- col: has_reports bool
-- col: has_trainings bool

-- name: actor_permissions :many
-- arg: id i64
SELECT DISTINCT permission FROM grant_range WHERE user_id = $1;

-- name: policy_user_in_scope :one
-- arg: actor i64
-- arg: permission text
-- arg: id i64
SELECT u.id FROM users u JOIN department d ON d.id = u.department_id
WHERE u.id = $3 AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = $2 AND d.lo BETWEEN g.lo AND g.hi);

-- Whether the second is somewhere above the first. UNION ends a ring of supervisors.
-- name: policy_is_supervisor :one
-- arg: id i64
-- arg: supervisor i64
WITH RECURSIVE up (id) AS (
	SELECT supervisor_id FROM users WHERE id = $1 AND supervisor_id IS NOT NULL
	UNION
	SELECT u.supervisor_id FROM users u JOIN up ON u.id = up.id WHERE u.supervisor_id IS NOT NULL
)
SELECT id FROM up WHERE id = $2;
-- col: id i64

-- Somebody below that user whom the actor does not manage.
-- name: policy_outside_below :one
-- arg: actor i64
-- arg: user i64
WITH RECURSIVE below (id) AS (
	SELECT id FROM users WHERE supervisor_id = $2
	UNION
	SELECT u.id FROM below w JOIN users u ON u.supervisor_id = w.id
)
SELECT u.id FROM below w JOIN users u ON u.id = w.id JOIN department d ON d.id = u.department_id
WHERE NOT EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.edit' AND d.lo BETWEEN g.lo AND g.hi) LIMIT 1;

-- part: policy_unseen
NOT EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)

-- part: policy_taught
(e.training_id IN (SELECT t.id FROM training t WHERE t.organizer_id = $2) OR e.session_id IN (SELECT s.id FROM session s WHERE s.instructor_id = $2))

-- Whether among the participants of what that user organizes or teaches is somebody whom the actor does not see. Who sees nearly all looks at
-- the few that are left; else it is the participants, up to the first. (CROSS JOIN, LATERAL: in this order.)
-- name: policy_outside_taught :one
-- arg: actor i64
-- arg: user i64
WITH unseen AS MATERIALIZED (SELECT u.id FROM department d CROSS JOIN users u WHERE u.department_id = d.id AND {policy_unseen} LIMIT 1000)
SELECT CASE
	WHEN (SELECT count(*) FROM unseen) < 1000 THEN EXISTS (SELECT 1 FROM unseen x CROSS JOIN enrollment e
		WHERE x.id <> $1 AND e.user_id = x.id AND e.status <> 'cancelled' AND {policy_taught})
	ELSE EXISTS (SELECT 1 FROM training t CROSS JOIN enrollment e CROSS JOIN users u CROSS JOIN department d
			WHERE t.organizer_id = $2 AND e.training_id = t.id AND e.status <> 'cancelled' AND u.id = e.user_id AND u.id <> $1 AND d.id = u.department_id AND {policy_unseen})
		OR EXISTS (SELECT 1 FROM session s CROSS JOIN enrollment e CROSS JOIN users u CROSS JOIN department d
			WHERE s.instructor_id = $2 AND e.session_id = s.id AND e.status <> 'cancelled' AND u.id = e.user_id AND u.id <> $1 AND d.id = u.department_id AND {policy_unseen})
	END AS outside;
-- pg:
WITH places AS MATERIALIZED (SELECT d.id FROM department d WHERE {policy_unseen}),
unseen AS MATERIALIZED (SELECT u.id FROM places p CROSS JOIN LATERAL (SELECT x.id FROM users x WHERE x.department_id = p.id LIMIT 1000) u LIMIT 1000)
SELECT CASE
	WHEN (SELECT count(*) FROM unseen) < 1000 THEN EXISTS (SELECT 1 FROM unseen x CROSS JOIN LATERAL (SELECT e.id FROM enrollment e
		WHERE x.id <> $1 AND e.user_id = x.id AND e.status <> 'cancelled' AND {policy_taught} LIMIT 1) e)
	ELSE EXISTS (SELECT 1 FROM training t CROSS JOIN LATERAL (SELECT e.user_id FROM enrollment e WHERE e.training_id = t.id AND e.status <> 'cancelled' OFFSET 0) e
			JOIN users u ON u.id = e.user_id JOIN places p ON p.id = u.department_id WHERE t.organizer_id = $2 AND u.id <> $1)
		OR EXISTS (SELECT 1 FROM session s CROSS JOIN LATERAL (SELECT e.user_id FROM enrollment e WHERE e.session_id = s.id AND e.status <> 'cancelled' OFFSET 0) e
			JOIN users u ON u.id = e.user_id JOIN places p ON p.id = u.department_id WHERE s.instructor_id = $2 AND u.id <> $1)
	END AS outside;
-- col: outside bool

-- name: policy_department_in_scope :one
-- arg: actor i64
-- arg: permission text
-- arg: id i64
SELECT d.id FROM department d
WHERE d.id = $3 AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = $2 AND d.lo BETWEEN g.lo AND g.hi);

-- A group is there for those who edit groups, and for who sees at least one of its people; a smart group for whoever manages somebody.
-- name: policy_group_in_scope :one
-- arg: actor i64
-- arg: permission text
-- arg: id i64
SELECT x.id FROM user_group x
WHERE x.id = $3 AND (
	EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'groups.edit')
	OR ($2 <> 'groups.edit' AND x.rule IS NOT NULL AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = $2))
	OR ($2 <> 'groups.edit' AND EXISTS (
		SELECT 1 FROM group_member m JOIN users u ON u.id = m.user_id JOIN department d ON d.id = u.department_id
		JOIN grant_range g ON g.user_id = $1 AND g.permission = $2 AND d.lo BETWEEN g.lo AND g.hi
		WHERE m.group_id = x.id)));

-- name: policy_training_facts :one
-- arg: actor i64
-- arg: id i64
SELECT t.id, t.organizer_id,
	(EXISTS (SELECT 1 FROM session s WHERE s.training_id = t.id AND s.instructor_id = $1)) AS instructs,
	(EXISTS (SELECT 1 FROM grant_range g JOIN users u ON u.id = t.organizer_id JOIN department d ON d.id = u.department_id
		WHERE g.user_id = $1 AND g.permission IN ('trainings.create', 'trainings.edit') AND d.lo BETWEEN g.lo AND g.hi)) AS organizer_in_scope
FROM training t WHERE t.id = $2;
-- col: instructs bool
-- col: organizer_in_scope bool

-- name: policy_session_facts :one
-- arg: id i64
SELECT s.training_id, s.instructor_id, t.organizer_id FROM session s JOIN training t ON t.id = s.training_id WHERE s.id = $1;

-- name: policy_enrollment_facts :one
-- arg: id i64
SELECT e.user_id, e.training_id, e.announced_at, e.generation, t.organizer_id, s.instructor_id
FROM enrollment e JOIN training t ON t.id = e.training_id LEFT JOIN session s ON s.id = e.session_id WHERE e.id = $1;

-- name: policy_batch_owner :one
-- arg: id i64
SELECT actor_id FROM batch WHERE id = $1;

-- name: policy_draft_owner :one
-- arg: id i64
SELECT owner_id FROM draft WHERE id = $1;

-- name: grant_clear :exec
DELETE FROM grant_range;

-- Account-wide roles hold every permission over the whole tree.
-- name: grant_account_wide :exec
INSERT INTO grant_range (user_id, permission, lo, hi)
SELECT DISTINCT ur.user_id, rp.permission, d.lo, d.hi
FROM user_role ur JOIN role r ON r.id = ur.role_id JOIN role_permission rp ON rp.role_id = r.id JOIN department d ON d.parent_id IS NULL
WHERE r.scoped = 0;

-- Held with departments: their intervals, without those that lie inside another one of the same user and permission.
-- name: grant_by_department :exec
INSERT INTO grant_range (user_id, permission, lo, hi)
SELECT DISTINCT ur.user_id, rp.permission, d.lo, d.hi
FROM user_role ur JOIN role r ON r.id = ur.role_id AND r.scoped = 1 JOIN role_permission rp ON rp.role_id = r.id
JOIN user_role_department urd ON urd.user_role_id = ur.id JOIN department d ON d.id = urd.department_id
WHERE NOT EXISTS (
	SELECT 1 FROM user_role u2 JOIN role r2 ON r2.id = u2.role_id AND r2.scoped = 1 JOIN role_permission p2 ON p2.role_id = r2.id AND p2.permission = rp.permission
	JOIN user_role_department x2 ON x2.user_role_id = u2.id JOIN department d2 ON d2.id = x2.department_id
	WHERE u2.user_id = ur.user_id AND d2.lo < d.lo AND d2.hi >= d.hi)
AND NOT EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = ur.user_id AND g.permission = rp.permission);
