-- Trainings in the order of their next sessions are found along the sessions to come, whose beginning is no further back than the longest session lasts.
-- (SQLite reads an index alone only if it has all that is named, even what its condition says.)
CREATE INDEX session_next ON session (starts_at, training_id, id, ends_at, cancelled_at) WHERE cancelled_at IS NULL;
CREATE INDEX session_span ON session ((ends_at - starts_at));
