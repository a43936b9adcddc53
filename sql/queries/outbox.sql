-- The outbox: what is due, what leaves, what came of it; and what the worker has to do.

-- What the worker looks at each time it wakes: three steps into three indexes.
-- name: work_due :one
SELECT (SELECT min(e.access_at) FROM enrollment e WHERE e.announced_at IS NULL AND e.status <> 'cancelled') AS access_at,
	(SELECT min(b.id) FROM batch b WHERE b.status = 'running') AS batch,
	(SELECT min(i.id) FROM import i WHERE i.status = 'running') AS import;
-- col: access_at i64?
-- col: batch i64?
-- col: import i64?

-- ---- leasing. Of one calendar entry only the oldest message: a withdrawal never overtakes its invitation.
-- The indexes are named, since the one by state looks better to the planner and is quadratic; PostgreSQL is kept from it by an
-- expression, and from making a join of it by the OFFSET.
-- name: outbox_due :many
-- arg: now i64
-- arg: limit i64
SELECT o.id FROM outbox o INDEXED BY outbox_due
WHERE o.state = 'waiting' AND o.due_at <= $1 AND o.lease_until <= $1
AND NOT EXISTS (SELECT 1 FROM outbox p INDEXED BY outbox_of
	WHERE p.enrollment_id = o.enrollment_id AND p.position IS NOT DISTINCT FROM o.position AND p.id < o.id AND p.state = 'waiting')
ORDER BY o.due_at, o.id LIMIT $2;
-- pg:
SELECT o.id FROM outbox o
WHERE o.state = 'waiting' AND o.due_at <= $1 AND o.lease_until <= $1
AND NOT EXISTS (SELECT 1 FROM outbox p
	WHERE p.enrollment_id = o.enrollment_id AND p.position IS NOT DISTINCT FROM o.position AND p.id < o.id AND p.state || '' = 'waiting' OFFSET 0)
ORDER BY o.due_at, o.id LIMIT $2;

-- name: outbox_next :one
-- arg: now i64
SELECT min(due_at) AS at FROM outbox INDEXED BY outbox_due WHERE state = 'waiting' AND due_at > $1;
-- pg:
SELECT min(due_at) AS at FROM outbox WHERE state = 'waiting' AND due_at > $1;
-- col: at i64?

-- name: outbox_letter :one
-- arg: id i64
SELECT o.id, o.position, o.kind, o.attempts, o.fence, o.address, o.sequence, o.stamped_at, o.previous, o.created_at,
	(SELECT max(z.stamped_at) FROM outbox z WHERE z.enrollment_id = o.enrollment_id AND z.position = o.position AND z.id < o.id) AS said_at,
	u.name AS user_name, u.email, u.status AS user_status, u.time_zone AS user_zone, u.locale AS user_locale,
	e.id AS enrollment_id, e.status, e.generation, e.announced_at, e.session_id, t.title, t.description, p.name AS organizer,
	s.title AS session_title, s.instructor, s.days, s.cancelled_at AS session_cancelled_at, s.starts_at, s.ends_at,
	d.start_at, d.end_at, d.time_zone, d.fold, d.location, d.url, coalesce(x.answer, 'none') AS answer,
	i.sequence AS said_sequence, i.state AS said_state, i.address AS said_address, i.summary AS said_summary, i.location AS said_location,
	i.time_zone AS said_zone, i.fold AS said_fold, i.start_at AS said_start, i.end_at AS said_end, b.message
FROM outbox o JOIN users u ON u.id = o.user_id JOIN enrollment e ON e.id = o.enrollment_id JOIN training t ON t.id = e.training_id
JOIN users p ON p.id = t.organizer_id LEFT JOIN session s ON s.id = e.session_id LEFT JOIN day d ON d.session_id = s.id AND d.position = o.position
LEFT JOIN enrollment_day x ON x.enrollment_id = e.id AND x.day_id = d.id
LEFT JOIN invitation i ON i.enrollment_id = o.enrollment_id AND i.position = o.position LEFT JOIN batch b ON b.id = e.batch_id
WHERE o.id = $1;
-- col: said_at i64?
-- col: answer text

-- name: outbox_take :put
-- arg: id i64
-- arg: until i64
UPDATE outbox SET lease_until = $2, fence = fence + 1, attempts = attempts + 1 WHERE id = $1;

-- name: outbox_stamp :put
-- arg: id i64
-- arg: address text
-- arg: sequence i64?
-- arg: now i64
-- arg: previous text
UPDATE outbox SET address = $2, sequence = $3, stamped_at = $4, previous = $5 WHERE id = $1;

-- name: outbox_drop_one :put
-- arg: id i64
UPDATE outbox SET state = 'dropped', lease_until = 0 WHERE id = $1;

-- An entry that goes to a new address is withdrawn from the old one.
-- name: outbox_withdraw_from :put
-- arg: id i64
-- arg: address text
-- arg: sequence i64?
-- arg: now i64
INSERT INTO outbox (user_id, enrollment_id, position, kind, due_at, created_at, address, sequence, stamped_at)
SELECT o.user_id, o.enrollment_id, o.position, 'cancel', $4, $4, $2, $3, $4 FROM outbox o WHERE o.id = $1;

-- name: invitation_put :put
-- arg: enrollment i64
-- arg: position i64
-- arg: sequence i64
-- arg: address text
-- arg: summary text
-- arg: location text
-- arg: time_zone text
-- arg: fold i64
-- arg: start_at i64
-- arg: end_at i64
INSERT INTO invitation (enrollment_id, position, sequence, state, address, summary, location, time_zone, fold, start_at, end_at)
SELECT $1, $2, $3, 'invited', $4, $5, $6, $7, $8, $9, $10 WHERE true
ON CONFLICT (enrollment_id, position) DO UPDATE SET sequence = excluded.sequence, state = excluded.state, address = excluded.address,
	summary = excluded.summary, location = excluded.location, time_zone = excluded.time_zone, fold = excluded.fold,
	start_at = excluded.start_at, end_at = excluded.end_at;

-- name: invitation_withdraw :put
-- arg: enrollment i64
-- arg: position i64
-- arg: sequence i64
UPDATE invitation SET state = 'withdrawn', sequence = $3 WHERE enrollment_id = $1 AND position = $2;

-- A new invitation that surely did not arrive was never said: there is nothing to withdraw, and the next try begins anew.
-- name: outbox_unstamp :exec
-- arg: id i64
-- arg: fence i64
UPDATE outbox SET address = NULL, sequence = NULL, stamped_at = NULL WHERE id = $1 AND fence = $2 AND state = 'waiting';

-- name: invitation_forget :put
-- arg: enrollment i64
-- arg: position i64
DELETE FROM invitation WHERE enrollment_id = $1 AND position = $2 AND state = 'invited' AND sequence = 0;

-- name: invitation_unsay :put
-- arg: enrollment i64
-- arg: position i64
-- arg: sequence i64
UPDATE invitation SET state = 'withdrawn', sequence = sequence - 1
WHERE enrollment_id = $1 AND position = $2 AND state = 'invited' AND sequence = $3 AND sequence > 0;

-- What was last said about the entries of an enrollment, and when: "Add to calendar" hands out the same.
-- name: invitation_list :many
-- arg: enrollment i64
SELECT i.position, i.sequence, i.state, i.address, i.summary, i.location, i.time_zone, i.fold, i.start_at, i.end_at,
	(SELECT max(o.stamped_at) FROM outbox o WHERE o.enrollment_id = i.enrollment_id AND o.position = i.position) AS stamped_at
FROM invitation i WHERE i.enrollment_id = $1 ORDER BY i.position;
-- col: stamped_at i64?

-- The message that began the conversation about an entry.
-- name: outbox_thread :one
-- arg: enrollment i64
-- arg: position i64?
SELECT id, sequence FROM outbox
WHERE enrollment_id = $1 AND position IS NOT DISTINCT FROM $2 AND stamped_at IS NOT NULL ORDER BY id LIMIT 1;

-- Whether anything about it ever left: what nobody heard of is not taken back.
-- name: outbox_was_sent :one
-- arg: enrollment i64
SELECT id FROM outbox WHERE enrollment_id = $1 AND state = 'sent' LIMIT 1;

-- ---- what came of it. The fence: whoever leased it last, and nobody else.
-- name: outbox_sent :put
-- arg: id i64
-- arg: fence i64
-- arg: now i64
UPDATE outbox SET state = 'sent', sent_at = $3, lease_until = 0, last_error = NULL WHERE id = $1 AND fence = $2 AND state = 'waiting';

-- name: outbox_later :put
-- arg: id i64
-- arg: fence i64
-- arg: due_at i64
-- arg: why text
UPDATE outbox SET due_at = $3, lease_until = 0, last_error = $4 WHERE id = $1 AND fence = $2 AND state = 'waiting';

-- name: outbox_failed :put
-- arg: id i64
-- arg: fence i64
-- arg: why text
UPDATE outbox SET state = 'failed', lease_until = 0, last_error = $3 WHERE id = $1 AND fence = $2 AND state = 'waiting';

-- Never tried after all: the relay was gone before its turn came.
-- name: outbox_release :put
-- arg: id i64
-- arg: fence i64
UPDATE outbox SET lease_until = 0, attempts = attempts - 1 WHERE id = $1 AND fence = $2 AND state = 'waiting';

-- What was in flight when the program ended.
-- name: outbox_release_all :put
UPDATE outbox SET lease_until = 0 WHERE state = 'waiting' AND lease_until > 0;

-- ---- looking at it: messages to users in scope
-- name: outbox_list :many
-- arg: actor i64
-- arg: state text
-- sort: id = o.id i64, due = o.due_at i64, to = u.name_key blob, training = coalesce(t.title_key, u.name_key) blob, kind = o.kind text, state = o.state text, attempts = o.attempts i64
-- sort-id: o.id
SELECT o.id, o.enrollment_id, o.user_id, o.kind, o.position, o.due_at, o.state, o.attempts, o.last_error, o.sent_at, o.lease_until, coalesce(o.address, u.email) AS address,
	u.name AS user_name, t.id AS training_id, t.title
FROM outbox o JOIN users u ON u.id = o.user_id JOIN department d ON d.id = u.department_id
LEFT JOIN enrollment e ON e.id = o.enrollment_id LEFT JOIN training t ON t.id = e.training_id
WHERE EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'outbox' AND d.lo BETWEEN g.lo AND g.hi)
AND ($2 = '' OR o.state = $2)
{after} {order};
-- col: address text
-- col: title text

-- Counted up to a bound: nobody reads further, and the page must not wait for it.
-- name: outbox_count :one
-- arg: actor i64
-- arg: state text
-- arg: bound i64
SELECT count(*) AS n FROM (SELECT o.id
	FROM outbox o JOIN users u ON u.id = o.user_id JOIN department d ON d.id = u.department_id
	WHERE o.state = $2 AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'outbox' AND d.lo BETWEEN g.lo AND g.hi)
	LIMIT $3) counted;

-- name: outbox_failed_count :one
-- arg: actor i64
SELECT count(*) AS n
FROM outbox o JOIN users u ON u.id = o.user_id JOIN department d ON d.id = u.department_id
WHERE o.state = 'failed' AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'outbox' AND d.lo BETWEEN g.lo AND g.hi);

-- name: outbox_in_scope :one
-- arg: actor i64
-- arg: id i64
SELECT o.id, o.state, o.user_id, o.enrollment_id, e.training_id
FROM outbox o JOIN users u ON u.id = o.user_id JOIN department d ON d.id = u.department_id LEFT JOIN enrollment e ON e.id = o.enrollment_id
WHERE o.id = $2 AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'outbox' AND d.lo BETWEEN g.lo AND g.hi);
-- col: training_id i64?

-- name: outbox_again :exec
-- arg: id i64
-- arg: now i64
UPDATE outbox SET state = 'waiting', due_at = $2, attempts = 0, lease_until = 0 WHERE id = $1 AND state = 'failed';
