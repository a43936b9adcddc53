-- Data that commands make: the demo organization, and synthetic data in bulk.

-- name: seed_any_user :one
SELECT id FROM users LIMIT 1;

-- The demo's one password, for everybody.
-- name: seed_demo_passwords :put
-- arg: hash text
UPDATE users SET password = $1, demo_password = 1;

-- name: seed_enrollment_insert :insert
-- arg: user i64
-- arg: training i64
-- arg: session i64
-- arg: status text
-- arg: at i64
-- arg: position i64?
-- arg: answer text
-- arg: answered_at i64?
INSERT INTO enrollment (user_id, training_id, session_id, status, access_at, announced_at, position, answer, answered_at, created_at)
VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $5);

-- A reply for each day that an answered enrollment has, as the link in the invitation would have left it.
-- name: seed_enrollment_days :put
INSERT INTO enrollment_day (enrollment_id, day_id, answer, answered_at)
SELECT e.id, y.id, e.answer, e.answered_at FROM enrollment e JOIN day y ON y.session_id = e.session_id WHERE e.answer <> 'none';

-- Seats, waiting list and next position of the sessions first..last, from the enrollments.
-- name: seed_session_counts :put
-- arg: first i64
-- arg: last i64
UPDATE session SET
	seats_taken = (SELECT count(*) FROM enrollment e WHERE e.session_id = session.id AND e.status = 'enrolled' AND e.answer <> 'declined'),
	waiting = (SELECT count(*) FROM enrollment e WHERE e.session_id = session.id AND e.status = 'waiting'),
	next_position = (SELECT coalesce(max(e.position), 0) + 1 FROM enrollment e WHERE e.session_id = session.id AND e.status = 'waiting')
WHERE id BETWEEN $1 AND $2;

-- One entry of the trail an enrollment (R10).
-- name: seed_enrollment_audit :put
-- arg: actor i64?
-- arg: now i64
INSERT INTO audit (at, actor_id, action, object, object_id, user_id, training_id, after)
SELECT $2, $1, 'enrollment.create', 'enrollment', e.id, e.user_id, e.training_id,
	'{"session":"' || CAST(e.session_id AS TEXT) || '","status":"' || e.status || '"}'
FROM enrollment e WHERE e.session_id IS NOT NULL ORDER BY e.id;

-- ---- synthetic data: a row a call, thousands a transaction

-- Who organizes what is made: the highest account-wide role's latest holder, so an administrator rather than the owner.
-- name: seed_organizer :one
SELECT ur.user_id FROM user_role ur JOIN users u ON u.id = ur.user_id AND u.status = 'active' WHERE ur.role_id IN (1, 2) ORDER BY ur.role_id DESC, ur.user_id LIMIT 1;

-- name: seed_login_taken :one
-- arg: first text
-- arg: last text
SELECT id FROM users WHERE login_fold IN ($1, $2) LIMIT 1;

-- name: seed_root :one
SELECT id FROM department WHERE parent_id IS NULL;

-- name: seed_user_insert :insert
-- arg: login text
-- arg: email text
-- arg: first_name text
-- arg: last_name text
-- arg: first_fold text
-- arg: last_fold text
-- arg: name text
-- arg: name_key blob
-- arg: search text
-- arg: department i64
-- arg: password text
-- arg: at i64
INSERT INTO users (login, login_fold, email, email_fold, first_name, last_name, first_fold, last_fold, name, name_key, search, department_id, password, created_at)
VALUES ($1, $1, $2, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: seed_field_insert :put
-- arg: user i64
-- arg: field i64
-- arg: value text
-- arg: fold text
INSERT INTO user_field (user_id, field_id, value, value_fold) VALUES ($1, $2, $3, $4);

-- name: seed_enrollment_row :put
-- arg: user i64
-- arg: training i64
-- arg: session i64
-- arg: at i64
-- arg: answer text
-- arg: answered_at i64?
-- arg: result text
-- arg: score i64?
INSERT INTO enrollment (user_id, training_id, session_id, status, access_at, announced_at, answer, answered_at, result, result_by_hand, score, created_at)
VALUES ($1, $2, $3, 'enrolled', $4, $4, $5, $6, $7, CASE WHEN $7 = 'none' THEN 0 ELSE 1 END, $8, $4);

-- name: seed_seats_add :put
-- arg: session i64
-- arg: seats i64
UPDATE session SET seats_taken = seats_taken + $2 WHERE id = $1;
