// What bad input gets: every form of every page and every body of the API, with what people and programs send. Never a
// 500, never a lost value, never somebody's words as markup. Forms are found on the pages, so that new ones are tried.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { forms as formsOf } from '../lib/html.mjs';
import { apiOf, signedIn, Web } from '../lib/http.mjs';
import { demo_password, eventually, runMuster, startMuster } from '../lib/muster.mjs';
import { assertSound, dayAt, newTraining, newUser, wall } from '../lib/organization.mjs';
import { newImport } from '../lib/upload.mjs';

let muster, admin, web, routes, root, support;
const ids = {};

const nasty = {
	script: `<script>alert(1)</script>`,
	quotes: `"'><img src=x onerror=alert(1)>`,
	lines: 'one\r\ntwo\nthree',
	long: 'ü'.repeat(10_000),
	'right to left': 'مرحبا \u202Eעולם\u202C',
	nul: 'a\0b',
	control: 'a\u0007\u001bb\u0085',
	empty: '',
	blank: ' \t ',
	number: '-99999999999999999999',
	emoji: '👩‍👩‍👧‍👦 zalgo̴̡̢',
	template: '{{7*7}}${7*7}%s%n',
	sql: `'; DROP TABLE users; --`,
};
const raw_markup = /<script>alert|<img src=x/i;
const is_page = (r) => !r.path.startsWith('/api/') && !['/healthz', '/metrics', '/a/{name}'].includes(r.path);
// Files are not shown by a browser: in them, text is text.
const assertPlain = (page, what) =>
	page.headers.get('content-disposition') ?? assert.doesNotMatch(page.text, raw_markup, what);
const patternOf = (path) => path.replace(/\/\d+(?=\/|$)/g, '/{id}');
const idOf = (r) => ids[r.object] ?? ids[r.path.split('/')[1]] ?? '1';
const filled = (r) => r.path.replace('{id}', idOf(r)).replace(/(?<=\/roles\/)\{name\}/, ids.role);

async function makeObjects() {
	const user = await newUser(admin, support.id);
	const t = await newTraining(muster, admin, [{ capacity: 3 }, { days: [dayAt(muster, 60), dayAt(muster, 61)] }]);
	const { batch } = await admin.expect(201, 'POST', '/enrollments', {
		audience: { users: [user.id] },
		trainings: [{ training: t.id, session: t.sessions[0].id }],
	});
	Object.assign(ids, {
		user: user.id,
		users: user.id,
		training: t.id,
		session: t.sessions[0].id,
		batch,
		department: (await admin.expect(201, 'POST', '/departments', { name: `Tried ${user.id}`, parent: root.id }))
			.id,
		group: (await admin.expect(201, 'POST', '/groups', { name: `Tried ${user.id}`, members: [user.id] })).id,
		enrollment: (await admin.all(`/users/${user.id}/enrollments`))[0].id,
	});
	ids.enrollments = ids.enrollment;
	ids.role = (await admin.expect(201, 'POST', '/roles', { name: `Tried ${user.id}`, permissions: ['enroll'] })).id;
	ids.import = await newImport(web, 'login,department', `tried.${user.id},${root.name}`);
	await newDraft();
}

async function newDraft() {
	const page = await web.get('/enroll');
	const made = await web.post('/enroll', { csrf: page.csrf, id: [ids.user], training: ids.training });
	ids.draft = /^\/enroll\/(\d+)\//.exec(made.location)[1];
	return ids.draft;
}

before(async () => {
	muster = await startMuster({ demo: true, args: ['--undo-hold', '3600'] });
	admin = await apiOf(muster, 'admin');
	web = await signedIn(muster, 'admin');
	routes = JSON.parse((await runMuster(['routes'])).out);
	const all = await admin.all('/departments');
	root = all.find((d) => d.parent === null);
	support = all.find((d) => d.name === 'Support');
	await makeObjects();
});

// ---- pages

// No browser keeps the file that was chosen.
const texts = (form) =>
	form.fields.filter((f) => f.name && !['hidden', 'checkbox', 'radio', 'select', 'file'].includes(f.type));
const chosen = ['hidden', 'checkbox', 'radio', 'select'];
const choices = (form) => form.fields.filter((f) => f.name && f.name !== 'csrf' && chosen.includes(f.type));

// What a browser without scripts makes of a typed value in that kind of field.
const asTyped = (field, value) =>
	field.type === 'textarea' ? value.replace(/\r\n?/g, '\n') : value.replace(/[\r\n]/g, '');

function valuesOf(form, changed) {
	const values = {};
	for (const f of form.fields) {
		if (!f.name || (['checkbox', 'radio'].includes(f.type) && !f.checked)) continue;
		for (const one of [f.value].flat()) (values[f.name] ??= []).push(one);
	}
	const pressed =
		form.buttons.find((b) => b.name && /Enroll|Check|Save|Add|Next|Apply/i.test(b.text)) ?? form.buttons[0];
	if (pressed?.name) values[pressed.name] = [pressed.value];
	return { ...values, ...changed };
}

// [{ page: how to get it, pattern, index }] of all forms that post something typed or chosen.
async function allForms() {
	const found = new Map();
	const paths = routes
		.filter((r) => is_page(r) && r.method === 'GET' && !r.path.includes('{name}') && !r.path.endsWith('.ics'))
		.map((r) => () => filled(r));
	paths.push(
		() => `/enroll/${ids.draft}/users?advanced=1`,
		() => `/enrollments/edit?id=${ids.enrollment}`,
		() => `/enrollments/result?id=${ids.enrollment}`,
		() => `/enroll/${ids.draft}/users?q=maria`,
	);
	for (const path of paths) {
		const page = await web.get(path(), { follow: false });
		if (page.status !== 200) continue;
		page.forms.forEach((form) => {
			if (form.method !== 'post' || form.action === '/logout') return;
			// By address and first field; numbers of objects in names do not count.
			const key = (f) =>
				`${patternOf(new URL(f.action, page.url).pathname)} ${f.fields.map((x) => x.name).find((n) => n && n !== 'csrf' && n !== 'version' && !/\d/.test(n))}`;
			if ([...texts(form), ...choices(form)].length && !found.has(key(form)))
				found.set(key(form), {
					pattern: key(form),
					path,
					fits: (f) => f.method === 'post' && key(f) === key(form),
				});
		});
	}
	return [...found.values()];
}

async function fresh({ path, fits }) {
	const page = await web.get(path(), { follow: false });
	// What a form did may have used its draft up.
	if (page.status === 303 && page.location.includes('/enroll/')) {
		await newDraft();
		return fresh({ path, fits });
	}
	return { page, form: page.forms.find(fits) };
}

function assertKept(answer, form, field, value, name) {
	assert.match(answer.text, /<div role="alert">/, `${name}: an error summary`);
	for (const [, target] of answer.text.matchAll(/<li><a href="#([^"]+)">/g))
		assert.ok(answer.text.includes(`id="${target}"`), `${name}: the summary leads to #${target}`);
	if (field.type === 'password') return;
	const again = formsOf(answer.text)
		.flatMap((f) => f.fields)
		.filter((f) => f.name === field.name);
	assert.ok(
		again.some((f) => asTyped(field, String(f.value)) === asTyped(field, value)),
		`${name}: what was typed is kept: ${JSON.stringify(again.map((f) => f.value)).slice(0, 200)}`,
	);
}

test('every form takes every text, or gives it back with words', async (t) => {
	const forms = await allForms();
	const typed = [];
	for (const f of forms) {
		const { form } = await fresh(f);
		if (form && texts(form).length) typed.push(f);
	}
	assert.ok(typed.length >= 12, `only ${typed.map((f) => f.pattern)}`);
	for (const f of typed)
		await t.test(f.pattern, async () => {
			const names = texts((await fresh(f)).form).map((x) => x.name);
			for (const name of names)
				for (const [kind, value] of Object.entries(nasty)) {
					// A password is hashed each time: some are enough.
					const { page, form } = await fresh(f);
					const field = form?.fields.find((x) => x.name === name);
					if (!field || (field.type === 'password' && !['script', 'nul', 'long'].includes(kind))) continue;
					const answer = await web.post(
						new URL(form.action, page.url).href,
						valuesOf(form, { [name]: value }),
					);
					const what = `${name} ${kind}`;
					assert.ok(
						[200, 204, 303, 400, 404, 409, 422].includes(answer.status),
						`${what}: ${answer.status} ${answer.words.slice(0, 200)}`,
					);
					assert.doesNotMatch(answer.text, raw_markup, what);
					if (answer.status === 422 && !['nul', 'control'].includes(kind))
						assertKept(answer, form, field, value, what);
					if (answer.status === 303)
						assert.doesNotMatch((await web.get(answer.location)).text, raw_markup, what);
				}
		});
});

test('every choice and hidden field that was tampered with is refused or ignored', async (t) => {
	const forms = await allForms();
	assert.ok(forms.length >= 20, `only ${forms.map((f) => f.pattern)}`);
	for (const f of forms)
		await t.test(f.pattern, async () => {
			const { form: first } = await fresh(f);
			for (const name of new Set(choices(first ?? { fields: [] }).map((x) => x.name)))
				for (const value of [nasty.script, nasty.nul, nasty.number, '', '0', '987654321', ['1', '2', '3']]) {
					const { page, form } = await fresh(f);
					if (!form) return;
					const answer = await web.post(
						new URL(form.action, page.url).href,
						valuesOf(form, { [name]: value }),
					);
					assert.ok(answer.status < 500, `${name}=${JSON.stringify(value)}: ${answer.status}`);
					assert.doesNotMatch(answer.text, raw_markup);
				}
			const { page, form } = await fresh(f);
			if (!form) return;
			const bare = await web.post(new URL(form.action, page.url).href, { csrf: page.csrf });
			assert.ok(bare.status < 500, `nothing but the token: ${bare.status}`);
		});
});

test('bytes that are no UTF-8 are refused everywhere', async () => {
	const page = await web.get('/users');
	for (const r of routes.filter((x) => is_page(x) && x.method === 'POST' && x.signed_in)) {
		const body = `csrf=${encodeURIComponent(page.csrf)}&name=%ff%fe&title=%c3%28&q=%ed%a0%80`;
		const answer = await web.request('POST', filled(r), {
			body,
			headers: { 'content-type': 'application/x-www-form-urlencoded', origin: muster.url },
		});
		assert.ok([400, 403, 404, 422].includes(answer.status), `${r.path}: ${answer.status}`);
	}
	for (const path of ['/users?q=%ff', '/users/%ff', '/enroll?x=%', '/trainings?q=%c3%28']) {
		const answer = await web.get(path, { follow: false });
		assert.ok([400, 404].includes(answer.status), `${path}: ${answer.status}`);
	}
});

test('no query breaks a page', async () => {
	const values = [
		nasty.script,
		nasty.quotes,
		nasty['right to left'],
		nasty.number,
		nasty.sql,
		'',
		'x'.repeat(2000),
		'%',
		'_',
		'-',
		'last',
		'AAAA',
		'9'.repeat(19),
	];
	const names = (
		'q sort after limit status department session answer state from to who action object group f1 op1 v1 ' +
		'find advanced month week date id changed trainings sessions group_by nested result format day seen'
	).split(' ');
	for (const r of routes.filter((x) => is_page(x) && x.method === 'GET' && x.signed_in))
		for (const value of values) {
			const page = await web.get(`${filled(r)}?${new URLSearchParams(names.map((n) => [n, value]))}`, {
				follow: false,
			});
			assert.ok(page.status < 500, `${r.path} ${value.slice(0, 30)}: ${page.status}`);
			assertPlain(page, r.path);
		}
	for (const name of names)
		for (const r of routes.filter(
			(x) => is_page(x) && x.method === 'GET' && x.signed_in && x.object === 'none',
		)) {
			const page = await web.get(`${filled(r)}?${new URLSearchParams([[name, nasty.quotes]])}`, {
				follow: false,
			});
			assert.ok(page.status < 500, `${r.path}?${name}: ${page.status}`);
			assertPlain(page, r.path);
		}
});

test('names that look like markup are text on every page', async () => {
	for (const name of [`${nasty.script}!`, `${nasty.quotes}!`]) {
		const user = await newUser(admin, support.id, { first_name: name, last_name: 'Markup' });
		await admin.expect(201, 'POST', '/groups', { name, members: [user.id] });
		// Paths are written with slashes.
		await admin.expect(201, 'POST', '/departments', { name: name.replaceAll('/', ''), parent: root.id });
		const t = await newTraining(
			muster,
			admin,
			[{ title: name, instructor: name, days: [dayAt(muster, 20, '09:00', { location: name })] }],
			{ title: name, description: name },
		);
		await admin.expect(201, 'POST', '/enrollments', {
			audience: { users: [user.id] },
			trainings: [{ training: t.id, session: t.sessions[0].id }],
			message: name,
		});
		const made = (await admin.all(`/users/${user.id}/enrollments`))[0];
		Object.assign(ids, {
			user: user.id,
			training: t.id,
			session: t.sessions[0].id,
			enrollment: made.id,
			batch: made.batch,
			import: await newImport(
				web,
				'login;department;last_name',
				`m.${made.id};${root.name};"${name.replaceAll('"', '""')}"`,
			),
		});
		await newDraft();
		for (const r of routes.filter((x) => is_page(x) && x.method === 'GET' && x.signed_in))
			assertPlain(await web.get(filled(r)), r.path);
		assert.match((await web.get(`/trainings/${t.id}`)).text, /&lt;(script|img)/);
	}
	await makeObjects();
});

// ---- drafts and times

test("a draft is its owner's: others find nothing, and a used one leads to its result", async () => {
	const draft = await newDraft();
	const owner = await signedIn(muster, 'owner');
	const { csrf } = await owner.get('/enroll');
	for (const stage of ['', '/users', '/trainings', '/parameters', '/check', '/done'])
		assert.equal((await owner.get(`/enroll/${draft}${stage}`, { follow: false })).status, 404, stage);
	for (const stage of ['/users', '/trainings', '/parameters', '/check', '/draft', '/delete'])
		assert.equal(
			(await owner.post(`/enroll/${draft}${stage}`, { csrf, version: '1', next: '1', go: 'enroll' })).status,
			404,
			stage,
		);
	const page = await web.get(`/enroll/${draft}/parameters`);
	assert.equal(page.status, 200, 'it is still there');

	const user = await newUser(admin, support.id),
		t = await newTraining(muster, admin);
	const first = await web.get('/enroll');
	const made = await web.post('/enroll', { csrf: first.csrf, user: user.id, training: t.id });
	const used = /^\/enroll\/(\d+)\//.exec(made.location)[1];
	const parameters = await web.get(`/enroll/${used}/parameters`);
	const done = await web.submit(
		parameters,
		{ button: 'Enroll' },
		{ [`session-${t.id}`]: t.sessions[0].id },
		{ button: 'Enroll' },
	);
	assert.equal(done.location, `/enroll/${used}/done`);
	for (const stage of ['users', 'trainings', 'parameters', 'check']) {
		const again = await web.get(`/enroll/${used}/${stage}`, { follow: false });
		assert.deepEqual([again.status, again.location], [303, `/enroll/${used}/done`], stage);
	}
	assert.equal((await admin.all(`/trainings/${t.id}/participants`)).length, 1);
});

test('a draft that changed in another tab: 409 with both, and nothing is lost', async () => {
	const draft = await newDraft();
	const tab = await web.get(`/enroll/${draft}/parameters`);
	assert.equal(
		(await web.submit(tab, { button: 'Check' }, { message: 'Words of the first tab' }, { button: 'Check' }))
			.status,
		303,
	);
	const late = await web.submit(
		tab,
		{ button: 'Check' },
		{ message: 'Words of the second tab' },
		{ button: 'Check' },
	);
	assert.equal(late.status, 409);
	assert.match(late.text, /Words of the second tab/, 'what was typed here');
	assert.match((await web.get(`/enroll/${draft}/parameters`)).text, /Words of the first tab/, 'what is stored');
	const again = await web.submit(late, { button: 'Check' }, {}, { button: 'Check' });
	assert.equal(again.status, 303, 'seen and sent again, it wins');
	assert.match((await web.get(`/enroll/${draft}/parameters`)).text, /Words of the second tab/);
	const saved = await web.post(`/enroll/${draft}/draft`, { csrf: tab.csrf, version: '1', message: 'Too late' });
	assert.equal(saved.status, 409, 'saving by the way says it too');
});

test('people and trainings that another tab added are not lost', async () => {
	const page = await web.get('/enroll');
	const made = await web.post('/enroll', { csrf: page.csrf });
	const draft = /^\/enroll\/(\d+)\//.exec(made.location)[1];
	const users = await Promise.all([newUser(admin, support.id), newUser(admin, support.id)]);
	const tabs = [await web.get(`/enroll/${draft}/users`), await web.get(`/enroll/${draft}/users`)];
	const add = (tab, user) => web.submit(tab, { field: 'add' }, { add: user.id });
	const first = await add(tabs[0], users[0]);
	assert.equal(first.status, 303);
	let second = await add(tabs[1], users[1]);
	if (second.status === 409) second = await add(second, users[1]);
	assert.equal(second.status, 303);
	assert.match((await web.get(`/enroll/${draft}/users`)).text, /data-status="2 users"/);
});

test('access dates: half ones, senseless ones, skipped hours, and the past', async () => {
	const draft = await newDraft();
	const send = async (access_date, access_time) =>
		web.submit(
			await web.get(`/enroll/${draft}/parameters`),
			{ button: 'Check' },
			{ access_date, access_time },
			{ button: 'Check' },
		);
	const year = Number(wall(muster, 400).slice(0, 4));
	const march = new Date(Date.UTC(year, 3, 0));
	march.setUTCDate(march.getUTCDate() - march.getUTCDay());
	const skipped = march.toISOString().slice(0, 10);
	for (const [date, time] of [
		[skipped, '02:30'],
		['2030-02-30', '09:00'],
		['next week', '09:00'],
		['2030-01-01', '25:00'],
		['2030-01-01', ''],
		['2030-01-01', '09:00xyz'],
		['99999-01-01', '09:00'],
	]) {
		const answer = await send(date, time);
		assert.equal(answer.status, 422, `${date} ${time}`);
		assertKeptValues(answer, { access_date: date, access_time: time });
	}
	const past = await send('2020-01-01', '09:00');
	assert.equal(past.status, 303);
	const check = await web.get(past.location);
	assert.equal(check.status, 200, check.words.slice(0, 200));
	assert.match(check.words, /past|at once|now/i, 'it is said that this means now');
});

function assertKeptValues(page, values) {
	const fields = page.forms.flatMap((f) => f.fields);
	for (const [name, value] of Object.entries(values))
		assert.ok(
			fields.some((f) => f.name === name && f.value === value),
			`${name} is still ${value}`,
		);
	assert.match(page.text, /<div role="alert">/);
	for (const [, target] of page.text.matchAll(/<li><a href="#([^"]+)">/g))
		assert.ok(page.text.includes(`id="${target}"`), `the summary leads to #${target}`);
}

test("a session's form: zones that do not exist, hours that are skipped or doubled", async () => {
	const page = await web.get(`/trainings/${ids.training}/sessions/new`);
	const form = page.form({ action: `/trainings/${ids.training}/sessions` });
	const name = (pattern) =>
		form.fields.find((f) => pattern.test(f.name))?.name ??
		assert.fail(`no field ${pattern}: ${form.fields.map((f) => f.name)}`);
	const [title, date, time, zone] = [name(/^title$/), name(/date/), name(/time(?!_zone)|start/), name(/zone/)];
	const year = Number(wall(muster, 400).slice(0, 4));
	const last_sunday = (month) => {
		const d = new Date(Date.UTC(year, month, 0));
		d.setUTCDate(d.getUTCDate() - d.getUTCDay());
		return d.toISOString().slice(0, 10);
	};
	for (const more of [
		{ [zone]: 'Mars/Olympus' },
		{ [date]: last_sunday(3), [time]: '02:30' },
		{ [date]: last_sunday(10), [time]: '02:30' },
		{ [date]: '2030-02-30' },
	]) {
		const typed = {
			[title]: 'Night shift',
			[date]: `${year}-06-03`,
			[time]: '09:00',
			[zone]: 'Europe/Berlin',
			...more,
		};
		const answer = await web.submit(page, { action: `/trainings/${ids.training}/sessions` }, typed);
		assert.equal(answer.status, 422, JSON.stringify(more));
		assertKeptValues(answer, { [title]: 'Night shift', [date]: typed[date], [time]: typed[time] });
	}
});

// ---- sign-in

test('whatever is typed at the door, it stays closed and stands', async () => {
	for (const value of Object.values(nasty)) {
		const visitor = new Web(muster),
			page = await visitor.get('/login');
		for (const fields of [
			...[{ login: value, password: 'x' }, { login: 'maria', password: value }],
			{ login: value, password: value, next: value },
		]) {
			const answer = await visitor.submit(page, { field: 'Password' }, fields);
			const long = new URLSearchParams(fields).toString().length > 60_000; // more than a stranger may send
			assert.ok([400, 422, ...(long ? [413] : [])].includes(answer.status), `${answer.status}`);
			assert.doesNotMatch(answer.text, raw_markup);
		}
	}
	await signedIn(muster, 'maria', demo_password);
});

// ---- the API

const api_path = (r) => filled(r).slice('/api/v1'.length);
const without_body = new Set(['/batches/{id}/undo', '/me/notifications/read', '/users/{id}/password-link', '/enrollments/{id}/leave'].map((p) => `POST /api/v1${p}`));
const takesBody = (r) =>
	r.path.startsWith('/api/') &&
	['POST', 'PATCH', 'PUT'].includes(r.method) &&
	!without_body.has(`${r.method} ${r.path}`) &&
	!r.path.endsWith('/import');

test('JSON that is none is 400, another type 415, too much of it 413', async () => {
	const with_body = routes.filter(takesBody);
	assert.ok(with_body.length >= 14);
	for (const r of with_body) {
		const send = (body, type = 'application/json') =>
			admin.call(r.method, api_path(r), body, {
				raw: true,
				headers: { ...(type ? { 'content-type': type } : {}) },
			});
		for (const body of [
			'',
			'{',
			'[]',
			'null',
			'"text"',
			'{"a":1,}',
			"{'a':1}",
			'{"a":1}{"b":2}',
			'{"a":1,"a":2}',
			'{"a":"\\ud800"}',
			`${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`,
			'{"a":1e999}',
			'{"a":"\0"}',
			'{"a":"\\u0000"}',
		]) {
			const answer = await send(body);
			assert.equal(
				answer.status,
				400,
				`${r.method} ${r.path} ${body.slice(0, 30)}: ${JSON.stringify(answer.body).slice(0, 200)}`,
			);
			assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
		}
		for (const type of [
			'text/plain',
			'application/x-www-form-urlencoded',
			'multipart/form-data; boundary=x',
			'application/jsonp',
			'',
		])
			assert.equal((await send('{}', type)).status, 415, `${r.method} ${r.path} as ${type}`);
		const large = await send(`{"title":"${'x'.repeat((/\/enrollments(\/plan)?$/.test(r.path) ? 17 : 2) << 20)}"}`).catch(
			(e) => ({ status: e.cause?.code ?? e.message }),
		);
		assert.ok(
			[413, 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(large.status),
			`${r.method} ${r.path} large: ${large.status}`,
		);
	}
	assert.equal((await admin.get('/me')).status, 200);
});

test('too large a form is 413, and the program goes on', async () => {
	const page = await web.get('/departments');
	const answer = await web
		.post('/departments', { csrf: page.csrf, name: 'x'.repeat(2 << 20) })
		.catch((e) => ({ status: e.cause?.code }));
	assert.ok([413, 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(answer.status), `${answer.status}`);
	assert.equal((await web.get('/departments')).status, 200);
});

test('no text in a body breaks the API: an object, or a problem that names the field', async () => {
	const day = dayAt(muster, 90);
	const bodies = {
		'POST /users': {
			login: 'api',
			email: 'api@example.org',
			first_name: 'A',
			last_name: 'B',
			department: support.id,
			status: 'active',
			supervisor: null,
			fields: { job_title: 'x' },
			roles: [],
		},
		[`PATCH /users/${ids.user}`]: {
			first_name: 'A',
			last_name: 'B',
			email: 'api2@example.org',
			fields: { location: 'x' },
		},
		'POST /departments': { name: 'A', parent: root.id },
		[`PATCH /departments/${ids.department}`]: { name: 'A', parent: root.id },
		'POST /groups': { name: 'A', members: [ids.user] },
		'POST /groups rule': { name: 'B', rule: [{ field: 'login', op: 'contains', value: 'x' }] },
		[`PATCH /groups/${ids.group}`]: { name: 'A', members: [ids.user] },
		'POST /trainings': {
			title: 'A',
			description: 'B',
			organizer: null,
			sessions: [{ title: 'S', instructor: 'I', instructor_user: null, capacity: 3, days: [day] }],
		},
		[`PATCH /trainings/${ids.training}`]: { title: 'A', description: 'B' },
		[`POST /trainings/${ids.training}/sessions`]: {
			title: 'S',
			instructor: 'I',
			capacity: 3,
			days: [{ ...day, url: 'https://example.org/' }],
		},
		[`PATCH /sessions/${ids.session}`]: { title: 'S', instructor: 'I', capacity: 5 },
		'POST /enrollments/plan': {
			audience: {
				users: [ids.user],
				logins: ['x'],
				emails: ['x@y.z'],
				departments: [{ id: support.id, nested: true }],
				groups: [ids.group],
				filter: [{ field: 'login', op: 'is', value: 'x' }],
				except: [ids.user],
			},
			trainings: [{ training: ids.training, session: ids.session }],
			access_at: null,
			when_full: 'wait',
			on_clash: 'warn',
			message: 'x',
			decisions: [{ user: ids.user, training: ids.training, do: 'skip' }],
		},
		[`PATCH /enrollments/${ids.enrollment}`]: {
			access_at: '2031-01-01T00:00:00Z',
			session: ids.session,
			when_full: 'wait',
		},
		[`POST /enrollments/${ids.enrollment}/answer`]: { answer: 'accepted' },
		[`PUT /sessions/${ids.session}/results`]: {
			results: [{ user: ids.user, result: 'attended', score: 5, comment: 'x' }],
		},
	};
	const values = [...Object.values(nasty), null, true, 7, -1, 1.5, 1e30, [], {}, [null], [[]], { a: 1 }];
	for (const [call, body] of Object.entries(bodies)) {
		const [method, path] = call.split(' ');
		for (const [where, variant] of variants(body, values)) {
			const answer = await admin.call(method, path, variant);
			const name = `${call} ${where}`;
			assert.ok(
				[200, 201, 202, 400, 403, 404, 409, 422].includes(answer.status),
				`${name}: ${answer.status} ${JSON.stringify(answer.body)}`,
			);
			if (answer.status === 422) {
				assert.ok(answer.body.errors.length > 0, name);
				for (const e of answer.body.errors) assert.ok(e.field !== undefined && e.code && e.message, name);
			}
		}
	}
	await assertSound(muster);
});

// Every body that differs from a valid one in one value, with its path.
function* variants(body, values, path = '') {
	for (const [key, inner] of Object.entries(body)) {
		const where = path ? `${path}.${key}` : key;
		const put = (value) =>
			Array.isArray(body) ? body.map((v, i) => (String(i) === key ? value : v)) : { ...body, [key]: value };
		for (const value of values) yield [`${where}=${JSON.stringify(value)?.slice(0, 40)}`, put(value)];
		if (inner && typeof inner === 'object')
			for (const [w, changed] of variants(inner, values, where)) yield [w, put(changed)];
	}
	if (!Array.isArray(body))
		for (const name of ['__proto__', '', 'x'.repeat(1000), '<script>'])
			yield [`+${name.slice(0, 20)}`, { ...body, [name]: 1 }];
}

test('lists refuse what makes no sense, at the parameter', async () => {
	for (const r of routes.filter((x) => x.path.startsWith('/api/') && x.method === 'GET'))
		for (const query of [
			'limit=0',
			'limit=-1',
			'limit=1001',
			'limit=x',
			'limit=99999999999999999999',
			'after=x',
			'after=%00',
			'after=AAAAAAAA',
			'sort=x',
			'sort=-',
			'q=%27%22%3B',
			'status=x',
			'department=x',
			'department=-1',
			'session=x',
			'from=x',
			'to=2030-13-01T00:00:00Z',
			'object=x',
			'state=x',
			'group_by=x',
			'trainings=x,y',
		]) {
			const answer = await admin.get(`${api_path(r)}?${query}`);
			assert.ok([200, 400, 404, 422].includes(answer.status), `${r.path}?${query}: ${answer.status}`);
		}
	for (const path of [
		'/users/0',
		'/users/-1',
		'/users/x',
		'/users/1x',
		'/users/99999999999999999999',
		'/users/%31%00',
		'/users/1/',
		'/users//1',
		'/USERS',
	])
		assert.equal((await admin.get(path)).status, /%00/.test(path) ? 400 : 404, path);
});

test('after all this the program is well, and so is its data', async () => {
	await assertSound(muster);
	await eventually(async () => (await fetch(`${muster.url}/healthz`)).status === 200);
});
