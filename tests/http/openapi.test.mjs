// The OpenAPI document: valid, public, the same as the table of routes, with examples that fit; and the program does
// what it says: every call is made here, and every answer of every HTTP test is held against it (tests/lib/contract.mjs).
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Contract } from '../lib/contract.mjs';
import { decode } from '../lib/html.mjs';
import { Api, Web, apiOf, signedIn } from '../lib/http.mjs';
import { eventually, runMuster, startMuster } from '../lib/muster.mjs';
import { dayAt, newTraining, newUser } from '../lib/organization.mjs';

let muster, admin, maria, document, contract, routes;

before(async () => {
	muster = await startMuster({ demo: true });
	[admin, maria] = await Promise.all(['owner', 'maria'].map((login) => apiOf(muster, login)));
	document = await (await fetch(`${muster.url}/api/v1/openapi.json`)).json();
	contract = new Contract(document);
	// An id that may be a word is a name to the router, and an id to who calls.
	routes = JSON.parse((await runMuster(['routes'])).out)
		.filter((r) => r.path.startsWith('/api/v1/'))
		.map((r) => ({ ...r, path: r.path.replace('{name}', '{id}') }));
});

// ---- the document

test('it is OpenAPI 3.1', async () => {
	const validator = new Validator();
	const { valid, errors } = await validator.validate(structuredClone(document));
	assert.ok(valid, JSON.stringify(errors));
	assert.equal(validator.version, '3.1');
	assert.equal(document.openapi, '3.1.0');
});

test('anybody may read it, packed and from a cache', async () => {
	const address = `${muster.url}/api/v1/openapi.json`;
	const first = await fetch(address);
	assert.equal(first.status, 200);
	assert.equal(first.headers.get('content-type'), 'application/json');
	assert.equal(first.headers.get('content-encoding'), 'gzip');
	const etag = first.headers.get('etag');
	const again = await fetch(address, { headers: { 'if-none-match': etag } });
	assert.deepEqual([again.status, await again.text()], [304, '']);
	const plain = await fetch(address, { headers: { 'accept-encoding': 'identity' } });
	assert.equal(plain.headers.get('content-encoding'), null);
	assert.deepEqual(await plain.json(), await first.json());
	assert.equal((await new Api(muster, 'no token of ours').get('/openapi.json')).status, 200);
});

test('it has the calls of the table of routes, with what they need, and no others', () => {
	const row = (method, path, permission, object, open) => `${method} ${path} ${permission} ${object} ${open}`;
	const described = contract.operations.map(({ method, path, operation: o }) =>
		row(method, `/api/v1${path}`, o['x-permission'] ?? '', o['x-object'] ?? 'none', o.security?.length === 0),
	);
	const there = routes.map((r) => row(r.method, r.path, r.permission, r.object, !r.signed_in));
	assert.deepEqual(described.sort(), there.sort());
	const ids = contract.operations.map((o) => o.operation.operationId);
	assert.equal(new Set(ids).size, ids.length, 'operationIds are unique');
});

test('its examples fit its schemas', () => {
	let n = 0;
	const fits = (schema, examples, where) => {
		for (const example of examples) {
			n++;
			assert.equal(contract.misfit(schema, example), null, `${where}: ${JSON.stringify(example)}`);
		}
	};
	for (const [name, schema] of Object.entries(document.components.schemas))
		fits({ $ref: `#/components/schemas/${name}` }, schema.examples, name);
	for (const { method, path, operation } of contract.operations)
		for (const part of [operation.requestBody, ...Object.values(operation.responses)])
			for (const { schema, examples = {} } of Object.values(contract.resolve(part)?.content ?? {}))
				fits(schema, Object.values(examples).map((e) => e.value), `${method} ${path}`);
	assert.ok(n > 80, `${n} examples`);
});

test('answers have all of their members and no others', () => {
	const seen = new Set();
	const walk = (node, where) => {
		if (Array.isArray(node)) node.forEach((n) => walk(n, where));
		else if (node?.$ref) {
			if (seen.has(node.$ref)) return;
			seen.add(node.$ref);
			walk(contract.resolve(node), node.$ref);
		} else if (node && typeof node === 'object') {
			if (node.properties) {
				assert.equal(node.additionalProperties, false, `${where} has no unknown members`);
				assert.deepEqual([...node.required].sort(), Object.keys(node.properties).sort(), `${where} leaves nothing out`);
			}
			for (const [key, value] of Object.entries(node)) if (key !== 'examples') walk(value, where);
		}
	};
	for (const { path, operation } of contract.operations)
		for (const response of Object.values(operation.responses))
			for (const { schema } of Object.values(contract.resolve(response).content ?? {})) walk(schema, path);
	assert.ok(seen.size > 20);
});

// ---- the program does it

test('every call answers as described', async () => {
	const made = new Set();
	const call = async (status, who, method, path, body, options) => {
		const answer = await who.expect(status, method, path, body, options);
		const { path: known } = contract.find(method, path);
		made.add(`${method} ${known}`);
		return answer;
	};
	await call(200, admin, 'GET', '/openapi.json');

	const departments = await call(200, admin, 'GET', '/departments?limit=3');
	const root = departments.items[0].id;
	const department = await call(201, admin, 'POST', '/departments', { name: 'Contract', parent: root });
	await call(200, admin, 'GET', `/departments/${department.id}`);
	await call(200, admin, 'PATCH', `/departments/${department.id}`, { name: 'Contracts' });

	const user = await call(201, admin, 'POST', '/users', { login: 'contract', department: department.id, email: '' });
	assert.equal(user.email, null);
	await call(200, admin, 'PATCH', `/users/${user.id}`, {
		first_name: 'Con',
		last_name: 'Tract',
		supervisor: null,
		roles: [{ role: 'department_admin', departments: [department.id] }],
	});
	await call(200, admin, 'GET', `/users/${user.id}`);
	await call(422, admin, 'POST', `/users/${user.id}/password-link`);
	await call(200, admin, 'PATCH', `/users/${user.id}`, { email: 'contract@example.org' });
	await call(201, admin, 'POST', `/users/${user.id}/password-link`);
	await call(200, admin, 'GET', `/users?q=con&department=${department.id}&status=active&sort=-login`);
	const file = { raw: true, headers: { 'content-type': 'text/csv' } };
	await call(200, admin, 'POST', '/users/import?dry_run=1', 'login,department\ncontract.two,Company\n', file);
	await call(422, admin, 'POST', '/users/import', 'login,department\ncontract.two,Moon\n', file);
	await call(200, admin, 'GET', '/me');
	await call(200, admin, 'GET', '/roles');
	const role = await call(201, admin, 'POST', '/roles', { name: 'Contract', permissions: ['enroll'] });
	await call(200, admin, 'GET', `/roles/${role.id}`);
	await call(200, admin, 'PATCH', `/roles/${role.id}`, { name: 'Contracts' });
	await call(204, admin, 'DELETE', `/roles/${role.id}`);

	const group = await call(201, admin, 'POST', '/groups', { name: 'Contract', members: [user.id] });
	await call(200, admin, 'GET', '/groups?q=contract');
	await call(200, admin, 'GET', `/groups/${group.id}`);
	await call(200, admin, 'PATCH', `/groups/${group.id}`, {
		rule: [{ field: 'department', op: 'is', value: department.id }],
	});
	await call(204, admin, 'DELETE', `/groups/${group.id}`);

	const training = await call(201, admin, 'POST', '/trainings', { title: 'Contract', description: 'What it says.' });
	await call(200, admin, 'GET', '/trainings?q=contract');
	await call(200, admin, 'PATCH', `/trainings/${training.id}`, { closes_before: 3600 });
	const session = await call(201, admin, 'POST', `/trainings/${training.id}/sessions`, {
		title: 'First',
		capacity: 5,
		days: [dayAt(muster, 20), dayAt(muster, 21, '09:00', { url: 'https://example.org/room', location: null })],
	});
	await call(200, admin, 'GET', `/trainings/${training.id}`);
	await call(201, admin, 'POST', `/trainings/${training.id}/copy`, { first_day: '2031-03-03' });
	await call(200, admin, 'GET', `/sessions/${session.id}`);
	await call(200, admin, 'PATCH', `/sessions/${session.id}`, { instructor: 'Somebody' });

	const me = await call(200, maria, 'GET', '/me');
	const what = {
		audience: { users: [me.id], logins: ['nobody.at.all'], filter: [{ field: 'login', op: 'is', value: 'omar' }] },
		trainings: [{ training: training.id, session: session.id }],
	};
	const plan = await call(200, admin, 'POST', '/enrollments/plan?limit=1', what);
	assert.equal(plan.enroll, 2);
	const batch = await call(201, admin, 'POST', '/enrollments', { ...what, plan: plan.plan });
	await call(200, admin, 'GET', `/batches/${batch.batch}?limit=10`);
	await call(200, admin, 'POST', `/batches/${batch.batch}/undo`);
	await admin.expect(201, 'POST', '/enrollments', { ...what, access_at: '2020-01-01T00:00:00+02:00' });
	const [own] = await admin.all(`/users/${me.id}/enrollments`);
	await call(200, admin, 'GET', `/users/${me.id}/enrollments?status=scheduled&sort=-access`);
	await call(200, admin, 'GET', `/enrollments/${own.id}`);
	await call(200, admin, 'PATCH', `/enrollments/${own.id}`, { session: null });
	await call(200, admin, 'PATCH', `/enrollments/${own.id}`, { session: session.id, when_full: 'refuse' });
	muster.setClock(muster.clock + 120);
	await eventually(async () => (await admin.get(`/enrollments/${own.id}`)).body.announced_at);
	await call(200, maria, 'POST', `/enrollments/${own.id}/answer`, { answer: 'tentative' });
	await call(409, maria, 'POST', `/enrollments/${own.id}/leave`);
	const notes = await call(200, maria, 'GET', '/me/notifications');
	assert.ok(notes.items.some((n) => n.enrollment === own.id));
	const calendar = await call(200, maria, 'GET', '/me/calendar');
	assert.equal(calendar.items.filter((d) => d.session === session.id).length, 2);
	await call(200, admin, 'GET', `/trainings/${training.id}/participants?session=${session.id}&sort=session`);
	await call(200, admin, 'PUT', `/sessions/${session.id}/results`, {
		results: [{ user: me.id, result: 'attended', day: session.days[0].id, comment: 'Early.' }],
	});
	await call(200, admin, 'GET', `/reports/attendance?trainings=${training.id}&group_by=session`);
	await call(200, admin, 'GET', '/outbox?state=waiting&limit=5');
	await call(200, admin, 'GET', `/audit?object=enrollment/${own.id}`);
	await call(204, admin, 'DELETE', `/enrollments/${own.id}`);
	await call(204, admin, 'DELETE', `/sessions/${session.id}`);
	const empty = await newTraining(muster, admin, []);
	await call(204, admin, 'DELETE', `/trainings/${empty.id}`);
	const leaf = await admin.expect(201, 'POST', '/departments', { name: 'Leaf', parent: root });
	await call(204, admin, 'DELETE', `/departments/${leaf.id}`);

	const all = contract.operations.map((o) => `${o.method} ${o.path}`);
	assert.deepEqual(all.filter((o) => !made.has(o)), [], 'calls that nothing here makes');
});

test('every order of every list is one that the program knows', async () => {
	const [user] = await admin.all('/users?q=maria');
	const [training] = await admin.all('/trainings');
	let n = 0,
		tampered = 0;
	for (const { path, operation } of contract.operations) {
		const sort = (operation.parameters ?? []).find((p) => p.name === 'sort');
		if (!sort) continue;
		const at = path.replace('{id}', path.startsWith('/users') ? user.id : training.id);
		for (const order of sort.schema.enum) {
			const { next } = await admin.expect(200, 'GET', `${at}?sort=${order}&limit=1`);
			// Somebody's own bytes instead of the key that the cursor ends with.
			const [place] = /^(?:[^:]*:){4}/.exec(Buffer.from(next ?? '', 'base64url')) ?? [];
			for (const key of place ? ['\xff', 'a\0b'] : []) {
				const forged = Buffer.from(place + key, 'latin1').toString('base64url');
				await admin.expect(200, 'GET', `${at}?sort=${order}&limit=1&after=${forged}`);
				tampered++;
			}
			n++;
		}
		assert.equal((await admin.get(`${at}?sort=nothing`)).status, 422);
	}
	assert.ok(n > 40 && tampered > 40, `${n} orders, ${tampered} cursors`);
});

test('every list has pages of 1 to 1,000, and refuses others and cursors that are none', async () => {
	const [user] = await admin.all('/users?q=maria');
	const [training] = await admin.all('/trainings');
	let n = 0;
	for (const { method, path, operation } of contract.operations) {
		if (method !== 'GET' || !operation.parameters?.some((p) => p.$ref?.endsWith('/limit'))) continue;
		if (path === '/batches/{id}') continue;
		const at = path.replace('{id}', path.startsWith('/users') ? user.id : training.id);
		await admin.expect(200, 'GET', `${at}?limit=1000`);
		const one = await admin.expect(200, 'GET', `${at}?limit=1`);
		assert.ok(one.items.length <= 1);
		for (const query of ['limit=0', 'limit=1001', 'limit=-1', 'limit=x', 'after=nonsense']) {
			const answer = await admin.get(`${at}?${query}`);
			assert.equal(answer.status, 422, `${at}?${query}`);
			assert.equal(answer.body.errors[0].field, query.split('=')[0]);
		}
		n++;
	}
	assert.ok(n >= 12, `${n} lists`);
});

// ---- what the contract says of single calls

test('the checks come in their order: 401, 403, 404, then what was sent', async () => {
	const nobody = new Api(muster, null);
	const status = async (who, method, path, body, options) => (await who.call(method, path, body, options)).status;
	const text = { raw: true, headers: { 'content-type': 'text/plain' } };
	assert.equal(await status(nobody, 'GET', '/users?q=%zz'), 401);
	assert.equal(await status(admin, 'GET', '/users?q=%zz'), 400);
	assert.equal(await status(nobody, 'POST', '/users', 'x', text), 401);
	assert.equal(await status(maria, 'POST', '/users', 'x', text), 403);
	assert.equal(await status(admin, 'PATCH', '/users/999999', 'x', text), 404);
	assert.equal(await status(admin, 'POST', '/users', 'x', text), 415);
	assert.equal(await status(nobody, 'GET', '/nothing'), 401);
	assert.equal(await status(admin, 'GET', '/nothing'), 404);
	assert.equal(await status(admin, 'PUT', '/users', {}), 405);
	// What is wrong is told before what the state does not allow.
	const [past] = (await admin.all('/trainings?q=feedback')).flatMap((t) => t.sessions);
	assert.equal(await status(admin, 'PATCH', `/sessions/${past.id}`, { title: '', surprise: 1 }), 422);
});

test('what is not there is null, both ways', async () => {
	const [root] = await admin.all('/departments');
	const nothing = { email: null, first_name: null, last_name: null, supervisor: null };
	const made = await admin.expect(201, 'POST', '/users', { login: 'nothing.there', department: root.id, ...nothing });
	for (const name of Object.keys(nothing)) assert.equal(made[name], null, name);
	const named = await admin.expect(200, 'PATCH', `/users/${made.id}`, { first_name: 'Some', last_name: '' });
	assert.deepEqual([named.first_name, named.last_name], ['Some', null]);
	const t = await newTraining(muster, admin, [{ instructor: '', days: [dayAt(muster, 9, '10:00', { location: '', url: null })] }]);
	assert.deepEqual([t.description, t.sessions[0].instructor, t.sessions[0].capacity], [null, null, null]);
	assert.deepEqual([t.sessions[0].days[0].location, t.sessions[0].days[0].url], [null, null]);
});

test('participants see their own enrollment from the access date on', async () => {
	const t = await newTraining(muster, admin);
	const me = await maria.expect(200, 'GET', '/me');
	await admin.expect(201, 'POST', '/enrollments', {
		audience: { users: [me.id] },
		trainings: [{ training: t.id, session: t.sessions[0].id }],
	});
	const [{ id }] = await admin.all(`/trainings/${t.id}/participants`);
	assert.equal((await maria.get(`/enrollments/${id}`)).status, 404, 'not before');
	muster.setClock(muster.clock + 120);
	const seen = await eventually(async () => {
		const answer = await maria.get(`/enrollments/${id}`);
		return answer.status === 200 ? answer.body : null;
	});
	assert.deepEqual([seen.user, seen.status], [me.id, 'enrolled']);
	const omar = await apiOf(muster, 'omar');
	assert.equal((await omar.get(`/enrollments/${id}`)).status, 404, 'nobody else does');
	assert.equal((await maria.patch(`/enrollments/${id}`, { session: null })).status, 403, 'seeing is not changing');
	assert.equal((await admin.patch(`/enrollments/${id}`, { when_full: null })).status, 200);
});

test('what only a permission allows names what asked for it', async () => {
	const manager = await apiOf(muster, 'dept.admin');
	const t = await newTraining(muster, admin, [{ capacity: 1 }]);
	const me = await maria.expect(200, 'GET', '/me');
	const what = { audience: { users: [me.id] }, trainings: [{ training: t.id, session: t.sessions[0].id }] };
	for (const [more, field] of [
		[{ when_full: 'over' }, 'when_full'],
		[{ decisions: [{ user: me.id, training: t.id, do: 'over' }] }, 'decisions[0].do'],
	])
		for (const path of ['/enrollments/plan', '/enrollments']) {
			const answer = await manager.post(path, { ...what, ...more });
			assert.deepEqual([answer.status, answer.body.errors.map((e) => e.field)], [403, [field]]);
		}
});

test('a call without a body refuses members that it does not know', async () => {
	const t = await newTraining(muster, admin);
	const { batch } = await admin.expect(201, 'POST', '/enrollments', {
		audience: { logins: ['maria'] },
		trainings: [{ training: t.id, session: t.sessions[0].id }],
	});
	const refused = await admin.post(`/batches/${batch}/undo`, { surprise: 1 });
	assert.deepEqual([refused.status, refused.body.errors[0].code], [422, 'unknown_member']);
	assert.equal((await admin.post(`/batches/${batch}/undo`, {})).status, 200);
});

test('too large a body is a problem too, and a page of its own for a form', async () => {
	const large = `{"title":"${'x'.repeat(2 << 20)}"}`;
	// The server closes while the client may still be sending; then there is nothing to read.
	const answer = await admin
		.call('POST', '/trainings', large, { raw: true, headers: { 'content-type': 'application/json' } })
		.catch((error) => assert.match(error.cause?.code ?? '', /ECONNRESET|EPIPE|UND_ERR_SOCKET/, error.stack));
	if (answer) assert.deepEqual([answer.status, answer.body.status], [413, 413]);
});

// ---- what holds it together can fail

test('an answer that is not as described fails the test that gets it', async () => {
	const answer = await admin.get('/me');
	const check = (change, status = 200) => {
		const changed = { ...answer, status, body: change(structuredClone(answer.body)) };
		return () => contract.check('GET', '/me', changed);
	};
	check((b) => b)();
	const wrong = [
		(b) => ({ ...b, surprise: 1 }),
		(b) => (delete b.supervisor, b),
		(b) => ({ ...b, id: 17 }),
		(b) => ({ ...b, status: 'gone' }),
		(b) => ({ ...b, login: null }),
		(b) => ({ ...b, roles: [{ role: 'owner' }] }),
	];
	for (const change of wrong) assert.throws(check(change), assert.AssertionError, String(change));
	assert.throws(check((b) => b, 201), /which the document does not have/);
	assert.throws(check((b) => b, 404), assert.AssertionError);
	const made = await newUser(admin, answer.body.department);
	assert.throws(
		() => contract.check('PATCH', `/users/${made.id}`, answer, { surprise: 1 }),
		/a body that the document refuses/,
	);
});

// ---- the page

test('the pages in Settings say the same, to everybody who is signed in', async () => {
	const web = await signedIn(muster, 'maria');
	const settings = await web.get('/settings');
	const overview = await web.get(settings.links.find((l) => l.href === '/settings/api').href);
	assert.equal(overview.status, 200);
	assert.ok(overview.links.some((l) => l.href === '/api/v1/openapi.json'));
	assert.match(overview.words, new RegExp(`MUSTER=${muster.url}`));
	const pages = new Map();
	for (const { method, path, operation: o } of contract.operations) {
		const link = overview.links.find((l) => l.href.endsWith(`#${o.operationId}`));
		assert.ok(link, `${o.operationId} stands on the page`);
		assert.equal(link.text, `/api/v1${path}`);
		const at = link.href.split('#')[0];
		if (!pages.has(at)) pages.set(at, await web.get(at));
		const card = pages.get(at).text.split(`id="${o.operationId}"`)[1]?.split('</section>\n<section class="card"')[0];
		assert.ok(card, `${o.operationId} has an anchor`);
		assert.ok(card.includes(method) && card.includes(`/api/v1${path}`));
		if (o['x-permission']) assert.ok(card.includes(o['x-permission']), `${o.operationId} says its permission`);
		for (const p of o.parameters ?? [])
			if (p.in === 'query') assert.ok(card.includes(`<code>${p.name}</code>`), `${o.operationId} says ${p.name}`);
	}
	assert.equal((await web.get('/settings/api/nothing')).status, 404);
	assert.equal((await new Web(muster).request('GET', '/settings/api')).status, 303, 'nobody who is not');
});

test('a request of the page works as it stands there', async () => {
	const web = await signedIn(muster, 'maria');
	const page = await web.get('/settings/api/users');
	const example = decode(/curl -X POST[\s\S]*?-d (?:'|&#39;)([\s\S]*?)(?:'|&#39;) \\/.exec(page.text)[1]);
	const body = JSON.parse(example);
	const [department] = await admin.all('/departments');
	const own = { login: 'from.the.page', email: 'from.the.page@example.org', department: department.id };
	const roles = body.roles?.map((r) => ({ ...r, departments: [department.id] })) ?? [];
	const made = await admin.expect(201, 'POST', '/users', { ...body, ...own, roles });
	assert.equal(made.last_name, body.last_name);
});
