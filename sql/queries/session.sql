-- Sessions and their days. The instructor's name is the session's; who that user is, only those see who see the user (R3).

-- part: session_columns
s.id, s.training_id, t.title AS training_title, s.title, s.instructor, s.instructor_id, i.login AS instructor_login,
	CASE WHEN i.id IS NOT NULL AND ($2 = 1 OR i.id = $1
		OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)) THEN 1 ELSE 0 END AS instructor_seen,
	s.capacity, s.seats_taken, s.seats_over, s.waiting, s.cancelled_at, s.starts_at, s.ends_at, s.days, s.version

-- part: session_joins
JOIN training t ON t.id = s.training_id LEFT JOIN users i ON i.id = s.instructor_id LEFT JOIN department d ON d.id = i.department_id

-- name: session_by_ids :many
-- arg: actor i64
-- arg: all bool
-- arg: ids text
SELECT {session_columns} FROM json_each($3) j CROSS JOIN session s {session_joins}
WHERE s.id = j.value ORDER BY j.key;
-- pg:
SELECT {session_columns} FROM json_array_elements_text($3::json) WITH ORDINALITY AS j (value, key) JOIN session s ON s.id = j.value::bigint {session_joins}
ORDER BY j.key;
-- col: instructor_seen bool
-- col: instructor_id i64?
-- col: instructor_login text
-- col: capacity i64?
-- col: cancelled_at i64?

-- Of some trainings, one behind the other, at most $limit of each: those that end later, $open only if not cancelled.
-- name: session_list :many
-- row: session_by_ids
-- arg: actor i64
-- arg: all bool
-- arg: trainings text
-- arg: after i64
-- arg: open bool
-- arg: limit i64
SELECT {session_columns} FROM json_each($3) j CROSS JOIN session s {session_joins}
WHERE s.id IN (SELECT x.id FROM session x WHERE x.training_id = j.value AND x.ends_at > $4 AND ($5 = 0 OR x.cancelled_at IS NULL)
	ORDER BY x.starts_at, x.id LIMIT $6)
ORDER BY j.key, s.starts_at, s.id;
-- pg:
SELECT {session_columns} FROM json_array_elements_text($3::json) WITH ORDINALITY AS j (value, key)
CROSS JOIN LATERAL (SELECT * FROM session x WHERE x.training_id = j.value::bigint AND x.ends_at > $4 AND ($5 = 0 OR x.cancelled_at IS NULL)
	ORDER BY x.starts_at, x.id LIMIT $6) AS s {session_joins}
ORDER BY j.key, s.starts_at, s.id;
-- col: instructor_seen bool
-- col: instructor_id i64?
-- col: instructor_login text
-- col: capacity i64?
-- col: cancelled_at i64?

-- part: session_day_columns
y.id, y.session_id, y.position, y.start_wall, y.fold, y.duration, y.time_zone, y.location, y.url, y.start_at, y.end_at

-- name: session_day_rows :many
-- arg: sessions text
SELECT {session_day_columns} FROM json_each($1) j CROSS JOIN day y WHERE y.session_id = j.value ORDER BY j.key, y.position, y.id;
-- pg:
SELECT {session_day_columns} FROM json_array_elements_text($1::json) WITH ORDINALITY AS j (value, key) JOIN day y ON y.session_id = j.value::bigint
ORDER BY j.key, y.position, y.id;
-- col: id i64

-- name: session_insert :insert
-- arg: training i64
-- arg: title text
-- arg: title_key blob
-- arg: instructor text
-- arg: instructor_id i64?
-- arg: capacity i64?
-- arg: starts_at i64
-- arg: ends_at i64
-- arg: days i64
INSERT INTO session (training_id, title, title_key, instructor, instructor_id, capacity, starts_at, ends_at, days, figures)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, random() & 4503599627370495);
-- pg:
INSERT INTO session (training_id, title, title_key, instructor, instructor_id, capacity, starts_at, ends_at, days, figures)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, floor(random() * 4503599627370496)::bigint);

-- The capacity has its own way (model/seat.h).
-- name: session_update_row :exec
-- arg: id i64
-- arg: title text
-- arg: title_key blob
-- arg: instructor text
-- arg: instructor_id i64?
-- arg: starts_at i64
-- arg: ends_at i64
-- arg: days i64
UPDATE session SET title = $2, title_key = $3, instructor = $4, instructor_id = $5, starts_at = $6, ends_at = $7, days = $8, version = version + 1 WHERE id = $1;

-- name: session_set_cancelled :exec
-- arg: id i64
-- arg: at i64
UPDATE session SET cancelled_at = $2, version = version + 1 WHERE id = $1;

-- name: session_delete_row :exec
-- arg: id i64
DELETE FROM session WHERE id = $1;

-- name: session_days_delete :exec
-- arg: id i64
DELETE FROM day WHERE session_id = $1;

-- name: session_any_enrollment :one
-- arg: id i64
SELECT id FROM enrollment WHERE session_id = $1 LIMIT 1;

-- R8: points were given.
-- name: session_any_score :one
-- arg: id i64
SELECT id FROM enrollment WHERE session_id = $1 AND status <> 'cancelled' AND score IS NOT NULL LIMIT 1;

-- What the days say about whom nothing was said by hand, where that is another result than before: since there are other days.
-- part: day_results
(SELECT e.id, CASE WHEN sum(CASE WHEN coalesce(x.result, 'none') = 'none' THEN 1 ELSE 0 END) > 0 THEN 'none'
	WHEN sum(CASE WHEN x.result = 'attended' THEN 1 ELSE 0 END) = count(*) THEN 'attended' ELSE 'absent' END AS result
	FROM enrollment e JOIN day y ON y.session_id = e.session_id LEFT JOIN enrollment_day x ON x.enrollment_id = e.id AND x.day_id = y.id
	WHERE e.session_id = $1 AND e.status = 'enrolled' AND e.result_by_hand = 0 GROUP BY e.id)

-- name: session_results_audit :exec
-- arg: session i64
-- arg: now i64
-- arg: actor i64?
-- arg: origin text
INSERT INTO audit (at, actor_id, action, object, object_id, user_id, training_id, before, after, origin)
SELECT $2, $3, 'enrollment.result', 'enrollment', e.id, e.user_id, e.training_id, '{"result":"' || e.result || '"}', '{"result":"' || n.result || '"}', $4
FROM {day_results} AS n JOIN enrollment e ON e.id = n.id WHERE e.result <> n.result ORDER BY e.id;

-- name: session_results_set :put
-- arg: session i64
UPDATE enrollment SET result = n.result, version = version + 1 FROM {day_results} AS n WHERE enrollment.id = n.id AND enrollment.result <> n.result;

-- name: day_insert :insert
-- arg: session i64
-- arg: position i64
-- arg: start_wall text
-- arg: fold i64
-- arg: duration i64
-- arg: time_zone text
-- arg: location text
-- arg: url text
-- arg: start_at i64
-- arg: end_at i64
INSERT INTO day (session_id, position, start_wall, fold, duration, time_zone, location, url, start_at, end_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: day_update :exec
-- arg: id i64
-- arg: position i64
-- arg: start_wall text
-- arg: fold i64
-- arg: duration i64
-- arg: time_zone text
-- arg: location text
-- arg: url text
-- arg: start_at i64
-- arg: end_at i64
UPDATE day SET position = $2, start_wall = $3, fold = $4, duration = $5, time_zone = $6, location = $7, url = $8, start_at = $9, end_at = $10 WHERE id = $1;

-- name: day_answers_delete :exec
-- arg: id i64
DELETE FROM enrollment_day WHERE day_id = $1;

-- name: day_delete :exec
-- arg: id i64
DELETE FROM day WHERE id = $1;
