-- One enrollment: look at it, edit, cancel, answer, results.

-- name: enrollment_row :one
-- arg: id i64
SELECT e.id, e.user_id, e.training_id, e.session_id, e.status, e.access_at, e.announced_at, e.position, e.answer, e.answered_at, e.result, e.result_by_hand,
	e.score, e.comment, e.source, e.preselected, e.batch_id, e.generation, e.version, e.created_at, e.cancelled_at,
	u.name AS user_name, u.login, u.email, u.status AS user_status, u.time_zone AS user_zone, u.locale AS user_locale, d.name AS department, t.title AS training_title, t.description AS training_description,
	t.organizer_id, t.closes_before, s.title AS session_title, s.starts_at, s.ends_at, s.cancelled_at AS session_cancelled_at, s.instructor
FROM enrollment e JOIN users u ON u.id = e.user_id JOIN department d ON d.id = u.department_id JOIN training t ON t.id = e.training_id
LEFT JOIN session s ON s.id = e.session_id WHERE e.id = $1;

-- name: enrollment_days :many
-- arg: id i64
SELECT d.id, d.position, d.start_at, d.end_at, d.time_zone, d.location, d.url, d.fold, coalesce(x.answer, 'none') AS answer, coalesce(x.result, 'none') AS result
FROM enrollment e JOIN day d ON d.session_id = e.session_id LEFT JOIN enrollment_day x ON x.enrollment_id = e.id AND x.day_id = d.id
WHERE e.id = $1 ORDER BY d.position;
-- col: answer text
-- col: result text

-- name: enrollment_set_access :exec
-- arg: id i64
-- arg: access_at i64
UPDATE enrollment SET access_at = $2, version = version + 1 WHERE id = $1;

-- name: enrollment_set_session :exec
-- arg: id i64
-- arg: session i64?
-- arg: status text
-- arg: position i64?
-- arg: preselected i64
UPDATE enrollment SET session_id = $2, status = $3, position = $4, preselected = $5, answer = 'none', answered_at = NULL, result = 'none', result_by_hand = 0,
	version = version + 1 WHERE id = $1;

-- name: enrollment_days_clear :exec
-- arg: id i64
DELETE FROM enrollment_day WHERE enrollment_id = $1;

-- name: enrollment_session_facts :one
-- arg: id i64
SELECT id, training_id, title, starts_at, cancelled_at FROM session WHERE id = $1;

-- name: enrollment_set_cancelled :exec
-- arg: id i64
-- arg: at i64
UPDATE enrollment SET status = 'cancelled', position = NULL, cancelled_at = $2, version = version + 1 WHERE id = $1;

-- name: enrollment_of_leaver :many
-- arg: user i64
-- arg: now i64
SELECT e.id FROM enrollment e LEFT JOIN session s ON s.id = e.session_id
WHERE e.user_id = $1 AND e.status <> 'cancelled' AND (s.id IS NULL OR s.starts_at > $2) ORDER BY e.id;

-- ---- a session that changed
-- name: session_answers_reset :exec
-- arg: session i64
UPDATE enrollment SET answer = 'none', answered_at = NULL, version = version + 1
WHERE session_id = $1 AND status <> 'cancelled' AND answer IN ('accepted', 'tentative');

-- Who declined some of its days is asked about all of them: the enrollment, which is reset before this, says whether it was all.
-- name: session_day_answers_reset :exec
-- arg: session i64
UPDATE enrollment_day SET answer = 'none', answered_at = NULL, reply_sequence = NULL, reply_stamp = NULL
WHERE answer <> 'none' AND day_id IN (SELECT id FROM day WHERE session_id = $1)
AND (answer <> 'declined' OR EXISTS (SELECT 1 FROM enrollment e WHERE e.id = enrollment_day.enrollment_id AND e.answer = 'none'));

-- ---- answers
-- name: answer_day_set :put
-- arg: enrollment i64
-- arg: day i64
-- arg: answer text
-- arg: at i64
-- arg: sequence i64
-- arg: stamp i64
INSERT INTO enrollment_day (enrollment_id, day_id, answer, answered_at, reply_sequence, reply_stamp) SELECT $1, $2, $3, $4, $5, $6 WHERE true
ON CONFLICT (enrollment_id, day_id) DO UPDATE SET answer = excluded.answer, answered_at = excluded.answered_at,
	reply_sequence = excluded.reply_sequence, reply_stamp = excluded.reply_stamp;

-- name: answer_all_days_set :put
-- arg: enrollment i64
-- arg: answer text
-- arg: at i64
INSERT INTO enrollment_day (enrollment_id, day_id, answer, answered_at)
SELECT e.id, d.id, $2, $3 FROM enrollment e JOIN day d ON d.session_id = e.session_id WHERE e.id = $1
ON CONFLICT (enrollment_id, day_id) DO UPDATE SET answer = excluded.answer, answered_at = excluded.answered_at,
	reply_sequence = NULL, reply_stamp = NULL;

-- Not the status, which stands in nearly every index: each of them would be written although nothing changes in it.
-- name: enrollment_set_answer :put
-- arg: id i64
-- arg: answer text
-- arg: at i64
UPDATE enrollment SET answer = $2, answered_at = $3, version = version + 1 WHERE id = $1;

-- Who waits has no seat to accept.
-- name: enrollment_answer_waits :put
-- arg: id i64
-- arg: at i64
-- arg: position i64
UPDATE enrollment SET answer = 'none', answered_at = $2, status = 'waiting', position = $3, version = version + 1 WHERE id = $1;

-- ---- results
-- name: result_day_set :exec
-- arg: enrollment i64
-- arg: day i64
-- arg: result text
INSERT INTO enrollment_day (enrollment_id, day_id, result) SELECT $1, $2, $3 WHERE true
ON CONFLICT (enrollment_id, day_id) DO UPDATE SET result = excluded.result;

-- name: enrollment_set_result :exec
-- arg: id i64
-- arg: result text
-- arg: by_hand bool
-- arg: score i64?
-- arg: comment text
UPDATE enrollment SET result = $2, result_by_hand = $3, score = $4, comment = $5, version = version + 1 WHERE id = $1;

-- name: enrollment_in_session :one
-- arg: session i64
-- arg: user i64
SELECT id FROM enrollment WHERE session_id = $1 AND user_id = $2 AND status = 'enrolled' AND status <> 'cancelled';

-- name: day_of_session :one
-- arg: day i64
-- arg: session i64
SELECT id FROM day WHERE id = $1 AND session_id = $2;

-- ---- lists (R4): only who has an enrollment. Seen are people in scope, people below, and for organizer and instructor their own participants (R11).
-- Organizer and instructor know the names of their participants (R11); what else stands in a profile is found by who sees that user.
-- part: participant_around
JOIN training t ON t.id = e.training_id JOIN department d ON d.id = u.department_id LEFT JOIN session s ON s.id = e.session_id

-- part: participant_fits
($3 = 1 OR t.organizer_id = $1 OR s.instructor_id = $1
	OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)
	OR u.id IN (WITH RECURSIVE below (id) AS (SELECT b.id FROM users b WHERE b.supervisor_id = $1 UNION SELECT b.id FROM users b JOIN below w ON b.supervisor_id = w.id)
		SELECT id FROM below))
AND ($4 = 0 OR e.session_id = $4)
AND CASE $5 WHEN '' THEN e.status <> 'cancelled' WHEN 'scheduled' THEN e.status <> 'cancelled' AND e.announced_at IS NULL
	WHEN 'enrolled' THEN e.status = 'enrolled' AND e.announced_at IS NOT NULL WHEN 'seated' THEN e.status = 'enrolled' AND e.answer <> 'declined'
	ELSE e.status = $5 END
AND ($6 = '' OR e.answer = $6)
AND ($7 = '' OR (CASE WHEN $3 = 1 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi)
	THEN u.search ELSE ' ' || u.first_fold || ' ' || u.last_fold || ' ' END) LIKE $7 ESCAPE '\')
AND ($8 = '' OR e.result = $8)

-- Who is account-wide ($3) holds every permission everywhere. (CASE: SQLite works out both sides of an OR whose value is asked for.)
-- part: participant_columns
SELECT e.id, e.user_id, e.training_id, u.name AS user_name, u.login, u.email, u.status AS user_status, d.name AS department, e.session_id, s.title AS session_title,
	s.starts_at, s.ends_at, s.cancelled_at AS session_cancelled_at, e.status, e.access_at, e.announced_at, e.position, e.answer, e.answered_at, e.result, e.score, e.comment,
	e.source, e.batch_id, e.version,
	CASE WHEN $3 = 1 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'enroll' AND d.lo BETWEEN g.lo AND g.hi)
		THEN 1 ELSE 0 END AS may_enroll,
	CASE WHEN $3 = 1 OR t.organizer_id = $1 OR coalesce(s.instructor_id, 0) = $1
		OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'results' AND d.lo BETWEEN g.lo AND g.hi) THEN 1 ELSE 0 END AS may_result,
	CASE WHEN {participant_known} THEN 1 ELSE 0 END AS may_see_user,
	CASE WHEN $3 = 1 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.edit' AND d.lo BETWEEN g.lo AND g.hi)
		THEN 1 ELSE 0 END AS may_edit_user

-- Whose department the actor knows.
-- part: participant_known
($3 = 1 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND d.lo BETWEEN g.lo AND g.hi))

-- The order of a page. Departments of the same name stay apart, and have their people by name. Sessions that start at the same moment stay apart; who waits
-- comes behind who has a seat, who chooses comes first. Who is not announced yet is last of those without an answer or a result, by the access date.
-- A few participants are gone through and sorted; many are found in the order of an index, as far as the page needs it: one page of each part of the
-- order, and the parts together are the page. These are the sorts walk_…: the same orders and keys, but not for those who are cancelled.
-- (CROSS JOIN, LATERAL: in this order.)
-- name: participant_list :many
-- arg: actor i64
-- arg: training i64
-- arg: all bool
-- arg: session i64
-- arg: status text
-- arg: answer text
-- arg: search text
-- arg: result text
-- sort: name = k.by_name blob, department = k.by_department blob, session = k.by_session i64, status = k.by_status i64, answer = k.by_answer i64, access = k.by_access i64, result = k.by_result i64
-- sort: walk_name = k.key blob, walk_department = k.key blob, walk_session = k.key i64, walk_status = k.key i64, walk_answer = k.key i64, walk_access = k.key i64, walk_result = k.key i64
-- sort-id: k.id
-- col: starts_at i64?
-- col: ends_at i64?
-- col: session_title text
-- col: may_enroll bool
-- col: session_cancelled_at i64?
-- col: may_result bool
-- col: may_see_user bool
-- col: may_edit_user bool
{participant_columns}
FROM (SELECT k.* FROM (SELECT e.id, u.name_key AS by_name,
	CAST(CASE WHEN {participant_known} THEN d.name_key || x'00' || printf('%012d', d.id) ELSE x'00' || printf('%012d', 0) END || u.name_key AS BLOB) AS by_department,
	coalesce((s.starts_at * 1048576 + s.id % 1048576) * 2 + CASE WHEN e.status = 'waiting' THEN 1 ELSE 0 END, 0) AS by_session,
	CASE WHEN e.scheduled_at IS NOT NULL THEN 2199023255552 + e.scheduled_at WHEN e.status = 'cancelled' THEN 0
		WHEN e.status = 'enrolled' THEN 1099511627776 ELSE 3298534883328 END AS by_status,
	CASE e.answer WHEN 'accepted' THEN 1099511627776 WHEN 'declined' THEN 2199023255552 WHEN 'none' THEN 3298534883328 + coalesce(e.scheduled_at, 0)
		ELSE 4398046511104 END AS by_answer,
	e.access_at AS by_access,
	CASE e.result WHEN 'absent' THEN 1099511627776 WHEN 'attended' THEN 2199023255552 ELSE 3298534883328 + coalesce(e.scheduled_at, 0) END AS by_result
	FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around} WHERE e.training_id = $2 AND {participant_fits}) AS k
	WHERE k.id > 0 {after} {order}) AS k CROSS JOIN enrollment e CROSS JOIN users u {participant_around} WHERE e.id = k.id AND u.id = e.user_id {order};
-- pg:
{participant_columns}
FROM (SELECT k.* FROM (SELECT e.id, u.name_key AS by_name,
	CASE WHEN {participant_known} THEN d.name_key || '\x00'::bytea || convert_to(lpad(d.id::text, 12, '0'), 'UTF8')
		ELSE '\x00'::bytea || convert_to(lpad('0', 12, '0'), 'UTF8') END || u.name_key AS by_department,
	coalesce((s.starts_at * 1048576 + s.id % 1048576) * 2 + CASE WHEN e.status = 'waiting' THEN 1 ELSE 0 END, 0) AS by_session,
	CASE WHEN e.scheduled_at IS NOT NULL THEN 2199023255552 + e.scheduled_at WHEN e.status = 'cancelled' THEN 0
		WHEN e.status = 'enrolled' THEN 1099511627776 ELSE 3298534883328 END AS by_status,
	CASE e.answer WHEN 'accepted' THEN 1099511627776 WHEN 'declined' THEN 2199023255552 WHEN 'none' THEN 3298534883328 + coalesce(e.scheduled_at, 0)
		ELSE 4398046511104 END AS by_answer,
	e.access_at AS by_access,
	CASE e.result WHEN 'absent' THEN 1099511627776 WHEN 'attended' THEN 2199023255552 ELSE 3298534883328 + coalesce(e.scheduled_at, 0) END AS by_result
	FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around} WHERE e.training_id = $2 AND {participant_fits}) AS k
	WHERE k.id > 0 {after} {order}) AS k CROSS JOIN enrollment e CROSS JOIN users u {participant_around} WHERE e.id = k.id AND u.id = e.user_id {order};

-- by: walk_name
{participant_columns}
FROM (SELECT e.id, u.name_key AS key FROM users u CROSS JOIN enrollment e {participant_around}
	WHERE e.user_id = u.id AND e.training_id = $2 AND e.status <> 'cancelled' AND {participant_fits}
	{from u.name_key: $key} {past (u.name_key, e.id): ($key, $id)} {order u.name_key, e.id}) AS k CROSS JOIN enrollment e CROSS JOIN users u {participant_around} WHERE e.id = k.id AND u.id = e.user_id {order k.key, k.id};
-- pg:
{participant_columns}
FROM (SELECT e.id, u.name_key AS key
	FROM users u CROSS JOIN LATERAL (SELECT * FROM enrollment x WHERE x.user_id = u.id AND x.training_id = $2 AND x.status <> 'cancelled' LIMIT 1) AS e {participant_around}
	WHERE {participant_fits}
	{from u.name_key: $key} {past (u.name_key, e.id): ($key, $id)} {order u.name_key, e.id}) AS k CROSS JOIN enrollment e CROSS JOIN users u {participant_around} WHERE e.id = k.id AND u.id = e.user_id {order k.key, k.id};
-- by: walk_department
{participant_columns}
FROM (SELECT k.id, k.key FROM (
	SELECT * FROM (SELECT e.id, CAST(d.name_key || x'00' || printf('%012d', d.id) || u.name_key AS BLOB) AS key
		FROM department d CROSS JOIN users u CROSS JOIN enrollment e JOIN training t ON t.id = e.training_id LEFT JOIN session s ON s.id = e.session_id
		WHERE e.user_id = u.id AND e.training_id = $2 AND e.status <> 'cancelled' AND u.department_id = d.id AND {participant_fits} {first 0 = 1} {is d.id: CAST(CAST(substr($key, instr($key, x'00') + 1, 12) AS TEXT) AS INTEGER)}
		{from u.name_key: substr($key, instr($key, x'00') + 13)} {past (u.name_key, e.id): (substr($key, instr($key, x'00') + 13), $id)} {order u.name_key, e.id}) AS a
	UNION ALL
	SELECT * FROM (SELECT e.id, CAST(d.name_key || x'00' || printf('%012d', d.id) || u.name_key AS BLOB) AS key
		FROM department d CROSS JOIN users u CROSS JOIN enrollment e JOIN training t ON t.id = e.training_id LEFT JOIN session s ON s.id = e.session_id
		WHERE e.user_id = u.id AND e.training_id = $2 AND e.status <> 'cancelled' AND u.department_id = d.id AND {participant_fits}
		{past (d.name_key, d.id): (substr($key, 1, instr($key, x'00') - 1), CAST(CAST(substr($key, instr($key, x'00') + 1, 12) AS TEXT) AS INTEGER))} {order d.name_key, d.id, u.name_key, e.id}) AS b
) AS k {order k.key, k.id}) AS k CROSS JOIN enrollment e CROSS JOIN users u {participant_around} WHERE e.id = k.id AND u.id = e.user_id {order k.key, k.id};
-- pg:
{participant_columns}
FROM (SELECT k.id, k.key FROM (
	SELECT * FROM (SELECT e.id, d.name_key || '\x00'::bytea || convert_to(lpad(d.id::text, 12, '0'), 'UTF8') || u.name_key AS key
		FROM department d CROSS JOIN users u CROSS JOIN LATERAL (SELECT * FROM enrollment x WHERE x.user_id = u.id AND x.training_id = $2 AND x.status <> 'cancelled' LIMIT 1) AS e JOIN training t ON t.id = e.training_id LEFT JOIN session s ON s.id = e.session_id
		WHERE u.department_id = d.id AND {participant_fits} {first 0 = 1} {is d.id: convert_from(substr($key, position('\x00'::bytea IN $key) + 1, 12), 'UTF8')::bigint}
		{from u.name_key: substr($key, position('\x00'::bytea IN $key) + 13)} {past (u.name_key, e.id): (substr($key, position('\x00'::bytea IN $key) + 13), $id)} {order u.name_key, e.id}) AS a
	UNION ALL
	SELECT * FROM (SELECT e.id, d.name_key || '\x00'::bytea || convert_to(lpad(d.id::text, 12, '0'), 'UTF8') || u.name_key AS key
		FROM department d CROSS JOIN users u CROSS JOIN LATERAL (SELECT * FROM enrollment x WHERE x.user_id = u.id AND x.training_id = $2 AND x.status <> 'cancelled' LIMIT 1) AS e JOIN training t ON t.id = e.training_id LEFT JOIN session s ON s.id = e.session_id
		WHERE u.department_id = d.id AND {participant_fits}
		{past (d.name_key, d.id): (substr($key, 1, position('\x00'::bytea IN $key) - 1), convert_from(substr($key, position('\x00'::bytea IN $key) + 1, 12), 'UTF8')::bigint)} {order d.name_key, d.id, u.name_key, e.id}) AS b
) AS k {order k.key, k.id}) AS k CROSS JOIN enrollment e CROSS JOIN users u {participant_around} WHERE e.id = k.id AND u.id = e.user_id {order k.key, k.id};
-- by: walk_session
{participant_columns}
FROM (SELECT k.id, k.key FROM (
	SELECT * FROM (SELECT e.id, 0 AS key FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
		WHERE e.training_id = $2 AND e.session_id IS NULL AND e.status <> 'cancelled' AND {participant_fits}
		{past e.id: CASE WHEN $key = 0 THEN $id ELSE 9223372036854775807 END} {order e.id}) AS a
	UNION ALL
	SELECT * FROM (SELECT e.id, (s.starts_at * 1048576 + s.id % 1048576) * 2 + CASE WHEN e.status = 'waiting' THEN 1 ELSE 0 END AS key FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
		WHERE {participant_fits} {first 0 = 1}
		{is e.session_id: (SELECT o.id FROM session o WHERE o.training_id = $2 AND o.starts_at * 1048576 + o.id % 1048576 = $key / 2)}
		{is e.status: CASE WHEN $key % 2 = 1 THEN 'waiting' ELSE 'enrolled' END} {past e.id: $id} {order e.id}) AS b
	UNION ALL
	SELECT * FROM (SELECT e.id, (s.starts_at * 1048576 + s.id % 1048576) * 2 + CASE WHEN e.status = 'waiting' THEN 1 ELSE 0 END AS key FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
		WHERE {participant_fits} {first 0 = 1}
		{is e.session_id: (SELECT o.id FROM session o WHERE o.training_id = $2 AND o.starts_at * 1048576 + o.id % 1048576 = $key / 2)}
		{past e.status: CASE WHEN $key % 2 = 1 THEN 'waiting' ELSE 'enrolled' END} {back e.status > 'cancelled'} {order e.status, e.id}) AS c
	UNION ALL
	SELECT * FROM (SELECT e.id, (s.starts_at * 1048576 + s.id % 1048576) * 2 + CASE WHEN e.status = 'waiting' THEN 1 ELSE 0 END AS key
		FROM session s CROSS JOIN enrollment e JOIN training t ON t.id = e.training_id JOIN users u ON u.id = e.user_id JOIN department d ON d.id = u.department_id
		WHERE s.training_id = $2 AND ($4 = 0 OR s.id = $4) AND e.session_id = s.id AND e.status > 'cancelled' AND {participant_fits}
		{past s.starts_at * 1048576 + s.id % 1048576: $key / 2} {order s.starts_at, s.id, e.status, e.id}) AS d
) AS k {order k.key, k.id}) AS k CROSS JOIN enrollment e CROSS JOIN users u {participant_around} WHERE e.id = k.id AND u.id = e.user_id {order k.key, k.id};
-- pg:
{participant_columns}
FROM (SELECT k.id, k.key FROM (
	SELECT * FROM (SELECT e.id, 0 AS key FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
		WHERE e.training_id = $2 AND e.session_id IS NULL AND e.status <> 'cancelled' AND {participant_fits}
		{past e.id: CASE WHEN $key = 0 THEN $id ELSE 9223372036854775807 END} {order e.id}) AS a
	UNION ALL
	SELECT * FROM (SELECT e.id, (s.starts_at * 1048576 + s.id % 1048576) * 2 + CASE WHEN e.status = 'waiting' THEN 1 ELSE 0 END AS key FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
		WHERE {participant_fits} {first 0 = 1}
		{is e.session_id: (SELECT o.id FROM session o WHERE o.training_id = $2 AND o.starts_at * 1048576 + o.id % 1048576 = $key / 2)}
		{is e.status: CASE WHEN $key % 2 = 1 THEN 'waiting' ELSE 'enrolled' END} {past e.id: $id} {order e.id}) AS b
	UNION ALL
	SELECT * FROM (SELECT e.id, (s.starts_at * 1048576 + s.id % 1048576) * 2 + CASE WHEN e.status = 'waiting' THEN 1 ELSE 0 END AS key FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
		WHERE {participant_fits} {first 0 = 1}
		{is e.session_id: (SELECT o.id FROM session o WHERE o.training_id = $2 AND o.starts_at * 1048576 + o.id % 1048576 = $key / 2)}
		{past e.status: CASE WHEN $key % 2 = 1 THEN 'waiting' ELSE 'enrolled' END} {back e.status > 'cancelled'} {order e.status, e.id}) AS c
	UNION ALL
	SELECT * FROM (SELECT x.id, x.key FROM session o CROSS JOIN LATERAL (SELECT e.id, (s.starts_at * 1048576 + s.id % 1048576) * 2 + CASE WHEN e.status = 'waiting' THEN 1 ELSE 0 END AS key
			FROM enrollment e JOIN session s ON s.id = e.session_id JOIN training t ON t.id = e.training_id JOIN users u ON u.id = e.user_id JOIN department d ON d.id = u.department_id
			WHERE e.session_id = o.id AND e.status > 'cancelled' AND {participant_fits} {order e.status, e.id}) AS x
		WHERE o.training_id = $2 AND ($4 = 0 OR o.id = $4)
		{past o.starts_at * 1048576 + o.id % 1048576: $key / 2} {order x.key, x.id}) AS d
) AS k {order k.key, k.id}) AS k CROSS JOIN enrollment e CROSS JOIN users u {participant_around} WHERE e.id = k.id AND u.id = e.user_id {order k.key, k.id};
-- by: walk_status
{participant_columns}
FROM (SELECT k.id, k.key FROM (
	SELECT * FROM (SELECT e.id, CASE e.status WHEN 'enrolled' THEN 1099511627776 ELSE 3298534883328 END AS key FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
		WHERE e.training_id = $2 AND e.announced_at IS NOT NULL AND e.status <> 'cancelled' AND {participant_fits}
		{first 0 = 1} {is e.status: CASE $key / 1099511627776 WHEN 1 THEN 'enrolled' WHEN 2 THEN 'scheduled' ELSE 'waiting' END} {past e.id: CASE WHEN $key % 1099511627776 = 0 THEN $id ELSE 9223372036854775807 END} {order e.id}) AS a
	UNION ALL
	SELECT * FROM (SELECT e.id, CASE e.status WHEN 'enrolled' THEN 1099511627776 ELSE 3298534883328 END AS key FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
		WHERE e.training_id = $2 AND e.announced_at IS NOT NULL AND e.status <> 'cancelled' AND {participant_fits}
		{past e.status: CASE $key / 1099511627776 WHEN 1 THEN 'enrolled' WHEN 2 THEN 'scheduled' ELSE 'waiting' END} {order e.status, e.id}) AS b
	UNION ALL
	SELECT * FROM (SELECT e.id, 2199023255552 + e.scheduled_at AS key FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
		WHERE e.training_id = $2 AND {participant_fits}
		{first 0 = 1} {is e.scheduled_at: CASE WHEN $key / 1099511627776 = 2 THEN $key - 2199023255552 ELSE -1 END} {past e.id: $id} {order e.id}) AS c
	UNION ALL
	SELECT * FROM (SELECT e.id, 2199023255552 + e.scheduled_at AS key FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
		WHERE e.training_id = $2 AND {participant_fits}
		{first e.scheduled_at >= 0} {back e.scheduled_at >= 0}
		{past e.scheduled_at: CASE WHEN $key < 2199023255552 THEN 0 WHEN $key >= 3298534883328 THEN 1099511627776 ELSE $key - 2199023255552 END} {order e.scheduled_at, e.id}) AS d
) AS k {order k.key, k.id}) AS k CROSS JOIN enrollment e CROSS JOIN users u {participant_around} WHERE e.id = k.id AND u.id = e.user_id {order k.key, k.id};
-- by: walk_answer
{participant_columns}
FROM (SELECT k.id, k.key FROM (
	SELECT * FROM (SELECT e.id, CASE e.answer WHEN 'accepted' THEN 1099511627776 WHEN 'declined' THEN 2199023255552 WHEN 'none' THEN 3298534883328 ELSE 4398046511104 END AS key FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
		WHERE e.training_id = $2 AND e.status <> 'cancelled' AND (e.announced_at IS NOT NULL OR e.answer <> 'none') AND {participant_fits}
		{first 0 = 1} {is e.answer: CASE $key / 1099511627776 WHEN 1 THEN 'accepted' WHEN 2 THEN 'declined' WHEN 3 THEN 'none' ELSE 'tentative' END} {past e.id: CASE WHEN $key % 1099511627776 = 0 THEN $id ELSE 9223372036854775807 END} {order e.id}) AS a
	UNION ALL
	SELECT * FROM (SELECT e.id, CASE e.answer WHEN 'accepted' THEN 1099511627776 WHEN 'declined' THEN 2199023255552 WHEN 'none' THEN 3298534883328 ELSE 4398046511104 END AS key FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
		WHERE e.training_id = $2 AND e.status <> 'cancelled' AND (e.announced_at IS NOT NULL OR e.answer <> 'none') AND {participant_fits}
		{past e.answer: CASE $key / 1099511627776 WHEN 1 THEN 'accepted' WHEN 2 THEN 'declined' WHEN 3 THEN 'none' ELSE 'tentative' END} {order e.answer, e.id}) AS b
	UNION ALL
	SELECT * FROM (SELECT e.id, 3298534883328 + e.scheduled_at AS key FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
		WHERE e.training_id = $2 AND e.answer = 'none' AND {participant_fits}
		{first 0 = 1} {is e.scheduled_at: CASE WHEN $key / 1099511627776 = 3 THEN $key - 3298534883328 ELSE -1 END} {past e.id: $id} {order e.id}) AS c
	UNION ALL
	SELECT * FROM (SELECT e.id, 3298534883328 + e.scheduled_at AS key FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
		WHERE e.training_id = $2 AND e.answer = 'none' AND {participant_fits}
		{first e.scheduled_at >= 0} {back e.scheduled_at >= 0}
		{past e.scheduled_at: CASE WHEN $key < 3298534883328 THEN 0 WHEN $key >= 4398046511104 THEN 1099511627776 ELSE $key - 3298534883328 END} {order e.scheduled_at, e.id}) AS d
) AS k {order k.key, k.id}) AS k CROSS JOIN enrollment e CROSS JOIN users u {participant_around} WHERE e.id = k.id AND u.id = e.user_id {order k.key, k.id};
-- by: walk_access
{participant_columns}
FROM (SELECT k.id, k.key FROM (
	SELECT * FROM (SELECT e.id, e.access_at AS key FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
		WHERE e.training_id = $2 AND e.announced_at IS NOT NULL AND e.status <> 'cancelled' AND {participant_fits}
		{first 0 = 1} {is e.access_at: $key} {past e.id: $id} {order e.id}) AS a
	UNION ALL
	SELECT * FROM (SELECT e.id, e.access_at AS key FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
		WHERE e.training_id = $2 AND e.announced_at IS NOT NULL AND e.status <> 'cancelled' AND {participant_fits}
		{past e.access_at: $key} {order e.access_at, e.id}) AS b
	UNION ALL
	SELECT * FROM (SELECT e.id, e.scheduled_at AS key FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
		WHERE e.training_id = $2 AND {participant_fits}
		{first 0 = 1} {is e.scheduled_at: $key} {past e.id: $id} {order e.id}) AS c
	UNION ALL
	SELECT * FROM (SELECT e.id, e.scheduled_at AS key FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
		WHERE e.training_id = $2 AND {participant_fits}
		{first e.scheduled_at >= 0} {back e.scheduled_at >= 0} {past e.scheduled_at: $key} {order e.scheduled_at, e.id}) AS d
) AS k {order k.key, k.id}) AS k CROSS JOIN enrollment e CROSS JOIN users u {participant_around} WHERE e.id = k.id AND u.id = e.user_id {order k.key, k.id};
-- by: walk_result
{participant_columns}
FROM (SELECT k.id, k.key FROM (
	SELECT * FROM (SELECT e.id, CASE e.result WHEN 'absent' THEN 1099511627776 WHEN 'attended' THEN 2199023255552 ELSE 3298534883328 END AS key FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
		WHERE e.training_id = $2 AND e.status <> 'cancelled' AND (e.announced_at IS NOT NULL OR e.result <> 'none') AND {participant_fits}
		{first 0 = 1} {is e.result: CASE $key / 1099511627776 WHEN 1 THEN 'absent' WHEN 2 THEN 'attended' ELSE 'none' END} {past e.id: CASE WHEN $key % 1099511627776 = 0 THEN $id ELSE 9223372036854775807 END} {order e.id}) AS a
	UNION ALL
	SELECT * FROM (SELECT e.id, CASE e.result WHEN 'absent' THEN 1099511627776 WHEN 'attended' THEN 2199023255552 ELSE 3298534883328 END AS key FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
		WHERE e.training_id = $2 AND e.status <> 'cancelled' AND (e.announced_at IS NOT NULL OR e.result <> 'none') AND {participant_fits}
		{past e.result: CASE $key / 1099511627776 WHEN 1 THEN 'absent' WHEN 2 THEN 'attended' ELSE 'none' END} {order e.result, e.id}) AS b
	UNION ALL
	SELECT * FROM (SELECT e.id, 3298534883328 + e.scheduled_at AS key FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
		WHERE e.training_id = $2 AND e.result = 'none' AND {participant_fits}
		{first 0 = 1} {is e.scheduled_at: CASE WHEN $key / 1099511627776 = 3 THEN $key - 3298534883328 ELSE -1 END} {past e.id: $id} {order e.id}) AS c
	UNION ALL
	SELECT * FROM (SELECT e.id, 3298534883328 + e.scheduled_at AS key FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
		WHERE e.training_id = $2 AND e.result = 'none' AND {participant_fits}
		{first e.scheduled_at >= 0} {back e.scheduled_at >= 0}
		{past e.scheduled_at: CASE WHEN $key < 3298534883328 THEN 0 WHEN $key >= 4398046511104 THEN 1099511627776 ELSE $key - 3298534883328 END} {order e.scheduled_at, e.id}) AS d
) AS k {order k.key, k.id}) AS k CROSS JOIN enrollment e CROSS JOIN users u {participant_around} WHERE e.id = k.id AND u.id = e.user_id {order k.key, k.id};

-- How many, but no more than `most`: a hundred thousand are not counted for each page.
-- name: participant_count :one
-- arg: actor i64
-- arg: training i64
-- arg: all bool
-- arg: session i64
-- arg: status text
-- arg: answer text
-- arg: search text
-- arg: result text
-- arg: most i64
SELECT count(*) AS n FROM (SELECT e.id FROM enrollment e JOIN users u ON u.id = e.user_id {participant_around}
	WHERE e.training_id = $2 AND {participant_fits} LIMIT $9) AS x;

-- How many without a filter, from what the sessions keep: not counted there are those who choose and those who declined, up to `most` of each.
-- name: participant_facts :one
-- arg: training i64
-- arg: most i64
SELECT CAST(coalesce(sum(s.seats_taken + s.waiting), 0) AS BIGINT) AS seated, (SELECT coalesce(max(u.id), 0) FROM users u) AS users,
	(SELECT count(*) FROM (SELECT e.id FROM enrollment e WHERE e.training_id = $1 AND e.session_id IS NULL AND e.status <> 'cancelled' LIMIT $2) AS x) AS choosing,
	(SELECT count(*) FROM (SELECT e.id FROM enrollment e WHERE e.training_id = $1 AND e.answer = 'declined' AND e.status = 'enrolled' AND e.session_id IS NOT NULL
		AND e.status <> 'cancelled' AND (e.announced_at IS NOT NULL OR e.answer <> 'none') LIMIT $2) AS x) AS declined
FROM session s WHERE s.training_id = $1;

-- What one user is enrolled in, or was: each has its own index (enrollment_one, enrollment_past). Who did it is named only where the reader sees that person (R3).
-- name: user_enrollment_list :many
-- arg: actor i64
-- arg: user i64
-- arg: status text
-- sort: session = coalesce(s.starts_at * 1048576 + s.id % 1048576, 0) i64, training = t.title_key blob, status = CASE WHEN e.status <> 'cancelled' AND e.announced_at IS NULL THEN 'scheduled' ELSE e.status END text, answer = e.answer text, access = e.access_at i64, result = e.result text
-- sort-id: e.id
SELECT e.id, e.user_id, e.training_id, u.name AS user_name, u.login, u.email, t.title AS training_title, e.session_id, s.title AS session_title, s.starts_at, s.ends_at,
	s.cancelled_at AS session_cancelled_at, e.status, e.access_at, e.announced_at, e.position, e.answer, e.answered_at, e.result, e.score, e.comment, e.source,
	e.batch_id, e.version,
	CASE WHEN p.id = $1 OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'users.view' AND pd.lo BETWEEN g.lo AND g.hi) THEN p.name END AS enrolled_by,
	(EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'enroll' AND d.lo BETWEEN g.lo AND g.hi)) AS may_enroll,
	(t.organizer_id = $1 OR coalesce(s.instructor_id, 0) = $1
		OR EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $1 AND g.permission = 'results' AND d.lo BETWEEN g.lo AND g.hi)) AS may_result
FROM enrollment e JOIN training t ON t.id = e.training_id JOIN users u ON u.id = e.user_id JOIN department d ON d.id = u.department_id
LEFT JOIN session s ON s.id = e.session_id LEFT JOIN batch b ON b.id = e.batch_id LEFT JOIN users p ON p.id = b.actor_id LEFT JOIN department pd ON pd.id = p.department_id
WHERE ((e.user_id = $2 AND e.status <> 'cancelled') OR (e.user_id = $2 AND e.status = 'cancelled'))
AND CASE $3 WHEN '' THEN e.status <> 'cancelled' WHEN 'scheduled' THEN e.status <> 'cancelled' AND e.announced_at IS NULL
	WHEN 'enrolled' THEN e.status = 'enrolled' AND e.announced_at IS NOT NULL ELSE e.status = $3 END
{after} {order};
-- col: session_cancelled_at i64?
-- col: enrolled_by text
-- col: may_enroll bool
-- col: may_result bool

-- Which place those of a page (a JSON list of ids) who wait have in the waiting list. Positions are never given again, so what counts is how many
-- are before: between two of the page they are counted once, and summed up. So it is one walk through an index, however many the page has.
-- name: waiting_places :many
-- arg: ids text
SELECT n.id AS enrollment_id, sum(n.more) OVER (PARTITION BY n.session_id ORDER BY n.position) AS place
FROM (SELECT p.key, p.id, p.session_id, p.position, (SELECT count(*) FROM enrollment w INDEXED BY enrollment_waiting
		WHERE w.session_id = p.session_id AND w.status = 'waiting' AND w.position > p.last AND w.position <= p.position) AS more
	FROM (SELECT g.key, e.id, e.session_id, e.position, lag(e.position, 1, -1) OVER (PARTITION BY e.session_id ORDER BY e.position) AS last
		FROM json_each($1) g CROSS JOIN enrollment e WHERE e.id = g.value AND e.status = 'waiting') AS p) AS n
ORDER BY n.key;
-- pg:
SELECT n.id AS enrollment_id, (sum(n.more) OVER (PARTITION BY n.session_id ORDER BY n.position))::bigint AS place
FROM (SELECT p.key, p.id, p.session_id, p.position, (SELECT count(*) FROM enrollment w
		WHERE w.session_id = p.session_id AND w.status = 'waiting' AND w.position > p.last AND w.position <= p.position) AS more
	FROM (SELECT g.key, e.id, e.session_id, e.position, lag(e.position, 1, -1::bigint) OVER (PARTITION BY e.session_id ORDER BY e.position) AS last
		FROM json_array_elements_text($1::json) WITH ORDINALITY AS g (value, key) JOIN enrollment e ON e.id = g.value::bigint WHERE e.status = 'waiting') AS p) AS n
ORDER BY n.key;
-- col: place i64

-- name: user_enrollment_count :one
-- arg: user i64
-- arg: status text
SELECT count(*) AS n FROM enrollment e
WHERE ((e.user_id = $1 AND e.status <> 'cancelled') OR (e.user_id = $1 AND e.status = 'cancelled'))
AND CASE $2 WHEN '' THEN e.status <> 'cancelled' WHEN 'scheduled' THEN e.status <> 'cancelled' AND e.announced_at IS NULL
	WHEN 'enrolled' THEN e.status = 'enrolled' AND e.announced_at IS NOT NULL ELSE e.status = $2 END;

-- The days of all enrollments of a page at once: a JSON list of their ids. (CROSS JOIN: from these few on.)
-- name: enrollment_days_of :many
-- arg: ids text
SELECT e.id AS enrollment_id, d.id, d.position, d.start_at, d.end_at, d.time_zone, d.location, d.url, coalesce(x.answer, 'none') AS answer, coalesce(x.result, 'none') AS result
FROM json_each($1) g CROSS JOIN enrollment e CROSS JOIN day d
LEFT JOIN enrollment_day x ON x.enrollment_id = e.id AND x.day_id = d.id
WHERE e.id = g.value AND d.session_id = e.session_id
ORDER BY g.key, d.position;
-- pg:
SELECT e.id AS enrollment_id, d.id, d.position, d.start_at, d.end_at, d.time_zone, d.location, d.url, coalesce(x.answer, 'none') AS answer, coalesce(x.result, 'none') AS result
FROM json_array_elements_text($1::json) WITH ORDINALITY AS g (value, key) JOIN enrollment e ON e.id = g.value::bigint JOIN day d ON d.session_id = e.session_id
LEFT JOIN enrollment_day x ON x.enrollment_id = e.id AND x.day_id = d.id
ORDER BY g.key, d.position;
-- col: answer text
-- col: result text
