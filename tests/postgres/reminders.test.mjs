// Two nodes remind together: each participant once, whichever node comes first.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { psql } from '../lib/database.mjs';
import { apiOf } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { assertSound } from '../lib/organization.mjs';
import { startRelay } from '../lib/smtp.mjs';

const people = 400, sessions = 5, day = 86400;

test('two nodes remind everybody once', async () => {
	const relay = await startRelay();
	const args = ['--smtp', relay.url, '--undo-hold', '0'];
	const one = await startMuster({ demo: true, seed: { users: people, departments: 10, trainings: 1, enrollments: 0 }, args });
	const two = await startMuster({ db: one.db, args });
	const api = await apiOf(one, 'owner');
	const start = new Date((one.now() + 2 * day) * 1000).toISOString().slice(0, 16);
	const logins = Array.from({ length: people }, (_, i) => `user${i + 1}`);
	for (let i = 0; i < sessions; i++) {
		const t = await api.expect(201, 'POST', '/trainings', { title: `Together ${i}`, sessions: [{ title: 'All', days: [{ start, duration: 3600, time_zone: 'UTC' }] }] });
		await api.expect(201, 'POST', '/enrollments', { audience: { logins }, trainings: [{ training: t.id, session: t.sessions[0].id }] });
	}
	const count = async (what) => Number(await psql(one.db, `SELECT ${what} FROM notification WHERE kind = 'reminder'`));
	await eventually(async () => Number(await psql(one.db, "SELECT count(*) FROM notification WHERE kind = 'invited'")) >= people * sessions, { timeout: 60_000, what: 'the invitations' });
	await eventually(async () => Number(await psql(one.db, "SELECT count(*) FROM outbox WHERE state = 'waiting'")) === 0, { timeout: 120_000, what: 'an empty outbox' });
	for (const node of [one, two]) node.setClock(Date.parse(`${start}:00Z`) / 1000 - day + 5 - (node.now() - node.clock));
	await eventually(async () => (await count('count(*)')) >= people * sessions, { timeout: 60_000, what: 'the reminders' });
	assert.equal(await count('count(DISTINCT enrollment_id)'), people * sessions);
	assert.equal(await count('count(*)'), people * sessions);
	assert.equal(Number(await psql(one.db, "SELECT count(*) - count(DISTINCT enrollment_id) FROM outbox WHERE kind = 'reminder'")), 0);
	for (const node of [one, two]) assert.doesNotMatch(node.log, /jobs: reminders/);
	await assertSound(one);
});
