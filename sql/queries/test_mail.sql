-- The test message of Settings: a row of the outbox about no enrollment.

-- name: outbox_test_insert :insert
-- arg: user i64
-- arg: now i64
INSERT INTO outbox (user_id, kind, urgent, due_at, created_at) VALUES ($1, 'test', 1, $2, $2);

-- name: outbox_test_last :one
-- arg: user i64
SELECT o.created_at, o.attempts, o.sent_at, o.state, coalesce(o.address, u.email) AS address, o.last_error
FROM outbox o JOIN users u ON u.id = o.user_id WHERE o.user_id = $1 AND o.kind = 'test' ORDER BY o.id DESC LIMIT 1;
-- col: address text
