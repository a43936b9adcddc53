-- Reminders before a session: the setting, how far each has come, and who is reminded.

-- name: reminder_list :many
SELECT ahead, starts_at, session_id, enrollment_id FROM reminder ORDER BY ahead;

-- What starts earlier was due before somebody asked for it.
-- name: reminder_insert :put
-- arg: ahead i64
-- arg: starts_at i64
INSERT INTO reminder (ahead, starts_at) VALUES ($1, $2);

-- name: reminder_delete :put
-- arg: ahead i64
DELETE FROM reminder WHERE ahead = $1;

-- name: reminder_reached :put
-- arg: ahead i64
-- arg: starts_at i64
-- arg: session i64
-- arg: enrollment i64?
UPDATE reminder SET starts_at = $2, session_id = $3, enrollment_id = $4 WHERE ahead = $1;

-- It is never that far: it was when the clock was wrong. Who was reminded since is not reminded again.
-- name: reminder_back :put
-- arg: now i64
UPDATE reminder SET starts_at = $1 + ahead, session_id = 0, enrollment_id = NULL WHERE starts_at > $1 + ahead;

-- The next session whose participants are to be reminded: the one at work, or the first behind it that has not begun.
-- name: reminder_next :one
-- arg: ahead i64
-- arg: now i64
SELECT s.id, s.starts_at FROM reminder r CROSS JOIN session s
WHERE r.ahead = $1 AND s.starts_at >= CASE WHEN r.starts_at > $2 THEN r.starts_at ELSE $2 + 1 END AND s.starts_at <= $2 + $1
AND (s.starts_at > r.starts_at OR s.id > r.session_id OR (s.id = r.session_id AND r.enrollment_id IS NOT NULL)) AND s.cancelled_at IS NULL
ORDER BY s.starts_at, s.id LIMIT 1;

-- Part of those who have a seat, and which of them (position 1) hear of it: not who was told something about it since it was due, nor who was announced later.
-- name: reminder_stage :put
-- arg: session i64
-- arg: after i64
-- arg: due_at i64
-- arg: limit i64
INSERT INTO stage_id (id, position)
SELECT e.id, CASE WHEN e.answer <> 'declined' AND e.announced_at < $3 AND u.status = 'active'
	AND NOT EXISTS (SELECT 1 FROM notification n WHERE n.user_id = e.user_id AND n.enrollment_id = e.id AND (n.at >= $3 OR n.due_at = $3)) THEN 1 ELSE 0 END
FROM enrollment e JOIN users u ON u.id = e.user_id
WHERE e.session_id = $1 AND e.status = 'enrolled' AND e.id > $2 ORDER BY e.id LIMIT $4;

-- name: reminder_staged :one
SELECT count(*) AS n, coalesce(max(id), 0) AS last FROM stage_id;

-- name: reminder_notify :put
-- arg: due_at i64
-- arg: now i64
INSERT INTO notification (user_id, kind, enrollment_id, at, due_at)
SELECT e.user_id, 'reminder', e.id, $2, $1 FROM stage_id x CROSS JOIN enrollment e WHERE x.position = 1 AND e.id = x.id ORDER BY x.id;

-- A message that has yet to leave says all of it. (An expression of the state, which keeps both planners from the index by state.)
-- name: reminder_mail :put
-- arg: now i64
INSERT INTO outbox (user_id, enrollment_id, kind, due_at, created_at)
SELECT e.user_id, e.id, 'reminder', $1, $1
FROM stage_id x CROSS JOIN enrollment e JOIN users u ON u.id = e.user_id AND u.email IS NOT NULL
WHERE x.position = 1 AND e.id = x.id
AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.enrollment_id = e.id AND o.kind IN ('invite', 'reminder') AND o.state || '' = 'waiting') ORDER BY x.id;

-- What has not left goes when something else is said about the session.
-- name: reminder_drop :put
-- arg: session i64
-- arg: now i64
UPDATE outbox SET state = 'dropped'
WHERE state || '' = 'waiting' AND position IS NULL AND kind = 'reminder' AND lease_until <= $2
AND enrollment_id IN (SELECT e.id FROM enrollment e WHERE e.session_id = $1);
