-- Notifications in the account.

-- name: notification_unread_count :one
-- arg: user i64
SELECT count(*) AS n FROM notification WHERE user_id = $1 AND read_at IS NULL;

-- name: notification_insert_import :exec
-- arg: user i64
-- arg: import i64
-- arg: at i64
INSERT INTO notification (user_id, kind, import_id, at) VALUES ($1, 'import_done', $2, $3);

-- Whose enrollment it is about is said to the organizer, who sees his participants (R11).
-- name: notification_list :many
-- arg: user i64
-- arg: unread bool
-- arg: now i64
-- sort: at = n.id i64
-- sort-id: n.id
SELECT n.id, n.kind, n.at, n.read_at, n.enrollment_id, n.batch_id, n.import_id, t.id AS training_id, t.title, s.title AS session_title,
	y.start_at, y.end_at, y.time_zone, s.starts_at, s.ends_at, s.days, e.user_id AS about_id, p.name AS about, b.enrolled, b.waitlisted, b.moved, i.created, i.updated,
	CASE WHEN e.status = 'enrolled' AND e.announced_at IS NOT NULL AND s.cancelled_at IS NULL AND s.starts_at IS NOT NULL THEN 1 ELSE 0 END AS dated,
	CASE WHEN e.user_id = $1 AND e.status = 'enrolled' AND e.answer = 'none' AND e.announced_at IS NOT NULL AND s.cancelled_at IS NULL AND s.ends_at > $3
		THEN 1 ELSE 0 END AS asks
FROM notification n LEFT JOIN enrollment e ON e.id = n.enrollment_id LEFT JOIN training t ON t.id = e.training_id
LEFT JOIN session s ON s.id = e.session_id LEFT JOIN day y ON y.session_id = s.id AND y.position = 1 LEFT JOIN users p ON p.id = e.user_id AND e.user_id <> $1 LEFT JOIN batch b ON b.id = n.batch_id
LEFT JOIN import i ON i.id = n.import_id
WHERE n.user_id = $1 AND ($2 = 0 OR n.read_at IS NULL) {after} {order};
-- col: title text
-- col: session_title text
-- col: start_at i64?
-- col: end_at i64?
-- col: time_zone text
-- col: about text

-- name: notification_target :one
-- arg: id i64
-- arg: user i64
SELECT n.id, n.kind, n.enrollment_id, n.batch_id, n.import_id, n.read_at, e.training_id, e.user_id AS about_id
FROM notification n LEFT JOIN enrollment e ON e.id = n.enrollment_id WHERE n.id = $1 AND n.user_id = $2;

-- name: notification_read :exec
-- arg: id i64
-- arg: user i64
-- arg: now i64
UPDATE notification SET read_at = $3 WHERE id = $1 AND user_id = $2 AND read_at IS NULL;

-- Who has answered has read what asked.
-- name: notification_read_about :exec
-- arg: user i64
-- arg: enrollment i64
-- arg: now i64
UPDATE notification SET read_at = $3 WHERE user_id = $1 AND enrollment_id = $2 AND read_at IS NULL;

-- name: notification_read_all :exec
-- arg: user i64
-- arg: now i64
UPDATE notification SET read_at = $2 WHERE user_id = $1 AND read_at IS NULL;
