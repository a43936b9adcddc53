-- Indexes of enrollments, for lists of a hundred thousand participants and for making as many at once. What is only set later, when an
-- enrollment is announced, answered or cancelled, is kept out of the indexes that a bulk enrollment fills.

-- Who is enrolled is found by enrollment_one; this is who was.
DROP INDEX enrollment_of_user;
CREATE INDEX enrollment_past ON enrollment (user_id) WHERE status = 'cancelled';

-- The participants of a training: who is not announced yet stands in the order of access dates, everybody else before them (null). The
-- others are the orders of the list of participants, for those who are announced.
DROP INDEX enrollment_of_training;
-- sqlite:
ALTER TABLE enrollment ADD COLUMN scheduled_at INTEGER AS (CASE WHEN announced_at IS NULL AND status <> 'cancelled' THEN access_at END) VIRTUAL;
-- pg:
ALTER TABLE enrollment ADD COLUMN scheduled_at BIGINT GENERATED ALWAYS AS (CASE WHEN announced_at IS NULL AND status <> 'cancelled' THEN access_at END) STORED;
-- end
CREATE INDEX enrollment_of_training ON enrollment (training_id, scheduled_at, id);
CREATE INDEX enrollment_by_status ON enrollment (training_id, status, id) WHERE announced_at IS NOT NULL AND status <> 'cancelled';
CREATE INDEX enrollment_by_access ON enrollment (training_id, access_at, id) WHERE announced_at IS NOT NULL AND status <> 'cancelled';
CREATE INDEX enrollment_by_answer ON enrollment (training_id, answer, id) WHERE status <> 'cancelled' AND (announced_at IS NOT NULL OR answer <> 'none');
CREATE INDEX enrollment_by_result ON enrollment (training_id, result, id) WHERE status <> 'cancelled' AND (announced_at IS NOT NULL OR result <> 'none');
CREATE INDEX enrollment_choosing ON enrollment (training_id, id) WHERE session_id IS NULL AND status <> 'cancelled';

-- Of a session, and its waiting list.
DROP INDEX enrollment_of_session;
CREATE INDEX enrollment_of_session ON enrollment (session_id, status, id);
CREATE INDEX enrollment_waiting ON enrollment (session_id, position) WHERE status = 'waiting';

-- The enrollments of a batch lie between these ids, a row a slice; others may lie between them.
CREATE TABLE batch_range (
	batch_id @int NOT NULL REFERENCES batch (id),
	first_id @int NOT NULL,
	last_id @int NOT NULL,
	PRIMARY KEY (batch_id, first_id)
) @clustered;
INSERT INTO batch_range (batch_id, first_id, last_id) SELECT batch_id, min(id), max(id) FROM enrollment WHERE batch_id IS NOT NULL GROUP BY batch_id;
DROP INDEX enrollment_of_batch;
