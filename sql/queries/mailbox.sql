-- Mailboxes that are looked into.

-- name: mailbox_insert :exec
-- arg: address text
INSERT INTO mailbox (address) SELECT $1 WHERE true ON CONFLICT (address) DO NOTHING;

-- Whoever gets it looks alone until then; and nobody looks before it is time again.
-- name: mailbox_claim :exec
-- arg: address text
-- arg: now i64
-- arg: until i64
-- arg: last i64
UPDATE mailbox SET lease_until = $3, fence = fence + 1
WHERE address = $1 AND lease_until <= $2 AND (looked_at IS NULL OR looked_at <= $4 OR looked_at > $2);

-- name: mailbox_row :one
-- arg: address text
SELECT fence, validity, last_uid, looked_at, last_error FROM mailbox WHERE address = $1;

-- name: mailbox_looked :exec
-- arg: address text
-- arg: fence i64
-- arg: now i64
-- arg: validity i64
-- arg: last_uid i64
-- arg: error text
UPDATE mailbox SET lease_until = 0, looked_at = $3, validity = $4, last_uid = $5, last_error = $6 WHERE address = $1 AND fence = $2;

-- After a crash, where nobody else is there.
-- name: mailbox_release_all :exec
UPDATE mailbox SET lease_until = 0 WHERE lease_until > 0;
