// A batch is applied in slices. The commit of one is waited for by the next: only the last, and what anybody is told
// of, is durable by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { psql } from '../lib/database.mjs';
import { apiOf } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { assertSound, newTraining } from '../lib/organization.mjs';

const people = 6000; // more than are enrolled at once
const logins = Array.from({ length: people }, (_, i) => `user${i + 1}`);

// A deferred trigger runs within COMMIT, so that it sees how the transaction is committed.
const probe = [
	'CREATE TABLE probe (tx BIGINT, setting TEXT, UNIQUE (tx, setting))',
	`CREATE FUNCTION probe() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
		INSERT INTO probe VALUES (txid_current(), current_setting('synchronous_commit')) ON CONFLICT DO NOTHING; RETURN NULL; END $$`,
	'CREATE CONSTRAINT TRIGGER probe AFTER INSERT ON enrollment DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION probe()',
];

test('the slices of a batch wait for the disk once, at its end', async () => {
	const muster = await startMuster({ demo: true, seed: { users: people, departments: 10, trainings: 1, enrollments: 0 } });
	const api = await apiOf(muster, 'owner');
	const training = await newTraining(muster, api, [{ capacity: null }]);
	await psql(muster.db, ...probe);
	const commits = async () => (await psql(muster.db, 'SELECT setting FROM probe ORDER BY tx')).split('\n');
	const enroll = async (audience) => {
		await psql(muster.db, 'DELETE FROM probe');
		const { body } = await api.post('/enrollments', { audience, trainings: [{ training: training.id }] });
		await eventually(async () => (await api.expect(200, 'GET', `/batches/${body.batch ?? body.id}`)).status === 'done', { what: 'the batch is done' });
	};

	await enroll({ logins });
	const settings = await commits();
	assert.ok(settings.length > 2, settings.join());
	assert.equal(settings.at(-1), 'on');
	assert.deepEqual([...new Set(settings.slice(0, -1))], ['off']);

	await enroll({ logins: ['maria'] });
	assert.deepEqual(await commits(), ['on']);
	await assertSound(muster);
	await muster.stop();
});
