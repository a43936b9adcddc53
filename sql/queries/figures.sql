-- Figures of sessions: who was announced and is enrolled, as reports count them (model/figures.h).
-- (Also <> 'cancelled': by that SQLite knows that it may use the partial index enrollment_one.)

-- A new mark is drawn, so that one that was rolled back, or lost with a server that another replaced, never comes again.
-- part: mark
random() & 4503599627370495

-- part: mark_pg
floor(random() * 4503599627370496)::bigint

-- Other people are counted in the session now.
-- name: figures_changed :put
-- arg: session i64
UPDATE session SET figures = {mark} WHERE id = $1;
-- pg:
UPDATE session SET figures = {mark_pg} WHERE id = $1;

-- In those where one of stage_id is enrolled.
-- part: staged
(SELECT e.session_id FROM stage_id x CROSS JOIN enrollment e WHERE e.id = x.id AND e.status = 'enrolled')

-- name: figures_changed_staged :put
UPDATE session SET figures = {mark} WHERE id IN {staged};
-- pg:
UPDATE session SET figures = {mark_pg} WHERE id IN {staged};

-- In those of somebody who is in another department now.
-- part: of_user
(SELECT e.session_id FROM enrollment e WHERE e.user_id = $1 AND e.status <> 'cancelled' AND e.status = 'enrolled' AND e.announced_at IS NOT NULL)

-- name: figures_changed_user :put
-- arg: user i64
UPDATE session SET figures = {mark} WHERE id IN {of_user};
-- pg:
UPDATE session SET figures = {mark_pg} WHERE id IN {of_user};

-- In all of these.
-- name: figures_changed_between :put
-- arg: first i64
-- arg: last i64
UPDATE session SET figures = {mark} WHERE id BETWEEN $1 AND $2;
-- pg:
UPDATE session SET figures = {mark_pg} WHERE id BETWEEN $1 AND $2;

-- The people of these sessions (a JSON list; place is where in it): four times the department, plus 0 without a result, 1 attended, 2 absent.
-- (CROSS JOIN: from the sessions on.)
-- name: figures_people :many
-- arg: sessions text
SELECT g.key AS place, u.department_id * 4 + CASE e.result WHEN 'attended' THEN 1 WHEN 'absent' THEN 2 ELSE 0 END AS person
FROM json_each($1) g CROSS JOIN enrollment e CROSS JOIN users u
WHERE e.session_id = g.value AND e.status = 'enrolled' AND e.announced_at IS NOT NULL AND u.id = e.user_id;
-- pg:
SELECT g.key - 1 AS place, u.department_id * 4 + CASE e.result WHEN 'attended' THEN 1 WHEN 'absent' THEN 2 ELSE 0 END AS person
FROM json_array_elements_text($1::json) WITH ORDINALITY AS g (value, key) JOIN enrollment e ON e.session_id = g.value::bigint
JOIN users u ON u.id = e.user_id
WHERE e.status = 'enrolled' AND e.announced_at IS NOT NULL;
-- col: place i64

-- About how many enrollments there are, without counting.
-- name: figures_about :one
SELECT coalesce(max(id), 0) AS enrollments FROM enrollment;

-- Sessions by id, the newest first.
-- name: figures_sessions :many
-- arg: before i64
-- arg: limit i64
SELECT id, figures AS mark, seats_taken AS people FROM session WHERE id < $1 AND cancelled_at IS NULL ORDER BY id DESC LIMIT $2;

-- All people of the enrollments behind the id $1, up to $2, in the order of the table. `counted` is four times the session, plus the result as above.
-- name: figures_enrolled :many
-- arg: after i64
-- arg: last i64
SELECT e.user_id AS person, e.session_id * 4 + CASE e.result WHEN 'attended' THEN 1 WHEN 'absent' THEN 2 ELSE 0 END AS counted
FROM enrollment e
WHERE e.id > $1 AND e.id <= $2 AND e.status = 'enrolled' AND e.announced_at IS NOT NULL AND e.session_id IS NOT NULL;

-- Who is in which department.
-- name: figures_users :many
-- arg: after i64
-- arg: limit i64
SELECT u.id, u.department_id FROM users u WHERE u.id > $1 ORDER BY u.id LIMIT $2;

-- ---- attendance
-- Read for each report, so it is little of each: what is to be shown comes behind. Trainings and sessions that were chosen stand in pick_training and
-- stage_id. (The plus: from one end of the table to the other; by index each would be looked for.)
-- name: attendance_sessions :many
-- arg: actor i64
-- arg: any_training bool
-- arg: any_session bool
-- arg: from i64
-- arg: to i64
SELECT s.id, s.figures AS mark, s.seats_taken AS people, s.training_id, s.starts_at, CASE WHEN s.instructor_id = $1 THEN 1 ELSE 0 END AS instructs
FROM session s
WHERE s.cancelled_at IS NULL AND s.ends_at > $4 AND +s.starts_at < $5
AND ($2 = 1 OR s.training_id IN (SELECT training_id FROM pick_training)) AND ($3 = 1 OR s.id IN (SELECT id FROM stage_id));
-- col: instructs bool

-- name: attendance_trainings :many
-- arg: actor i64
SELECT t.id, t.title, (t.organizer_id = $1) AS organizes FROM training t ORDER BY t.title_key, t.id;
-- col: organizes bool

-- What a report by session shows of sessions (a JSON list; place is where in it).
-- name: attendance_titles :many
-- arg: sessions text
SELECT g.key AS place, s.title, s.ends_at, s.days, y.time_zone
FROM json_each($1) g CROSS JOIN session s CROSS JOIN day y WHERE s.id = g.value AND y.session_id = s.id AND y.position = 1;
-- pg:
SELECT g.key - 1 AS place, s.title, s.ends_at, s.days, y.time_zone
FROM json_array_elements_text($1::json) WITH ORDINALITY AS g (value, key) JOIN session s ON s.id = g.value::bigint
JOIN day y ON y.session_id = s.id AND y.position = 1;
-- col: place i64

-- Departments, and which are in the scope of "reports" and in the one that was asked for.
-- name: attendance_departments :many
-- arg: actor i64
-- arg: all bool
-- arg: department i64?
-- arg: direct bool
SELECT d.id, d.name,
	CASE WHEN $2 = 1 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'reports' AND d.lo BETWEEN g.lo AND g.hi)
		THEN 1 ELSE 0 END AS in_scope,
	CASE WHEN $3 IS NULL OR EXISTS (SELECT 1 FROM department z WHERE z.id = $3 AND (d.id = z.id OR $4 = 0 AND d.lo BETWEEN z.lo AND z.hi))
		THEN 1 ELSE 0 END AS asked
FROM department d ORDER BY d.name_key, d.id;
-- col: in_scope bool
-- col: asked bool

-- The people below a supervisor, in any session.
-- name: attendance_below :many
-- arg: supervisor i64
WITH RECURSIVE below (id) AS (
	SELECT b.id FROM users b WHERE b.supervisor_id = $1
	UNION
	SELECT b.id FROM users b JOIN below w ON b.supervisor_id = w.id
)
SELECT e.session_id AS session, u.department_id AS department, e.result
FROM below w JOIN users u ON u.id = w.id JOIN enrollment e ON e.user_id = w.id
WHERE e.status <> 'cancelled' AND e.status = 'enrolled' AND e.announced_at IS NOT NULL AND e.session_id IS NOT NULL;
-- col: session i64
