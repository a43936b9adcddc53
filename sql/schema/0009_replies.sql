-- Answers that come by mail: how they find their enrollment, what became of each, and where they are fetched.

-- A calendar entry is found by its UID, which is derived: its first 60 bits as a number (model/invitation.h). Null: made before there was
-- this column, until the worker has filled it in.
ALTER TABLE invitation ADD COLUMN uid_number @int;
CREATE INDEX invitation_uid ON invitation (uid_number) WHERE uid_number IS NOT NULL;
CREATE INDEX invitation_no_uid ON invitation (enrollment_id, position) WHERE uid_number IS NULL;

-- The message by which a calendar answered for this day, so that an older one that comes later does not count. Null: it was answered otherwise.
ALTER TABLE enrollment_day ADD COLUMN reply_sequence @int;
ALTER TABLE enrollment_day ADD COLUMN reply_stamp @int;

-- What came in, an event of a message a row, and what became of it.
CREATE TABLE reply (
	id @id,
	-- The message, and which event of it: it counts once, however often it comes.
	digest @text NOT NULL,
	item @int NOT NULL,
	at @int NOT NULL,
	outcome @text NOT NULL CHECK (outcome IN ('applied', 'asked', 'forwarded', 'older', 'outdated', 'late', 'closed', 'delegated', 'counter',
		'ignored', 'rejected', 'unreadable', 'unknown')),
	-- Null: it belongs to no calendar entry of ours, or cannot be read.
	user_id @int REFERENCES users (id),
	enrollment_id @int REFERENCES enrollment (id),
	position @int,
	-- Whom it says it is from, and whether our own mail server says so too.
	sender @text NOT NULL,
	proven @int NOT NULL,
	attendee @text NOT NULL,
	method @text NOT NULL,
	partstat @text NOT NULL,
	comment @text NOT NULL,
	UNIQUE (digest, item)
) @strict;
CREATE INDEX reply_of ON reply (enrollment_id) WHERE enrollment_id IS NOT NULL;
CREATE INDEX reply_stray ON reply (id) WHERE enrollment_id IS NULL;

-- Mailboxes that are looked into, by one node at a time: until where (UID, within UIDVALIDITY), and how that went.
CREATE TABLE mailbox (
	address @text NOT NULL PRIMARY KEY,
	lease_until @int NOT NULL DEFAULT 0,
	fence @int NOT NULL DEFAULT 0,
	validity @int NOT NULL DEFAULT 0,
	last_uid @int NOT NULL DEFAULT 0,
	looked_at @int,
	-- Null: the last look went well.
	last_error @text
) @strict;
