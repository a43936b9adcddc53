-- The plan (staging tables of the connection) and the commit (set-based, from the rows that carry the batch's id).
-- (Also <> 'cancelled': by that SQLite knows that it may use the partial index enrollment_one.)

-- name: pick_training_clear :put
DELETE FROM pick_training;

-- A JSON list of [training, session].
-- name: pick_training_fill :put
-- arg: targets text
INSERT INTO pick_training (training_id, session_id, position)
SELECT json_extract(j.value, '$[0]'), json_extract(j.value, '$[1]'), j.key + 1 FROM json_each($1) j;
-- pg:
INSERT INTO pick_training (training_id, session_id, position)
SELECT (j.value->>0)::bigint, (j.value->>1)::bigint, j.key FROM json_array_elements($1::json) WITH ORDINALITY AS j (value, key);

-- A JSON list of trainings; what comes again stays where it came first.
-- name: pick_training_ids :put
-- arg: ids text
INSERT INTO pick_training (training_id, position) SELECT j.value, j.key + 1 FROM json_each($1) j WHERE true ON CONFLICT DO NOTHING;
-- pg:
INSERT INTO pick_training (training_id, position)
SELECT j.value::bigint, j.key FROM json_array_elements_text($1::json) WITH ORDINALITY AS j (value, key) ON CONFLICT DO NOTHING;

-- name: pick_decision_clear :put
DELETE FROM pick_decision;

-- A JSON list of [user, training, choice, session]; who is decided on twice gets the last.
-- name: pick_decision_fill :put
-- arg: decisions text
INSERT OR REPLACE INTO pick_decision (user_id, training_id, choice, session_id)
SELECT json_extract(j.value, '$[0]'), json_extract(j.value, '$[1]'), json_extract(j.value, '$[2]'), json_extract(j.value, '$[3]')
FROM json_each($1) j ORDER BY j.key;
-- pg:
INSERT INTO pick_decision (user_id, training_id, choice, session_id)
SELECT DISTINCT ON ((j.value->>0)::bigint, (j.value->>1)::bigint) (j.value->>0)::bigint, (j.value->>1)::bigint, j.value->>2, (j.value->>3)::bigint
FROM json_array_elements($1::json) WITH ORDINALITY AS j (value, key) ORDER BY 1, 2, j.key DESC;

-- What a JSON list of [training, session] names, a row each.
-- name: plan_targets :many
-- arg: targets text
SELECT t.id, t.title, s.id AS session, s.training_id AS session_training, s.starts_at, s.cancelled_at, s.title AS session_title
FROM json_each($1) j LEFT JOIN training t ON t.id = json_extract(j.value, '$[0]') LEFT JOIN session s ON s.id = json_extract(j.value, '$[1]')
ORDER BY j.key;
-- pg:
SELECT t.id, t.title, s.id AS session, s.training_id AS session_training, s.starts_at, s.cancelled_at, s.title AS session_title
FROM json_array_elements($1::json) WITH ORDINALITY AS j (value, key) LEFT JOIN training t ON t.id = (j.value->>0)::bigint
LEFT JOIN session s ON s.id = (j.value->>1)::bigint ORDER BY j.key;

-- name: plan_clear :put
DELETE FROM plan_item;

-- name: plan_busy_clear :put
DELETE FROM plan_busy;

-- name: plan_pairs :put
INSERT INTO plan_item (training_id, user_id, session_id, position, name_key, old_id, old_session_id, choice, effect, code, notes)
SELECT t.training_id, p.user_id, coalesce(x.session_id, t.session_id), p.position, u.name_key, e.id, e.session_id, x.choice,
	CASE
		WHEN u.status <> 'active' THEN 'skip'
		WHEN e.id IS NOT NULL AND (e.session_id = coalesce(x.session_id, t.session_id) OR coalesce(x.session_id, t.session_id) IS NULL) THEN 'skip'
		WHEN e.id IS NOT NULL AND x.choice IN ('move', 'over') AND e.score IS NULL THEN 'move'
		WHEN e.id IS NOT NULL THEN 'skip'
		WHEN x.choice = 'skip' THEN 'skip'
		ELSE 'enroll'
	END,
	CASE
		WHEN u.status <> 'active' THEN 3
		WHEN e.id IS NOT NULL AND (e.session_id = coalesce(x.session_id, t.session_id) OR coalesce(x.session_id, t.session_id) IS NULL) THEN 1
		WHEN e.id IS NOT NULL THEN 2
		WHEN u.email IS NULL AND coalesce(x.choice, '') <> 'skip' THEN 9
		ELSE 0
	END,
	CASE WHEN u.email IS NULL THEN 1 ELSE 0 END
FROM pick p JOIN users u ON u.id = p.user_id CROSS JOIN pick_training t
LEFT JOIN pick_decision x ON x.user_id = p.user_id AND x.training_id = t.training_id
LEFT JOIN enrollment e ON e.user_id = p.user_id AND e.training_id = t.training_id AND e.status <> 'cancelled';

-- E12: the session has begun or is over. Recording history is a decision, and nobody is invited then.
-- name: plan_started :put
-- arg: now i64
UPDATE plan_item SET code = 12, notes = notes | 8,
	effect = CASE WHEN choice IN ('enroll', 'move', 'over', 'wait') THEN effect ELSE 'decide' END
WHERE effect IN ('enroll', 'move') AND session_id IN (SELECT id FROM session WHERE starts_at <= $1);

-- E15: teaches or organizes it.
-- name: plan_teaches :put
UPDATE plan_item SET code = 15, effect = CASE WHEN choice IN ('enroll', 'over', 'wait') THEN effect ELSE 'decide' END
FROM (SELECT s.training_id, s.id AS session_id, s.instructor_id AS user_id FROM pick_training p JOIN session s ON s.training_id = p.training_id
		WHERE s.instructor_id IS NOT NULL
	UNION SELECT t.id, NULL, t.organizer_id FROM pick_training p JOIN training t ON t.id = p.training_id) x
WHERE plan_item.training_id = x.training_id AND plan_item.user_id = x.user_id AND plan_item.effect = 'enroll'
AND (x.session_id IS NULL OR plan_item.session_id = x.session_id);

-- E16: said no to this session before.
-- name: plan_declined_before :put
UPDATE plan_item SET code = 16, effect = CASE WHEN choice IN ('enroll', 'over', 'wait') THEN effect ELSE 'decide' END
FROM (SELECT DISTINCT q.training_id, e.session_id, e.user_id
	FROM (SELECT training_id, session_id FROM pick_training WHERE session_id IS NOT NULL
		UNION SELECT training_id, session_id FROM pick_decision WHERE session_id IS NOT NULL) q
	CROSS JOIN enrollment e WHERE e.session_id = q.session_id AND e.status = 'cancelled' AND e.answer = 'declined') x
WHERE plan_item.training_id = x.training_id AND plan_item.user_id = x.user_id AND plan_item.session_id = x.session_id
AND plan_item.effect = 'enroll';

-- What the chosen sessions have to do with each other and with the rest of the house: most plans need none of the statements below, and a
-- hundred thousand users are not gone through for nothing. `clashing`: how many people are in other trainings at the same time.
-- name: plan_facts :one
-- arg: now i64
WITH planned (training_id, session_id) AS (
	SELECT training_id, session_id FROM pick_training WHERE session_id IS NOT NULL
	UNION SELECT training_id, session_id FROM pick_decision WHERE session_id IS NOT NULL
)
SELECT coalesce(max(CASE WHEN s.starts_at <= $1 THEN 1 ELSE 0 END), 0) AS started,
	coalesce(max(CASE WHEN t.closes_before IS NOT NULL AND s.starts_at - t.closes_before <= $1 AND s.starts_at > $1 THEN 1 ELSE 0 END), 0) AS closed,
	coalesce(max(CASE WHEN s.capacity IS NOT NULL THEN 1 ELSE 0 END), 0) AS limited,
	coalesce(max(CASE WHEN EXISTS (SELECT 1 FROM day d JOIN planned o ON o.training_id <> p.training_id JOIN day x ON x.session_id = o.session_id
		WHERE d.session_id = p.session_id AND x.start_at < d.end_at AND d.start_at < x.end_at) THEN 1 ELSE 0 END), 0) AS inside,
	(SELECT CAST(coalesce(sum(o.seats_taken), 0) AS BIGINT) FROM session o WHERE o.cancelled_at IS NULL AND o.id IN (SELECT x.session_id
		FROM planned q JOIN day d ON d.session_id = q.session_id JOIN day x ON x.start_at < d.end_at AND x.start_at > d.start_at - 86400 AND x.end_at > d.start_at
		JOIN session y ON y.id = x.session_id WHERE y.training_id <> q.training_id)) AS clashing
FROM planned p JOIN session s ON s.id = p.session_id JOIN training t ON t.id = p.training_id;
-- col: started bool
-- col: closed bool
-- col: limited bool
-- col: inside bool

-- E05, first half: overlaps a session of another training that they are in. Asked of each user of the plan, …
-- name: plan_overlap_of_users :put
UPDATE plan_item SET notes = notes | 2
WHERE effect IN ('enroll', 'move') AND EXISTS (
	SELECT 1 FROM day d JOIN enrollment e ON e.user_id = plan_item.user_id AND e.status <> 'cancelled' AND e.status = 'enrolled' AND e.answer <> 'declined'
		AND e.training_id <> plan_item.training_id
	JOIN session s ON s.id = e.session_id AND s.cancelled_at IS NULL
	JOIN day x ON x.session_id = s.id
	WHERE d.session_id = plan_item.session_id AND x.start_at < d.end_at AND d.start_at < x.end_at);

-- … or, where those are fewer, of each participant of the sessions at the same time. A day lasts a day at most. (CROSS JOIN: in this order.)
-- name: plan_busy_add :put
INSERT INTO plan_busy (session_id, user_id)
SELECT DISTINCT q.session_id, e.user_id
FROM (SELECT training_id, session_id FROM pick_training WHERE session_id IS NOT NULL
	UNION SELECT training_id, session_id FROM pick_decision WHERE session_id IS NOT NULL) q
CROSS JOIN day d CROSS JOIN day x CROSS JOIN session s CROSS JOIN enrollment e
WHERE d.session_id = q.session_id AND x.start_at < d.end_at AND x.start_at > d.start_at - 86400 AND x.end_at > d.start_at
AND s.id = x.session_id AND s.cancelled_at IS NULL AND s.training_id <> q.training_id
AND e.session_id = s.id AND e.status = 'enrolled' AND e.answer <> 'declined';

-- name: plan_overlap_of_sessions :put
UPDATE plan_item SET notes = notes | 2
WHERE training_id IN (SELECT training_id FROM pick_training) AND user_id IN (SELECT user_id FROM plan_busy) AND effect IN ('enroll', 'move')
AND EXISTS (SELECT 1 FROM plan_busy b WHERE b.session_id = plan_item.session_id AND b.user_id = plan_item.user_id);

-- Second half: two trainings of this very enrollment overlap.
-- name: plan_overlap_inside :put
UPDATE plan_item SET notes = notes | 2
WHERE effect IN ('enroll', 'move') AND EXISTS (
	SELECT 1 FROM pick_training t JOIN plan_item o ON o.training_id = t.training_id AND o.user_id = plan_item.user_id AND o.effect IN ('enroll', 'move')
	JOIN day d ON d.session_id = plan_item.session_id JOIN day x ON x.session_id = o.session_id
	WHERE t.training_id <> plan_item.training_id AND x.start_at < d.end_at AND d.start_at < x.end_at);

-- name: plan_clash_skip :put
UPDATE plan_item SET effect = 'skip', code = 5
WHERE effect IN ('enroll', 'move') AND (notes & 2) <> 0 AND (choice IS NULL OR choice NOT IN ('enroll', 'move', 'over', 'wait'));

-- E13: self-service is closed; a manager may still enroll, and is told.
-- name: plan_closed :put
-- arg: now i64
UPDATE plan_item SET notes = notes | 4
WHERE effect IN ('enroll', 'move') AND EXISTS (
	SELECT 1 FROM session s JOIN training t ON t.id = s.training_id
	WHERE s.id = plan_item.session_id AND t.closes_before IS NOT NULL AND s.starts_at - t.closes_before <= $1 AND s.starts_at > $1);

-- Who asks for a seat: everybody with a session.
-- name: plan_asks :put
UPDATE plan_item SET asks = 1 WHERE effect IN ('enroll', 'move') AND session_id IS NOT NULL;

-- E04: seats in the order given, then by name; who is to wait comes last. Behind the last free one: by choice, else by the rule for full sessions.
-- name: plan_seats :put
-- arg: when_full text
UPDATE plan_item SET code = 4, effect = CASE
		WHEN plan_item.choice = 'wait' AND plan_item.effect = 'enroll' THEN 'wait'
		WHEN plan_item.choice = 'over' OR (plan_item.choice IS NULL AND $1 = 'over') OR (plan_item.choice IN ('enroll', 'move') AND $1 = 'over')
			THEN CASE WHEN plan_item.effect = 'move' THEN 'move' ELSE 'over' END
		WHEN plan_item.effect = 'move' OR $1 = 'refuse' THEN 'skip'
		ELSE 'wait'
	END
FROM (SELECT training_id, user_id, session_id, row_number() OVER (PARTITION BY session_id
		ORDER BY (coalesce(choice, '') = 'wait'), (position = 0), position, name_key, user_id) AS place
	FROM plan_item WHERE asks = 1) r
JOIN session s ON s.id = r.session_id
WHERE plan_item.training_id = r.training_id AND plan_item.user_id = r.user_id
AND s.capacity IS NOT NULL AND r.place > s.capacity - s.seats_taken;

-- Seats that moves of this plan give back: first to those who wait already, then to those who got none above.
-- name: plan_freed_seats :put
UPDATE plan_item SET code = CASE WHEN (notes & 1) <> 0 THEN 9 ELSE 0 END, effect = 'enroll'
FROM (SELECT training_id, user_id, session_id, row_number() OVER (PARTITION BY session_id
		ORDER BY (coalesce(choice, '') = 'wait'), (position = 0), position, name_key, user_id) AS place
	FROM plan_item WHERE code = 4 AND effect IN ('wait', 'skip') AND old_id IS NULL) r
JOIN (SELECT i.old_session_id AS id, coalesce(sum(CASE WHEN e.status = 'enrolled' AND e.answer <> 'declined' THEN 1 ELSE 0 END), 0) AS seats,
		coalesce(sum(CASE WHEN e.status = 'waiting' THEN 1 ELSE 0 END), 0) AS queue
	FROM plan_item i JOIN enrollment e ON e.id = i.old_id WHERE i.effect = 'move' GROUP BY i.old_session_id) f ON f.id = r.session_id
LEFT JOIN (SELECT session_id AS id, count(*) AS taking FROM plan_item WHERE effect IN ('enroll', 'over', 'move') GROUP BY session_id) k ON k.id = r.session_id
JOIN session s ON s.id = r.session_id
WHERE plan_item.training_id = r.training_id AND plan_item.user_id = r.user_id AND s.capacity IS NOT NULL
AND r.place <= s.capacity - s.seats_taken + f.seats - (s.waiting - f.queue) - coalesce(k.taking, 0);

-- What is only worth knowing is said by the code when nothing else is (E09 stands there from the start).
-- name: plan_note_codes :put
UPDATE plan_item SET code = CASE WHEN (notes & 2) <> 0 THEN 5 ELSE 13 END
WHERE (notes & 6) <> 0 AND effect IN ('enroll', 'move') AND code IN (0, 9);

-- The whole plan, in pages.
-- name: plan_scan :many
-- arg: after_training i64
-- arg: after_user i64
-- arg: limit i64
SELECT training_id, user_id, session_id, effect, code, notes FROM plan_item
WHERE (training_id, user_id) > ($1, $2) ORDER BY training_id, user_id LIMIT $3;

-- One group of it in the order in which seats are given.
-- name: plan_group_seats :many
-- arg: training i64
-- arg: session i64?
-- arg: effect text
-- arg: code i64
SELECT user_id FROM plan_item WHERE training_id = $1 AND session_id IS NOT DISTINCT FROM $2 AND effect = $3 AND code = $4
ORDER BY (coalesce(choice, '') = 'wait'), (position = 0), position, name_key, user_id;

-- name: plan_sessions :many
SELECT s.training_id, s.id AS session, s.capacity, s.seats_taken, s.waiting FROM session s
WHERE s.id IN (SELECT session_id FROM pick_training WHERE session_id IS NOT NULL
	UNION SELECT session_id FROM pick_decision WHERE session_id IS NOT NULL)
ORDER BY s.starts_at, s.id;

-- Seats and places in the waiting list that moves give back.
-- name: plan_leaving :many
SELECT i.old_session_id AS session, coalesce(sum(CASE WHEN e.status = 'enrolled' AND e.answer <> 'declined' THEN 1 ELSE 0 END), 0) AS seats,
	coalesce(sum(CASE WHEN e.status = 'waiting' THEN 1 ELSE 0 END), 0) AS queue
FROM plan_item i JOIN enrollment e ON e.id = i.old_id
WHERE i.effect = 'move' AND i.old_session_id IS NOT NULL GROUP BY i.old_session_id;
-- col: session i64

-- With a note: of those who take part.
-- name: plan_rows :many
-- arg: effect text
-- arg: code i64
-- arg: note i64
-- arg: after i64
-- arg: limit i64
SELECT i.user_id, i.training_id, i.session_id, i.old_session_id, i.effect, i.code, i.notes, u.name AS user_name, u.login, d.name AS department,
	t.title AS training_title, s.title AS session_title, o.title AS old_session_title
FROM plan_item i JOIN pick_training p ON p.training_id = i.training_id JOIN users u ON u.id = i.user_id JOIN department d ON d.id = u.department_id
JOIN training t ON t.id = i.training_id LEFT JOIN session s ON s.id = i.session_id LEFT JOIN session o ON o.id = i.old_session_id
WHERE ($1 = '' OR i.effect = $1 OR ($1 = 'enroll' AND i.effect = 'over')) AND ($2 < 0 OR i.code = $2) AND ($3 = 0 OR ((i.notes & $3) <> 0 AND i.effect NOT IN ('skip', 'decide')))
ORDER BY p.position, (i.position = 0), i.position, i.name_key, i.user_id LIMIT $5 OFFSET $4;

-- Skips and decisions by reason, for the groups of the Check page, with what was decided already; rows, and the people they are about.
-- name: plan_reasons :many
SELECT effect, code, count(*) AS n, count(DISTINCT user_id) AS people FROM plan_item
WHERE effect IN ('skip', 'decide', 'wait', 'over', 'move') OR (effect = 'enroll' AND code IN (12, 15, 16))
GROUP BY effect, code ORDER BY effect, code;

-- How many people each figure of the Check page is about: somebody may be in it once a training. Worth knowing is what is so of those who take part.
-- name: plan_people :one
SELECT count(DISTINCT CASE WHEN effect NOT IN ('skip', 'decide') THEN user_id END) AS taking_part,
	count(DISTINCT CASE WHEN effect IN ('enroll', 'over') THEN user_id END) AS enroll, count(DISTINCT CASE WHEN effect = 'wait' THEN user_id END) AS wait,
	count(DISTINCT CASE WHEN effect = 'move' THEN user_id END) AS move, count(DISTINCT CASE WHEN effect = 'skip' THEN user_id END) AS skip,
	count(DISTINCT CASE WHEN effect = 'decide' THEN user_id END) AS decide,
	count(DISTINCT CASE WHEN effect NOT IN ('skip', 'decide') AND (notes & 1) <> 0 THEN user_id END) AS no_email,
	count(DISTINCT CASE WHEN effect NOT IN ('skip', 'decide') AND (notes & 2) <> 0 THEN user_id END) AS overlaps,
	count(DISTINCT CASE WHEN effect NOT IN ('skip', 'decide') AND (notes & 4) <> 0 THEN user_id END) AS closed,
	count(DISTINCT CASE WHEN effect NOT IN ('skip', 'decide') AND (notes & 7) <> 0 THEN user_id END) AS noted
FROM plan_item;

-- ---- the commit
-- name: session_lock :many
SELECT id FROM session WHERE id IN (SELECT session_id FROM plan_item WHERE session_id IS NOT NULL UNION
	SELECT old_session_id FROM plan_item WHERE effect = 'move' AND old_session_id IS NOT NULL) ORDER BY id;
-- pg:
SELECT id FROM session WHERE id IN (SELECT session_id FROM plan_item WHERE session_id IS NOT NULL UNION
	SELECT old_session_id FROM plan_item WHERE effect = 'move' AND old_session_id IS NOT NULL) ORDER BY id FOR UPDATE;

-- name: batch_insert :insert
-- arg: actor i64
-- arg: status text
-- arg: access_at i64
-- arg: when_full text
-- arg: message text
-- arg: origin text
-- arg: now i64
INSERT INTO batch (actor_id, status, access_at, when_full, message, origin, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: batch_run_insert :put
-- arg: batch i64
-- arg: position i64
-- arg: n i64
-- arg: training i64
-- arg: session i64?
-- arg: effect text
-- arg: code i64
-- arg: users text
INSERT INTO batch_run (batch_id, position, n, training_id, session_id, effect, code, users) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- The runs of one slice: from the first that is not applied on, of `rows` pairs in all or at least one.
-- name: batch_runs :many
-- arg: batch i64
-- arg: first i64
-- arg: pairs i64
SELECT position, n, session_id, effect FROM batch_run WHERE batch_id = $1 AND position >= $2 AND (position = $2 OR position + n <= $2 + $3) ORDER BY position;

-- name: batch_start :exec
-- arg: id i64
-- arg: total i64
UPDATE batch SET status = 'running', total = $2 WHERE id = $1 AND status IN ('preparing', 'running');

-- ---- one slice of a batch, in the staging table slice_item
-- name: slice_clear :put
DELETE FROM slice_item;

-- A run, checked again, since time has passed since the plan: still active, not enrolled by something else, the session still there.
-- name: slice_add :put
-- arg: batch i64
-- arg: position i64
INSERT INTO slice_item (position, user_id, training_id, session_id, effect, code)
SELECT r.position + j.key, j.value, r.training_id, r.session_id,
	CASE WHEN r.effect = 'skip' OR u.status <> 'active' OR (e.id IS NOT NULL AND r.effect <> 'move') OR (r.session_id IS NOT NULL AND s.id IS NULL)
		THEN 'skip' ELSE r.effect END,
	CASE WHEN r.effect = 'skip' THEN r.code WHEN u.status <> 'active' THEN 3
		WHEN e.id IS NOT NULL AND r.effect <> 'move' THEN CASE WHEN e.session_id = r.session_id THEN 1 ELSE 2 END
		WHEN r.session_id IS NOT NULL AND s.id IS NULL THEN 18 ELSE r.code END
FROM batch_run r CROSS JOIN json_each(r.users) j
JOIN users u NOT INDEXED ON u.id = j.value
LEFT JOIN enrollment e ON e.user_id = j.value AND e.training_id = r.training_id AND e.status <> 'cancelled' AND coalesce(e.batch_id, 0) <> $1
LEFT JOIN session s ON s.id = r.session_id AND s.training_id = r.training_id AND s.cancelled_at IS NULL
WHERE r.batch_id = $1 AND r.position = $2;
-- pg:
INSERT INTO slice_item (position, user_id, training_id, session_id, effect, code)
SELECT r.position + j.key - 1, u.id, r.training_id, r.session_id,
	CASE WHEN r.effect = 'skip' OR u.status <> 'active' OR (e.id IS NOT NULL AND r.effect <> 'move') OR (r.session_id IS NOT NULL AND s.id IS NULL)
		THEN 'skip' ELSE r.effect END,
	CASE WHEN r.effect = 'skip' THEN r.code WHEN u.status <> 'active' THEN 3
		WHEN e.id IS NOT NULL AND r.effect <> 'move' THEN CASE WHEN e.session_id = r.session_id THEN 1 ELSE 2 END
		WHEN r.session_id IS NOT NULL AND s.id IS NULL THEN 18 ELSE r.code END
FROM batch_run r CROSS JOIN LATERAL json_array_elements_text(r.users::json) WITH ORDINALITY AS j (value, key)
JOIN users u ON u.id = j.value::bigint
LEFT JOIN enrollment e ON e.user_id = u.id AND e.training_id = r.training_id AND e.status <> 'cancelled' AND coalesce(e.batch_id, 0) <> $1
LEFT JOIN session s ON s.id = r.session_id AND s.training_id = r.training_id AND s.cancelled_at IS NULL
WHERE r.batch_id = $1 AND r.position = $2;

-- name: slice_effects :many
SELECT effect, count(*) AS n FROM slice_item GROUP BY effect;

-- name: slice_over :many
SELECT session_id AS session, count(*) AS n FROM slice_item WHERE effect = 'over' AND session_id IS NOT NULL GROUP BY session_id ORDER BY session_id;
-- col: session i64

-- Seats may have gone since the plan. Who comes over the capacity, and is counted already, takes nobody's seat.
-- name: slice_seats :put
-- arg: when_full text
UPDATE slice_item SET code = 4, effect = CASE WHEN $1 = 'over' THEN 'over' WHEN $1 = 'refuse' THEN 'skip' ELSE 'wait' END
FROM (SELECT i.position, s.capacity - s.seats_taken AS free, i.session_id, row_number() OVER (PARTITION BY i.session_id ORDER BY i.position) AS place
	FROM slice_item i JOIN session s ON s.id = i.session_id AND s.capacity IS NOT NULL WHERE i.effect = 'enroll') r
LEFT JOIN (SELECT session_id AS id, count(*) AS n FROM slice_item
	WHERE effect = 'over' OR (effect = 'move' AND code = 4 AND enrollment_id IS NOT NULL) GROUP BY session_id) o ON o.id = r.session_id
WHERE slice_item.position = r.position AND r.place > r.free + coalesce(o.n, 0);

-- `late`: who is not told yet would be told after the beginning.
-- name: slice_moves :many
SELECT i.position, i.user_id, i.training_id, i.session_id, i.code, e.id AS enrollment, e.session_id AS leaves,
	CASE WHEN e.announced_at IS NULL AND e.access_at > s.starts_at THEN e.access_at END AS late
FROM slice_item i LEFT JOIN enrollment e ON e.user_id = i.user_id AND e.training_id = i.training_id AND e.status <> 'cancelled'
LEFT JOIN session s ON s.id = i.session_id
WHERE i.effect = 'move' ORDER BY i.position;
-- col: enrollment i64?
-- col: leaves i64?
-- col: late i64?

-- name: slice_moved :put
-- arg: position i64
-- arg: enrollment i64
-- arg: leaves i64?
-- arg: access i64?
UPDATE slice_item SET enrollment_id = $2, old_session_id = $3, old_access_at = $4 WHERE position = $1;

-- name: slice_skip :put
-- arg: position i64
-- arg: code i64
UPDATE slice_item SET effect = 'skip', code = $2 WHERE position = $1;

-- The last enrollment of all: those that a slice makes come behind it.
-- name: enrollment_last :one
SELECT coalesce(max(id), 0) AS id FROM enrollment;

-- Where they are found again.
-- name: batch_range_add :put
-- arg: batch i64
-- arg: first i64
-- arg: last i64
INSERT INTO batch_range (batch_id, first_id, last_id) VALUES ($1, $2, $3);

-- Everybody of these runs who is active and not enrolled yet, straight from the runs: they have one session with room for all.
-- (By id, which come in their order: SQLite would seek each of them in users_by_status.)
-- name: slice_insert_plain :exec
-- arg: batch i64
-- arg: first i64
-- arg: last i64
-- arg: access_at i64
-- arg: now i64
INSERT INTO enrollment (user_id, training_id, session_id, status, access_at, source, preselected, batch_id, created_at)
SELECT u.id, r.training_id, r.session_id, 'enrolled', $4, 'admin', 1, $1, $5
FROM batch_run r CROSS JOIN json_each(r.users) j CROSS JOIN users u NOT INDEXED
WHERE r.batch_id = $1 AND r.position BETWEEN $2 AND $3 AND u.id = j.value AND u.status = 'active'
ON CONFLICT DO NOTHING;
-- pg:
INSERT INTO enrollment (user_id, training_id, session_id, status, access_at, source, preselected, batch_id, created_at)
SELECT u.id, r.training_id, r.session_id, 'enrolled', $4, 'admin', 1, $1, $5
FROM batch_run r CROSS JOIN LATERAL json_array_elements_text(r.users::json) AS j (value) JOIN users u ON u.id = j.value::bigint
WHERE r.batch_id = $1 AND r.position BETWEEN $2 AND $3 AND u.status = 'active'
ON CONFLICT DO NOTHING;

-- name: slice_insert_seated :exec
-- arg: batch i64
-- arg: access_at i64
-- arg: now i64
INSERT INTO enrollment (user_id, training_id, session_id, status, access_at, source, preselected, batch_id, created_at)
SELECT user_id, training_id, session_id, 'enrolled', $2, 'admin', CASE WHEN session_id IS NULL THEN 0 ELSE 1 END, $1, $3
FROM slice_item WHERE effect IN ('enroll', 'over') ORDER BY position
ON CONFLICT DO NOTHING;

-- The places in the waiting list follow the order of the items, after those who wait already.
-- name: slice_insert_waiting :exec
-- arg: batch i64
-- arg: access_at i64
-- arg: now i64
INSERT INTO enrollment (user_id, training_id, session_id, status, access_at, position, source, preselected, batch_id, created_at)
SELECT i.user_id, i.training_id, i.session_id, 'waiting', $2, s.next_position - 1 + row_number() OVER (PARTITION BY i.session_id ORDER BY i.position),
	'admin', 1, $1, $3
FROM slice_item i JOIN session s ON s.id = i.session_id WHERE i.effect = 'wait' ORDER BY i.position
ON CONFLICT DO NOTHING;

-- Who has no row of this batch: somebody else was quicker.
-- name: slice_without_row :put
-- arg: batch i64
UPDATE slice_item SET effect = 'skip', code = 2
WHERE effect IN ('enroll', 'over', 'wait') AND NOT EXISTS (SELECT 1 FROM enrollment e WHERE e.user_id = slice_item.user_id
	AND e.training_id = slice_item.training_id AND e.status <> 'cancelled' AND e.batch_id = $1);

-- Seats from the rows that are there now, never from the plan.
-- name: slice_session_counts :many
-- arg: batch i64
-- arg: after i64
SELECT training_id, session_id, coalesce(sum(CASE WHEN status = 'enrolled' THEN 1 ELSE 0 END), 0) AS taking,
	coalesce(sum(CASE WHEN status = 'waiting' THEN 1 ELSE 0 END), 0) AS queueing
FROM enrollment NOT INDEXED WHERE batch_id = $1 AND id > $2 GROUP BY training_id, session_id ORDER BY session_id;
-- pg:
SELECT training_id, session_id, coalesce(sum(CASE WHEN status = 'enrolled' THEN 1 ELSE 0 END), 0) AS taking,
	coalesce(sum(CASE WHEN status = 'waiting' THEN 1 ELSE 0 END), 0) AS queueing
FROM enrollment WHERE batch_id = $1 AND id > $2 GROUP BY training_id, session_id ORDER BY session_id;

-- What the batch did in each session, for its page; 0 where participants choose.
-- name: batch_session_add :put
-- arg: batch i64
-- arg: training i64
-- arg: session i64
-- arg: enrolled i64
-- arg: waitlisted i64
-- arg: moved i64
INSERT INTO batch_session (batch_id, training_id, session_id, enrolled, waitlisted, moved) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (batch_id, training_id, session_id) DO UPDATE SET enrolled = batch_session.enrolled + excluded.enrolled,
	waitlisted = batch_session.waitlisted + excluded.waitlisted, moved = batch_session.moved + excluded.moved;

-- name: session_add_seats :put
-- arg: id i64
-- arg: taking i64
-- arg: queueing i64
UPDATE session SET seats_taken = seats_taken + $2, waiting = waiting + $3, next_position = next_position + $3,
	seats_over = CASE WHEN capacity IS NULL THEN 0 WHEN seats_taken + $2 > capacity THEN seats_taken + $2 - capacity ELSE 0 END
WHERE id = $1;

-- name: slice_audit :put
-- arg: batch i64
-- arg: after i64
-- arg: now i64
-- arg: actor i64?
-- arg: origin text
INSERT INTO audit (at, actor_id, action, object, object_id, user_id, training_id, batch_id, after, origin)
SELECT $3, $4, 'enrollment.create', 'enrollment', e.id, e.user_id, e.training_id, $1,
	CASE WHEN e.session_id IS NULL THEN '{"session":null' ELSE '{"session":"' || CAST(e.session_id AS TEXT) || '"' END || ',"status":"' || e.status || '"}', $5
FROM enrollment e WHERE e.batch_id = $1 AND e.id > $2 ORDER BY e.id;

-- What is worth keeping of a slice: who was left out and why, and who came from where.
-- name: slice_keep :put
-- arg: batch i64
INSERT INTO batch_item (batch_id, position, user_id, training_id, session_id, old_session_id, effect, code, enrollment_id, old_access_at)
SELECT $1, position, user_id, training_id, session_id, old_session_id, effect, code, enrollment_id, old_access_at
FROM slice_item WHERE effect IN ('skip', 'move') ORDER BY position;

-- name: batch_progress :put
-- arg: id i64
-- arg: done i64
-- arg: enrolled i64
-- arg: waitlisted i64
-- arg: moved i64
-- arg: skipped i64
UPDATE batch SET done = done + $2, enrolled = enrolled + $3, waitlisted = waitlisted + $4, moved = moved + $5, skipped = skipped + $6 WHERE id = $1;

-- name: batch_finish :put
-- arg: id i64
-- arg: status text
-- arg: now i64
UPDATE batch SET status = $2, finished_at = $3 WHERE id = $1;

-- name: batch_row :one
-- arg: id i64
SELECT id, actor_id, status, total, done, enrolled, waitlisted, moved, skipped, access_at, when_full, message, origin, created_at
FROM batch WHERE id = $1;

-- Of what it made, what is no longer to be announced: either it has been, or it was cancelled. It has no scheduled_at.
-- name: batch_announced :one
-- arg: id i64
SELECT e.id FROM batch_range r CROSS JOIN (SELECT DISTINCT training_id FROM batch_session WHERE batch_id = $1) s CROSS JOIN enrollment e
WHERE r.batch_id = $1 AND e.training_id = s.training_id AND e.scheduled_at IS NULL AND e.id BETWEEN r.first_id AND r.last_id
AND e.batch_id = r.batch_id AND e.announced_at IS NOT NULL LIMIT 1;

-- Who has left the actor's scope since is not named (R3).
-- name: batch_skip_rows :many
-- arg: id i64
-- arg: after i64
-- arg: limit i64
-- arg: actor i64
SELECT i.position, i.user_id, i.training_id, i.session_id, i.code, u.name AS user_name, t.title AS training_title
FROM batch_item i JOIN users u ON u.id = i.user_id JOIN department d ON d.id = u.department_id JOIN training t ON t.id = i.training_id
WHERE i.batch_id = $1 AND i.effect = 'skip' AND i.position > $2
AND EXISTS (SELECT 1 FROM grant_range g WHERE g.user_id = $4 AND g.permission = 'enroll' AND d.lo BETWEEN g.lo AND g.hi)
ORDER BY i.position LIMIT $3;

-- name: batch_runs_drop :put
-- arg: batch i64
DELETE FROM batch_run WHERE batch_id = $1;

-- What a crash left half written was never answered: nobody knows of it.
-- name: batch_preparing_runs_drop :put
-- arg: before i64
DELETE FROM batch_run WHERE batch_id IN (SELECT id FROM batch WHERE status = 'preparing' AND created_at < $1);

-- name: batch_preparing_fail :put
-- arg: now i64
-- arg: before i64
UPDATE batch SET status = 'failed', finished_at = $1 WHERE status = 'preparing' AND created_at < $2;

-- ---- undo: what is as the batch made it, and not announced
-- Who waited and was given a seat since is: nobody decided that.
-- part: undo_as_made
(e.version = 1 OR (e.version = 2 AND e.status = 'enrolled' AND EXISTS (SELECT 1 FROM audit a
	WHERE a.user_id = e.user_id AND a.object = 'enrollment' AND a.object_id = e.id AND a.action = 'enrollment.seat')))

-- Of the ids between.
-- name: undo_stage :put
-- arg: batch i64
-- arg: first i64
-- arg: last i64
INSERT INTO stage_id (id, position)
SELECT e.id, 0 FROM enrollment e
WHERE e.id BETWEEN $2 AND $3 AND e.batch_id = $1 AND e.status <> 'cancelled' AND e.announced_at IS NULL AND {undo_as_made};

-- name: undo_count :one
-- arg: batch i64
SELECT count(*) AS n FROM batch_range r CROSS JOIN enrollment e
WHERE r.batch_id = $1 AND e.id BETWEEN r.first_id AND r.last_id AND e.batch_id = r.batch_id
AND e.status <> 'cancelled' AND e.announced_at IS NULL AND {undo_as_made};

-- name: batch_ranges :many
-- arg: batch i64
SELECT first_id, last_id FROM batch_range WHERE batch_id = $1 ORDER BY first_id;

-- name: undo_sessions :many
-- arg: batch i64
SELECT session_id FROM batch_session WHERE batch_id = $1 AND session_id <> 0 ORDER BY session_id;

-- name: batch_undo_start :put
-- arg: id i64
UPDATE batch SET status = 'undoing', done = 0 WHERE id = $1;

-- name: batch_undo_progress :put
-- arg: id i64
-- arg: n i64
UPDATE batch SET done = done + $2 WHERE id = $1;

-- name: batch_undone :put
-- arg: id i64
-- arg: now i64
UPDATE batch SET status = 'undone', done = total, finished_at = $2 WHERE id = $1;

-- name: undo_session_counts :many
SELECT e.session_id AS session, sum(CASE WHEN e.status = 'enrolled' AND e.answer <> 'declined' THEN 1 ELSE 0 END) AS taking,
	sum(CASE WHEN e.status = 'waiting' THEN 1 ELSE 0 END) AS queueing
FROM stage_id x JOIN enrollment e ON e.id = x.id WHERE e.session_id IS NOT NULL GROUP BY e.session_id ORDER BY e.session_id;
-- col: session i64

-- name: undo_mark :put
-- arg: now i64
UPDATE enrollment SET status = 'cancelled', position = NULL, cancelled_at = $1, version = version + 1 WHERE id IN (SELECT id FROM stage_id);

-- name: session_give_back :put
-- arg: id i64
-- arg: taking i64
-- arg: queueing i64
UPDATE session SET seats_taken = seats_taken - $2, waiting = waiting - $3,
	seats_over = CASE WHEN capacity IS NULL THEN 0 WHEN seats_taken - $2 > capacity THEN seats_taken - $2 - capacity ELSE 0 END
WHERE id = $1;

-- name: undo_audit :put
-- arg: now i64
-- arg: actor i64?
-- arg: batch i64
-- arg: origin text
INSERT INTO audit (at, actor_id, action, object, object_id, user_id, training_id, batch_id, before, after, origin)
SELECT $1, $2, 'enrollment.cancel', 'enrollment', e.id, e.user_id, e.training_id, $3, '{"status":"' || e.status || '"}', '{"status":"cancelled"}', $4
FROM stage_id x JOIN enrollment e ON e.id = x.id;

-- name: undo_kept :many
-- arg: batch i64
-- arg: changed bool
SELECT e.id FROM batch_range r CROSS JOIN enrollment e
WHERE r.batch_id = $1 AND e.id BETWEEN r.first_id AND r.last_id AND e.batch_id = r.batch_id AND e.status <> 'cancelled' AND ($2 = 0 OR NOT {undo_as_made}) ORDER BY e.id LIMIT 1000;

-- An access date that somebody changed since stays.
-- name: undo_moves :many
-- arg: batch i64
SELECT i.enrollment_id, i.old_session_id, i.session_id, e.session_id AS now_session, e.status, e.announced_at,
	CASE WHEN e.access_at = b.access_at THEN i.old_access_at END AS old_access_at
FROM batch_item i JOIN batch b ON b.id = i.batch_id JOIN enrollment e ON e.id = i.enrollment_id WHERE i.batch_id = $1 AND i.effect = 'move' ORDER BY i.position;
-- col: old_access_at i64?
