-- Messages that somebody sits and waits for (a password, a test) leave before any backlog of the others.
ALTER TABLE outbox ADD COLUMN urgent @int NOT NULL DEFAULT 0 CHECK (urgent = 0 OR urgent = 1);
CREATE INDEX outbox_urgent ON outbox (due_at, id) WHERE state = 'waiting' AND urgent = 1;
