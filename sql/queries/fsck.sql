-- What always holds, one statement each: how many rows break it (n), and one of them (example). model/fsck.c says what each means.

-- ---- seats
-- Who is enrolled is counted in an index, and who of them declined in another: looking at millions of rows in the order of their sessions takes ten times as long.
-- name: fsck_seats_taken :one
SELECT count(*) AS n, min(s.id) AS example
FROM session s LEFT JOIN (SELECT x.session_id, sum(x.n) AS held FROM (
	SELECT e.session_id, count(*) AS n FROM enrollment e WHERE e.session_id IS NOT NULL AND e.status = 'enrolled' GROUP BY e.session_id
	UNION ALL
	SELECT +e.session_id, -count(*) FROM enrollment e WHERE e.answer = 'declined' AND e.status = 'enrolled' GROUP BY +e.session_id
) AS x GROUP BY x.session_id) h ON h.session_id = s.id
WHERE s.seats_taken <> coalesce(h.held, 0);
-- col: example i64?

-- name: fsck_seats_over :one
SELECT count(*) AS n, min(s.id) AS example FROM session s
WHERE s.seats_over <> CASE WHEN s.capacity IS NOT NULL AND s.seats_taken > s.capacity THEN s.seats_taken - s.capacity ELSE 0 END;
-- col: example i64?

-- name: fsck_waiting :one
SELECT count(*) AS n, min(s.id) AS example
FROM session s LEFT JOIN (SELECT e.session_id, count(*) AS queued FROM enrollment e WHERE e.status = 'waiting' GROUP BY e.session_id) w ON w.session_id = s.id
WHERE s.waiting <> coalesce(w.queued, 0);
-- col: example i64?

-- name: fsck_waiting_position :one
SELECT count(*) AS n, min(e.id) AS example FROM enrollment e
WHERE (e.status = 'waiting' AND (e.position IS NULL OR e.session_id IS NULL)) OR (e.status <> 'waiting' AND e.position IS NOT NULL);
-- col: example i64?

-- name: fsck_waiting_order :one
SELECT count(*) AS n, min(x.session_id) AS example FROM (
	SELECT e.session_id, e.position FROM enrollment e WHERE e.status = 'waiting' GROUP BY e.session_id, e.position HAVING count(*) > 1
	UNION ALL
	SELECT e.session_id, e.position FROM enrollment e JOIN session s ON s.id = e.session_id WHERE e.status = 'waiting' AND e.position >= s.next_position) AS x;
-- col: example i64?

-- (While a batch is taken back, its seats are free, and nobody is promoted before all of it is; nor when the session is over.)
-- name: fsck_free_seat :one
-- arg: now i64
SELECT count(*) AS n, min(s.id) AS example FROM session s
WHERE s.waiting > 0 AND s.ends_at > $1 AND s.cancelled_at IS NULL AND (s.capacity IS NULL OR s.seats_taken < s.capacity)
AND NOT EXISTS (SELECT 1 FROM batch b JOIN batch_session x ON x.batch_id = b.id WHERE b.status = 'undoing' AND x.session_id = s.id);
-- col: example i64?

-- ---- enrollments
-- name: fsck_one_enrollment :one
SELECT count(*) AS n, min(x.user_id) AS example FROM (
	SELECT e.user_id FROM enrollment e WHERE e.status <> 'cancelled' GROUP BY e.user_id, e.training_id HAVING count(*) > 1) AS x;
-- col: example i64?

-- name: fsck_session_of_training :one
SELECT count(*) AS n, min(e.id) AS example FROM enrollment e
WHERE e.session_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM session s WHERE s.id = e.session_id AND s.training_id = e.training_id);
-- col: example i64?

-- name: fsck_cancelled_at :one
SELECT count(*) AS n, min(e.id) AS example FROM enrollment e WHERE (e.status = 'cancelled') <> (e.cancelled_at IS NOT NULL);
-- col: example i64?

-- name: fsck_enrollment_day :one
SELECT count(*) AS n, min(x.enrollment_id) AS example
FROM enrollment_day x JOIN enrollment e ON e.id = x.enrollment_id JOIN day y ON y.id = x.day_id
WHERE e.session_id IS NULL OR e.session_id <> y.session_id;
-- col: example i64?

-- A day that came later has no answer yet, so that not all of it follows from the days.
-- name: fsck_answer_days :one
SELECT count(*) AS n, min(x.enrollment_id) AS example
FROM enrollment_day x JOIN enrollment e ON e.id = x.enrollment_id
WHERE x.answer <> 'none' AND (e.answer = 'none' OR (e.answer = 'accepted' AND x.answer <> 'accepted') OR (e.answer = 'declined' AND x.answer <> 'declined')
	OR (e.answer = 'tentative' AND x.answer <> 'tentative' AND e.status <> 'cancelled' AND NOT EXISTS (SELECT 1 FROM day y
		LEFT JOIN enrollment_day z ON z.enrollment_id = e.id AND z.day_id = y.id WHERE y.session_id = e.session_id AND coalesce(z.answer, 'none') <> x.answer)));
-- col: example i64?

-- name: fsck_result_days :one
SELECT count(*) AS n, min(x.enrollment_id) AS example
FROM enrollment_day x JOIN enrollment e ON e.id = x.enrollment_id
WHERE x.result = 'absent' AND e.result = 'attended' AND e.result_by_hand = 0;
-- col: example i64?

-- ---- sessions and their days
-- name: fsck_session_days :one
SELECT count(*) AS n, min(s.id) AS example
FROM session s LEFT JOIN (SELECT y.session_id, count(*) AS n, min(y.start_at) AS first, max(y.end_at) AS last FROM day y GROUP BY y.session_id) d
	ON d.session_id = s.id
WHERE d.session_id IS NULL OR s.days <> d.n OR s.starts_at <> d.first OR s.ends_at <> d.last;
-- col: example i64?

-- name: fsck_day_position :one
SELECT count(*) AS n, min(x.session_id) AS example FROM (
	SELECT y.session_id FROM day y GROUP BY y.session_id
	HAVING min(y.position) <> 1 OR max(y.position) <> count(*) OR count(DISTINCT y.position) <> count(*)) AS x;
-- col: example i64?

-- name: fsck_day_order :one
SELECT count(*) AS n, min(y.id) AS example FROM day y
WHERE y.end_at <> y.start_at + y.duration
OR EXISTS (SELECT 1 FROM day z WHERE z.session_id = y.session_id AND z.position = y.position - 1 AND z.end_at > y.start_at);
-- col: example i64?

-- ---- what people were told
-- name: fsck_announced_early :one
SELECT count(*) AS n, min(e.id) AS example FROM enrollment e WHERE e.announced_at IS NOT NULL AND e.announced_at < e.access_at;
-- col: example i64?

-- Whoever the program announced something to has it in the account: but nobody is told of what was over or cancelled, or while inactive.
-- name: fsck_not_told :one
SELECT count(*) AS n, min(e.id) AS example
FROM enrollment e JOIN users u ON u.id = e.user_id AND u.status = 'active' LEFT JOIN session s ON s.id = e.session_id
WHERE e.batch_id IS NOT NULL AND e.announced_at IS NOT NULL AND e.status <> 'cancelled'
AND (s.id IS NULL OR (s.starts_at > e.announced_at AND (s.cancelled_at IS NULL OR s.cancelled_at > e.announced_at)))
AND NOT EXISTS (SELECT 1 FROM notification n WHERE n.user_id = e.user_id AND n.enrollment_id = e.id);
-- col: example i64?

-- name: fsck_told_early :one
SELECT count(*) AS n, min(e.id) AS example FROM notification n JOIN enrollment e ON e.id = n.enrollment_id AND e.user_id = n.user_id
WHERE e.announced_at IS NULL AND n.kind NOT IN ('left', 'declined');
-- col: example i64?

-- name: fsck_mailed_early :one
SELECT count(*) AS n, min(o.id) AS example FROM outbox o JOIN enrollment e ON e.id = o.enrollment_id WHERE e.announced_at IS NULL;
-- col: example i64?

-- name: fsck_invited_early :one
SELECT count(*) AS n, min(i.enrollment_id) AS example FROM invitation i JOIN enrollment e ON e.id = i.enrollment_id WHERE e.announced_at IS NULL;
-- col: example i64?

-- A calendar entry is only withdrawn from who was sent it. (What still waits is dropped at its turn when the invitation has not arrived after all.)
-- name: fsck_cancel_uninvited :one
SELECT count(*) AS n, min(o.id) AS example FROM outbox o WHERE o.kind = 'cancel' AND o.state = 'sent' AND o.position IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM invitation i WHERE i.enrollment_id = o.enrollment_id AND i.position = o.position);
-- col: example i64?

-- To one address, about one calendar entry, sequence numbers leave in order: a later one never overtakes an earlier.
-- name: fsck_mail_order :one
SELECT count(*) AS n, min(o.id) AS example FROM outbox o
WHERE o.state = 'sent' AND o.position IS NOT NULL AND o.sequence IS NOT NULL
AND EXISTS (SELECT 1 FROM outbox p WHERE p.enrollment_id = o.enrollment_id AND p.position = o.position AND p.state = 'sent'
	AND p.address = o.address AND p.sequence < o.sequence AND p.sent_at > o.sent_at);
-- col: example i64?

-- name: fsck_sent :one
SELECT count(*) AS n, min(o.id) AS example FROM outbox o
WHERE (o.state = 'sent') <> (o.sent_at IS NOT NULL) OR (o.state = 'sent' AND o.address IS NULL)
OR (o.state = 'sent' AND o.kind = 'invite' AND o.position IS NOT NULL
	AND NOT EXISTS (SELECT 1 FROM invitation i WHERE i.enrollment_id = o.enrollment_id AND i.position = o.position));
-- col: example i64?

-- Not before it was due, nor of what was announced later; and only reminders say for which moment.
-- name: fsck_reminded :one
SELECT count(*) AS n, min(n.enrollment_id) AS example FROM notification n LEFT JOIN enrollment e ON e.id = n.enrollment_id AND e.user_id = n.user_id
WHERE (n.kind = 'reminder') <> (n.due_at IS NOT NULL) OR (n.due_at IS NOT NULL AND (n.at < n.due_at OR e.announced_at IS NULL OR e.announced_at >= n.due_at));
-- col: example i64?

-- ---- answers by mail
-- What is about a calendar entry of ours is about its user, and what is about none names nobody.
-- name: fsck_reply_of :one
SELECT count(*) AS n, min(r.id) AS example FROM reply r LEFT JOIN enrollment e ON e.id = r.enrollment_id
WHERE (r.outcome IN ('unknown', 'unreadable')) <> (r.enrollment_id IS NULL) OR (r.enrollment_id IS NULL) <> (r.user_id IS NULL)
OR (r.enrollment_id IS NULL) <> (r.position IS NULL) OR r.user_id <> e.user_id;
-- col: example i64?

-- A day that a calendar answered has an answer.
-- name: fsck_reply_day :one
SELECT count(*) AS n, min(x.enrollment_id) AS example FROM enrollment_day x
WHERE (x.reply_stamp IS NULL) <> (x.reply_sequence IS NULL) OR (x.reply_stamp IS NOT NULL AND (x.answer = 'none' OR x.answered_at IS NULL OR x.reply_stamp > x.answered_at));
-- col: example i64?

-- ---- batches
-- name: fsck_batch_trail :one
SELECT count(*) AS n, min(e.batch_id) AS example
FROM (SELECT batch_id, count(*) AS n FROM enrollment WHERE batch_id IS NOT NULL GROUP BY batch_id) e
LEFT JOIN (SELECT batch_id, count(*) AS n FROM audit WHERE batch_id IS NOT NULL AND action = 'enrollment.create' GROUP BY batch_id) a ON a.batch_id = e.batch_id
WHERE e.n <> coalesce(a.n, 0);
-- col: example i64?

-- What was to be done was done, and everything that was done is there: as enrollments, or as items that say what else.
-- name: fsck_batch :one
SELECT count(*) AS n, min(b.id) AS example
FROM batch b LEFT JOIN (SELECT batch_id, sum(n) AS total FROM batch_run GROUP BY batch_id) r ON r.batch_id = b.id
LEFT JOIN (SELECT batch_id, sum(CASE WHEN effect = 'move' THEN 1 ELSE 0 END) AS moved, sum(CASE WHEN effect = 'skip' THEN 1 ELSE 0 END) AS skipped
	FROM batch_item GROUP BY batch_id) i ON i.batch_id = b.id
LEFT JOIN (SELECT batch_id, sum(enrolled) AS enrolled, sum(waitlisted) AS waitlisted, sum(moved) AS moved FROM batch_session GROUP BY batch_id) s
	ON s.batch_id = b.id
LEFT JOIN (SELECT r.batch_id, count(*) AS n FROM batch_range r CROSS JOIN enrollment e
	WHERE e.id BETWEEN r.first_id AND r.last_id AND e.batch_id = r.batch_id GROUP BY r.batch_id) e ON e.batch_id = b.id
WHERE b.status IN ('done', 'undone') AND (b.done <> b.total OR b.total <> coalesce(r.total, 0)
	OR b.enrolled + b.waitlisted + b.moved + b.skipped <> b.total
	OR b.enrolled <> coalesce(s.enrolled, 0) OR b.waitlisted <> coalesce(s.waitlisted, 0)
	OR b.moved <> coalesce(s.moved, 0) OR b.moved <> coalesce(i.moved, 0) OR b.skipped <> coalesce(i.skipped, 0)
	OR b.enrolled + b.waitlisted <> coalesce(e.n, 0));
-- col: example i64?

-- ---- people and what they may
-- Whoever has a supervisor is reached from one who has none: not in a ring.
-- name: fsck_supervisors :one
WITH RECURSIVE below (id) AS (
	SELECT u.id FROM users u WHERE u.supervisor_id IN (SELECT t.id FROM users t WHERE t.supervisor_id IS NULL)
	UNION ALL
	SELECT u.id FROM below b JOIN users u ON u.supervisor_id = b.id
)
SELECT count(*) AS n, min(u.id) AS example FROM users u WHERE u.supervisor_id IS NOT NULL AND u.id NOT IN (SELECT id FROM below);
-- col: example i64?

-- grant_range, made anew and compared both ways. Account-wide roles hold the whole tree; a department inside another held one says nothing more.
-- name: fsck_grants :one
WITH wide AS (
	SELECT DISTINCT ur.user_id, rp.permission, d.lo, d.hi
	FROM user_role ur JOIN role r ON r.id = ur.role_id AND r.scoped = 0 JOIN role_permission rp ON rp.role_id = r.id JOIN department d ON d.parent_id IS NULL
), held AS (
	SELECT DISTINCT ur.user_id, rp.permission, d.lo, d.hi
	FROM user_role ur JOIN role r ON r.id = ur.role_id AND r.scoped = 1 JOIN role_permission rp ON rp.role_id = r.id
	JOIN user_role_department x ON x.user_role_id = ur.id JOIN department d ON d.id = x.department_id
), expected AS (
	SELECT user_id, permission, lo, hi FROM wide
	UNION
	SELECT h.user_id, h.permission, h.lo, h.hi FROM held h
	WHERE NOT EXISTS (SELECT 1 FROM wide w WHERE w.user_id = h.user_id AND w.permission = h.permission)
	AND NOT EXISTS (SELECT 1 FROM held o WHERE o.user_id = h.user_id AND o.permission = h.permission AND o.lo < h.lo AND o.hi >= h.hi)
), wrong AS (
	SELECT e.user_id FROM expected e WHERE NOT EXISTS (SELECT 1 FROM grant_range g
		WHERE g.user_id = e.user_id AND g.permission = e.permission AND g.lo = e.lo AND g.hi = e.hi)
	UNION ALL
	SELECT g.user_id FROM grant_range g WHERE NOT EXISTS (SELECT 1 FROM expected e
		WHERE e.user_id = g.user_id AND e.permission = g.permission AND e.lo = g.lo AND e.hi = g.hi)
)
SELECT count(*) AS n, min(user_id) AS example FROM wrong;
-- col: example i64?

-- Whom a link to set a password was sent can still be reached, and by a message that is theirs.
-- name: fsck_password_link :one
SELECT count(*) AS n, min(w.user_id) AS example FROM password_link w JOIN users u ON u.id = w.user_id JOIN outbox o ON o.id = w.outbox_id
WHERE u.status <> 'active' OR u.email IS NULL OR o.user_id <> w.user_id OR o.kind <> 'password_' || w.kind OR w.expires_at <= w.created_at;
-- col: example i64?

-- ---- the account
-- name: fsck_account :one
SELECT count(*) AS n, min(id) AS example FROM (SELECT 1 AS id WHERE (SELECT count(*) FROM account) <> 1) AS x;
-- col: example i64?
