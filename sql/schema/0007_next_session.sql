-- The next session of a training is found in the index alone.
DROP INDEX session_of_training;
CREATE INDEX session_of_training ON session (training_id, starts_at, id, ends_at, cancelled_at);
