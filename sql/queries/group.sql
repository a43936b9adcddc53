-- Groups. Members in scope of users.view only (R3); a group without any is not there, except for those who edit groups.

-- name: group_row :one
-- arg: id i64
SELECT id, name, rule FROM user_group WHERE id = $1;

-- name: group_named :one
-- arg: name_fold text
SELECT id FROM user_group WHERE name_fold = $1;

-- name: group_list :many
-- sort: name = x.name_key blob
-- sort-id: x.id
-- arg: actor i64
-- arg: word text
SELECT x.id, x.name, x.rule,
	(SELECT count(*) FROM group_member m JOIN users u ON u.id = m.user_id JOIN department d ON d.id = u.department_id
		WHERE m.group_id = x.id AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)) AS members
FROM user_group x
WHERE x.name_fold LIKE $2 ESCAPE '\' AND (
	EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'groups.edit')
	OR (x.rule IS NOT NULL AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view'))
	OR EXISTS (SELECT 1 FROM group_member m JOIN users u ON u.id = m.user_id JOIN department d ON d.id = u.department_id
		JOIN grant_range g ON g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi
		WHERE m.group_id = x.id))
{after} {order};

-- name: group_members :many
-- sort: name = u.name_key blob
-- sort-id: u.id
-- arg: actor i64
-- arg: id i64
SELECT u.id, u.name, u.login, u.email, u.status, d.id AS department_id, d.name AS department
FROM group_member m JOIN users u ON u.id = m.user_id JOIN department d ON d.id = u.department_id
WHERE m.group_id = $2
AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)
{after} {order};

-- name: group_matches :many
-- sort: name = u.name_key blob
-- sort-id: u.id
-- filter: user
-- arg: actor i64
SELECT u.id, u.name, u.login, u.email, u.status, d.id AS department_id, d.name AS department
FROM users u JOIN department d ON d.id = u.department_id
WHERE EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)
{filter} {after} {order};

-- name: group_matches_count :one
-- filter: user
-- arg: actor i64
SELECT count(*) AS n FROM users u JOIN department d ON d.id = u.department_id
WHERE EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)
{filter};

-- name: group_insert :insert
-- arg: name text
-- arg: name_key blob
-- arg: name_fold text
-- arg: rule text
INSERT INTO user_group (name, name_key, name_fold, rule) VALUES ($1, $2, $3, $4);

-- name: group_update_row :exec
-- arg: id i64
-- arg: name text
-- arg: name_key blob
-- arg: name_fold text
-- arg: rule text
UPDATE user_group SET name = $2, name_key = $3, name_fold = $4, rule = $5 WHERE id = $1;

-- name: group_clear :exec
-- arg: id i64
DELETE FROM group_member WHERE group_id = $1;

-- name: group_delete_row :exec
-- arg: id i64
DELETE FROM user_group WHERE id = $1;

-- name: group_member_add :exec
-- arg: id i64
-- arg: user i64
INSERT INTO group_member (group_id, user_id) SELECT $1, $2 WHERE true ON CONFLICT DO NOTHING;

-- name: group_member_remove :exec
-- arg: id i64
-- arg: user i64
DELETE FROM group_member WHERE group_id = $1 AND user_id = $2;

-- Members that the actor may take out: those in the scope of groups.edit.
-- name: group_clear_scoped :exec
-- arg: actor i64
-- arg: id i64
DELETE FROM group_member WHERE group_id = $2 AND user_id IN (
	SELECT u.id FROM users u JOIN department d ON d.id = u.department_id
	WHERE EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'groups.edit' AND d.lo BETWEEN g.lo AND g.hi));

-- name: group_members_count :one
-- arg: actor i64
-- arg: id i64
SELECT count(*) AS n FROM group_member m JOIN users u ON u.id = m.user_id JOIN department d ON d.id = u.department_id
WHERE m.group_id = $2 AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi);

-- name: group_all_members :many
-- arg: id i64
SELECT user_id FROM group_member WHERE group_id = $1 ORDER BY user_id;
