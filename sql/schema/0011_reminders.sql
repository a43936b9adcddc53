-- Participants are reminded so many seconds before their session starts, as often as there are rows. Each row is also how far that has come in the order
-- in which sessions start, so that nothing is kept for a session: who is moved, or made too late, is simply found in time or not at all.
CREATE TABLE reminder (
	ahead @int NOT NULL PRIMARY KEY CHECK (ahead > 0),
	-- The session that was last at work. Null until the program has looked for the first time: what was due before is not told late.
	starts_at @int,
	session_id @int NOT NULL DEFAULT 0,
	-- How far that session has come; null: all of it is done.
	enrollment_id @int
) @strict;
INSERT INTO reminder (ahead) VALUES (86400);
-- Of a reminder: the moment that it was for. Nobody is reminded of a session for one moment twice.
ALTER TABLE notification ADD COLUMN due_at @int;
CREATE UNIQUE INDEX notification_reminder ON notification (enrollment_id, due_at) WHERE due_at IS NOT NULL;
