-- Imports of users. Rows lie in import_row; what each does is found by comparing slices of them (their lines in stage_id) with users.

-- name: import_insert :insert
-- arg: actor i64?
-- arg: file_name text
-- arg: kind text
-- arg: separator text
-- arg: columns text
-- arg: origin text
-- arg: at i64
INSERT INTO import (actor_id, status, file_name, kind, separator, columns, origin, created_at) VALUES ($1, 'reading', $2, $3, $4, $5, $6, $7);

-- name: import_row_get :one
-- arg: id i64
SELECT i.id, i.actor_id, i.status, i.file_name, i.kind, i.separator, i.columns, i.total, i.to_create, i.to_update, i.unchanged, i.wrong,
	i.created, i.updated, i.failed, i.enrollments_cancelled, i.at_level, i.at_line, i.origin, i.created_at, i.finished_at
FROM import i WHERE i.id = $1;

-- name: import_recent :many
-- arg: actor i64
-- arg: limit i64
SELECT id, status, file_name, created_at, to_create, to_update FROM import
WHERE actor_id = $1 AND status NOT IN ('reading', 'failed') ORDER BY id DESC LIMIT $2;

-- name: import_owner :one
-- arg: id i64
SELECT id, actor_id FROM import WHERE id = $1;

-- name: import_set_status :exec
-- arg: id i64
-- arg: status text
-- arg: finished_at i64?
UPDATE import SET status = $2, finished_at = $3 WHERE id = $1;

-- ---- staging

-- name: import_row_insert :exec
-- arg: import i64
-- arg: line i64
-- arg: login text
-- arg: login_fold text
-- arg: email text
-- arg: email_fold text
-- arg: first_name text
-- arg: last_name text
-- arg: department text
-- arg: status text
-- arg: supervisor text
-- arg: supervisor_fold text
-- arg: group_names text
-- arg: fields text
INSERT INTO import_row (import_id, line, effect, login, login_fold, email, email_fold, first_name, last_name, department, status, supervisor,
	supervisor_fold, group_names, fields)
VALUES ($1, $2, 'none', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: import_error_insert :exec
-- arg: import i64
-- arg: line i64
-- arg: position i64
-- arg: field text
-- arg: value text
-- arg: code text
-- arg: reason text
INSERT INTO import_error (import_id, line, position, field, value, code, reason) SELECT $1, $2, $3, $4, $5, $6, $7 WHERE true ON CONFLICT DO NOTHING;

-- ---- the plan of the rows whose lines are staged

-- name: import_stage_range :exec
-- arg: import i64
-- arg: first i64
-- arg: last i64
INSERT INTO stage_id (id, position) SELECT line, line FROM import_row WHERE import_id = $1 AND line BETWEEN $2 AND $3;

-- The next ones to apply, in order.
-- name: import_next :many
-- arg: import i64
-- arg: level i64
-- arg: line i64
-- arg: limit i64
SELECT line, level FROM import_row
WHERE import_id = $1 AND (level, line) > ($2, $3) AND effect IN ('create', 'update') ORDER BY level, line LIMIT $4;

-- CROSS JOIN keeps the order in which they are looked up: the staged lines first, or each slice would walk over all rows.
-- Twins are rows before this one with the same login or e-mail. An actor of null is the program itself, which sees everybody.
-- name: import_plan :many
-- arg: import i64
-- arg: actor i64?
SELECT r.line, r.effect, r.login, r.login_fold, r.email, r.email_fold, r.first_name, r.last_name, r.department, r.status, r.supervisor,
	r.supervisor_fold, r.group_names, r.fields, r.before, r.after,
	u.id AS user_id, u.login AS old_login, u.login_fold AS old_login_fold, u.email AS old_email, u.email_fold AS old_email_fold,
	u.first_name AS old_first_name, u.last_name AS old_last_name, u.department_id AS old_department, ud.name AS old_department_name, u.status AS old_status,
	u.supervisor_id AS old_supervisor, os.login AS old_supervisor_login,
	CASE WHEN CAST($2 AS BIGINT) IS NULL OR os.id = $2 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $2 AND g.permission = 'users.view'
		AND osd.lo BETWEEN g.lo AND g.hi) THEN 1 ELSE 0 END AS old_supervisor_seen,
	CASE WHEN CAST($2 AS BIGINT) IS NULL OR u.id IS NULL OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $2 AND g.permission = 'users.edit'
		AND ud.lo BETWEEN g.lo AND g.hi) THEN 1 ELSE 0 END AS in_scope,
	CASE WHEN CAST($2 AS BIGINT) IS NULL OR u.id IS NULL OR u.id = $2 THEN 0
		WHEN EXISTS (SELECT 1 FROM grant_range t WHERE t.user_id = u.id) OR EXISTS (SELECT 1 FROM user_role x WHERE x.user_id = u.id AND x.role_id = 1)
		THEN 1 ELSE 0 END AS has_power,
	CASE WHEN EXISTS (SELECT 1 FROM user_role x WHERE x.user_id = u.id AND x.role_id = 1) THEN 1 ELSE 0 END AS owns,
	s.id AS supervisor_id, s.login AS supervisor_login,
	CASE WHEN CAST($2 AS BIGINT) IS NULL OR s.id = $2 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $2 AND g.permission = 'users.view'
		AND sd.lo BETWEEN g.lo AND g.hi) THEN 1 ELSE 0 END AS supervisor_seen,
	(SELECT o.id FROM users o WHERE o.email_fold = r.email_fold) AS email_owner, (SELECT o.id FROM users o WHERE o.login_fold = r.email_fold) AS email_login,
	(SELECT o.id FROM users o WHERE o.email_fold = r.login_fold) AS login_email,
	(SELECT min(x.line) FROM import_row x WHERE x.import_id = r.import_id AND x.login_fold = r.login_fold AND x.line < r.line) AS login_twin,
	(SELECT min(x.line) FROM import_row x WHERE x.import_id = r.import_id AND x.email_fold = r.email_fold AND x.line < r.line) AS email_twin
FROM stage_id p CROSS JOIN import_row r
LEFT JOIN users u ON u.login_fold = r.login_fold LEFT JOIN department ud ON ud.id = u.department_id LEFT JOIN users os ON os.id = u.supervisor_id
LEFT JOIN department osd ON osd.id = os.department_id
LEFT JOIN users s ON s.login_fold = r.supervisor_fold LEFT JOIN department sd ON sd.id = s.department_id
WHERE r.import_id = $1 AND r.line = p.id
ORDER BY p.position;
-- col: in_scope bool
-- col: has_power bool
-- col: owns bool
-- col: old_supervisor_seen bool
-- col: supervisor_seen bool
-- col: email_owner i64?
-- col: email_login i64?
-- col: login_email i64?
-- col: login_twin i64?
-- col: email_twin i64?

-- What the users of these rows have in profile fields, and their listed groups.
-- name: import_plan_fields :many
-- arg: import i64
SELECT v.user_id, v.field_id, v.value
FROM stage_id p CROSS JOIN import_row r CROSS JOIN users u CROSS JOIN user_field v
WHERE r.import_id = $1 AND r.line = p.id AND u.login_fold = r.login_fold AND v.user_id = u.id
ORDER BY v.user_id, v.field_id;

-- name: import_plan_groups :many
-- arg: import i64
SELECT m.user_id, m.group_id
FROM stage_id p CROSS JOIN import_row r CROSS JOIN users u CROSS JOIN group_member m JOIN user_group g ON g.id = m.group_id
WHERE r.import_id = $1 AND r.line = p.id AND u.login_fold = r.login_fold AND m.user_id = u.id AND g.rule IS NULL
ORDER BY m.user_id, g.name_key, m.group_id;

-- name: import_groups :many
SELECT id, name, name_fold, (rule IS NOT NULL) AS smart FROM user_group ORDER BY name_fold;
-- col: smart bool

-- A supervisor who is a row of the file: at plan time it is enough that there is one.
-- name: import_login_line :one
-- arg: import i64
-- arg: login_fold text
SELECT line, login FROM import_row WHERE import_id = $1 AND login_fold = $2 ORDER BY line LIMIT 1;

-- name: import_row_plan :exec
-- arg: import i64
-- arg: line i64
-- arg: effect text
-- arg: user i64?
-- arg: name text
-- arg: before text
-- arg: after text
UPDATE import_row SET effect = $3, user_id = $4, name = $5, before = $6, after = $7 WHERE import_id = $1 AND line = $2;

-- name: import_row_fail :exec
-- arg: import i64
-- arg: line i64
UPDATE import_row SET effect = 'error' WHERE import_id = $1 AND line = $2;

-- name: import_row_user :exec
-- arg: import i64
-- arg: line i64
-- arg: user i64
UPDATE import_row SET user_id = $3 WHERE import_id = $1 AND line = $2;

-- ---- who supervises whom, when all of it is applied

-- name: import_people_count :one
-- arg: import i64
SELECT (SELECT count(*) FROM users WHERE supervisor_id IS NOT NULL) + (SELECT count(*) FROM import_row WHERE import_id = $1) AS n;

-- name: import_user_links :many
-- arg: after i64
-- arg: limit i64
SELECT id, supervisor_id FROM users WHERE supervisor_id IS NOT NULL AND id > $1 ORDER BY id LIMIT $2;

-- name: import_row_links :many
-- arg: import i64
-- arg: after i64
-- arg: limit i64
SELECT r.line, r.effect, r.user_id, r.supervisor_fold, s.id AS supervisor_id,
	(SELECT min(x.line) FROM import_row x WHERE x.import_id = r.import_id AND x.login_fold = r.supervisor_fold) AS supervisor_line
FROM import_row r LEFT JOIN users s ON s.login_fold = r.supervisor_fold WHERE r.import_id = $1 AND r.line > $2 ORDER BY r.line LIMIT $3;
-- col: supervisor_line i64?

-- name: import_row_level :exec
-- arg: import i64
-- arg: line i64
-- arg: level i64
UPDATE import_row SET level = $3 WHERE import_id = $1 AND line = $2;

-- name: import_supervisor_error :exec
-- arg: import i64
-- arg: line i64
-- arg: position i64
-- arg: code text
-- arg: reason text
INSERT INTO import_error (import_id, line, position, field, value, code, reason)
SELECT import_id, line, $3, 'supervisor', coalesce(supervisor, ''), $4, $5 FROM import_row WHERE import_id = $1 AND line = $2 ON CONFLICT DO NOTHING;

-- ---- the sum, and progress

-- name: import_ready :exec
-- arg: id i64
UPDATE import SET status = 'ready',
	total = (SELECT count(*) FROM import_row r WHERE r.import_id = $1),
	to_create = (SELECT count(*) FROM import_row r WHERE r.import_id = $1 AND r.effect = 'create'),
	to_update = (SELECT count(*) FROM import_row r WHERE r.import_id = $1 AND r.effect = 'update'),
	unchanged = (SELECT count(*) FROM import_row r WHERE r.import_id = $1 AND r.effect = 'same'),
	wrong = (SELECT count(*) FROM import_row r WHERE r.import_id = $1 AND r.effect = 'error')
WHERE id = $1;

-- name: import_progress :exec
-- arg: id i64
-- arg: created i64
-- arg: updated i64
-- arg: failed i64
-- arg: cancelled i64
-- arg: level i64
-- arg: line i64
UPDATE import SET created = created + $2, updated = updated + $3, failed = failed + $4, enrollments_cancelled = enrollments_cancelled + $5,
	at_level = $6, at_line = $7 WHERE id = $1;

-- ---- what the preview shows

-- name: import_rows_of :many
-- arg: import i64
-- arg: effect text
-- arg: after i64
-- arg: limit i64
SELECT r.line, r.login, r.name, r.user_id, r.department, r.before, r.after FROM import_row r
WHERE r.import_id = $1 AND r.effect = $2 AND r.line > $3 ORDER BY r.line LIMIT $4;

-- name: import_errors_of :many
-- arg: import i64
-- arg: after_line i64
-- arg: after_position i64
-- arg: limit i64
SELECT line, position, field, value, code, reason FROM import_error
WHERE import_id = $1 AND (line, position) > ($2, $3) ORDER BY line, position LIMIT $4;

-- ---- cleaning up

-- name: import_old :one
-- arg: before i64
SELECT id FROM import WHERE created_at < $1 AND status <> 'running' ORDER BY created_at LIMIT 1;

-- name: import_drop_rows :exec
-- arg: import i64
-- arg: limit i64
DELETE FROM import_row WHERE import_id = $1 AND line IN (SELECT x.line FROM import_row x WHERE x.import_id = $1 ORDER BY x.line LIMIT $2);

-- name: import_drop_errors :exec
-- arg: import i64
-- arg: limit i64
DELETE FROM import_error WHERE import_id = $1 AND line IN (SELECT x.line FROM import_error x WHERE x.import_id = $1 ORDER BY x.line, x.position LIMIT $2);

-- name: import_drop :exec
-- arg: import i64
DELETE FROM import WHERE id = $1;

-- name: import_age_now :exec
-- arg: import i64
UPDATE import SET status = 'failed', created_at = 0 WHERE id = $1;

-- Listed groups only: a rule decides about the others.
-- name: import_leave_groups :exec
-- arg: user i64
DELETE FROM group_member WHERE user_id = $1 AND group_id IN (SELECT id FROM user_group WHERE rule IS NULL);
