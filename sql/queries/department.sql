-- The tree of departments. [lo, hi] lies inside the parent's; what is being moved has negative numbers for a moment.

-- name: department_row :one
-- arg: id i64
SELECT id, name, parent_id, lo, hi FROM department WHERE id = $1;

-- name: department_root_row :one
SELECT id, name, parent_id, lo, hi FROM department WHERE parent_id IS NULL;

-- name: department_all :many
-- arg: counted bool
SELECT d.id, d.name, d.parent_id, d.lo, d.hi,
	CASE WHEN $1 = 1 THEN (SELECT count(*) FROM users u WHERE u.department_id = d.id) ELSE 0 END AS users
FROM department d ORDER BY d.name_key, d.id;

-- name: department_scoped :many
-- arg: actor i64
-- arg: permission text
-- arg: counted bool
SELECT d.id, d.name, d.parent_id, d.lo, d.hi,
	CASE WHEN $3 = 1 THEN (SELECT count(*) FROM users u WHERE u.department_id = d.id) ELSE 0 END AS users
FROM department d
WHERE EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = $2 AND d.lo BETWEEN g.lo AND g.hi)
ORDER BY d.name_key, d.id;

-- Those above it and itself, from the top, as far as the actor sees any of it by whatever permission.
-- name: department_path_scoped :many
-- arg: actor i64
-- arg: id i64
SELECT a.id, a.name FROM department d JOIN department a ON a.lo <= d.lo AND a.hi >= d.hi
WHERE d.id = $2 AND (a.id = $2 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND a.lo BETWEEN g.lo AND g.hi))
ORDER BY a.lo;

-- name: department_path_all :many
-- arg: id i64
SELECT a.id, a.name FROM department d JOIN department a ON a.lo <= d.lo AND a.hi >= d.hi WHERE d.id = $1 ORDER BY a.lo;

-- name: department_by_code :one
-- arg: code text
SELECT id FROM department WHERE code = $1;

-- name: department_child_named :one
-- arg: parent i64
-- arg: name_fold text
SELECT id FROM department WHERE parent_id = $1 AND name_fold = $2;

-- name: department_root_named :one
-- arg: name_fold text
SELECT id FROM department WHERE parent_id IS NULL AND name_fold = $1;

-- Where the free end of an interval begins. What is being moved does not count.
-- name: department_last_child :one
-- arg: parent i64
-- arg: lo i64
SELECT coalesce(max(hi), $2) AS used FROM department WHERE parent_id = $1 AND lo > $2;

-- The branches around a place, innermost first, with how many departments lie below each.
-- name: department_around :many
-- arg: id i64
SELECT a.id, a.lo, a.hi, (SELECT count(*) FROM department b WHERE b.lo > a.lo AND b.lo <= a.hi) AS below
FROM department d JOIN department a ON a.lo <= d.lo AND a.hi >= d.hi
WHERE d.id = $1 ORDER BY a.lo DESC;

-- name: department_between :one
-- arg: lo i64
-- arg: hi i64
SELECT count(*) AS n FROM department WHERE lo BETWEEN $1 AND $2;

-- One statement for all of them, far away from every other number: the unique index never sees two alike.
-- name: department_shift :exec
-- arg: lo i64
-- arg: hi i64
-- arg: by i64
UPDATE department SET lo = lo + $3, hi = hi + $3 WHERE lo >= $1 AND lo <= $2;

-- Numbers both ends of each department of a branch (`lo` to `hi`) and of others around it anew, `step` apart, in the order of a
-- walk around the tree: the branch comes in just before the number `before` of the others. Where they go has to be free.
-- name: department_number :exec
-- arg: lo i64
-- arg: hi i64
-- arg: others_lo i64
-- arg: others_hi i64
-- arg: before i64
-- arg: from i64
-- arg: step i64
UPDATE department SET lo = $6 + $7 * (p.first - 1), hi = $6 + $7 * (p.last - 1)
FROM (SELECT w.id, min(w.n) AS first, max(w.n) AS last FROM (
		SELECT e.id, row_number() OVER (ORDER BY e.place, e.inside, e.number) AS n FROM (
			SELECT id, $5 AS place, 0 AS inside, lo AS number FROM department WHERE lo BETWEEN $1 AND $2
			UNION ALL SELECT id, $5, 0, hi FROM department WHERE lo BETWEEN $1 AND $2
			UNION ALL SELECT id, lo, 1, lo FROM department WHERE lo BETWEEN $3 AND $4
			UNION ALL SELECT id, hi, 1, hi FROM department WHERE lo BETWEEN $3 AND $4) e) w
	GROUP BY w.id) p
WHERE department.id = p.id;

-- name: department_insert :insert
-- arg: name text
-- arg: name_key blob
-- arg: name_fold text
-- arg: parent i64?
-- arg: lo i64
-- arg: hi i64
INSERT INTO department (name, name_key, name_fold, parent_id, lo, hi) VALUES ($1, $2, $3, $4, $5, $6);

-- name: department_rename :exec
-- arg: id i64
-- arg: name text
-- arg: name_key blob
-- arg: name_fold text
UPDATE department SET name = $2, name_key = $3, name_fold = $4 WHERE id = $1;

-- name: department_set_parent :exec
-- arg: id i64
-- arg: parent i64
UPDATE department SET parent_id = $2 WHERE id = $1;

-- name: department_holds :one
-- arg: id i64
SELECT (SELECT count(*) FROM users WHERE department_id = $1) AS users, (SELECT count(*) FROM department WHERE parent_id = $1) AS departments;

-- name: department_drop_roles :exec
-- arg: id i64
DELETE FROM user_role_department WHERE department_id = $1;

-- name: department_delete_row :exec
-- arg: id i64
DELETE FROM department WHERE id = $1;

-- Intervals that do not lie inside their parent's, or overlap a sibling's.
-- name: department_broken :one
SELECT count(*) AS n FROM department d LEFT JOIN department p ON p.id = d.parent_id
WHERE (d.parent_id IS NOT NULL AND (d.lo <= p.lo OR d.hi >= p.hi))
OR EXISTS (SELECT 1 FROM department s WHERE s.parent_id = d.parent_id AND s.id <> d.id AND s.lo <= d.hi AND s.hi >= d.lo);

-- Whether there are more than so many: counts no further.
-- name: department_count_scoped :one
-- arg: actor i64
-- arg: permission text
-- arg: most i64
SELECT count(*) AS n FROM (SELECT d.id FROM department d
	WHERE EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = $2 AND d.lo BETWEEN g.lo AND g.hi) LIMIT $3) s;

-- name: department_named :many
-- arg: actor i64
-- arg: permission text
-- arg: name_fold text
-- arg: limit i64
SELECT d.id FROM department d WHERE d.name_fold = $3
AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = $2 AND d.lo BETWEEN g.lo AND g.hi)
ORDER BY d.lo LIMIT $4;

-- Those whose name begins with what was typed come first.
-- name: department_suggested :many
-- arg: actor i64
-- arg: permission text
-- arg: inside text
-- arg: beginning text
-- arg: limit i64
SELECT d.id, d.name, CASE WHEN d.name_fold LIKE $4 ESCAPE '\' THEN 0 ELSE 1 END AS rank FROM department d
WHERE d.name_fold LIKE $3 ESCAPE '\'
AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = $2 AND d.lo BETWEEN g.lo AND g.hi)
ORDER BY 3, d.name_key, d.id LIMIT $5;

-- part: department_level_of
d.id, d.name, d.lo, (SELECT count(*) FROM users u WHERE u.department_id = d.id) AS users,
	(SELECT count(*) FROM department b WHERE b.lo > d.lo AND b.lo < d.hi) AS below, d.name_key

-- One level of the tree: the departments in this one; for 0 the topmost ones in scope.
-- name: department_level_rows :many
-- arg: actor i64
-- arg: permission text
-- arg: parent i64
SELECT {department_level_of} FROM department d WHERE d.parent_id = $3
AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = $2 AND d.lo BETWEEN g.lo AND g.hi)
UNION ALL
SELECT {department_level_of} FROM department d WHERE $3 = 0
AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = $2 AND d.lo BETWEEN g.lo AND g.hi)
AND NOT EXISTS (SELECT 1 FROM department p JOIN grant_range g ON p.lo BETWEEN g.lo AND g.hi
	WHERE p.id = d.parent_id AND g.user_id = $1 AND g.permission = $2)
ORDER BY 6, 1;
