// Fields that name a user (supervisor, organizer, instructor) suggest by name whom the reader sees, and send the login.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';

const suggested = async (who, q) => {
	const answer = await who.get(`/users/suggest?q=${encodeURIComponent(q)}`);
	assert.equal(answer.status, 200);
	return [...answer.text.matchAll(/data-value="([^"]*)"/g)].map((m) => m[1]);
};

test('who is named in a field is suggested by name, within the scope, and only while active', async () => {
	const muster = await startMuster({ demo: true });
	const api = await apiOf(muster, 'owner');
	const [owner, manager, learner] = await Promise.all(['owner', 'dept.admin', 'maria'].map((login) => signedIn(muster, login)));
	const department = async (name) => (await api.all('/departments')).find((d) => d.name === name).id;
	const make = async (login, where, more = {}) =>
		api.expect(201, 'POST', '/users', { login, first_name: 'Zelda', last_name: login, department: await department(where), ...more });
	await make('zelda.in', 'Sales');
	await make('zelda.out', 'Engineering');
	await make('zelda.gone', 'Sales', { status: 'inactive' });
	// Many who have left, before the others by name, hide nobody.
	for (let i = 0; i < 30; i++) await make(`zelda.a${i}`, 'Sales', { status: 'ended' });

	assert.deepEqual(await suggested(owner, 'zeld'), ['zelda.in', 'zelda.out']);
	assert.deepEqual(await suggested(owner, 'zelda.out'), ['zelda.out']);
	assert.deepEqual(await suggested(manager, 'zelda'), ['zelda.in']);
	assert.deepEqual(await suggested(learner, 'zelda'), []);
	for (const nothing of ['', ' ', '%', '_', 'nobody at all']) assert.deepEqual(await suggested(owner, nothing), [], nothing);

	const { id } = (await api.all('/users?q=maria')).find((u) => u.login === 'maria');
	const training = (await api.expect(200, 'GET', '/trainings?limit=1')).items[0];
	for (const [path, name] of [[`/users/${id}`, 'supervisor'], ['/trainings/new', 'organizer'], [`/trainings/${training.id}/sessions/new`, 'instructor_user']]) {
		const { status, text } = await owner.get(path);
		assert.equal(status, 200, path);
		assert.match(text, new RegExp(`<input id="${name}"[^>]* role="combobox"[^>]* data-href="/users/suggest"`), path);
	}
	await owner.submit(await owner.get(`/users/${id}`), { field: 'supervisor' }, { supervisor: 'zelda.in' });
	const form = (await owner.get(`/users/${id}`)).form({ field: 'supervisor' });
	assert.equal(form.fields.find((f) => f.name === 'supervisor').value, 'zelda.in');
	await muster.stop();
});
