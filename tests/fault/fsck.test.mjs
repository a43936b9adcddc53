// Every invariant finds what breaks it: a demo database is damaged in one way at a time, from outside, and `muster fsck`
// names the rule.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { copyDatabase, emptyDatabase, on_postgres, sql } from '../lib/database.mjs';
import { runMuster, temporaryFolder } from '../lib/muster.mjs';

const folder = temporaryFolder();
let sound;

// The rule, and what is done to it.
const damages = [
	['account', 'DELETE FROM account'],
	['seats_taken', 'UPDATE session SET seats_taken = seats_taken - 1 WHERE id = 2'],
	['seats_taken', "UPDATE enrollment SET answer = 'declined' WHERE id = 1"],
	['seats_over', 'UPDATE session SET seats_over = 1 WHERE id = 2'],
	['waiting', 'UPDATE session SET waiting = waiting + 1 WHERE id = 2'],
	['waiting_position', "UPDATE enrollment SET position = NULL WHERE status = 'waiting'"],
	['waiting_order', "UPDATE enrollment SET position = 1 WHERE status = 'waiting'"],
	['waiting_order', 'UPDATE session SET next_position = 1 WHERE waiting > 0'],
	['free_seat', 'UPDATE session SET capacity = seats_taken + 1, seats_over = 0 WHERE waiting > 0'],
	['one_enrollment', 'DROP INDEX enrollment_one', "INSERT INTO enrollment (user_id, training_id, status, access_at, announced_at, created_at) SELECT user_id, training_id, 'enrolled', access_at, announced_at, created_at FROM enrollment WHERE id = 1"],
	['session_of_training', 'UPDATE enrollment SET training_id = training_id + 1 WHERE id = 1'],
	['cancelled_at', 'UPDATE enrollment SET cancelled_at = 1 WHERE id = 1'],
	['enrollment_day', 'UPDATE enrollment_day SET day_id = (SELECT max(id) FROM day) WHERE enrollment_id = 1'],
	['answer_days', "INSERT INTO enrollment_day (enrollment_id, day_id, answer) SELECT e.id, d.id, 'declined' FROM enrollment e JOIN day d ON d.session_id = e.session_id WHERE e.answer = 'accepted' AND NOT EXISTS (SELECT 1 FROM enrollment_day x WHERE x.enrollment_id = e.id)", "UPDATE enrollment_day SET answer = 'declined' WHERE answer = 'accepted'"],
	['answer_days', "UPDATE enrollment SET answer = 'tentative' WHERE answer = 'accepted'"],
	['reply_day', 'UPDATE enrollment_day SET reply_stamp = 1'],
	['reply_of', "INSERT INTO reply (digest, item, at, outcome, sender, proven, attendee, method, partstat, comment) VALUES ('x', 0, 1, 'applied', '', 0, '', '', '', '')"],
	['result_days', "UPDATE enrollment_day SET result = 'absent' WHERE answer <> 'none'", "UPDATE enrollment SET result = 'attended', result_by_hand = 0"],
	['session_days', 'UPDATE session SET starts_at = starts_at - 60 WHERE id = 1'],
	['session_days', 'UPDATE session SET days = 3 WHERE id = 2'],
	['session_days', 'DELETE FROM day WHERE session_id = 1'],
	['day_position', 'UPDATE day SET position = 3 WHERE session_id = 2 AND position = 2'],
	['day_order', 'UPDATE day SET duration = duration + 60 WHERE id = 1'],
	['day_order', 'UPDATE day SET position = 3 - position WHERE session_id = 2'],
	['announced_early', 'UPDATE enrollment SET access_at = announced_at + 1 WHERE id = 1'],
	['not_told', 'UPDATE enrollment SET batch_id = 1 WHERE id = 1'],
	['told_early', 'UPDATE enrollment SET announced_at = NULL WHERE id = 1', "INSERT INTO notification (user_id, kind, enrollment_id, at) SELECT user_id, 'invited', id, 1 FROM enrollment WHERE id = 1"],
	['mailed_early', 'UPDATE enrollment SET announced_at = NULL WHERE id = 1', "INSERT INTO outbox (enrollment_id, kind, due_at, created_at) VALUES (1, 'choose', 1, 1)"],
	['invited_early', 'UPDATE enrollment SET announced_at = NULL WHERE id = 1', "INSERT INTO invitation (enrollment_id, position, state, address, summary, location, time_zone, start_at, end_at) VALUES (1, 1, 'invited', 'a@example.org', '', '', 'UTC', 1, 2)"],
	['cancel_uninvited', "INSERT INTO outbox (enrollment_id, position, kind, state, address, sent_at, due_at, created_at) VALUES (1, 1, 'cancel', 'sent', 'a@example.org', 1, 1, 1)"],
	['mail_order', "INSERT INTO outbox (enrollment_id, position, kind, state, address, sequence, sent_at, due_at, created_at) VALUES (1, 1, 'invite', 'sent', 'a@example.org', 0, 20, 1, 1), (1, 1, 'invite', 'sent', 'a@example.org', 1, 10, 1, 1)"],
	['sent', "INSERT INTO outbox (enrollment_id, kind, state, sent_at, due_at, created_at) VALUES (1, 'choose', 'sent', 1, 1, 1)"],
	['reminded', "INSERT INTO notification (user_id, kind, enrollment_id, at, due_at) SELECT user_id, 'reminder', id, 2, 1 FROM enrollment WHERE id = 1"],
	['reminded', "INSERT INTO notification (user_id, kind, enrollment_id, at) SELECT user_id, 'reminder', id, announced_at + 10 FROM enrollment WHERE id = 1"],
	['batch', "INSERT INTO batch (actor_id, status, total, done, access_at, when_full, created_at) VALUES (1, 'done', 2, 2, 1, 'wait', 1)"],
	['batch_trail', 'UPDATE enrollment SET batch_id = 1 WHERE id = 1'],
	['supervisors', "UPDATE users SET supervisor_id = (SELECT id FROM users WHERE login = 'maria') WHERE login = 'sven'"],
	['supervisors', "UPDATE users SET supervisor_id = id WHERE login = 'omar'"],
	['grants', "DELETE FROM grant_range WHERE permission = 'audit'"],
	['grants', "INSERT INTO grant_range (user_id, permission, lo, hi) VALUES (5, 'users.view', 0, 9)"],
	['grants', 'UPDATE user_role_department SET department_id = 5'],
	['password_link', "INSERT INTO outbox (id, user_id, kind, due_at, created_at) SELECT 9999, id, 'password_given', 1, 1 FROM users WHERE login = 'inactive'", "INSERT INTO password_link (user_id, kind, outbox_id, token_hash, created_at, expires_at) SELECT user_id, 'given', id, 'x', 1, 2 FROM outbox WHERE id = 9999"],
	['departments', "UPDATE department SET hi = hi + 4611686018427387904 WHERE name = 'Sales EMEA'"],
];

// What the database itself would not let pass.
const unguarded = on_postgres
	? [
			`DO $$ DECLARE c record; BEGIN
			FOR c IN SELECT conrelid::regclass AS t, conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace
			LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.t, c.conname); END LOOP; END $$`,
			'SET session_replication_role = replica',
		]
	: ['PRAGMA foreign_keys = OFF', 'PRAGMA ignore_check_constraints = ON'];

before(async () => {
	sound = await emptyDatabase(folder, 'sound.db');
	for (const command of ['migrate', 'demo'])
		assert.equal((await runMuster([command, '--db', sound])).code, 0, command);
});

const fsck = (address) => runMuster(['fsck', '--db', address]);

test('a demo database is sound, and every rule is damaged below', async () => {
	const { code, out } = await fsck(sound);
	assert.equal(code, 0, out);
	const rules = new Set(damages.map(([rule]) => rule)).size;
	assert.equal(out, `ok: ${rules + 1} rules hold\n`, 'the database is one more');
});

for (const [rule, ...statements] of damages)
	test(`${rule}: ${statements.at(-1)}`, async () => {
		const broken = await copyDatabase(sound, folder, 'broken.db');
		await sql(broken, ...unguarded, ...statements);
		const { code, out, err } = await fsck(broken);
		assert.equal(code, 1, out + err);
		assert.match(out, new RegExp(`^${rule}: [A-Z].+\\.$`, 'm'));
	});

test('each rule has its sentence', () => {
	const root = process.env.MUSTER_SOURCE ?? new URL('../..', import.meta.url).pathname;
	const sentences = readFileSync(`${root}/locale/en/fsck.txt`, 'utf8');
	for (const [rule] of damages) assert.match(sentences, new RegExp(`^fsck_${rule} = `, 'm'));
});
