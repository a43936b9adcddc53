-- Who gets the seats of a session by the plan that is staged, and who waits.

-- name: plan_seat_counts :many
SELECT session_id AS session, count(CASE WHEN effect <> 'wait' THEN 1 END) AS seated, count(CASE WHEN effect = 'wait' THEN 1 END) AS waits FROM plan_item
WHERE session_id IS NOT NULL AND effect IN ('enroll', 'over', 'move', 'wait') GROUP BY session_id ORDER BY session_id;
-- col: session i64

-- In the order in which seats are given, as plan_seats has it.
-- name: plan_seat_people :many
-- arg: session i64
-- arg: waits bool
-- arg: after i64
-- arg: limit i64
SELECT i.user_id, i.effect, u.name AS user_name, u.login, d.name AS department, o.title AS old_session_title
FROM plan_item i JOIN users u ON u.id = i.user_id JOIN department d ON d.id = u.department_id LEFT JOIN session o ON o.id = i.old_session_id
WHERE i.session_id = $1 AND i.effect IN ('enroll', 'over', 'move', 'wait') AND (i.effect = 'wait') = ($2 = 1)
ORDER BY (coalesce(i.choice, '') = 'wait'), (i.position = 0), i.position, i.name_key, i.user_id LIMIT $4 OFFSET $3;
