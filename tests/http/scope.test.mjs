// R3, made from the table of routes: out of scope is the same as not there, on every address, in every list, count,
// suggestion and error. A route with an object that this file cannot fill fails, so that whoever adds one says here
// what stands outside.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { decode } from '../lib/html.mjs';
import { apiOf, signedIn, Web } from '../lib/http.mjs';
import { eventually, runMuster, startMuster } from '../lib/muster.mjs';
import { newTraining, wall } from '../lib/organization.mjs';

const missing = '987654321',
	hold = 60;
let muster, routes, admin, owner, manager, web;
let sees = []; // permissions of dept.admin
const by = {}; // users by login, departments by "/name"
const outside = {},
	inside = {},
	forms = {};

// What {id} stands for where the handler asks itself (object "none").
const asked_by_handler = {
	'/me/trainings/{id}/choose': 'own enrollment',
	'/me/enrollments/{id}/answer': 'own enrollment',
	'/enrollments/{id}/invite.ics': 'own enrollment',
	'/api/v1/enrollments/{id}/answer': 'enrollment',
	'/notifications/{id}/open': 'notification',
	'/outbox/{id}/retry': 'message',
	'/settings/tokens/{id}/revoke': 'token',
};
// Every manager sees these of all trainings (R11): there is nothing outside but what is not there.
const seen_by_all = (r) => ['training', 'session'].includes(r.object) && r.permission !== 'trainings.edit';
const kind_of = (r) =>
	r.object !== 'none'
		? r.object
		: r.path.includes('{id}')
			? (asked_by_handler[r.path] ?? assert.fail(`${r.method} ${r.path}: say in asked_by_handler what {id} is`))
			: null;
const is_api = (r) => r.path.startsWith('/api/');
const is_safe = (r) => r.method === 'GET';
const machines = ['/healthz', '/metrics', '/a/{name}'];
const at = (path, id) => path.replace('{id}', id);
const name_of = (r) => `${r.method} ${r.path}`;

// Valid bodies for the API, by route; pages bring their forms.
const bodies = () => ({
	'PATCH /api/v1/users/{id}': { first_name: 'Taken' },
	'PATCH /api/v1/departments/{id}': { name: 'Taken' },
	'PATCH /api/v1/groups/{id}': { name: 'Taken' },
	'PATCH /api/v1/trainings/{id}': { title: 'Taken' },
	'PATCH /api/v1/sessions/{id}': { title: 'Taken' },
	'POST /api/v1/trainings/{id}/sessions': {
		title: 'Taken',
		days: [{ start: wall(muster, 99), duration: 3600, time_zone: 'Europe/Berlin' }],
	},
	'PATCH /api/v1/enrollments/{id}': { session: null },
	'POST /api/v1/enrollments/{id}/answer': { answer: 'accepted' },
	'PUT /api/v1/sessions/{id}/results': { results: [{ user: by.maria.id, result: 'attended' }] },
	'POST /api/v1/batches/{id}/undo': undefined,
	'DELETE /api/v1/departments/{id}': undefined,
	'DELETE /api/v1/groups/{id}': undefined,
	'DELETE /api/v1/trainings/{id}': undefined,
	'DELETE /api/v1/sessions/{id}': undefined,
	'DELETE /api/v1/enrollments/{id}': undefined,
});
// Forms that stand on no page of these, since there was nothing to put them on.
const more_forms = {
	'/users/{id}/status': { status: 'inactive' },
	'/departments/{id}/delete': {},
	'/trainings/{id}/delete': {},
	'/outbox/{id}/retry': {},
	'/notifications/{id}/open': {},
	'/me/enrollments/{id}/answer': { answer: 'accepted' },
	'/me/trainings/{id}/choose': { session: '1' },
	'/enroll/{id}/draft': { version: '1', message: 'Taken' },
	'/enroll/{id}/check': { version: '1', go: 'apply' },
	'/enroll/{id}/delete': {},
	'/batches/{id}/undo': {},
	'/settings/tokens/{id}/revoke': {},
};

async function enroll(api, users, training, session) {
	const { batch } = await api.expect(201, 'POST', '/enrollments', {
		audience: { users: users.map((u) => u.id) },
		trainings: [{ training: training.id, session: session.id }],
	});
	const made = {};
	for (const u of users)
		made[u.login] = (await admin.all(`/users/${u.id}/enrollments`)).find((e) => e.training === training.id).id;
	return { batch, made };
}

async function draftOf(reader, users, training) {
	const page = await reader.get('/enroll');
	const made = await reader.post('/enroll', { csrf: page.csrf, id: users.map((u) => u.id), training: training.id });
	return /^\/enroll\/(\d+)\//.exec(made.location)[1];
}

async function tokenOf(login) {
	const reader = await signedIn(muster, login);
	const page = await reader.get('/settings');
	return page.forms.map((f) => /\/settings\/tokens\/(\d+)\/revoke/.exec(f.action)?.[1]).find(Boolean);
}

async function notificationOf(login) {
	const reader = await signedIn(muster, login);
	return eventually(
		async () => {
			const page = await reader.get('/notifications');
			return page.forms.map((f) => /\/notifications\/(\d+)\/open/.exec(f.action)?.[1]).find(Boolean);
		},
		{ what: `a notification of ${login}` },
	);
}

// The forms of all pages that an administrator sees, by the pattern of their action: fields as they stand there.
async function collectForms(reader) {
	for (const r of routes.filter((x) => is_safe(x) && x.signed_in && !is_api(x) && !x.path.endsWith('.ics'))) {
		const kind = kind_of(r);
		const page = await reader.get(at(r.path, inside[kind] ?? '0'), { follow: false });
		if (page.status !== 200) continue;
		for (const form of page.forms.filter((f) => f.method === 'post'))
			for (const action of [form.action, ...form.buttons.map((b) => b.action)].filter(Boolean)) {
				const path = new URL(action, page.url).pathname.replace(/\/\d+(?=\/|$)/g, '/{id}');
				const fields = {};
				for (const f of form.fields)
					if (f.name && f.name !== 'csrf' && !(['checkbox', 'radio'].includes(f.type) && !f.checked))
						fields[f.name] = f.value;
				forms[path] ??= fields;
			}
	}
	for (const [path, fields] of Object.entries(more_forms)) forms[path] ??= fields;
}

before(async () => {
	muster = await startMuster({ demo: true });
	routes = JSON.parse((await runMuster(['routes'])).out).filter((r) => !machines.includes(r.path));
	[admin, owner, manager] = await Promise.all(
		['admin', 'owner', 'dept.admin'].map((login) => apiOf(muster, login)),
	);
	web = await signedIn(muster, 'dept.admin');
	for (const user of await owner.all('/users')) by[user.login] = user;
	for (const d of await owner.all('/departments')) by[`/${d.name}`] = d;
	sees = (await admin.expect(200, 'GET', '/roles')).items.find((r) => r.id === 'department_admin').permissions;

	const theirs = await newTraining(muster, admin, [{}, {}], { title: 'Of the administrator' });
	const ours = await newTraining(muster, manager, [{}, {}], { title: 'Of the sales people' });
	const first = await enroll(admin, [by.omar, by.maria], theirs, theirs.sessions[0]);
	const second = await enroll(manager, [by.sven], ours, ours.sessions[0]);
	await enroll(admin, [by.omar], ours, ours.sessions[1]);
	const group = (name, users) => admin.expect(201, 'POST', '/groups', { name, members: users.map((u) => u.id) });
	Object.assign(outside, {
		user: by.omar.id,
		department: by['/Engineering'].id,
		group: (await group('Only engineers', [by.omar])).id,
		training: theirs.id,
		session: theirs.sessions[0].id,
		enrollment: first.made.omar,
		'own enrollment': first.made.omar,
		batch: first.batch,
		draft: await draftOf(await signedIn(muster, 'admin'), [by.omar], theirs),
		token: await tokenOf('admin'),
	});
	Object.assign(inside, {
		user: by.maria.id,
		department: by['/Sales EMEA'].id,
		group: (await group('Mixed people', [by.omar, by.maria])).id,
		training: ours.id,
		session: ours.sessions[0].id,
		enrollment: second.made.sven,
		'own enrollment': second.made.sven,
		batch: second.batch,
		draft: await draftOf(web, [by.maria], theirs),
		token: await tokenOf('dept.admin'),
	});
	muster.setClock(hold + 5);
	await eventually(async () => (await admin.all('/outbox')).some((m) => m.enrollment === first.made.omar), {
		what: 'a message to Omar',
	});
	outside.message = (await admin.all('/outbox')).find((m) => m.enrollment === first.made.omar).id;
	inside.message = (await admin.all('/outbox')).find((m) => m.enrollment === second.made.sven).id;
	outside.notification = await notificationOf('omar');
	const visitor = await signedIn(muster, 'admin');
	// The administrator's own draft has the stages; the other pages are the same for both.
	const kept = inside.draft;
	inside.draft = outside.draft;
	await collectForms(visitor);
	inside.draft = kept;
});

// ---- objects

// An answer as it would be for any address: its own path is taken out, wherever it is echoed.
function plain(page, path) {
	const text = typeof page.body === 'object' ? JSON.stringify(page.body) : (page.text ?? page.body);
	return text.replaceAll(path, 'PATH').replaceAll(encodeURIComponent(path), 'PATH');
}

async function ask(r, id, { reader = web, api = manager } = {}) {
	const path = at(r.path, id);
	if (is_api(r)) {
		const known = bodies();
		assert.ok(is_safe(r) || name_of(r) in known, `${name_of(r)}: give a valid body in bodies()`);
		const answer = await api.call(r.method, path.slice('/api/v1'.length), known[name_of(r)]);
		return { status: answer.status, plain: plain(answer, path), location: null };
	}
	if (is_safe(r)) {
		const page = await reader.get(path, { follow: false });
		return { status: page.status, plain: plain(page, path), location: page.location };
	}
	assert.ok(r.path in forms, `${name_of(r)}: no page has this form; give its fields in more_forms`);
	const fields = Object.fromEntries(Object.entries(forms[r.path]).filter(([k]) => k !== 'csrf'));
	const page = await reader.post(path, { ...fields, csrf: (await reader.get('/settings')).csrf });
	return { status: page.status, plain: plain(page, path), location: page.location };
}

async function world() {
	const all = {};
	for (const path of [
		'/users',
		'/departments',
		'/groups',
		'/trainings',
		`/trainings/${outside.training}/participants`,
		`/trainings/${inside.training}/participants`,
	])
		all[path] = await owner.all(path, 1000);
	all.batch = await owner.expect(200, 'GET', `/batches/${outside.batch}`);
	all.message = (await owner.all('/outbox')).find((m) => m.id === outside.message);
	return all;
}

test('what is out of scope answers like what is not there, on every route with an object', async (t) => {
	const before_all = await world();
	const with_object = routes.filter((r) => kind_of(r));
	assert.ok(with_object.length > 60);
	for (const r of with_object)
		await t.test(name_of(r), async () => {
			const kind = kind_of(r);
			const expected =
				r.permission && !sees.includes(r.permission) && !['training', 'session'].includes(r.object)
					? 403
					: 404;
			const nowhere = await ask(r, missing);
			assert.equal(nowhere.status, expected, 'not there');
			if (seen_by_all(r)) return;
			assert.ok(outside[kind], `${name_of(r)}: nothing known that is a ${kind} out of scope`);
			const there = await ask(r, outside[kind]);
			assert.equal(there.status, expected, 'out of scope');
			assert.equal(there.plain, nowhere.plain);
		});
	assert.deepEqual(await world(), before_all, 'and nothing was changed');
});

test('several enrollments at once: those out of scope are not there', async () => {
	for (const path of ['/enrollments/edit', '/enrollments/cancel', '/enrollments/result']) {
		const page = (id) => web.get(`${path}?id=${id}`, { follow: false });
		const [nowhere, there] = [await page(missing), await page(outside.enrollment)];
		assert.equal(there.status, nowhere.status, path);
		assert.equal(plain(there, `id=${outside.enrollment}`), plain(nowhere, `id=${missing}`), path);
		const csrf = (await web.get('/settings')).csrf;
		const send = (id) => web.post(path, { csrf, id, session: '0', result: 'absent', when_full: 'wait' });
		const [lost, out] = [await send(missing), await send(outside.enrollment)];
		assert.equal(out.status, lost.status, path);
		assert.equal(plain(out, `"${outside.enrollment}"`), plain(lost, `"${missing}"`), path);
	}
	assert.equal((await admin.expect(200, 'GET', `/enrollments/${outside.enrollment}`)).status, 'enrolled');
});

test('a link of somebody else opens nothing, and says the same as one that was never made', async () => {
	const visitor = new Web(muster);
	for (const tail of ['', '/invite.ics']) {
		const page = (id) => visitor.get(`/rsvp/${id}.${'A'.repeat(32)}${tail}`, { follow: false });
		const [nowhere, there] = [await page(missing), await page(outside.enrollment)];
		assert.equal(there.status, 404);
		assert.equal(plain(there, `${outside.enrollment}.`), plain(nowhere, `${missing}.`));
	}
});

test('what is named in a body or a form and is out of scope is not there either', async () => {
	const same = async (ask_with, out, status) => {
		const [nowhere, there] = [await ask_with(missing), await ask_with(out)];
		assert.equal(there.status, nowhere.status);
		assert.equal(there.status, status, plain(there, '"').slice(0, 300));
		assert.equal(plain(there, `"${out}"`), plain(nowhere, `"${missing}"`));
	};
	const training = (more) => manager.post('/trainings', { title: 'Named', ...more });
	await same((id) => manager.patch(`/users/${by.maria.id}`, { department: id }), outside.department, 422);
	await same((id) => manager.patch(`/users/${by.maria.id}`, { supervisor: id }), outside.user, 422);
	await same(
		(id) => manager.patch(`/users/${by.maria.id}`, { roles: [{ role: 'department_admin', departments: [id] }] }),
		outside.department,
		403,
	);
	await same((id) => manager.post('/users', { login: 'named', department: id }), outside.department, 422);
	await same((id) => training({ organizer: id }), outside.user, 422);
	await same(
		(id) =>
			training({
				sessions: [{ title: 'x', instructor_user: id, days: [{ start: wall(muster, 9), duration: 3600 }] }],
			}),
		outside.user,
		422,
	);
	const { csrf, forms: all } = await web.get(`/enroll/${inside.draft}/parameters`);
	const version = all.flatMap((f) => f.fields).find((f) => f.name === 'version').value;
	const [nobody, somebody] = [
		await web.post(`/enroll/${inside.draft}/users`, { csrf, version, add: missing }),
		await web.post(`/enroll/${inside.draft}/users`, { csrf, version, add: outside.user }),
	];
	assert.deepEqual([somebody.status, somebody.text], [422, nobody.text]);
	for (const query of ['department', 'status', 'q', 'group']) {
		const list = (id) => manager.get(`/users?${query}=${id}`);
		const out = query === 'department' ? outside.department : query === 'group' ? outside.group : 'omar';
		if (query === 'status') continue;
		const [nowhere, there] = [await list(missing), await list(out)];
		assert.deepEqual(
			[there.status, there.body.items ?? there.body],
			[nowhere.status, nowhere.body.items ?? nowhere.body],
			query,
		);
	}
});

// ---- lists

let everybody = []; // as the owner sees them
const people_of = (api) => api.all('/users', 1000);

// Whether a text names one of `strangers`. Logins that are words of the interface are known by name, e-mail and link.
const words_too = new Set(['owner', 'admin', 'inactive', 'nomail']);
function named(text, strangers, except_names) {
	const found = [];
	const has_word = (word) =>
		new RegExp(
			`(?<![\\p{L}\\p{N}.@_-])${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\p{L}\\p{N}_@-]|\\.\\p{L})`,
			'u',
		).test(text);
	for (const u of strangers) {
		const name = [u.first_name, u.last_name].filter(Boolean).join(' ');
		if (!except_names.has(name) && has_word(name)) found.push(name);
		if (!words_too.has(u.login) && has_word(u.login)) found.push(u.login);
		if (u.email && has_word(u.email)) found.push(u.email);
		if (new RegExp(`/users/${u.id}(?!\\d)`).test(text)) found.push(`/users/${u.id}`);
	}
	return [...new Set(found)];
}

// Members of JSON answers that hold a user's id.
function ids_in(value, found = []) {
	if (Array.isArray(value)) value.forEach((v) => ids_in(v, found));
	else if (value && typeof value === 'object')
		for (const [k, v] of Object.entries(value)) {
			if (['user', 'organizer', 'instructor_user', 'supervisor', 'actor'].includes(k) && v) found.push(v);
			else if (k === 'members' && Array.isArray(v)) found.push(...v);
			else ids_in(v, found);
		}
	return found;
}

async function strangersTo(api) {
	everybody = everybody.length ? everybody : await people_of(owner);
	const seen = new Set((await people_of(api)).map((u) => u.id));
	const me = (await api.expect(200, 'GET', '/me')).id;
	return everybody.filter((u) => !seen.has(u.id) && u.id !== me);
}

// All that a reader can look at: lists, and the pages of objects in reach; each also searched, filtered and sorted.
function looks(objects) {
	const paths = [];
	for (const r of routes.filter((x) => is_safe(x) && x.signed_in)) {
		const kind = kind_of(r);
		if (!kind) paths.push(r.path);
		else for (const id of objects[kind] ?? []) paths.push(at(r.path, id));
	}
	const out = [];
	for (const path of paths) {
		out.push(path);
		if (/\.ics$/.test(path)) continue;
		for (const query of [
			'q=omar',
			'q=Haddad',
			'q=example.org',
			'limit=200',
			'sort=name',
			'sort=-department',
			'status=cancelled',
			'after=last',
			`department=${outside.department}`,
			`session=${outside.session}`,
			`trainings=${outside.training}`,
			'group_by=department',
			`object=user:${outside.user}`,
			'advanced=1',
			`advanced=1&find=1&nested=1&department=${outside.department}`,
			`advanced=1&find=1&group=${outside.group}`,
			'advanced=1&find=1&f1=login&op1=is&v1=omar',
			'advanced=1&find=1&f1=email&op1=contains&v1=example',
			`training=${outside.training}`,
			'changed=1',
			`id=${outside.enrollment}`,
			`user=${outside.user}`,
			'state=waiting',
		])
			out.push(`${path}?${query}`);
	}
	return out;
}

async function assertNoStranger(reader, api, path, strangers, trainers) {
	if (path.startsWith('/api/')) {
		const answer = await api.get(path.slice('/api/v1'.length));
		assert.ok(answer.status < 500, path);
		const text = JSON.stringify(answer.body);
		assert.deepEqual(named(text.replaceAll('omar"', ''), strangers, trainers), [], path);
		const ids = new Set(strangers.map((u) => u.id));
		assert.deepEqual(
			ids_in(answer.body).filter((id) => ids.has(id)),
			[],
			`${path}: ids`,
		);
		return answer.status;
	}
	const page = await reader.get(path, { follow: false });
	assert.ok(page.status < 500, path);
	// What somebody typed into a search box stands in it again.
	const text = decode(page.text)
		.replace(/value="[^"]*"/g, (v) => (/^value="(omar|Haddad|example\.org)"$/.test(v) ? '' : v))
		.replace(/“(omar|Haddad|example\.org)”/g, '')
		.replace(/[?&;](?:amp;)?(q|v1)=omar/g, '');
	assert.deepEqual(named(text, strangers, trainers), [], path);
	return page.status;
}

test('no list, page or answer names anybody out of scope: a department administrator', async () => {
	const strangers = await strangersTo(manager);
	assert.ok(strangers.length > 30 && strangers.some((u) => u.login === 'omar'));
	const trainings = await manager.all('/trainings');
	// Who teaches is a fact of the session, a name or a user.
	const trainers = new Set(trainings.flatMap((x) => x.sessions.map((s) => s.instructor)).filter(Boolean));
	const objects = {
		...Object.fromEntries(Object.entries(inside).map(([k, id]) => [k, [id]])),
		training: trainings.map((x) => x.id),
		session: trainings.flatMap((x) => x.sessions.map((s) => s.id)),
	};
	// On the pages of what one organizes one sees all participants (R11).
	const own = new Set(trainings.filter((x) => x.organizer === by['dept.admin'].id).map((x) => x.id));
	objects.training = objects.training.filter((id) => !own.has(id));
	const statuses = {};
	for (const path of looks(objects)) {
		const status = await assertNoStranger(web, manager, path, strangers, trainers);
		statuses[status] = (statuses[status] ?? 0) + 1;
	}
	assert.ok(statuses[200] > 300, JSON.stringify(statuses));
});

test('a supervisor sees the people below and nobody else', async () => {
	const sven = await apiOf(muster, 'sven');
	const reader = await signedIn(muster, 'sven');
	assert.deepEqual(
		(await people_of(sven)).map((u) => u.login),
		['maria'],
	);
	const strangers = await strangersTo(sven);
	for (const path of looks({
		user: [by.maria.id],
		training: [outside.training, inside.training],
		session: [outside.session, inside.session],
		enrollment: [inside.enrollment],
	}))
		// Sven's own trainings have an organizer, whom participants may ask.
		await assertNoStranger(
			reader,
			sven,
			path,
			strangers.filter((u) => !['admin', 'dept.admin'].includes(u.login)),
			new Set(['Beatrix Horváth', 'Samuel Adeyemi']),
		);
});

test('suggestions know only who is in scope', async () => {
	const strangers = await strangersTo(manager);
	const suggest = (q) => web.get(`/enroll/${inside.draft}/suggest?q=${encodeURIComponent(q)}`);
	const nobody = (await suggest('no such person at all')).text;
	for (const u of strangers.slice(0, 12))
		for (const q of [u.login, u.email, `${u.first_name} ${u.last_name}`, u.last_name].filter(
			(x) => x && x.length > 1,
		)) {
			const page = await suggest(q);
			assert.equal(page.status, 200);
			assert.deepEqual(
				named(decode(page.text), strangers, new Set()).filter((x) => x !== q),
				[],
				q,
			);
			// Some are a part of somebody's in scope.
			if (q === u.login && !page.text.includes('role="option"'))
				assert.equal(page.text.replaceAll(encodeURIComponent(q), 'no%20such%20person%20at%20all'), nobody, q);
		}
	assert.match((await suggest('lindqvist')).words, /Maria Lindqvist/);
});

test('pasted names out of scope come back like those nobody has', async () => {
	const draft = await draftOf(web, [], { id: outside.training });
	const page = await web.get(`/enroll/${draft}/users`);
	const paste = async (words) => {
		const form = page.form({ field: 'paste' });
		const fields = Object.fromEntries(
			form.fields.filter((f) => f.type === 'hidden').map((f) => [f.name, f.value]),
		);
		const answer = await web.post(`/enroll/${draft}/users`, { ...fields, paste: words, add_paste: '1' });
		return { status: answer.status, text: answer.text };
	};
	const [out, none] = [await paste('omar'), await paste('rrrr')];
	assert.equal(out.status, none.status);
	assert.equal(
		out.text.replaceAll('omar', 'NAME').replace(/name="version" value="\d+"/g, ''),
		none.text.replaceAll('rrrr', 'NAME').replace(/name="version" value="\d+"/g, ''),
	);
});

test('rules that name what is out of scope add nothing, and are not named in the basket', async () => {
	const draft = await draftOf(web, [], { id: outside.training });
	const add = async (fields) => {
		const page = await web.get(`/enroll/${draft}/users`);
		const version = page.forms.flatMap((f) => f.fields).find((f) => f.name === 'version')?.value;
		return web.post(
			`/enroll/${draft}/users`,
			{ csrf: page.csrf, ...(version ? { version } : {}), add_rule: '1', ...fields },
			{ follow: true },
		);
	};
	for (const fields of [
		{ group: outside.group },
		{ department: outside.department, nested: '1' },
		{ f1: 'login', op1: 'is', v1: 'omar' },
	]) {
		const page = await add(fields);
		assert.doesNotMatch(page.words, /Only engineers|Engineering|Haddad/, JSON.stringify(fields));
		assert.match((await web.get(`/enroll/${draft}/users`)).text, /data-status="0 users"/);
	}
});

test('counts are those of the scope', async () => {
	const mine = new Set((await people_of(manager)).map((u) => u.id));
	const expected = (await people_of(owner)).filter((u) =>
		[by['/Sales'].id, by['/Sales EMEA'].id, by['/Sales Americas'].id].includes(u.department),
	);
	assert.deepEqual(mine, new Set(expected.map((u) => u.id)));
	// An empty list says so instead of counting.
	const found = async (path) =>
		Number((/data-status="([\d,]+) /.exec((await web.get(path)).text)?.[1] ?? '0').replace(',', ''));
	assert.equal(await found('/users'), mine.size);
	assert.equal(await found('/users?status=inactive'), expected.filter((u) => u.status === 'inactive').length);
	for (const t of await manager.all('/trainings')) {
		const all = await owner.all(`/trainings/${t.id}/participants`, 1000);
		const visible = t.organizer === by['dept.admin'].id ? all : all.filter((e) => mine.has(e.user));
		assert.deepEqual(
			new Set((await manager.all(`/trainings/${t.id}/participants`, 1000)).map((e) => e.id)),
			new Set(visible.map((e) => e.id)),
			t.title,
		);
		assert.equal(await found(`/trainings/${t.id}/participants`), visible.length, t.title);
		assert.equal(
			t.sessions.reduce((n, s) => n + s.seats_taken, 0),
			(await owner.expect(200, 'GET', `/trainings/${t.id}`)).sessions.reduce((n, s) => n + s.seats_taken, 0),
			'seats taken are a fact of the session',
		);
	}
	const messages = (await owner.all('/outbox', 1000)).filter((m) =>
		[outside.enrollment, inside.enrollment].includes(m.enrollment),
	);
	assert.deepEqual(
		(await manager.all('/outbox', 1000))
			.filter((m) => messages.some((x) => x.id === m.id))
			.map((m) => m.enrollment),
		[inside.enrollment],
	);
	const report = async (api) =>
		api.all(
			`/reports/attendance?group_by=training&trainings=${(await owner.all('/trainings')).map((t) => t.id).join(',')}`,
		);
	for (const line of await report(manager)) {
		if (line.key === inside.training) continue;
		const all = await owner.all(`/trainings/${line.key}/participants`, 1000);
		assert.equal(
			line.enrolled,
			all.filter((e) => mine.has(e.user) && e.status !== 'waiting').length,
			`${line.name}: enrolled`,
		);
	}
});

test('a group shows and counts the members in scope', async () => {
	const of_manager = await manager.all('/groups');
	assert.ok(!of_manager.some((g) => g.id === outside.group));
	assert.deepEqual(of_manager.find((g) => g.id === inside.group).members, [by.maria.id]);
});

test('the tree begins where the scope begins', async () => {
	const tree = await manager.all('/departments');
	assert.deepEqual(new Set(tree.map((d) => d.name)), new Set(['Sales', 'Sales EMEA', 'Sales Americas']));
	assert.equal(tree.find((d) => d.name === 'Sales').parent, null);
	assert.doesNotMatch((await web.get('/departments')).words, /Engineering|Support/);
	for (const page of [
		await web.get('/users/new'),
		await web.get(`/users/${by.maria.id}`),
		await web.get('/users'),
	]) {
		const options = page.forms
			.flatMap((f) => f.fields)
			.flatMap((f) => f.options ?? [])
			.map((o) => o.text);
		assert.ok(!options.some((o) => /Engineering|Support/.test(o)), page.path);
	}
});

test('who leaves the scope leaves the results, drafts and messages of before', async () => {
	const t = await newTraining(muster, admin);
	await enroll(manager, [by.maria], t, t.sessions[0]);
	const again = await manager.expect(201, 'POST', '/enrollments', {
		audience: { users: [by.maria.id] },
		trainings: [{ training: t.id, session: t.sessions[0].id }],
	});
	assert.equal(again.skipped[0].user, by.maria.id);
	const draft = await draftOf(web, [by.maria, by.sven], t);
	await admin.expect(200, 'PATCH', `/users/${by.maria.id}`, { department: by['/Engineering'].id });
	try {
		const skipped = (await manager.expect(200, 'GET', `/batches/${again.batch}`)).skipped;
		assert.ok(!skipped.some((s) => s.user === by.maria.id), 'the skipped of a batch');
		for (const path of [
			`/batches/${again.batch}`,
			`/enroll/${draft}/users`,
			`/enroll/${draft}/check`,
			'/enroll',
			'/outbox',
			'/notifications',
		])
			assert.doesNotMatch((await web.get(path)).words, /Lindqvist/, path);
		assert.match((await web.get(`/enroll/${draft}/users`)).text, /data-status="1 user"/);
	} finally {
		await admin.expect(200, 'PATCH', `/users/${by.maria.id}`, { department: by['/Sales EMEA'].id });
	}
});

// ---- those who manage nobody

test('a learner opens nothing of the managers', async () => {
	const maria = await apiOf(muster, 'maria');
	const reader = await signedIn(muster, 'maria');
	const managed = routes.filter((r) => r.signed_in && r.permission);
	assert.ok(managed.length > 80);
	for (const r of managed) {
		const kind = kind_of(r);
		const ids = kind ? [outside[kind], inside[kind], missing].filter(Boolean) : [''];
		for (const id of ids) {
			const { status } =
				kind || is_safe(r)
					? await ask(r, id, { reader, api: maria })
					: await askWithoutObject(r, reader, maria);
			assert.ok(status === 403 || status === 404, `${name_of(r)} ${id}: ${status}`);
		}
	}
});

async function askWithoutObject(r, reader, api) {
	if (is_api(r)) return api.call(r.method, r.path.slice('/api/v1'.length), {});
	return reader.post(r.path, { ...forms[r.path], csrf: (await reader.get('/settings')).csrf });
}

test('a learner sees of a training what is the own', async () => {
	const maria = await apiOf(muster, 'maria');
	for (const path of ['/me/calendar', '/me/notifications']) assert.equal((await maria.get(path)).status, 200);
	const other = await maria.post(`/enrollments/${outside.enrollment}/answer`, { answer: 'declined' });
	assert.equal(other.status, 404);
	assert.equal((await admin.expect(200, 'GET', `/enrollments/${outside.enrollment}`)).answer, 'none');
});

test('without a sign-in pages lead to it and the API says 401', async () => {
	const visitor = new Web(muster);
	for (const r of routes.filter((x) => x.signed_in)) {
		const path = r.path.replace('{id}', outside[kind_of(r)] ?? '1');
		const page = await visitor.request(
			r.method,
			path,
			is_safe(r) ? {} : { body: '', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
		);
		if (is_api(r)) {
			assert.equal(page.status, 401, name_of(r));
		} else {
			assert.equal(page.status, 303, name_of(r));
			assert.match(page.location, /^\/login(\?|$)/, name_of(r));
		}
	}
});
