-- Resolving an audience into the staging table `pick`. Everything is cut to the actor's scope for enrolling (R3).

-- name: pick_clear :put
DELETE FROM pick;

-- name: stage_id_clear :put
DELETE FROM stage_id;

-- From a JSON list of ids.
-- name: stage_id_fill :put
-- arg: ids text
INSERT INTO stage_id (id, position) SELECT j.value, j.key + 1 FROM json_each($1) j WHERE true ON CONFLICT DO NOTHING;
-- pg:
INSERT INTO stage_id (id, position) SELECT j.value::bigint, j.key FROM json_array_elements_text($1::json) WITH ORDINALITY AS j (value, key) WHERE true
ON CONFLICT DO NOTHING;

-- name: stage_text_clear :put
DELETE FROM stage_text;

-- name: stage_text_add :put
-- arg: position i64
-- arg: value text
-- arg: fold text
INSERT INTO stage_text (position, value, fold) VALUES ($1, $2, $3);

-- Staged rows are few, and go first: the planner knows nothing of them.
-- name: pick_users :put
-- arg: actor i64
INSERT INTO pick (user_id, position)
SELECT u.id, s.position FROM stage_id s CROSS JOIN users u CROSS JOIN department d
WHERE u.id = s.id AND d.id = u.department_id
AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'enroll' AND d.lo BETWEEN g.lo AND g.hi)
ON CONFLICT DO NOTHING;

-- name: pick_users_unknown :many
SELECT s.id FROM stage_id s WHERE NOT EXISTS (SELECT 1 FROM pick p WHERE p.user_id = s.id) ORDER BY s.position;

-- name: pick_logins :put
-- arg: actor i64
INSERT INTO pick (user_id, position)
SELECT u.id, min(s.position) FROM stage_text s CROSS JOIN users u CROSS JOIN department d
WHERE u.login_fold = s.fold AND d.id = u.department_id
AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'enroll' AND d.lo BETWEEN g.lo AND g.hi)
GROUP BY u.id ON CONFLICT DO NOTHING;

-- name: pick_logins_unknown :many
SELECT s.value FROM stage_text s
WHERE NOT EXISTS (SELECT 1 FROM users u CROSS JOIN pick p WHERE u.login_fold = s.fold AND p.user_id = u.id) ORDER BY s.position;

-- name: pick_emails :put
-- arg: actor i64
INSERT INTO pick (user_id, position)
SELECT u.id, min(s.position) FROM stage_text s CROSS JOIN users u CROSS JOIN department d
WHERE u.email_fold = s.fold AND d.id = u.department_id
AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'enroll' AND d.lo BETWEEN g.lo AND g.hi)
GROUP BY u.id ON CONFLICT DO NOTHING;

-- name: pick_emails_unknown :many
SELECT s.value FROM stage_text s
WHERE NOT EXISTS (SELECT 1 FROM users u CROSS JOIN pick p WHERE u.email_fold = s.fold AND p.user_id = u.id) ORDER BY s.position;

-- (In this order: else SQLite goes through everybody who is active.)
-- name: pick_department :put
-- arg: actor i64
-- arg: department i64
-- arg: nested bool
INSERT INTO pick (user_id, position)
SELECT u.id, 0 FROM department x CROSS JOIN department d CROSS JOIN users u
WHERE x.id = $2 AND d.lo BETWEEN x.lo AND CASE WHEN $3 = 1 THEN x.hi ELSE x.lo END AND u.department_id = d.id AND u.status = 'active'
AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'enroll' AND d.lo BETWEEN g.lo AND g.hi)
ON CONFLICT DO NOTHING;

-- name: pick_group :put
-- arg: actor i64
-- arg: id i64
INSERT INTO pick (user_id, position)
SELECT u.id, 0 FROM group_member m JOIN users u ON u.id = m.user_id JOIN department d ON d.id = u.department_id
WHERE m.group_id = $2 AND u.status = 'active'
AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'enroll' AND d.lo BETWEEN g.lo AND g.hi)
ON CONFLICT DO NOTHING;

-- name: pick_filter :put
-- arg: actor i64
-- filter: user
INSERT INTO pick (user_id, position)
SELECT u.id, 0 FROM users u JOIN department d ON d.id = u.department_id
WHERE u.status = 'active'
AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'enroll' AND d.lo BETWEEN g.lo AND g.hi)
{filter}
ON CONFLICT DO NOTHING;

-- name: pick_except_stage :put
DELETE FROM pick WHERE user_id IN (SELECT id FROM stage_id);

-- name: pick_count :one
SELECT count(*) AS n FROM pick;

-- name: pick_has :one
-- arg: user i64
SELECT user_id FROM pick WHERE user_id = $1;

-- The users of an audience, in the order in which seats are given.
-- name: pick_list :many
-- arg: after_position i64
-- arg: limit i64
SELECT p.user_id, p.position, u.name, u.login, u.email, u.status, d.name AS department
FROM pick p JOIN users u ON u.id = p.user_id JOIN department d ON d.id = u.department_id
ORDER BY (p.position = 0), p.position, u.name_key, u.id LIMIT $2 OFFSET $1;

-- name: pick_status_counts :one
SELECT count(*) AS n, coalesce(sum(CASE WHEN u.email IS NULL THEN 1 ELSE 0 END), 0) AS no_email,
	coalesce(sum(CASE WHEN u.status <> 'active' THEN 1 ELSE 0 END), 0) AS not_active
FROM pick p JOIN users u ON u.id = p.user_id;

-- name: audience_department_names :one
-- arg: actor i64
-- arg: id i64
SELECT d.id, d.name, (SELECT count(*) FROM department b CROSS JOIN users u
	WHERE b.lo BETWEEN d.lo AND d.hi AND u.department_id = b.id AND u.status = 'active'
	AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'enroll' AND b.lo BETWEEN g.lo AND g.hi)) AS people
FROM department d WHERE d.id = $2
AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'enroll' AND d.lo BETWEEN g.lo AND g.hi);

-- As policy_group_in_scope: a group with nobody in scope has no name either.
-- name: audience_group_name :one
-- arg: actor i64
-- arg: id i64
SELECT x.id, x.name FROM user_group x WHERE x.id = $2 AND (
	EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'groups.edit')
	OR (x.rule IS NOT NULL AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'enroll'))
	OR EXISTS (SELECT 1 FROM group_member m JOIN users u ON u.id = m.user_id JOIN department d ON d.id = u.department_id
		JOIN grant_range g ON g.user_id = $1 AND g.permission = 'enroll' AND d.lo BETWEEN g.lo AND g.hi WHERE m.group_id = x.id));
