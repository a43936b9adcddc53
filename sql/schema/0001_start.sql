-- The first schema. Words: @id integer primary key, @int, @text (binary order), @blob, @strict, @clustered (rows stand
-- in the order of the primary key): each engine has its own.
-- In tables that are filled in bulk a CHECK is written with OR: SQLite asks a table of its own for each IN, which takes as long as the rest of the row.
-- Instants are Unix seconds, UTC. Booleans are 0 and 1. *_key columns are collation keys, *_fold search keys (base/text.h).

-- ---- the account: one row
CREATE TABLE account (
	id @int NOT NULL PRIMARY KEY CHECK (id = 1),
	name @text NOT NULL,
	time_zone @text NOT NULL,
	locale @text NOT NULL DEFAULT 'en',
	undo_hold @int NOT NULL DEFAULT 60 CHECK (undo_hold BETWEEN 0 AND 604800),
	when_full @text NOT NULL DEFAULT 'wait' CHECK (when_full IN ('wait', 'refuse', 'over')),
	on_clash @text NOT NULL DEFAULT 'warn' CHECK (on_clash IN ('warn', 'skip')),
	mail_name @text NOT NULL DEFAULT '',
	-- The installation's secret: link tokens, calendar UIDs and form tokens derive from it.
	secret @blob NOT NULL,
	-- Hash of the one-time key of /setup; null once the owner exists.
	setup_hash @text
) @strict;

-- ---- departments: one tree. [lo, hi] is a preorder interval with gaps, so that "and below" is a range of lo.
CREATE TABLE department (
	id @id,
	name @text NOT NULL,
	name_key @blob NOT NULL,
	name_fold @text NOT NULL,
	code @text UNIQUE,
	parent_id @int REFERENCES department (id),
	lo @int NOT NULL UNIQUE,
	hi @int NOT NULL,
	CHECK (lo < hi)
) @strict;
CREATE UNIQUE INDEX department_sibling ON department (parent_id, name_fold);
CREATE UNIQUE INDEX department_root ON department ((parent_id IS NULL)) WHERE parent_id IS NULL;

-- ---- users
CREATE TABLE users (
	id @id,
	login @text NOT NULL,
	login_fold @text NOT NULL UNIQUE,
	email @text,
	email_fold @text UNIQUE,
	first_name @text NOT NULL,
	last_name @text NOT NULL,
	name @text NOT NULL,
	name_key @blob NOT NULL,
	-- The parts of the name, folded, for filters.
	first_fold @text NOT NULL DEFAULT '',
	last_fold @text NOT NULL DEFAULT '',
	-- ' first last login email ', folded: '% word%' finds a beginning of any part.
	search @text NOT NULL,
	department_id @int NOT NULL REFERENCES department (id),
	status @text NOT NULL DEFAULT 'active' CHECK (status = 'active' OR status = 'inactive' OR status = 'ended'),
	supervisor_id @int REFERENCES users (id),
	password @text,
	time_zone @text,
	locale @text,
	theme @text NOT NULL DEFAULT 'system' CHECK (theme = 'system' OR theme = 'light' OR theme = 'dark'),
	-- A demo account that still has its demo password keeps the server on loopback.
	demo_password @int NOT NULL DEFAULT 0,
	created_at @int NOT NULL,
	version @int NOT NULL DEFAULT 1
) @strict;
CREATE INDEX users_by_name ON users (name_key, id);
-- With the status, so that an audience is found without the rows.
CREATE INDEX users_by_department ON users (department_id, name_key, id, status);
CREATE INDEX users_by_supervisor ON users (supervisor_id) WHERE supervisor_id IS NOT NULL;
CREATE INDEX users_demo ON users (demo_password) WHERE demo_password = 1;

-- Profile fields: the built-in ones and the account's own.
CREATE TABLE profile_field (
	id @id,
	key @text NOT NULL UNIQUE,
	label @text NOT NULL,
	kind @text NOT NULL CHECK (kind IN ('text', 'date')),
	builtin @int NOT NULL DEFAULT 0,
	position @int NOT NULL
) @strict;
CREATE TABLE user_field (
	user_id @int NOT NULL REFERENCES users (id),
	field_id @int NOT NULL REFERENCES profile_field (id) ON DELETE CASCADE,
	value @text NOT NULL,
	value_fold @text NOT NULL,
	PRIMARY KEY (user_id, field_id)
) @clustered;
CREATE INDEX user_field_value ON user_field (field_id, value_fold);

CREATE TABLE user_group (
	id @id,
	name @text NOT NULL,
	name_key @blob NOT NULL,
	name_fold @text NOT NULL UNIQUE,
	-- A smart group: the JSON list of conditions of an audience filter. Null: members are listed.
	rule @text
) @strict;
CREATE TABLE group_member (
	group_id @int NOT NULL REFERENCES user_group (id) ON DELETE CASCADE,
	user_id @int NOT NULL REFERENCES users (id),
	PRIMARY KEY (group_id, user_id)
) @clustered;
CREATE INDEX group_member_user ON group_member (user_id);

-- ---- roles and what they open. Permissions are names of model/permissions.def.
CREATE TABLE role (
	id @id,
	-- Null for custom roles.
	key @text UNIQUE,
	name @text NOT NULL,
	name_key @blob,
	name_fold @text NOT NULL UNIQUE,
	version @int NOT NULL DEFAULT 1,
	-- Held with departments (department administrators and custom roles), or account-wide.
	scoped @int NOT NULL
) @strict;
CREATE TABLE role_permission (
	role_id @int NOT NULL REFERENCES role (id) ON DELETE CASCADE,
	permission @text NOT NULL,
	PRIMARY KEY (role_id, permission)
) @clustered;
CREATE TABLE user_role (
	id @id,
	user_id @int NOT NULL REFERENCES users (id),
	role_id @int NOT NULL REFERENCES role (id),
	UNIQUE (user_id, role_id)
) @strict;
CREATE TABLE user_role_department (
	user_role_id @int NOT NULL REFERENCES user_role (id) ON DELETE CASCADE,
	department_id @int NOT NULL REFERENCES department (id),
	PRIMARY KEY (user_role_id, department_id)
) @clustered;
CREATE INDEX user_role_department_of ON user_role_department (department_id);
-- What follows from the three above: the intervals of department.lo in which a user holds a permission. Made anew, in the
-- same transaction, whenever a role, a holding or the tree changes. Every scoped statement asks this table (R3).
CREATE TABLE grant_range (
	user_id @int NOT NULL REFERENCES users (id),
	permission @text NOT NULL,
	lo @int NOT NULL,
	hi @int NOT NULL,
	PRIMARY KEY (user_id, permission, lo)
) @clustered;

-- ---- sign-ins, API tokens, replayed requests, limits
CREATE TABLE sign_in (
	token_hash @text NOT NULL PRIMARY KEY,
	user_id @int NOT NULL REFERENCES users (id),
	created_at @int NOT NULL,
	seen_at @int NOT NULL,
	expires_at @int NOT NULL,
	origin @text NOT NULL
) @strict;
CREATE INDEX sign_in_user ON sign_in (user_id);
CREATE INDEX sign_in_expiry ON sign_in (expires_at);
-- What was sent with a sign-in that had just ended, for half an hour: for the same person in the same browser.
CREATE TABLE kept_form (
	id @id,
	key_hash @text NOT NULL UNIQUE,
	browser_hash @text NOT NULL,
	user_id @int NOT NULL REFERENCES users (id),
	path @text NOT NULL,
	body @text NOT NULL,
	expires_at @int NOT NULL
) @strict;
CREATE INDEX kept_form_user ON kept_form (user_id, id);
CREATE INDEX kept_form_expiry ON kept_form (expires_at);
CREATE TABLE api_token (
	id @id,
	user_id @int NOT NULL REFERENCES users (id),
	name @text NOT NULL,
	token_hash @text NOT NULL UNIQUE,
	created_at @int NOT NULL,
	last_used_at @int,
	revoked_at @int
) @strict;
CREATE INDEX api_token_user ON api_token (user_id);
-- The secret address that a calendar program reads; one a user, revoked by deleting it.
CREATE TABLE feed (
	id @id,
	user_id @int NOT NULL UNIQUE REFERENCES users (id),
	secret_hash @text NOT NULL UNIQUE,
	created_at @int NOT NULL
) @strict;
CREATE TABLE idempotency (
	token_id @int NOT NULL REFERENCES api_token (id),
	key @text NOT NULL,
	body_hash @text NOT NULL,
	-- Null while the first request runs.
	status @int,
	body @text,
	created_at @int NOT NULL,
	PRIMARY KEY (token_id, key)
) @strict;
CREATE INDEX idempotency_age ON idempotency (created_at);
CREATE TABLE throttle (
	key @text NOT NULL PRIMARY KEY,
	count @int NOT NULL,
	until @int NOT NULL
) @strict;
CREATE INDEX throttle_until ON throttle (until);

-- ---- trainings
CREATE TABLE training (
	id @id,
	title @text NOT NULL,
	title_key @blob NOT NULL,
	-- ' word word ', folded, as users.search.
	search @text NOT NULL,
	description @text NOT NULL DEFAULT '',
	organizer_id @int NOT NULL REFERENCES users (id),
	-- Self-service closes this many seconds before a session starts; null: never (E13).
	closes_before @int,
	created_at @int NOT NULL,
	version @int NOT NULL DEFAULT 1
) @strict;
CREATE INDEX training_by_title ON training (title_key, id);
CREATE INDEX training_by_organizer ON training (organizer_id);

CREATE TABLE session (
	id @id,
	training_id @int NOT NULL REFERENCES training (id),
	title @text NOT NULL,
	title_key @blob NOT NULL,
	-- ' title instructor ', folded, as users.search.
	search @text NOT NULL DEFAULT '',
	instructor @text NOT NULL DEFAULT '',
	instructor_id @int REFERENCES users (id),
	capacity @int CHECK (capacity >= 1),
	-- Held by enrollments that have this session, are enrolled and not declined. seats_over of them by permission.
	seats_taken @int NOT NULL DEFAULT 0 CHECK (seats_taken >= 0),
	seats_over @int NOT NULL DEFAULT 0 CHECK (seats_over >= 0),
	waiting @int NOT NULL DEFAULT 0 CHECK (waiting >= 0),
	-- The next position to give on the waiting list; positions only grow.
	next_position @int NOT NULL DEFAULT 1,
	cancelled_at @int,
	-- From the days: first start, last end, how many.
	starts_at @int NOT NULL,
	ends_at @int NOT NULL,
	days @int NOT NULL,
	version @int NOT NULL DEFAULT 1,
	UNIQUE (training_id, id),
	CHECK (capacity IS NULL OR seats_taken <= capacity + seats_over)
) @strict;
CREATE INDEX session_by_start ON session (starts_at, id);
CREATE INDEX session_of_training ON session (training_id, starts_at, id);
CREATE INDEX session_by_instructor ON session (instructor_id) WHERE instructor_id IS NOT NULL;

CREATE TABLE day (
	id @id,
	session_id @int NOT NULL REFERENCES session (id),
	-- 1, 2, … in order of start.
	position @int NOT NULL,
	-- What was typed: YYYY-MM-DDTHH:MM in the zone; fold 1 is the second of a doubled hour.
	start_wall @text NOT NULL,
	fold @int NOT NULL DEFAULT 0,
	duration @int NOT NULL CHECK (duration BETWEEN 60 AND 86400),
	time_zone @text NOT NULL,
	location @text NOT NULL DEFAULT '',
	url @text NOT NULL DEFAULT '',
	start_at @int NOT NULL,
	end_at @int NOT NULL
) @strict;
CREATE INDEX day_of_session ON day (session_id, position);
CREATE INDEX day_by_time ON day (start_at, end_at);

-- ---- enrollment
CREATE TABLE draft (
	id @id,
	owner_id @int NOT NULL REFERENCES users (id),
	version @int NOT NULL DEFAULT 1,
	-- The furthest stage reached: 1 users, 2 trainings, 3 parameters, 4 check.
	stage @int NOT NULL DEFAULT 1,
	-- The enrollment body of the REST API, as JSON.
	body @text NOT NULL,
	created_at @int NOT NULL,
	updated_at @int NOT NULL,
	-- Set when it was used: its result.
	batch_id @int
) @strict;
CREATE INDEX draft_of ON draft (owner_id, updated_at);

CREATE TABLE batch (
	id @id,
	actor_id @int NOT NULL REFERENCES users (id),
	status @text NOT NULL CHECK (status IN ('preparing', 'running', 'done', 'undoing', 'undone', 'failed')),
	total @int NOT NULL DEFAULT 0,
	done @int NOT NULL DEFAULT 0,
	enrolled @int NOT NULL DEFAULT 0,
	waitlisted @int NOT NULL DEFAULT 0,
	moved @int NOT NULL DEFAULT 0,
	skipped @int NOT NULL DEFAULT 0,
	access_at @int NOT NULL,
	when_full @text NOT NULL,
	-- What the organizer adds to the invitation.
	message @text NOT NULL DEFAULT '',
	origin @text NOT NULL DEFAULT '',
	created_at @int NOT NULL,
	finished_at @int,
	undone_at @int
) @strict;
CREATE INDEX batch_of ON batch (actor_id, id);
CREATE INDEX batch_open ON batch (status) WHERE status IN ('preparing', 'running', 'undoing');

-- What a batch is to do: stretches of the plan with the same training, session, effect and code. `users` is a JSON list of their ids, in the
-- order in which they are applied; position counts pairs, from 1.
CREATE TABLE batch_run (
	batch_id @int NOT NULL REFERENCES batch (id),
	position @int NOT NULL,
	n @int NOT NULL CHECK (n > 0),
	training_id @int NOT NULL,
	session_id @int,
	effect @text NOT NULL CHECK (effect = 'enroll' OR effect = 'wait' OR effect = 'over' OR effect = 'move' OR effect = 'skip'),
	code @int NOT NULL DEFAULT 0,
	users @text NOT NULL,
	PRIMARY KEY (batch_id, position)
) @strict;
-- What it did to pairs that were not simply enrolled: left out, or moved from another session. The others are the enrollments of the batch.
CREATE TABLE batch_item (
	batch_id @int NOT NULL REFERENCES batch (id),
	position @int NOT NULL,
	user_id @int NOT NULL,
	training_id @int NOT NULL,
	session_id @int,
	old_session_id @int,
	effect @text NOT NULL CHECK (effect = 'move' OR effect = 'skip'),
	code @int NOT NULL DEFAULT 0,
	enrollment_id @int,
	PRIMARY KEY (batch_id, position)
) @clustered;
-- And in each session; 0: participants choose.
CREATE TABLE batch_session (
	batch_id @int NOT NULL REFERENCES batch (id),
	training_id @int NOT NULL,
	session_id @int NOT NULL,
	enrolled @int NOT NULL DEFAULT 0,
	waitlisted @int NOT NULL DEFAULT 0,
	moved @int NOT NULL DEFAULT 0,
	PRIMARY KEY (batch_id, training_id, session_id)
) @clustered;

CREATE TABLE enrollment (
	id @id,
	user_id @int NOT NULL REFERENCES users (id),
	training_id @int NOT NULL REFERENCES training (id),
	-- Null: the participant chooses.
	session_id @int,
	status @text NOT NULL CHECK (status = 'enrolled' OR status = 'waiting' OR status = 'cancelled'),
	-- The moment from which the participant sees it; announced_at when that has been done.
	access_at @int NOT NULL,
	announced_at @int,
	-- Place in the waiting list (R: first come); null when not waiting.
	position @int,
	answer @text NOT NULL DEFAULT 'none' CHECK (answer = 'none' OR answer = 'accepted' OR answer = 'tentative' OR answer = 'declined'),
	answered_at @int,
	result @text NOT NULL DEFAULT 'none' CHECK (result = 'none' OR result = 'attended' OR result = 'absent'),
	-- 1: set for the whole session; the days no longer decide.
	result_by_hand @int NOT NULL DEFAULT 0,
	score @int,
	comment @text,
	source @text NOT NULL DEFAULT 'admin' CHECK (source = 'admin' OR source = 'rule' OR source = 'signup' OR source = 'door'),
	-- 1: an administrator chose the session (R9).
	preselected @int NOT NULL DEFAULT 1,
	batch_id @int REFERENCES batch (id),
	-- Raised when everything about it must be invited anew, so that UIDs and links change.
	generation @int NOT NULL DEFAULT 1,
	version @int NOT NULL DEFAULT 1,
	created_at @int NOT NULL,
	cancelled_at @int,
	FOREIGN KEY (training_id, session_id) REFERENCES session (training_id, id),
	CHECK ((status = 'waiting') = (position IS NOT NULL)),
	CHECK (status <> 'waiting' OR session_id IS NOT NULL)
) @strict;
-- R1: the database itself refuses a second.
CREATE UNIQUE INDEX enrollment_one ON enrollment (user_id, training_id) WHERE status <> 'cancelled';
CREATE INDEX enrollment_of_user ON enrollment (user_id);
CREATE INDEX enrollment_of_training ON enrollment (training_id, status);
CREATE INDEX enrollment_of_session ON enrollment (session_id, status, position);
CREATE INDEX enrollment_of_batch ON enrollment (batch_id);
-- Who declined lately, for Home.
CREATE INDEX enrollment_declined ON enrollment (answered_at) WHERE answer = 'declined' AND status = 'enrolled';
-- What is due: not announced yet.
CREATE INDEX enrollment_due ON enrollment (access_at) WHERE announced_at IS NULL AND status <> 'cancelled';

CREATE TABLE enrollment_day (
	enrollment_id @int NOT NULL REFERENCES enrollment (id),
	day_id @int NOT NULL REFERENCES day (id),
	answer @text NOT NULL DEFAULT 'none' CHECK (answer = 'none' OR answer = 'accepted' OR answer = 'tentative' OR answer = 'declined'),
	answered_at @int,
	result @text NOT NULL DEFAULT 'none' CHECK (result = 'none' OR result = 'attended' OR result = 'absent'),
	PRIMARY KEY (enrollment_id, day_id)
) @clustered;
CREATE INDEX enrollment_day_of ON enrollment_day (day_id);

-- ---- what people are told
CREATE TABLE notification (
	id @id,
	user_id @int NOT NULL REFERENCES users (id),
	kind @text NOT NULL,
	enrollment_id @int,
	batch_id @int,
	import_id @int,
	at @int NOT NULL,
	read_at @int
) @strict;
CREATE INDEX notification_of ON notification (user_id, id);
CREATE INDEX notification_unread ON notification (user_id) WHERE read_at IS NULL;

-- One calendar entry that somebody was sent: enrollment and place of the day in its session (a move keeps the UID).
-- What was last said is kept, so that it can be withdrawn when the session no longer has that day.
CREATE TABLE invitation (
	enrollment_id @int NOT NULL REFERENCES enrollment (id),
	position @int NOT NULL,
	sequence @int NOT NULL DEFAULT 0,
	state @text NOT NULL CHECK (state = 'invited' OR state = 'withdrawn'),
	address @text NOT NULL,
	summary @text NOT NULL,
	location @text NOT NULL,
	time_zone @text NOT NULL,
	fold @int NOT NULL DEFAULT 0,
	start_at @int NOT NULL,
	end_at @int NOT NULL,
	PRIMARY KEY (enrollment_id, position)
) @clustered;

CREATE TABLE outbox (
	id @id,
	user_id @int REFERENCES users (id),
	enrollment_id @int REFERENCES enrollment (id),
	-- Which calendar entry; null for messages without one.
	position @int,
	kind @text NOT NULL,
	state @text NOT NULL DEFAULT 'waiting' CHECK (state = 'waiting' OR state = 'sent' OR state = 'failed' OR state = 'dropped'),
	due_at @int NOT NULL,
	attempts @int NOT NULL DEFAULT 0,
	-- In flight until then; the fence grows with each lease, so that a late worker cannot finish for a later one.
	lease_until @int NOT NULL DEFAULT 0,
	fence @int NOT NULL DEFAULT 0,
	-- Fixed at the first attempt, so that a repetition is the same message.
	address @text,
	sequence @int,
	stamped_at @int,
	-- What the calendar entry said before this message, for "Changed: …": "START END ZONE PLACE"; null when it is new.
	previous @text,
	sent_at @int,
	last_error @text,
	created_at @int NOT NULL
) @strict;
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE state = 'waiting';
CREATE INDEX outbox_of ON outbox (enrollment_id, position, id);
CREATE INDEX outbox_state ON outbox (state, id);
CREATE INDEX outbox_test ON outbox (user_id, id) WHERE kind = 'test';

-- ---- imports of users: the file's rows, what each would do, what is wrong with it
CREATE TABLE import (
	id @id,
	-- Null: the program itself, by command.
	actor_id @int REFERENCES users (id),
	status @text NOT NULL CHECK (status IN ('reading', 'ready', 'running', 'done', 'cancelled', 'failed')),
	file_name @text NOT NULL,
	-- As what it was read: "UTF-8", "Windows-1252", "XLSX"; and the separator.
	kind @text NOT NULL,
	separator @text NOT NULL,
	-- Names in the order of the file, separated by commas.
	columns @text NOT NULL,
	-- Rows, as planned: …
	total @int NOT NULL DEFAULT 0,
	to_create @int NOT NULL DEFAULT 0,
	to_update @int NOT NULL DEFAULT 0,
	unchanged @int NOT NULL DEFAULT 0,
	wrong @int NOT NULL DEFAULT 0,
	-- … and as done. The cursor: rows are applied by level (who supervises comes first), then by line.
	created @int NOT NULL DEFAULT 0,
	updated @int NOT NULL DEFAULT 0,
	failed @int NOT NULL DEFAULT 0,
	enrollments_cancelled @int NOT NULL DEFAULT 0,
	at_level @int NOT NULL DEFAULT 0,
	at_line @int NOT NULL DEFAULT 0,
	origin @text NOT NULL DEFAULT '',
	created_at @int NOT NULL,
	finished_at @int
) @strict;
CREATE INDEX import_of ON import (actor_id, id);
CREATE INDEX import_open ON import (status) WHERE status = 'running';
CREATE INDEX import_age ON import (created_at);
CREATE TABLE import_row (
	import_id @int NOT NULL REFERENCES import (id),
	-- As a spreadsheet counts.
	line @int NOT NULL,
	effect @text NOT NULL CHECK (effect IN ('none', 'create', 'update', 'same', 'error')),
	level @int NOT NULL DEFAULT 0,
	-- Cells, cleaned. Null: no such column; '': empty.
	login @text NOT NULL,
	login_fold @text NOT NULL,
	email @text,
	email_fold @text,
	first_name @text,
	last_name @text,
	department @text NOT NULL,
	status @text,
	supervisor @text,
	supervisor_fold @text,
	group_names @text,
	-- Of the profile fields, in the order of the columns, separated by 0x1f.
	fields @text,
	-- What would change, as JSON in words of people.
	user_id @int,
	name @text NOT NULL DEFAULT '',
	before @text,
	after @text,
	PRIMARY KEY (import_id, line)
) @strict;
CREATE INDEX import_row_order ON import_row (import_id, level, line);
CREATE INDEX import_row_login ON import_row (import_id, login_fold, line);
CREATE INDEX import_row_email ON import_row (import_id, email_fold, line) WHERE email_fold IS NOT NULL;
CREATE TABLE import_error (
	import_id @int NOT NULL REFERENCES import (id),
	line @int NOT NULL,
	position @int NOT NULL,
	field @text NOT NULL,
	value @text NOT NULL,
	code @text NOT NULL,
	-- A sentence in the language of who imports.
	reason @text NOT NULL,
	PRIMARY KEY (import_id, line, position)
) @strict;

-- ---- the trail (R10)
CREATE TABLE audit (
	id @id,
	at @int NOT NULL,
	actor_id @int,
	action @text NOT NULL,
	object @text NOT NULL,
	object_id @int,
	-- Whose histories it belongs to.
	user_id @int,
	training_id @int,
	batch_id @int,
	before @text,
	after @text,
	origin @text NOT NULL DEFAULT ''
) @strict;
CREATE INDEX audit_object ON audit (object, object_id, id);
CREATE INDEX audit_user ON audit (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX audit_training ON audit (training_id, id) WHERE training_id IS NOT NULL;

-- ---- fixed rows
INSERT INTO role (id, key, name, name_fold, scoped) VALUES
	(1, 'owner', 'owner', '/owner', 0), (2, 'account_admin', 'account_admin', '/account_admin', 0),
	(3, 'department_admin', 'department_admin', '/department_admin', 1), (4, 'supervisor', 'supervisor', '/supervisor', 0),
	(5, 'learner', 'learner', '/learner', 0);
INSERT INTO role_permission (role_id, permission) VALUES
	(1, 'users.view'), (1, 'users.edit'), (1, 'departments.edit'), (1, 'groups.edit'), (1, 'roles.edit'), (1, 'trainings.view'),
	(1, 'trainings.create'), (1, 'trainings.edit'), (1, 'enroll'), (1, 'results'), (1, 'reports'), (1, 'outbox'), (1, 'audit'),
	(1, 'settings'), (1, 'over'), (1, 'metrics'),
	(2, 'users.view'), (2, 'users.edit'), (2, 'departments.edit'), (2, 'groups.edit'), (2, 'roles.edit'), (2, 'trainings.view'),
	(2, 'trainings.create'), (2, 'trainings.edit'), (2, 'enroll'), (2, 'results'), (2, 'reports'), (2, 'outbox'), (2, 'audit'),
	(2, 'settings'), (2, 'over'), (2, 'metrics'),
	(3, 'users.view'), (3, 'users.edit'), (3, 'trainings.view'), (3, 'trainings.create'), (3, 'enroll'), (3, 'results'), (3, 'reports'),
	(3, 'outbox');
INSERT INTO profile_field (id, key, label, kind, builtin, position) VALUES
	(1, 'job_title', 'job_title', 'text', 1, 1), (2, 'location', 'location', 'text', 1, 2), (3, 'phone', 'phone', 'text', 1, 3),
	(4, 'hire_date', 'hire_date', 'date', 1, 4);
-- pg:
ALTER TABLE role ALTER COLUMN id RESTART WITH 100;
ALTER TABLE profile_field ALTER COLUMN id RESTART WITH 100;
-- end
