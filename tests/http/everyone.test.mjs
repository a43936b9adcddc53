// Who is in an enrollment, one by one: everybody can be taken out, also who came in by a rule; and a pasted list says
// what became of each line.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';
import { newTraining } from '../lib/organization.mjs';

let muster, api, web, users, emea;

before(async () => {
	muster = await startMuster({ demo: true });
	[api, web] = [await apiOf(muster, 'owner'), await signedIn(muster, 'owner')];
	users = Object.fromEntries((await api.all('/users')).map((u) => [u.login, u]));
	emea = (await api.all('/departments')).find((d) => d.name === 'Sales EMEA');
});

async function newDraft(visitor, fields = {}) {
	const { csrf } = await visitor.get('/enroll');
	const made = await visitor.post('/enroll', { csrf, ...fields });
	const path = made.location.replace(/\/\w+$/, '');
	return { path, page: (stage) => visitor.get(`${path}/${stage}`), post: (stage, more) => visitor.post(`${path}/${stage}`, { csrf, ...more }) };
}

test('who is in by a rule is taken out one by one, and stays out when it comes to it', async () => {
	const draft = await newDraft(web, { id: [users.maria.id, users.omar.id] });
	await draft.post('users', { department: emea.id, nested: 1, add_rule: 1 });
	const all = await draft.page('everyone');
	assert.equal(all.heading, 'Users in this enrollment');
	const count = Number(/(\d+) users/.exec(all.words)[1]);
	for (const name of ['Maria Lindqvist', 'Sven Okafor', 'Omar Haddad']) assert.match(all.words, new RegExp(name));

	// Omar by name only, Sven by the rule only, Maria by both.
	for (const login of ['omar', 'sven', 'maria'])
		assert.equal((await draft.post('everyone', { remove: users[login].id })).status, 303);
	const left = await draft.page('everyone');
	assert.match(left.words, new RegExp(`\\b${count - 3} users`));
	assert.doesNotMatch(left.words, /Maria Lindqvist|Sven Okafor|Omar Haddad/);
	const basket = (await draft.page('users')).words;
	assert.match(basket, /except Maria Lindqvist/);
	assert.match(basket, /except Sven Okafor/);
	assert.doesNotMatch(basket, /except Omar/);

	// Adding somebody again takes the exception back.
	await draft.post('users', { add: users.sven.id });
	assert.match((await draft.page('everyone')).words, /Sven Okafor/);

	const training = await newTraining(muster, api);
	await draft.post('users', { next: 1 });
	await draft.post('trainings', { add: training.id });
	await draft.post('trainings', { next: 1 });
	const parameters = await draft.page('parameters');
	const radio = parameters.forms.flatMap((f) => f.fields).find((f) => f.type === 'radio' && f.value === training.sessions[0].id);
	const version = parameters.forms.flatMap((f) => f.fields).find((f) => f.name === 'version').value;
	await draft.post('parameters', { version, [radio.name]: radio.value, go: 'enroll' });
	const enrolled = (await api.all(`/trainings/${training.id}/participants`)).map((e) => e.user);
	assert.equal(enrolled.length, count - 2);
	assert.ok(enrolled.includes(users.sven.id) && !enrolled.includes(users.maria.id));
});

test('a page that is no longer there is the last one; an empty one says so', async () => {
	const draft = await newDraft(web, { id: [users.maria.id] });
	for (const from of ['100', '-5', '99999999999999999999', 'x'])
		assert.match((await web.get(`${draft.path}/everyone?from=${from}`)).words, /Maria Lindqvist/, from);
	for (const remove of ['0', '-1', '99999999', 'x', users.omar.id])
		assert.equal((await draft.post('everyone', { remove })).status, 303, remove);
	await draft.post('everyone', { remove: users.maria.id, from: '0' });
	assert.match((await draft.page('everyone')).words, /Nobody is in this enrollment/);
});

test('somebody else, and who leaves the scope, is not shown (R3)', async () => {
	const manager = await signedIn(muster, 'dept.admin');
	const draft = await newDraft(manager, { id: [users.maria.id, users.omar.id] });
	const words = (await draft.page('everyone')).words;
	assert.match(words, /Maria Lindqvist/);
	assert.doesNotMatch(words, /Omar/);
	assert.equal((await web.get(`${draft.path}/everyone`)).status, 404);
	assert.equal((await web.post(`${draft.path}/everyone`, { csrf: (await web.get('/enroll')).csrf, remove: users.maria.id })).status, 404);
});

test('a pasted list says what became of each line, and gives back what was not found', async () => {
	const draft = await newDraft(web, { id: [users.maria.id] });
	const page = await draft.post('users', {
		paste: 'maria\nnobody\nSven Okafor <sven@example.org>; omar, omar\nnobody.else@example.org',
		add_paste: 1,
	});
	assert.match(page.words, /2 users added\. 1 was in the enrollment already\. 1 entry was there more than once\./);
	assert.match(page.words, /Not found, or not in your departments: nobody, nobody\.else@example\.org/);
	assert.equal(page.forms.flatMap((f) => f.fields).find((f) => f.name === 'paste').value.trim(), 'nobody\nnobody.else@example.org');
	assert.match((await draft.page('everyone')).words, /3 users/);

	await draft.post('users', { paste: 'grace.kim', add_paste: 1 });
	assert.match((await draft.page('users')).words, /1 user added\./);

	// A login that looks like an address, and the address of the same person.
	await api.expect(201, 'POST', '/users', { login: 'both@names', email: 'both@example.org', department: (await api.all('/departments'))[0].id });
	await draft.post('users', { paste: 'both@example.org\nboth@names', add_paste: 1 });
	assert.match((await draft.page('users')).words, /1 user added\. 1 entry was there more than once\./);
});

test('Undo stands on the result, among the own enrollments and in the history of the training, until it is announced', async () => {
	const training = await newTraining(muster, api);
	const make = (login) =>
		api.expect(201, 'POST', '/enrollments', {
			audience: { logins: [login] },
			trainings: [{ training: training.id, session: training.sessions[0].id }],
			access_at: new Date((muster.now() + 3600) * 1000).toISOString(),
		});
	const [first, second] = [await make('maria'), await make('omar')];
	const history = `/trainings/${training.id}/history`;
	const offers = async (visitor, path) => {
		const page = await visitor.get(path);
		return page.forms.map((f) => /^\/batches\/(\d+)\/undo$/.exec(new URL(f.action, page.url).pathname)?.[1]).filter(Boolean);
	};
	for (const path of ['/enroll', history]) {
		const shown = await offers(web, path);
		assert.ok(shown.includes(first.batch) && shown.includes(second.batch), path);
	}
	const other = await newTraining(muster, api);
	assert.deepEqual(await offers(web, `/trainings/${other.id}/history`), [], 'of this training only');
	assert.deepEqual(await offers(await signedIn(muster, 'dept.admin'), history), [], 'of whoever made it');

	const page = await web.get(history);
	const done = await web.submit(page, { action: `/batches/${first.batch}/undo` });
	assert.equal(done.status, 303);
	assert.match((await web.get(done.location)).words, /1 enrollment was taken back/);
	assert.deepEqual(await offers(web, history), [second.batch]);

	muster.setClock(muster.clock + 7200);
	assert.deepEqual(await offers(web, history), [], 'it was announced');
	assert.ok(!(await offers(web, '/enroll')).includes(second.batch));
});
