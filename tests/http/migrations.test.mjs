// A database of each earlier version of the schema, with a day's work in it, is brought to the newest: nothing is lost,
// every rule holds, and the pages show it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { runMuster, startMuster, temporaryFolder } from '../lib/muster.mjs';
import { assertSound, newTraining } from '../lib/organization.mjs';
import { contents, databaseOf, migrate, newest, starts } from '../lib/versions.mjs';

const folder = temporaryFolder();
// What a migration was meant to change or drop: "table.column", or "table" for all of it, by the version that does it.
const meant = {};

function assertKept(before, after, version) {
	const changed = new Set(
		Object.entries(meant)
			.filter(([by]) => Number(by) > version)
			.flatMap(([, names]) => names),
	);
	for (const [table, columns] of Object.entries(before.columns)) {
		if (changed.has(table)) continue;
		const kept = columns.filter((name) => !changed.has(`${table}.${name}`));
		for (const name of kept) assert.ok(after.columns[table]?.includes(name), `${table}.${name} is still there`);
		const only = (rows) => rows.map((row) => JSON.stringify(kept.map((name) => JSON.parse(row)[name] ?? null))).sort();
		assert.deepEqual(only(after.rows[table]), only(before.rows[table]), `the rows of ${table}`);
	}
}

for (const version of starts) {
	test(`version ${version} with data becomes version ${newest}`, async () => {
		const address = await databaseOf(version, folder);
		const before = await contents(address);
		assert.ok(before.rows.enrollment.length > 50 && before.rows.outbox.length > 5, 'there is something to lose');
		assert.match(await migrate(address), new RegExp(`^schema ${newest}\n$`));
		assertKept(before, await contents(address, before.columns), version);
		const muster = await startMuster({ db: address });
		await assertSound(muster);

		const [admin, maria] = [await signedIn(muster, 'admin'), await signedIn(muster, 'maria')];
		assert.match((await admin.get('/users?q=lindqvist')).words, /Maria Lindqvist/);
		assert.match((await maria.get('/')).words, /Course 1/);
		const api = await apiOf(muster, 'owner');
		const course = (await api.all('/trainings')).find((t) => t.title === 'Course 1');
		for (const path of ['/', '/users', '/trainings', `/trainings/${course.id}`, `/trainings/${course.id}/participants`, '/outbox', '/audit', '/reports', '/groups', '/roles', '/enroll', '/users/import'])
			assert.equal((await admin.get(path)).status, 200, path);
		const there = await api.all(`/trainings/${course.id}/participants`);
		assert.equal(there.length, 6);

		// And work goes on: new rows get ids of their own.
		const next = await newTraining(muster, api);
		const body = { audience: { logins: ['maria', 'sven'] }, trainings: [{ training: next.id, session: next.sessions[0].id }] };
		assert.equal((await api.expect(201, 'POST', '/enrollments', body)).enrolled, 2);
		await assertSound(muster);
		await muster.stop();
	});
}

test('migrate goes to a version that there is, and never back', async () => {
	const address = await databaseOf(1, folder);
	for (const to of ['0', String(newest + 1), 'last']) {
		const { code, err } = await runMuster(['migrate', '--to', to, '--db', address]);
		assert.notEqual(code, 0);
		assert.match(err, /^muster: .*version/);
	}
	await migrate(address);
	assert.match(await migrate(address, 1), new RegExp(`^schema ${newest}\n$`));
});
