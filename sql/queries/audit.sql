-- Reading the trail. An entry about a user is there for who sees that user (R3): $2 lifts this for who sees everybody. Who did it is named
-- where the reader sees that person.

-- part: audit_entries
SELECT a.id, a.at, a.actor_id, CASE WHEN x.id = $1
		OR EXISTS (SELECT 1 FROM department d JOIN grant_range g ON g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi WHERE d.id = x.department_id)
		THEN x.name END AS actor_name, a.action, a.object, a.object_id, a.user_id, u.name AS user_name, a.training_id, a.batch_id,
	a.before, a.after, a.origin
FROM audit a LEFT JOIN users x ON x.id = a.actor_id LEFT JOIN users u ON u.id = a.user_id

-- Entries about nobody tell of departments, groups and settings: who does not see everything is shown only what they did themselves.
-- part: audit_readable
($2 = 1 OR a.actor_id = $1
	OR EXISTS (SELECT 1 FROM department d JOIN grant_range g ON g.user_id = $1 AND g.permission = 'audit' AND d.lo BETWEEN g.lo AND g.hi WHERE d.id = u.department_id))

-- What a batch did as a whole counts people out of scope, so it is there for who did it.
-- name: audit_of_training :many
-- arg: actor i64
-- arg: all bool
-- arg: training i64
-- sort: id = a.id i64
-- sort-id: a.id
{audit_entries}
WHERE a.training_id = $3 AND ($2 = 1 OR (a.user_id IS NULL AND (a.batch_id IS NULL OR a.actor_id = $1))
	OR EXISTS (SELECT 1 FROM department d JOIN grant_range g ON g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi WHERE d.id = u.department_id)
	OR a.user_id IN (WITH RECURSIVE below (id) AS (SELECT b.id FROM users b WHERE b.supervisor_id = $1
		UNION SELECT b.id FROM users b JOIN below w ON b.supervisor_id = w.id) SELECT id FROM below)
	OR EXISTS (SELECT 1 FROM enrollment e JOIN session s ON s.id = e.session_id WHERE e.training_id = $3 AND e.user_id = a.user_id AND e.status <> 'cancelled' AND s.instructor_id = $1))
{after} {order};
-- col: actor_name text

-- name: audit_of_user :many
-- arg: actor i64
-- arg: all bool
-- arg: user i64
-- sort: id = a.id i64
-- sort-id: a.id
{audit_entries}
WHERE a.user_id = $3 AND ($2 = 1
	OR EXISTS (SELECT 1 FROM department d JOIN grant_range g ON g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi WHERE d.id = u.department_id)
	OR a.user_id IN (WITH RECURSIVE below (id) AS (SELECT b.id FROM users b WHERE b.supervisor_id = $1
		UNION SELECT b.id FROM users b JOIN below w ON b.supervisor_id = w.id) SELECT id FROM below))
{after} {order};
-- col: actor_name text
-- row: audit_of_training

-- The entries of enrollments are most of the trail, so that the indexes of objects are without them.
-- name: audit_of_object :many
-- arg: actor i64
-- arg: all bool
-- arg: object text
-- arg: object_id i64
-- sort: id = a.id i64
-- sort-id: a.id
{audit_entries}
WHERE a.object = $3 AND a.object_id = $4 AND a.object <> 'enrollment' AND {audit_readable}
{after} {order};
-- col: actor_name text
-- row: audit_of_training

-- name: audit_of_kind :many
-- arg: actor i64
-- arg: all bool
-- arg: object text
-- sort: id = a.id i64
-- sort-id: a.id
{audit_entries}
WHERE a.object = $3 AND a.object <> 'enrollment' AND {audit_readable}
{after} {order};
-- col: actor_name text
-- row: audit_of_training

-- They are found among what is about the participant.
-- name: audit_of_enrollment :many
-- arg: actor i64
-- arg: all bool
-- arg: id i64
-- sort: id = a.id i64
-- sort-id: a.id
{audit_entries}
WHERE a.user_id = (SELECT e.user_id FROM enrollment e WHERE e.id = $3) AND a.object = 'enrollment' AND a.object_id = $3 AND {audit_readable}
{after} {order};
-- col: actor_name text
-- row: audit_of_training

-- name: audit_all :many
-- arg: actor i64
-- arg: all bool
-- sort: id = a.id i64
-- sort-id: a.id
{audit_entries}
WHERE {audit_readable}
{after} {order};
-- col: actor_name text
-- row: audit_of_training

-- The account's trail, narrowed: by who did it, what it was done to, what was done, when, and whom it is about.
-- name: audit_search :many
-- arg: actor i64
-- arg: all bool
-- arg: who i64?
-- arg: object text
-- arg: object_id i64?
-- arg: action text
-- arg: from i64
-- arg: to i64
-- arg: about i64?
-- sort: id = a.id i64
-- sort-id: a.id
{audit_entries}
WHERE ($3 IS NULL OR a.actor_id = $3) AND ($4 IS NULL OR a.object = $4) AND ($5 IS NULL OR a.object_id = $5) AND ($6 IS NULL OR a.action = $6)
AND a.at >= $7 AND a.at < $8 AND ($9 IS NULL OR a.user_id = $9) AND {audit_readable}
{after} {order};
-- col: actor_name text
-- row: audit_of_training

-- ---- names of what entries mention by id, where the reader sees them
-- name: audit_department_name :one
-- arg: actor i64
-- arg: all bool
-- arg: id i64
SELECT d.name FROM department d WHERE d.id = $3 AND ($2 = 1
	OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi));

-- name: audit_user_name :one
-- arg: actor i64
-- arg: all bool
-- arg: id i64
SELECT u.name FROM users u JOIN department d ON d.id = u.department_id WHERE u.id = $3 AND ($2 = 1 OR u.id = $1
	OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi));

-- name: audit_session_name :one
-- arg: id i64
SELECT title AS name FROM session WHERE id = $1;

-- name: audit_training_name :one
-- arg: id i64
SELECT title AS name FROM training WHERE id = $1;
