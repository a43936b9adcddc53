-- Seats and the waiting list of one session.

-- name: seat_session :one
-- arg: id i64
SELECT id, training_id, capacity, seats_taken, seats_over, waiting, next_position, ends_at, cancelled_at FROM session WHERE id = $1;
-- pg:
SELECT id, training_id, capacity, seats_taken, seats_over, waiting, next_position, ends_at, cancelled_at FROM session WHERE id = $1 FOR UPDATE;

-- name: seat_add :exec
-- arg: id i64
-- arg: seats i64
UPDATE session SET seats_taken = seats_taken + $2,
	seats_over = CASE WHEN capacity IS NULL THEN 0 WHEN seats_taken + $2 > capacity THEN seats_taken + $2 - capacity ELSE 0 END
WHERE id = $1;

-- name: seat_queue :exec
-- arg: id i64
UPDATE session SET waiting = waiting + 1, next_position = next_position + 1 WHERE id = $1;

-- name: seat_unqueue :exec
-- arg: id i64
UPDATE session SET waiting = waiting - 1 WHERE id = $1 AND waiting > 0;

-- Whom a batch is just taking back gets no seat any more.
-- name: seat_first_waiting :one
-- arg: session i64
SELECT e.id, e.user_id, e.training_id, e.announced_at FROM enrollment e WHERE e.session_id = $1 AND e.status = 'waiting'
AND NOT EXISTS (SELECT 1 FROM batch b WHERE b.id = e.batch_id AND b.status = 'undoing') ORDER BY e.position, e.id LIMIT 1;

-- name: seat_give :exec
-- arg: enrollment i64
UPDATE enrollment SET status = 'enrolled', position = NULL, version = version + 1 WHERE id = $1;

-- name: seat_set_capacity :exec
-- arg: id i64
-- arg: capacity i64?
UPDATE session SET capacity = $2, seats_over = CASE WHEN $2 IS NULL THEN 0 WHEN seats_taken > $2 THEN seats_taken - $2 ELSE 0 END WHERE id = $1;
