-- Answers that come by mail.

-- ---- which calendar entry
-- name: invitation_by_uid :many
-- arg: number i64
SELECT i.enrollment_id, i.position, i.sequence, i.state, i.address, i.start_at, i.end_at, e.generation, e.user_id
FROM invitation i JOIN enrollment e ON e.id = i.enrollment_id WHERE i.uid_number = $1;

-- name: invitation_no_uid :many
-- arg: most i64
SELECT i.enrollment_id, i.position, e.generation
FROM invitation i JOIN enrollment e ON e.id = i.enrollment_id WHERE i.uid_number IS NULL ORDER BY i.enrollment_id, i.position LIMIT $1;

-- A JSON list of [enrollment, position, number].
-- name: invitation_set_uid :exec
-- arg: numbers text
UPDATE invitation SET uid_number = json_extract(j.value, '$[2]')
FROM json_each($1) j
WHERE invitation.enrollment_id = json_extract(j.value, '$[0]') AND invitation.position = json_extract(j.value, '$[1]');
-- pg:
UPDATE invitation SET uid_number = (j.value->>2)::bigint
FROM json_array_elements($1::json) AS j (value)
WHERE invitation.enrollment_id = (j.value->>0)::bigint AND invitation.position = (j.value->>1)::bigint;

-- ---- how that stands
-- name: reply_about :one
-- arg: enrollment i64
-- arg: position i64
SELECT e.user_id, e.status, e.answer, e.announced_at, s.cancelled_at AS session_cancelled_at, u.email, d.id AS day_id, d.start_at, d.end_at,
	coalesce(x.answer, 'none') AS day_answer, x.answered_at, x.reply_sequence, x.reply_stamp
FROM enrollment e JOIN users u ON u.id = e.user_id LEFT JOIN session s ON s.id = e.session_id
LEFT JOIN day d ON d.session_id = e.session_id AND d.position = $2 LEFT JOIN enrollment_day x ON x.enrollment_id = e.id AND x.day_id = d.id
WHERE e.id = $1;
-- col: day_answer text

-- What the entry said until the first message after this SEQUENCE: "START END …", null when that began it anew.
-- name: reply_said_then :one
-- arg: enrollment i64
-- arg: position i64
-- arg: sequence i64
SELECT o.previous FROM outbox o
WHERE o.enrollment_id = $1 AND o.position = $2 AND o.sequence > $3 AND o.stamped_at IS NOT NULL ORDER BY o.sequence, o.id LIMIT 1;

-- ---- what became of it
-- name: reply_seen :one
-- arg: digest text
SELECT id FROM reply WHERE digest = $1 LIMIT 1;

-- name: reply_insert :put
-- arg: digest text
-- arg: item i64
-- arg: at i64
-- arg: outcome text
-- arg: user i64?
-- arg: enrollment i64?
-- arg: position i64?
-- arg: sender text
-- arg: proven bool
-- arg: attendee text
-- arg: method text
-- arg: partstat text
-- arg: comment text
INSERT INTO reply (digest, item, at, outcome, user_id, enrollment_id, position, sender, proven, attendee, method, partstat, comment)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- Asks the user, at the address of the profile. Once until it is answered, and once a day: whoever writes to us makes us write to others.
-- name: reply_ask :put
-- arg: enrollment i64
-- arg: now i64
-- arg: since i64
INSERT INTO outbox (user_id, enrollment_id, kind, due_at, created_at)
SELECT e.user_id, e.id, 'confirm', $2, $2 FROM enrollment e
WHERE e.id = $1 AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.enrollment_id = e.id AND o.position IS NULL AND o.kind = 'confirm'
	AND (o.created_at > $3 OR o.created_at > coalesce(e.answered_at, 0)));

-- ---- cleaning up
-- name: reply_expire :exec
-- arg: before i64
DELETE FROM reply WHERE at < $1;

-- What is nobody's can come without end.
-- name: reply_stray_prune :exec
-- arg: keep i64
DELETE FROM reply WHERE enrollment_id IS NULL
AND id <= (SELECT s.id FROM reply s WHERE s.enrollment_id IS NULL ORDER BY s.id DESC LIMIT 1 OFFSET $1);

-- ---- looking at it: of users in scope; what is nobody's is for who sees the settings
-- part: reply_seen_by
(CASE WHEN r.user_id IS NULL THEN $2 = 1
	ELSE EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'outbox' AND d.lo BETWEEN g.lo AND g.hi) END)

-- name: reply_list :many
-- arg: actor i64
-- arg: stray bool
-- sort: id = r.id i64
-- sort-id: r.id
SELECT r.id, r.at, r.outcome, r.user_id, r.position, r.sender, r.proven, r.method, r.partstat, r.comment, u.name AS user_name, t.id AS training_id, t.title, s.days
FROM reply r LEFT JOIN users u ON u.id = r.user_id LEFT JOIN department d ON d.id = u.department_id
LEFT JOIN enrollment e ON e.id = r.enrollment_id LEFT JOIN training t ON t.id = e.training_id LEFT JOIN session s ON s.id = e.session_id
WHERE {reply_seen_by}
{after} {order};
-- col: proven bool

-- name: reply_count :one
-- arg: actor i64
-- arg: stray bool
-- arg: bound i64
SELECT count(*) AS n FROM (SELECT r.id FROM reply r LEFT JOIN users u ON u.id = r.user_id LEFT JOIN department d ON d.id = u.department_id
	WHERE {reply_seen_by} LIMIT $3) counted;

-- name: reply_last :one
SELECT at FROM reply ORDER BY id DESC LIMIT 1;
