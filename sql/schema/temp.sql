-- Staging tables: every connection has its own. Ids travel through them into set-based statements.

-- An audience, resolved: who, and in which order they were named (position 0: by a rule; then the name decides).
CREATE TEMP TABLE pick (
	user_id @int NOT NULL PRIMARY KEY,
	position @int NOT NULL
) @staging;
CREATE TEMP TABLE pick_training (
	training_id @int NOT NULL PRIMARY KEY,
	session_id @int,
	position @int NOT NULL
) @staging;
CREATE TEMP TABLE pick_decision (
	user_id @int NOT NULL,
	training_id @int NOT NULL,
	choice @text NOT NULL,
	session_id @int,
	PRIMARY KEY (user_id, training_id)
) @staging_clustered;
-- The plan: one row a user and training, with what will happen and why (codes E01–E18).
CREATE TEMP TABLE plan_item (
	training_id @int NOT NULL,
	user_id @int NOT NULL,
	session_id @int,
	-- Order in which seats are given: the training's place, then the person's.
	position @int NOT NULL,
	name_key @blob NOT NULL,
	-- The enrollment that is there already, and its session.
	old_id @int,
	old_session_id @int,
	choice @text,
	effect @text NOT NULL,
	code @int NOT NULL,
	-- Things worth knowing that change nothing: 1 no e-mail (E09), 2 overlap (E05), 4 registration closed (E13), 8 started (E12 decided).
	notes @int NOT NULL DEFAULT 0,
	-- 1 while the row still asks for a seat.
	asks @int NOT NULL DEFAULT 0,
	PRIMARY KEY (training_id, user_id)
) @staging_clustered;
-- Who is elsewhere during a session of the plan.
CREATE TEMP TABLE plan_busy (
	session_id @int NOT NULL,
	user_id @int NOT NULL,
	PRIMARY KEY (session_id, user_id)
) @staging_clustered;
-- Part of a batch while it is applied.
CREATE TEMP TABLE slice_item (
	position @int NOT NULL PRIMARY KEY,
	user_id @int NOT NULL,
	training_id @int NOT NULL,
	session_id @int,
	effect @text NOT NULL,
	code @int NOT NULL,
	-- Of a move that was made; the access date where the batch brought another one.
	enrollment_id @int,
	old_session_id @int,
	old_access_at @int
) @staging;
CREATE TEMP TABLE stage_id (
	id @int NOT NULL PRIMARY KEY,
	position @int NOT NULL DEFAULT 0
) @staging;
CREATE TEMP TABLE stage_text (
	position @int NOT NULL PRIMARY KEY,
	value @text NOT NULL,
	fold @text NOT NULL
) @staging;
-- Days as they would be, before a session is moved.
CREATE TEMP TABLE stage_span (
	start_at @int NOT NULL PRIMARY KEY,
	end_at @int NOT NULL,
	location @text NOT NULL
) @staging;
-- Messages that are being leased, and what each will say.
CREATE TEMP TABLE stage_letter (
	id @int NOT NULL PRIMARY KEY,
	address @text NOT NULL,
	sequence @int,
	stamped_at @int NOT NULL,
	previous @text,
	-- Of the calendar entry as it is said from now on; null when that does not change.
	summary @text,
	-- Of its UID.
	uid_number @int NOT NULL,
	-- 1: the calendar entry is withdrawn.
	withdraws @int NOT NULL
) @staging;
