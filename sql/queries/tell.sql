-- Notifications and outbox rows, made in the transaction of their cause.

-- name: tell_facts :one
-- arg: id i64
SELECT e.id, e.user_id, e.training_id, e.session_id, e.status, e.announced_at, u.email, u.status AS user_status, t.organizer_id, s.cancelled_at AS session_cancelled_at
FROM enrollment e JOIN users u ON u.id = e.user_id JOIN training t ON t.id = e.training_id LEFT JOIN session s ON s.id = e.session_id WHERE e.id = $1;

-- name: notification_insert :put
-- arg: user i64
-- arg: kind text
-- arg: enrollment i64?
-- arg: batch i64?
-- arg: at i64
INSERT INTO notification (user_id, kind, enrollment_id, batch_id, at) VALUES ($1, $2, $3, $4, $5);

-- name: notification_insert_supervisor :put
-- arg: enrollment i64
-- arg: kind text
-- arg: organizer_knows bool
-- arg: at i64
INSERT INTO notification (user_id, kind, enrollment_id, at)
SELECT u.supervisor_id, $2, e.id, $4 FROM enrollment e JOIN users u ON u.id = e.user_id JOIN training t ON t.id = e.training_id
WHERE e.id = $1 AND u.supervisor_id IS NOT NULL AND ($3 = 0 OR u.supervisor_id <> t.organizer_id);

-- One message a day that has not ended. A message that waits already will say the latest state anyway; one in flight may be too late for it.
-- name: outbox_invite :put
-- arg: enrollment i64
-- arg: now i64
INSERT INTO outbox (user_id, enrollment_id, position, kind, due_at, created_at)
SELECT e.user_id, e.id, d.position, 'invite', $2, $2
FROM enrollment e JOIN day d ON d.session_id = e.session_id
WHERE e.id = $1 AND d.end_at > $2
AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.enrollment_id = e.id AND o.position = d.position AND o.state = 'waiting' AND o.kind = 'invite' AND o.lease_until <= $2)
ORDER BY d.position;

-- name: outbox_note :put
-- arg: enrollment i64
-- arg: kind text
-- arg: now i64
INSERT INTO outbox (user_id, enrollment_id, kind, due_at, created_at)
SELECT e.user_id, e.id, $2, $3, $3 FROM enrollment e
WHERE e.id = $1 AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.enrollment_id = e.id AND o.position IS NULL AND o.state = 'waiting' AND o.kind = $2 AND o.lease_until <= $3);

-- name: outbox_drop :put
-- arg: enrollment i64
-- arg: now i64
UPDATE outbox SET state = 'dropped' WHERE enrollment_id = $1 AND state = 'waiting' AND kind <> 'cancel' AND lease_until <= $2;

-- Withdraws entries behind the last day that the enrollment still has (all with last 0).
-- name: outbox_cancel :put
-- arg: enrollment i64
-- arg: last i64
-- arg: now i64
INSERT INTO outbox (user_id, enrollment_id, position, kind, due_at, created_at)
SELECT e.user_id, e.id, i.position, 'cancel', $3, $3
FROM invitation i JOIN enrollment e ON e.id = i.enrollment_id
WHERE i.enrollment_id = $1 AND i.state = 'invited' AND i.position > $2
AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.enrollment_id = e.id AND o.position = i.position AND o.state = 'waiting' AND o.kind = 'cancel')
ORDER BY i.position;

-- name: outbox_drop_days :put
-- arg: enrollment i64
-- arg: last i64
-- arg: now i64
UPDATE outbox SET state = 'dropped' WHERE enrollment_id = $1 AND position > $2 AND state = 'waiting' AND kind = 'invite' AND lease_until <= $3;

-- name: invitation_any :one
-- arg: enrollment i64
SELECT position FROM invitation WHERE enrollment_id = $1 AND state = 'invited' LIMIT 1;

-- name: tell_session_days :one
-- arg: session i64
SELECT coalesce(max(position), 0) AS last FROM day WHERE session_id = $1;

-- ---- everybody in a session: of a change who did not decline it, as by mail
-- name: tell_session_notify :put
-- arg: session i64
-- arg: kind text
-- arg: now i64
INSERT INTO notification (user_id, kind, enrollment_id, at)
SELECT e.user_id, $2, e.id, $3 FROM enrollment e WHERE e.session_id = $1 AND e.status <> 'cancelled' AND e.announced_at IS NOT NULL
AND ($2 = 'cancelled' OR e.answer <> 'declined') ORDER BY e.id;

-- name: tell_session_invite :put
-- arg: session i64
-- arg: now i64
INSERT INTO outbox (user_id, enrollment_id, position, kind, due_at, created_at)
SELECT e.user_id, e.id, d.position, 'invite', $2, $2
FROM enrollment e JOIN users u ON u.id = e.user_id AND u.email IS NOT NULL AND u.status = 'active' JOIN day d ON d.session_id = e.session_id
WHERE e.session_id = $1 AND e.status = 'enrolled' AND e.answer <> 'declined' AND e.announced_at IS NOT NULL AND d.end_at > $2
AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.enrollment_id = e.id AND o.position = d.position AND o.state = 'waiting' AND o.kind = 'invite' AND o.lease_until <= $2)
ORDER BY e.id, d.position;

-- name: tell_session_cancel :put
-- arg: session i64
-- arg: last i64
-- arg: now i64
INSERT INTO outbox (user_id, enrollment_id, position, kind, due_at, created_at)
SELECT e.user_id, e.id, i.position, 'cancel', $3, $3
FROM enrollment e JOIN invitation i ON i.enrollment_id = e.id AND i.state = 'invited' AND i.position > $2
WHERE e.session_id = $1 AND e.status <> 'cancelled'
AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.enrollment_id = e.id AND o.position = i.position AND o.state = 'waiting' AND o.kind = 'cancel')
ORDER BY e.id, i.position;

-- name: tell_session_drop :put
-- arg: session i64
-- arg: last i64
-- arg: now i64
UPDATE outbox SET state = 'dropped'
WHERE state = 'waiting' AND kind = 'invite' AND position > $2 AND lease_until <= $3
AND enrollment_id IN (SELECT e.id FROM enrollment e WHERE e.session_id = $1);

-- Who waits has no calendar entry, so a plain message says that the session has changed or is cancelled: to whoever was told by mail of waiting, or is just
-- being told, or was asked by mail to choose, and chose it. A message that has yet to leave says the new state by itself.
-- name: tell_session_waiting :put
-- arg: session i64
-- arg: kind text
-- arg: now i64
INSERT INTO outbox (user_id, enrollment_id, kind, due_at, created_at)
SELECT e.user_id, e.id, $2, $3, $3
FROM enrollment e JOIN users u ON u.id = e.user_id AND u.email IS NOT NULL AND u.status = 'active'
WHERE e.session_id = $1 AND e.status = 'waiting' AND e.announced_at IS NOT NULL
AND EXISTS (SELECT 1 FROM outbox o WHERE o.enrollment_id = e.id AND o.position IS NULL AND (o.kind = 'waiting' OR (o.kind = 'choose' AND e.preselected = 0))
	AND (o.state = 'sent' OR (o.state = 'waiting' AND o.lease_until > $3)))
AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.enrollment_id = e.id AND o.position IS NULL AND (o.kind = 'waiting' OR o.kind = $2)
	AND o.state = 'waiting' AND o.lease_until <= $3)
ORDER BY e.id;

-- Nobody waits for a session that is cancelled.
-- name: tell_session_drop_waiting :put
-- arg: session i64
-- arg: now i64
UPDATE outbox SET state = 'dropped'
WHERE state = 'waiting' AND position IS NULL AND kind IN ('waiting', 'waiting_changed') AND lease_until <= $2
AND enrollment_id IN (SELECT e.id FROM enrollment e WHERE e.session_id = $1 AND e.status = 'waiting');

-- ---- access dates: the enrollments that are due, a slice at a time. A batch is announced as a whole: not while it runs.
-- name: due_stage :put
-- arg: now i64
-- arg: limit i64
INSERT INTO stage_id (id, position)
SELECT e.id, 0 FROM enrollment e
WHERE e.announced_at IS NULL AND e.status <> 'cancelled' AND e.access_at <= $1
AND NOT EXISTS (SELECT 1 FROM batch b WHERE b.id = e.batch_id AND b.status IN ('running', 'undoing'))
ORDER BY e.access_at, e.id LIMIT $2;

-- name: due_mark :put
-- arg: now i64
UPDATE enrollment SET announced_at = $1 WHERE id IN (SELECT id FROM stage_id);

-- name: due_notify :put
-- arg: now i64
INSERT INTO notification (user_id, kind, enrollment_id, batch_id, at)
SELECT e.user_id, CASE WHEN e.status = 'waiting' THEN 'waiting' WHEN e.session_id IS NULL THEN 'choose' ELSE 'invited' END, e.id, e.batch_id, $1
FROM stage_id x JOIN enrollment e ON e.id = x.id JOIN users u ON u.id = e.user_id LEFT JOIN session s ON s.id = e.session_id
WHERE u.status = 'active' AND (s.id IS NULL OR (s.cancelled_at IS NULL AND s.ends_at > $1)) ORDER BY x.id;

-- Nobody is invited to what is over (E12), nor by mail without an address.
-- name: due_invite :put
-- arg: now i64
INSERT INTO outbox (user_id, enrollment_id, position, kind, due_at, created_at)
SELECT e.user_id, e.id, d.position, 'invite', e.access_at, $1
FROM stage_id x JOIN enrollment e ON e.id = x.id JOIN users u ON u.id = e.user_id AND u.email IS NOT NULL AND u.status = 'active'
JOIN session s ON s.id = e.session_id AND s.cancelled_at IS NULL AND s.starts_at > $1
JOIN day d ON d.session_id = e.session_id
WHERE e.status = 'enrolled' ORDER BY x.id, d.position;

-- name: due_note :put
-- arg: now i64
INSERT INTO outbox (user_id, enrollment_id, kind, due_at, created_at)
SELECT e.user_id, e.id, CASE WHEN e.status = 'waiting' THEN 'waiting' ELSE 'choose' END, e.access_at, $1
FROM stage_id x JOIN enrollment e ON e.id = x.id JOIN users u ON u.id = e.user_id AND u.email IS NOT NULL AND u.status = 'active'
LEFT JOIN session s ON s.id = e.session_id
WHERE e.session_id IS NULL OR (e.status = 'waiting' AND s.cancelled_at IS NULL AND s.starts_at > $1) ORDER BY x.id;

-- name: due_next :one
-- arg: now i64
SELECT min(e.access_at) AS at FROM enrollment e WHERE e.announced_at IS NULL AND e.status <> 'cancelled' AND e.access_at > $1;
-- col: at i64?

-- name: stage_count :one
SELECT count(*) AS n FROM stage_id;
