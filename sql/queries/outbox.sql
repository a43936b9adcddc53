-- The outbox: what is due, what leaves, what came of it; and what the worker has to do.

-- What the worker looks at each time it wakes: a step into an index for each; of reminders, when the next session behind the last one is due (model/reminder.h).
-- name: work_due :one
-- arg: now i64
SELECT (SELECT min(e.access_at) FROM enrollment e WHERE e.announced_at IS NULL AND e.status <> 'cancelled') AS access_at,
	(SELECT min(b.id) FROM batch b WHERE b.status = 'running') AS batch,
	(SELECT min(b.id) FROM batch b WHERE b.status = 'undoing') AS undo,
	(SELECT min(i.id) FROM import i WHERE i.status = 'running') AS import,
	(SELECT min(CASE WHEN r.starts_at IS NULL THEN 0 ELSE (SELECT s.starts_at FROM session s
		WHERE s.starts_at >= CASE WHEN r.starts_at > $1 THEN r.starts_at ELSE $1 + 1 END
		AND (s.starts_at > r.starts_at OR s.id > r.session_id OR (s.id = r.session_id AND r.enrollment_id IS NOT NULL)) AND s.cancelled_at IS NULL
		ORDER BY s.starts_at, s.id LIMIT 1) - r.ahead END) FROM reminder r) AS remind_at;
-- col: access_at i64?
-- col: remind_at i64?
-- col: batch i64?
-- col: undo i64?
-- col: import i64?

-- One node at a time does work of a kind, until its transaction ends however it ends: two that applied the same slice of a batch would do it
-- in vain, the later one.
-- name: work_claim :one
-- arg: kind i64
SELECT $1 > 0 AS mine;
-- pg:
SELECT pg_try_advisory_xact_lock(hashtext('muster.work.' || current_schema()), $1::int) AS mine;
-- col: mine bool

-- Before all that follows: few rows are joined with large tables, so PostgreSQL is to look each up, in the order written, until the end of the
-- transaction, whatever it thinks of tables that have just been filled.
-- name: outbox_plan_by_index :one
SELECT 1 AS ready;
-- pg:
SELECT length(set_config('enable_hashjoin', 'off', true) || set_config('enable_mergejoin', 'off', true) || set_config('enable_bitmapscan', 'off', true)
	|| set_config('enable_sort', 'off', true) || set_config('join_collapse_limit', '1', true))::bigint AS ready;

-- ---- leasing. First what is urgent; then, of one calendar entry only the oldest message: a withdrawal never overtakes its invitation.
-- The indexes are named, since the one by state looks better to the planner and is quadratic; PostgreSQL is kept from it by an
-- expression, and from making a join of it by the OFFSET.
-- part: due_urgent
o.state = 'waiting' AND o.urgent = 1 AND o.due_at <= $1 AND o.lease_until <= $1

-- part: due_others
o.state = 'waiting' AND o.due_at <= $1 AND o.lease_until <= $1 AND o.urgent = 0
AND NOT EXISTS (SELECT 1 FROM outbox p INDEXED BY outbox_of
	WHERE p.enrollment_id = o.enrollment_id AND p.position IS NOT DISTINCT FROM o.position AND p.id < o.id AND p.state = 'waiting')

-- part: due_others_pg
o.state = 'waiting' AND o.due_at <= $1 AND o.lease_until <= $1 AND o.urgent = 0
AND NOT EXISTS (SELECT 1 FROM outbox p
	WHERE p.enrollment_id = o.enrollment_id AND p.position IS NOT DISTINCT FROM o.position AND p.id < o.id AND p.state || '' = 'waiting' OFFSET 0)

-- name: outbox_claim_urgent :put
-- arg: now i64
-- arg: limit i64
INSERT INTO stage_id (id) SELECT o.id FROM outbox o INDEXED BY outbox_urgent
WHERE {due_urgent} ORDER BY o.due_at, o.id LIMIT $2;
-- pg:
INSERT INTO stage_id (id) SELECT o.id FROM outbox o
WHERE {due_urgent} ORDER BY o.due_at, o.id LIMIT $2;

-- name: outbox_claim :put
-- arg: now i64
-- arg: limit i64
INSERT INTO stage_id (id) SELECT o.id FROM outbox o INDEXED BY outbox_due
WHERE {due_others}
ORDER BY o.due_at, o.id LIMIT $2;
-- pg:
INSERT INTO stage_id (id) SELECT o.id FROM outbox o
WHERE {due_others_pg}
ORDER BY o.due_at, o.id LIMIT $2;

-- Whether there is anything to lease, and when there will be.
-- name: outbox_ready :one
-- arg: now i64
SELECT EXISTS (SELECT 1 FROM outbox o INDEXED BY outbox_urgent
		WHERE {due_urgent}) AS urgent,
	EXISTS (SELECT 1 FROM outbox o INDEXED BY outbox_due
		WHERE {due_others}) AS others,
	(SELECT min(due_at) FROM outbox INDEXED BY outbox_due WHERE state = 'waiting' AND due_at > $1) AS next_at;
-- pg:
SELECT EXISTS (SELECT 1 FROM outbox o
		WHERE {due_urgent})::int::bigint AS urgent,
	(SELECT count(*) FROM (SELECT o.id FROM outbox o
		WHERE {due_others_pg}
		ORDER BY o.due_at, o.id LIMIT 1) found) AS others,
	(SELECT min(due_at) FROM outbox WHERE state = 'waiting' AND due_at > $1) AS next_at;
-- col: urgent i64
-- col: others i64
-- col: next_at i64?

-- Everything that the claimed messages may say, in the order in which they leave. The message that began the conversation is the first
-- that was stamped; whether anything left counts for the message that takes it back; who was told of waiting, and of nothing since, has waited;
-- an invitation that is to leave, or has since, says more than a reminder
-- (an expression of the state, which keeps both planners from the index by state).
-- name: outbox_letters :many
SELECT o.id, o.user_id, o.urgent, o.position, o.kind, o.attempts, o.fence, o.address, o.sequence, o.stamped_at, o.previous, o.created_at,
	CASE WHEN o.id > f.id THEN f.id END AS thread_id, f.sequence AS thread_sequence,
	(SELECT max(z.stamped_at) FROM outbox z WHERE z.enrollment_id = o.enrollment_id AND z.position = o.position AND z.id < o.id) AS said_at,
	CASE WHEN o.kind IN ('cancelled', 'waiting_changed', 'waiting_cancelled') AND EXISTS (SELECT 1 FROM outbox z WHERE z.enrollment_id = o.enrollment_id AND z.state = 'sent') THEN 1 ELSE 0 END AS was_sent,
	CASE WHEN o.kind = 'reminder' AND EXISTS (SELECT 1 FROM outbox z WHERE z.enrollment_id = o.enrollment_id AND z.kind = 'invite'
		AND (z.state || '' = 'waiting' OR (z.id > o.id AND z.state || '' = 'sent'))) THEN 1 ELSE 0 END AS overtaken,
	CASE WHEN o.kind = 'invite' AND EXISTS (SELECT 1 FROM outbox z WHERE z.enrollment_id = o.enrollment_id AND z.position IS NULL AND z.kind = 'waiting'
		AND z.state || '' = 'sent' AND NOT EXISTS (SELECT 1 FROM outbox y WHERE y.enrollment_id = o.enrollment_id AND y.position = o.position
			AND y.id > z.id AND y.id < o.id AND y.state || '' = 'sent')) THEN 1 ELSE 0 END AS waited,
	u.name AS user_name, u.email, u.status AS user_status, u.time_zone AS user_zone, u.locale AS user_locale,
	e.id AS enrollment_id, e.status, e.answer AS enrollment_answer, e.generation, e.announced_at, e.session_id, t.title, t.description, p.name AS organizer,
	s.title AS session_title, s.instructor, s.days, s.cancelled_at AS session_cancelled_at, s.starts_at, s.ends_at,
	d.start_at, d.end_at, d.time_zone, d.fold, d.location, d.url, coalesce(x.answer, 'none') AS answer,
	i.sequence AS said_sequence, i.state AS said_state, i.address AS said_address, i.summary AS said_summary, i.location AS said_location,
	i.time_zone AS said_zone, i.fold AS said_fold, i.start_at AS said_start, i.end_at AS said_end, b.message
FROM stage_id c CROSS JOIN outbox o JOIN users u ON u.id = o.user_id
LEFT JOIN enrollment e ON e.id = o.enrollment_id LEFT JOIN training t ON t.id = e.training_id
LEFT JOIN users p ON p.id = t.organizer_id LEFT JOIN session s ON s.id = e.session_id LEFT JOIN day d ON d.session_id = s.id AND d.position = o.position
LEFT JOIN enrollment_day x ON x.enrollment_id = e.id AND x.day_id = d.id
LEFT JOIN invitation i ON i.enrollment_id = o.enrollment_id AND i.position = o.position LEFT JOIN batch b ON b.id = e.batch_id
LEFT JOIN outbox f ON f.id = (SELECT min(z.id + 0) FROM outbox z WHERE z.enrollment_id = o.enrollment_id AND z.position IS NOT DISTINCT FROM o.position
	AND z.stamped_at IS NOT NULL)
WHERE o.id = c.id
ORDER BY o.urgent DESC, o.due_at, o.id;
-- col: id i64
-- col: urgent bool
-- col: attempts i64
-- col: fence i64
-- col: created_at i64
-- col: thread_id i64?
-- col: said_at i64?
-- col: was_sent bool
-- col: overtaken bool
-- col: waited bool
-- col: answer text

-- The programmes that they tell: each session's days once.
-- name: outbox_days :many
SELECT DISTINCT d.session_id, d.position, d.start_at, d.end_at, d.time_zone, d.location, d.url
FROM stage_id c CROSS JOIN outbox o CROSS JOIN enrollment e CROSS JOIN day d
WHERE o.id = c.id AND e.id = o.enrollment_id AND d.session_id = e.session_id
ORDER BY d.session_id, d.position;

-- What was decided, as a JSON list of [id, address, sequence, stamped_at, previous, summary, uid_number, withdraws].
-- name: outbox_decided :put
-- arg: letters text
INSERT INTO stage_letter (id, address, sequence, stamped_at, previous, summary, uid_number, withdraws)
SELECT json_extract(j.value, '$[0]'), json_extract(j.value, '$[1]'), json_extract(j.value, '$[2]'), json_extract(j.value, '$[3]'),
	json_extract(j.value, '$[4]'), json_extract(j.value, '$[5]'), json_extract(j.value, '$[6]'), json_extract(j.value, '$[7]') FROM json_each($1) j;
-- pg:
INSERT INTO stage_letter (id, address, sequence, stamped_at, previous, summary, uid_number, withdraws)
SELECT (j.value->>0)::bigint, j.value->>1, (j.value->>2)::bigint, (j.value->>3)::bigint, j.value->>4, j.value->>5, (j.value->>6)::bigint, (j.value->>7)::bigint
FROM json_array_elements($1::json) AS j (value);

-- name: outbox_take :put
-- arg: until i64
UPDATE outbox SET lease_until = $1, fence = fence + 1, attempts = attempts + 1,
	address = l.address, sequence = l.sequence, stamped_at = l.stamped_at, previous = l.previous
FROM stage_letter l WHERE outbox.id = l.id AND outbox.id IN (SELECT id FROM stage_letter);

-- Claimed, and nothing to say any more.
-- name: outbox_drop_silent :put
UPDATE outbox SET state = 'dropped', fence = fence + 1, attempts = attempts + 1, lease_until = 0
WHERE id IN (SELECT id FROM stage_id) AND id NOT IN (SELECT id FROM stage_letter);

-- name: invitation_put :put
INSERT INTO invitation (enrollment_id, position, sequence, state, address, summary, location, time_zone, fold, start_at, end_at, uid_number)
SELECT o.enrollment_id, o.position, l.sequence, 'invited', l.address, l.summary, CASE WHEN d.location = '' THEN d.url ELSE d.location END,
	d.time_zone, d.fold, d.start_at, d.end_at, l.uid_number
FROM stage_letter l CROSS JOIN outbox o CROSS JOIN enrollment e CROSS JOIN day d
WHERE l.summary IS NOT NULL AND o.id = l.id AND e.id = o.enrollment_id AND d.session_id = e.session_id AND d.position = o.position
ON CONFLICT (enrollment_id, position) DO UPDATE SET sequence = excluded.sequence, state = excluded.state, address = excluded.address,
	summary = excluded.summary, location = excluded.location, time_zone = excluded.time_zone, fold = excluded.fold,
	start_at = excluded.start_at, end_at = excluded.end_at, uid_number = excluded.uid_number;

-- name: invitation_withdraw :put
INSERT INTO invitation (enrollment_id, position, sequence, state, address, summary, location, time_zone, fold, start_at, end_at)
SELECT i.enrollment_id, i.position, l.sequence, 'withdrawn', i.address, i.summary, i.location, i.time_zone, i.fold, i.start_at, i.end_at
FROM stage_letter l CROSS JOIN outbox o CROSS JOIN invitation i
WHERE l.withdraws = 1 AND o.id = l.id AND i.enrollment_id = o.enrollment_id AND i.position = o.position
ON CONFLICT (enrollment_id, position) DO UPDATE SET sequence = excluded.sequence, state = excluded.state;

-- An entry that goes to a new address is withdrawn from the old one.
-- name: outbox_withdraw_from :put
-- arg: id i64
-- arg: address text
-- arg: sequence i64?
-- arg: now i64
INSERT INTO outbox (user_id, enrollment_id, position, kind, due_at, created_at, address, sequence, stamped_at)
SELECT o.user_id, o.enrollment_id, o.position, 'cancel', $4, $4, $2, $3, $4 FROM outbox o WHERE o.id = $1;

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

-- ---- what came of it. The fence: whoever leased it last, and nobody else.
-- A JSON list of [id, fence]. The plus, and the expression, keep the engines from going through all that wait.
-- name: outbox_sent :put
-- arg: sent text
-- arg: now i64
UPDATE outbox SET state = 'sent', sent_at = $2, lease_until = 0, last_error = NULL
FROM json_each($1) j
WHERE outbox.id = json_extract(j.value, '$[0]') AND outbox.fence = json_extract(j.value, '$[1]') AND +outbox.state = 'waiting';
-- pg:
UPDATE outbox SET state = 'sent', sent_at = $2, lease_until = 0, last_error = NULL
FROM json_array_elements($1::json) AS j (value)
WHERE outbox.id = (j.value->>0)::bigint AND outbox.fence = (j.value->>1)::bigint AND outbox.state || '' = 'waiting';

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

-- No try is put off for that long: it was when the clock was wrong.
-- name: outbox_due_again :put
-- arg: now i64
-- arg: latest i64
UPDATE outbox SET due_at = $1 WHERE state = 'waiting' AND due_at > $2;

-- What was in flight when the program ended.
-- name: outbox_release_all :put
UPDATE outbox SET lease_until = 0 WHERE state = 'waiting' AND lease_until > 0;

-- ---- looking at it: messages to users in scope
-- part: outbox_seen
EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'outbox' AND d.lo BETWEEN g.lo AND g.hi)

-- name: outbox_list :many
-- arg: actor i64
-- arg: state text
-- sort: id = o.id i64, due = o.due_at i64, to = u.name_key blob, training = coalesce(t.title_key, u.name_key) blob, kind = o.kind text, state = o.state text, attempts = o.attempts i64
-- sort-id: o.id
SELECT o.id, o.enrollment_id, o.user_id, o.kind, o.position, o.due_at, o.state, o.attempts, o.last_error, o.sent_at, o.lease_until, coalesce(o.address, u.email) AS address,
	u.name AS user_name, t.id AS training_id, t.title
FROM outbox o JOIN users u ON u.id = o.user_id JOIN department d ON d.id = u.department_id
LEFT JOIN enrollment e ON e.id = o.enrollment_id LEFT JOIN training t ON t.id = e.training_id
WHERE {outbox_seen}
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
	WHERE o.state = $2 AND {outbox_seen}
	LIMIT $3) counted;

-- name: outbox_failed_count :one
-- arg: actor i64
SELECT count(*) AS n
FROM outbox o JOIN users u ON u.id = o.user_id JOIN department d ON d.id = u.department_id
WHERE o.state = 'failed' AND {outbox_seen};

-- name: outbox_in_scope :one
-- arg: actor i64
-- arg: id i64
SELECT o.id, o.state, o.user_id, o.enrollment_id, e.training_id
FROM outbox o JOIN users u ON u.id = o.user_id JOIN department d ON d.id = u.department_id LEFT JOIN enrollment e ON e.id = o.enrollment_id
WHERE o.id = $2 AND {outbox_seen};
-- col: training_id i64?

-- name: outbox_again :exec
-- arg: id i64
-- arg: now i64
UPDATE outbox SET state = 'waiting', due_at = $2, attempts = 0, lease_until = 0 WHERE id = $1 AND state = 'failed';
