// The world of the scope tests (R3): an organization with a manager of some departments, an object of each kind inside
// and outside of them, and ways to ask for all of them on every route. What is exported fills up in setUp().
import assert from 'node:assert/strict';
import { decode } from './html.mjs';
import { apiOf, signedIn } from './http.mjs';
import { eventually, runMuster, startMuster } from './muster.mjs';
import { newTraining, wall } from './organization.mjs';
import { newImport } from './upload.mjs';

export const missing = '987654321';
const hold = 60;
export let muster, routes, admin, owner, manager, web;
export let me; // the manager
export let sees = []; // their permissions
export const by = {}; // users by login, departments by "/name"
export const outside = {},
	inside = {},
	forms = {};

// What {id} stands for where the handler asks itself (object "none").
const asked_by_handler = {
	'/me/trainings/{id}/choose': 'own enrollment',
	'/me/enrollments/{id}/answer': 'own enrollment',
	'/me/enrollments/{id}/leave': 'own enrollment',
	'/enrollments/{id}/invite.ics': 'own enrollment',
	'/api/v1/enrollments/{id}/answer': 'enrollment',
	'/api/v1/enrollments/{id}/leave': 'own enrollment',
	'/notifications/{id}/open': 'notification',
	'/outbox/{id}/retry': 'message',
	'/settings/tokens/{id}/revoke': 'token',
	'/users/{id}/access': 'user',
	'/roles/{id}': 'role',
	'/roles/{id}/delete': 'role',
};
// Every manager sees these of all trainings (R11): there is nothing outside but what is not there.
export const seen_by_all = (r) => ['training', 'session'].includes(r.object) && r.permission !== 'trainings.edit';
export const kind_of = (r) =>
	r.object !== 'none'
		? r.object
		: r.path.includes('{id}')
			? (asked_by_handler[r.path] ?? assert.fail(`${r.method} ${r.path}: say in asked_by_handler what {id} is`))
			: null;
export const is_api = (r) => r.path.startsWith('/api/');
export const is_safe = (r) => r.method === 'GET';
const machines = ['/healthz', '/metrics', '/a/{name}'];
export const at = (path, id) => path.replace('{id}', id);
export const name_of = (r) => `${r.method} ${r.path}`;

// Valid bodies for the API, by route; pages bring their forms.
const bodies = () => ({
	'PATCH /api/v1/users/{id}': { first_name: 'Taken' },
	'PATCH /api/v1/departments/{id}': { name: 'Taken' },
	'PATCH /api/v1/groups/{id}': { name: 'Taken' },
	'PATCH /api/v1/trainings/{id}': { title: 'Taken' },
	'PATCH /api/v1/sessions/{id}': { title: 'Taken' },
	'POST /api/v1/trainings/{id}/copy': { first_day: '2031-03-03' },
	'POST /api/v1/trainings/{id}/sessions': {
		title: 'Taken',
		days: [{ start: wall(muster, 99), duration: 3600, time_zone: 'Europe/Berlin' }],
	},
	'PATCH /api/v1/enrollments/{id}': { session: null },
	'POST /api/v1/enrollments/{id}/answer': { answer: 'accepted' },
	'POST /api/v1/enrollments/{id}/leave': undefined,
	'PUT /api/v1/sessions/{id}/results': { results: [{ user: by.maria.id, result: 'attended' }] },
	'POST /api/v1/batches/{id}/undo': undefined,
	'POST /api/v1/users/{id}/password-link': undefined,
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
	'/me/enrollments/{id}/leave': {},
	'/me/trainings/{id}/choose': { session: '1' },
	'/enroll/{id}/draft': { version: '1', message: 'Taken' },
	'/enroll/{id}/check': { version: '1', go: 'apply' },
	'/enroll/{id}/delete': {},
	'/batches/{id}/undo': {},
	'/imports/{id}/start': {},
	'/imports/{id}/cancel': {},
	'/settings/tokens/{id}/revoke': {},
};

export async function enroll(api, users, training, session) {
	const { batch } = await api.expect(201, 'POST', '/enrollments', {
		audience: { users: users.map((u) => u.id) },
		trainings: [{ training: training.id, session: session.id }],
	});
	const made = {};
	for (const u of users)
		made[u.login] = (await admin.all(`/users/${u.id}/enrollments`)).find((e) => e.training === training.id).id;
	return { batch, made };
}

export async function draftOf(reader, users, training) {
	const page = await reader.get('/enroll');
	const made = await reader.post('/enroll', {
		csrf: page.csrf,
		id: users.map((u) => u.id),
		training: training.id,
	});
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

// `who`: { login, role, make } – make(owner, by) gives that user the role, where the demo organization does not.
export async function setUp(who) {
	muster = await startMuster({ demo: true });
	routes = JSON.parse((await runMuster(['routes'])).out).filter((r) => !machines.includes(r.path));
	[admin, owner] = await Promise.all(['admin', 'owner'].map((login) => apiOf(muster, login)));
	for (const d of await owner.all('/departments')) by[`/${d.name}`] = d;
	await who.make?.(muster, owner, by);
	for (const user of await owner.all('/users')) by[user.login] = user;
	manager = await apiOf(muster, who.login);
	web = await signedIn(muster, who.login);
	me = by[who.login];
	sees = (await admin.all('/roles')).find((r) => [r.id, r.name].includes(who.role)).permissions;

	const theirs = await newTraining(muster, admin, [{}, {}], { title: 'Of the administrator' });
	const ours = await newTraining(muster, manager, [{}, {}], { title: 'Of the sales people' });
	const first = await enroll(admin, [by.omar, by.maria], theirs, theirs.sessions[0]);
	const second = await enroll(manager, [by.sven], ours, ours.sessions[0]);
	await enroll(admin, [by.omar], ours, ours.sessions[1]);
	const group = (name, users) => admin.expect(201, 'POST', '/groups', { name, members: users.map((u) => u.id) });
	// What roles there are is no secret between managers; who holds them is.
	const role = (await owner.expect(201, 'POST', '/roles', { name: 'Nobody’s', permissions: ['reports'] })).id;
	Object.assign(outside, {
		role,
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
		import: await newImport(await signedIn(muster, 'admin'), 'login,department', 'scope.import,Company'),
	});
	Object.assign(inside, {
		role,
		user: by.maria.id,
		department: by['/Sales EMEA'].id,
		group: (await group('Mixed people', [by.omar, by.maria])).id,
		training: ours.id,
		session: ours.sessions[0].id,
		enrollment: second.made.sven,
		'own enrollment': second.made.sven,
		batch: second.batch,
		draft: await draftOf(web, [by.maria], theirs),
		token: await tokenOf(who.login),
		import: sees.includes('users.edit')
			? await newImport(web, 'login,department', 'scope.import,Company / Sales')
			: missing,
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
}

// ---- objects

// An answer as it would be for any address: its own path is taken out, wherever it is echoed.
export function plain(page, path) {
	const text = typeof page.body === 'object' ? JSON.stringify(page.body) : (page.text ?? page.body);
	return text.replaceAll(path, 'PATH').replaceAll(encodeURIComponent(path), 'PATH');
}

export async function ask(r, id, { reader = web, api = manager } = {}) {
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

export async function world() {
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

// ---- lists

let everybody = []; // as the owner sees them
export const people_of = (api) => api.all('/users', 1000);

// Whether a text names one of `strangers`. Logins that are words of the interface are known by name, e-mail and link.
const words_too = new Set(['owner', 'admin', 'inactive', 'nomail']);
export function named(text, strangers, except_names) {
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

export async function strangersTo(api) {
	everybody = everybody.length ? everybody : await people_of(owner);
	const seen = new Set((await people_of(api)).map((u) => u.id));
	const me = (await api.expect(200, 'GET', '/me')).id;
	return everybody.filter((u) => !seen.has(u.id) && u.id !== me);
}

// All that a reader can look at: lists, and the pages of objects in reach; each also searched, filtered and sorted.
export function looks(objects) {
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

export async function assertNoStranger(reader, api, path, strangers, trainers) {
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

export async function askWithoutObject(r, reader, api) {
	if (is_api(r)) return api.call(r.method, r.path.slice('/api/v1'.length), {});
	return reader.post(r.path, { ...forms[r.path], csrf: (await reader.get('/settings')).csrf });
}
