// The door: whose requests count, what cookies and headers say, how sign-ins begin and end.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Api, apiOf, signedIn, Web } from '../lib/http.mjs';
import { demo_password, eventually, runMuster, startMuster } from '../lib/muster.mjs';
import { newUser } from '../lib/organization.mjs';

const policy =
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types app";
const password = 'a long enough password';
let muster, admin, owner, web, routes, department;

before(async () => {
	muster = await startMuster({ demo: true });
	[admin, owner] = await Promise.all(['admin', 'owner'].map((login) => apiOf(muster, login)));
	web = await signedIn(muster, 'admin');
	routes = JSON.parse((await runMuster(['routes'])).out);
	department = (await admin.all('/departments'))[0].id;
});

const is_page = (r) => !r.path.startsWith('/api/') && !['/healthz', '/metrics', '/a/{name}'].includes(r.path);
const filled = (path) => path.replaceAll('{id}', '1').replaceAll('{name}', 'x');

// A user of its own, with a password set by an administrator: { user, web, api }.
async function somebody(roles = []) {
	const user = await newUser(owner, department, roles.length ? { roles } : {});
	const by_owner = await signedIn(muster, 'owner');
	const page = await by_owner.get(`/users/${user.id}`);
	const set = await by_owner.submit(page, { action: `/users/${user.id}/password` }, { password });
	assert.equal(set.status, 303, set.words.slice(0, 300));
	return { user, web: await signedIn(muster, user.login, password), api: await apiOf(muster, user.login) };
}

// ---- whose requests

test('every unsafe page wants the token of its form', async () => {
	const unsafe = routes.filter((r) => is_page(r) && !['GET', 'HEAD'].includes(r.method));
	assert.ok(unsafe.length > 20);
	const other = (await (await signedIn(muster, 'owner')).get('/users')).csrf;
	for (const r of unsafe)
		for (const fields of [{}, { csrf: '' }, { csrf: 'x'.repeat(32) }, { csrf: other }]) {
			const answer = await web.post(filled(r.path), fields);
			assert.equal(answer.status, 403, `${r.path} ${JSON.stringify(fields)}`);
		}
});

test('a request of another site is refused, whatever token it has', async () => {
	const page = await web.get('/departments');
	const make = (name, headers) =>
		web.post('/departments', { csrf: page.csrf, name, parent: department }, { headers });
	const foreign = [
		{ origin: 'https://evil.example' },
		{ origin: 'null' },
		{ origin: `http://127.0.0.1:1` },
		{ origin: `${muster.url}.evil.example` },
		{ origin: `http://evil.example/${new URL(muster.url).host}` },
		{ 'sec-fetch-site': 'cross-site' },
		{ 'sec-fetch-site': 'same-site' },
	];
	for (const headers of foreign)
		assert.equal((await make('From elsewhere', headers)).status, 403, JSON.stringify(headers));
	assert.ok(!(await admin.all('/departments')).some((d) => d.name === 'From elsewhere'));
	assert.equal((await make('From here', { 'sec-fetch-site': 'same-origin' })).status, 303);
});

test('a sign-in cannot be pushed on somebody from elsewhere', async () => {
	const fresh = new Web(muster);
	assert.equal((await fresh.post('/login', { login: 'admin', password: demo_password })).status, 403);
	const page = await fresh.get('/login');
	const stranger = new Web(muster);
	assert.equal(
		(await stranger.post('/login', { csrf: page.csrf, login: 'admin', password: demo_password })).status,
		403,
		'the token is bound to the visitor',
	);
	assert.equal(
		(await fresh.submit(page, { field: 'Password' }, { login: 'admin', password: demo_password })).status,
		303,
	);
});

test('reading changes nothing: what deletes or undoes is no GET', async () => {
	for (const r of routes.filter((x) => x.method === 'GET')) assert.notEqual(r.kind, 'write', `${r.path} is read`);
	const page = await web.get('/logout', { follow: false });
	assert.equal(page.status, 405);
	assert.equal(page.headers.get('allow'), 'POST');
	assert.equal((await web.get('/users', { follow: false })).status, 200, 'still signed in');
});

// ---- cookies

test('the cookie is HttpOnly and SameSite=Lax; Secure where the reader came by TLS', async () => {
	const own = await startMuster({ demo: true, args: ['--proxy', '127.0.0.1/32'] });
	for (const [headers, secure] of [
		[{}, false],
		[{ 'x-forwarded-proto': 'https' }, true],
	])
		for (const server of [own, muster]) {
			const visitor = new Web(server, { headers });
			const page = await visitor.get('/login');
			const answer = await visitor.submit(
				page,
				{ field: 'Password' },
				{ login: 'maria', password: demo_password },
			);
			const cookies = [...page.headers.getSetCookie(), ...answer.headers.getSetCookie()];
			assert.ok(cookies.some((c) => c.startsWith('muster=')));
			for (const cookie of cookies) {
				assert.match(cookie, /; HttpOnly/);
				assert.match(cookie, /; SameSite=Lax/);
				assert.match(cookie, /; Path=\//);
				assert.doesNotMatch(cookie, /; Domain=/);
				assert.equal(/; Secure/.test(cookie), secure && server === own, 'a header from anybody is no proof');
			}
		}
});

test('signing out ends the sign-in, also for who kept the cookie', async () => {
	const { web: visitor } = await somebody();
	const kept = new Map(visitor.cookies);
	const page = await visitor.get('/');
	const out = await visitor.post('/logout', { csrf: page.csrf });
	assert.equal(out.status, 303);
	assert.equal(visitor.cookies.has('muster'), false);
	const thief = new Web(muster);
	thief.cookies = kept;
	const answer = await thief.get('/', { follow: false });
	assert.equal(answer.status, 303);
	assert.match(answer.location, /^\/login/);
});

test('a sign-in ends by itself when nobody uses it', async () => {
	const own = await startMuster({ demo: true });
	const visitor = await signedIn(own, 'maria');
	own.setClock(400 * 86_400);
	assert.match((await visitor.get('/', { follow: false })).location ?? '', /^\/login/);
});

test('each sign-in has a cookie of its own, and guesses open nothing', async () => {
	const a = await signedIn(muster, 'maria'),
		b = await signedIn(muster, 'maria');
	assert.notEqual(a.cookies.get('muster'), b.cookies.get('muster'));
	assert.ok(a.cookies.get('muster').length >= 32);
	for (const guess of [
		'',
		'x',
		a.cookies.get('muster').slice(0, -1),
		`${a.cookies.get('muster')}x`,
		'../../etc/passwd',
		'%00',
		"' OR 1=1 --",
	]) {
		const visitor = new Web(muster);
		visitor.cookies.set('muster', guess);
		assert.equal((await visitor.get('/users', { follow: false })).status, 303, guess);
	}
});

test('after sign-in one goes on to where one wanted to, and nowhere else', async () => {
	const evil = [
		'https://evil.example/',
		'//evil.example/',
		'///evil.example',
		'/\\evil.example',
		'\\\\evil.example',
		'/\t/evil.example',
		'\t//evil.example',
		'/\n/evil.example',
		' //evil.example',
		'javascript:alert(1)',
		'data:text/html,x',
		'/\r\nSet-Cookie: a=b',
		'@evil.example',
		'.evil.example',
		'http:evil.example',
	];
	for (const next of evil) {
		const visitor = new Web(muster);
		const page = await visitor.get(`/login?next=${encodeURIComponent(next)}`);
		assert.equal(page.status, 200);
		const answer = await visitor.submit(
			page,
			{ field: 'Password' },
			{ login: 'maria', password: demo_password, next },
		);
		assert.equal(answer.status, 303, JSON.stringify(next));
		const to = new URL(answer.headers.get('location'), muster.url);
		assert.equal(to.origin, muster.url, JSON.stringify(next));
		assert.equal(visitor.cookies.get('a'), undefined);
	}
	const visitor = new Web(muster);
	const long = await visitor.get(`/users?q=${'%C3%BC'.repeat(1000)}`, { follow: false });
	assert.deepEqual([long.status, long.location], [303, '/login'], 'what is too long for a head is left out');
	const asked = await visitor.get('/notifications?after=x%2Fy', { follow: false });
	assert.equal(asked.status, 303);
	const page = await visitor.get(asked.location);
	assert.equal(
		(await visitor.submit(page, { field: 'Password' }, { login: 'maria', password: demo_password })).location,
		'/notifications?after=x%2Fy',
	);
});

// ---- headers

test('every page carries the same strict headers, also those that say no', async () => {
	const pages = routes.filter((r) => is_page(r) && r.method === 'GET');
	const paths = [
		...pages.map((r) => filled(r.path)),
		'/nowhere',
		'/users/987654321',
		'/users?sort=nonsense',
		'/users?limit=-1',
	];
	for (const who of [web, new Web(muster), await signedIn(muster, 'maria')])
		for (const path of paths) {
			const page = await who.get(path, { follow: false });
			const name = `${path} (${page.status})`;
			assert.ok(page.status < 500, name);
			if (/^text\/calendar|^application\/json/.test(page.headers.get('content-type') ?? '')) continue;
			assert.equal(page.headers.get('content-security-policy'), policy, name);
			assert.equal(page.headers.get('x-content-type-options'), 'nosniff', name);
			assert.equal(page.headers.get('referrer-policy'), 'same-origin', name);
			assert.equal(page.headers.get('cross-origin-opener-policy'), 'same-origin', name);
			assert.equal(page.headers.get('cache-control'), 'no-store', name);
			assert.ok(page.headers.get('permissions-policy'), name);
			// A file is kept, never shown.
			const file = page.headers.get('content-disposition');
			if (path.endsWith('/export') && page.status === 200) {
				assert.match(file ?? '', /^attachment; filename="[\w.-]+"$/, name);
				continue;
			}
			assert.match(page.headers.get('content-type'), /^text\/html; charset=utf-8$/, name);
			assert.doesNotMatch(
				page.text,
				/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=|javascript:/i,
				`${name}: nothing inline`,
			);
		}
});

test('answers of the API are not sniffed and not kept', async () => {
	for (const path of ['/users', '/me', '/users/987654321']) {
		const answer = await admin.get(path);
		assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
		assert.equal(answer.headers.get('cache-control'), 'no-store');
	}
});

// ---- the API

test('the API takes a token and nothing else', async () => {
	const cookie = { cookie: [...web.cookies].map(([k, v]) => `${k}=${v}`).join('; ') };
	const nobody = new Api(muster.url);
	for (const headers of [
		{},
		cookie,
		{ authorization: 'Bearer' },
		{ authorization: 'Bearer x' },
		{ authorization: `Basic ${btoa(`admin:${demo_password}`)}` },
		{ authorization: `Token ${admin.token}` },
	]) {
		const answer = await nobody.get('/users', { headers });
		assert.equal(answer.status, 401, JSON.stringify(headers));
		assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
		assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
	}
	const pages = new Web(muster, { headers: { authorization: `Bearer ${admin.token}` } });
	assert.equal((await pages.get('/users', { follow: false })).status, 303, 'pages take the cookie only');
	assert.equal((await nobody.get('/no/such/thing')).status, 401);
	assert.equal((await admin.get('/no/such/thing')).status, 404);
});

test("with the form's own sign-in nothing can be posted to the API", async () => {
	const page = await web.get('/users');
	const answer = await web.request('POST', '/api/v1/departments', {
		body: JSON.stringify({ name: 'By cookie', parent: department, csrf: page.csrf }),
		headers: { 'content-type': 'application/json', origin: muster.url },
	});
	assert.equal(answer.status, 401);
});

test('a method that an address does not have is 405, and says which it has', async () => {
	const patterns = new Map();
	for (const r of routes) patterns.set(r.path, (patterns.get(r.path) ?? new Set()).add(r.method));
	const fits = (pattern, path) =>
		new RegExp(`^${pattern.replace('{id}', '\\d+').replace('{name}', '[^/]+')}$`).test(path);
	for (const path of [...patterns.keys()].map((p) => p.replace('{id}', '1').replace('{name}', 'x'))) {
		const allowed = new Set([...patterns].filter(([p]) => fits(p, path)).flatMap(([, methods]) => [...methods]));
		for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((m) => !allowed.has(m))) {
			const answer = path.startsWith('/api/')
				? await admin.call(method, path.slice('/api/v1'.length), method === 'GET' ? undefined : {})
				: await web.request(method, path, { headers: { origin: muster.url } });
			assert.equal(answer.status, 405, `${method} ${path}`);
			const said = new Set((answer.headers.get('allow') ?? '').split(/, */).filter((m) => m && m !== 'HEAD'));
			assert.deepEqual(said, allowed, `${method} ${path}`);
		}
	}
	for (const method of ['PROPFIND', 'FOO'])
		assert.ok([400, 405, 501].includes((await web.request(method, '/users')).status), method);
});

// ---- people who lose something

test('who is no longer active is out at once: cookie, token, sign-in', async () => {
	for (const status of ['inactive', 'ended']) {
		const { user, web: visitor, api } = await somebody();
		assert.equal((await api.get('/me')).status, 200);
		await admin.expect(200, 'PATCH', `/users/${user.id}`, { status });
		assert.equal((await api.get('/me')).status, 401);
		assert.equal((await visitor.get('/', { follow: false })).status, 303);
		await assert.rejects(signedIn(muster, user.login, password), /could not sign in/);
		assert.notEqual((await muster.cli(['token', user.login])).code, 0);
	}
});

test('who loses a role loses what it opened, with the next request', async () => {
	const { user, web: visitor, api } = await somebody([{ role: 'account_admin' }]);
	assert.equal((await visitor.get('/users', { follow: false })).status, 200);
	const page = await visitor.get('/departments');
	assert.equal((await api.get('/users')).status, 200);
	await owner.expect(200, 'PATCH', `/users/${user.id}`, { roles: [] });
	assert.equal((await api.get('/users')).status, 403);
	assert.equal((await visitor.get('/users', { follow: false })).status, 403);
	assert.equal(
		(await visitor.post('/departments', { csrf: page.csrf, name: 'Too late', parent: department })).status,
		403,
	);
});

test('a narrower scope is narrower at once', async () => {
	const departments = await admin.all('/departments');
	const id = (name) => departments.find((d) => d.name === name).id;
	const { user, api } = await somebody([{ role: 'department_admin', departments: [id('Sales')] }]);
	const [maria] = await admin.all('/users?q=lindqvist');
	assert.equal((await api.get(`/users/${maria.id}`)).status, 200);
	await owner.expect(200, 'PATCH', `/users/${user.id}`, {
		roles: [{ role: 'department_admin', departments: [id('Sales Americas')] }],
	});
	assert.equal((await api.get(`/users/${maria.id}`)).status, 404);
	await owner.expect(200, 'PATCH', `/departments/${id('Sales EMEA')}`, { parent: id('Sales Americas') });
	assert.equal((await api.get(`/users/${maria.id}`)).status, 200, 'a department that moves brings its people');
	await owner.expect(200, 'PATCH', `/departments/${id('Sales EMEA')}`, { parent: id('Sales') });
	assert.equal((await api.get(`/users/${maria.id}`)).status, 404);
});

test('a new password ends the sign-ins of before', async () => {
	const { user, web: visitor } = await somebody();
	const by_owner = await signedIn(muster, 'owner');
	const page = await by_owner.get(`/users/${user.id}`);
	assert.equal(
		(await by_owner.submit(page, { action: `/users/${user.id}/password` }, { password: 'another long password' }))
			.status,
		303,
	);
	assert.equal((await visitor.get('/', { follow: false })).status, 303);
	await assert.rejects(signedIn(muster, user.login, password), /could not sign in/);
	await signedIn(muster, user.login, 'another long password');
});

test('nobody gives a role above the own, or takes over who has one', async () => {
	const manager = await apiOf(muster, 'dept.admin');
	const [maria] = await admin.all('/users?q=lindqvist');
	const answer = await manager.patch(`/users/${maria.id}`, { roles: [{ role: 'owner' }] });
	assert.ok([403, 422].includes(answer.status), `${answer.status}`);
	assert.ok([403, 422].includes((await admin.patch(`/users/${maria.id}`, { roles: [{ role: 'owner' }] })).status));
	const [boss] = await admin.all('/users?q=bergstr%C3%B6m');
	assert.ok([403, 409, 422].includes((await admin.patch(`/users/${boss.id}`, { status: 'inactive' })).status));
	assert.deepEqual(
		(await admin.expect(200, 'GET', `/users/${maria.id}`)).roles.map((r) => r.role),
		['learner'],
	);
});

// ---- limits

test('guessing a password is slowed down, for that login only', async () => {
	const own = await startMuster({ demo: true, args: ['--limits', 'on'] });
	const visitor = new Web(own);
	const attempt = async (login, word) =>
		visitor.submit(await visitor.get('/login'), { field: 'Password' }, { login, password: word });
	const statuses = [];
	for (let i = 0; i < 14 && statuses.at(-1) !== 429; i++)
		statuses.push((await attempt('maria', `wrong ${i}`)).status);
	assert.deepEqual(new Set(statuses), new Set([422, 429]));
	const refused = await attempt('Maria', demo_password);
	assert.equal(refused.status, 429, 'the right one does not help now, nor another case');
	assert.ok(Number(refused.headers.get('retry-after')) > 0);
	assert.equal((await attempt('nobody.here', 'wrong')).status, 422);
	assert.equal((await attempt('sven', demo_password)).status, 303, 'others come in');
	visitor.cookies.clear();
	own.setClock(301);
	assert.equal((await attempt('maria', demo_password)).status, 303, 'after a while one may try again');
});

test('a login that is not there looks like a wrong password', async () => {
	const visitor = new Web(muster);
	const attempt = async (login) =>
		visitor.submit(await visitor.get('/login'), { field: 'Password' }, { login, password: 'wrong wrong wrong' });
	const [known, unknown, inactive] = [await attempt('omar'), await attempt('omer'), await attempt('inactive')];
	const same = (page, login) => page.text.replaceAll(login, 'LOGIN').replaceAll(page.csrf, 'TOKEN');
	assert.equal(same(unknown, 'omer'), same(known, 'omar'));
	assert.equal(same(inactive, 'inactive'), same(known, 'omar'));
});

test('without limits the program listens on loopback only, and with demo passwords too', async () => {
	for (const args of [
		['--limits', 'off', '--db', `${muster.db}.none`],
		['--db', muster.db],
	]) {
		const { code } = await runMuster(['serve', '--listen', '0.0.0.0:0', ...args], { timeout: 20_000 });
		assert.equal(code, 2, args.join(' '));
	}
});

// ---- the first user

test('the set-up link makes the owner, once', async () => {
	const own = await startMuster({});
	const link = (await eventually(() => /http\S+\/setup\?key=\S+/.exec(own.out), { what: 'the link' }))[0];
	const visitor = new Web(own);
	const guess = await visitor.get('/setup?key=guess');
	assert.equal(guess.status, 404);
	assert.match(guess.words, /Start the server again/);
	assert.equal((await visitor.get('/', { follow: false })).status, 403);
	const page = await visitor.get(link);
	assert.equal(page.status, 200);
	const fields = {
		account: 'Acme',
		time_zone: 'Europe/Berlin',
		login: 'boss',
		email: '',
		first_name: 'Bo',
		last_name: 'Ss',
	};
	for (const short of ['short', 'ä'.repeat(11)])
		assert.equal((await visitor.submit(page, { action: '/setup' }, { ...fields, password: short })).status, 422);
	assert.equal(
		(await visitor.submit(page, { action: '/setup' }, { ...fields, password, time_zone: 'Mars/Olympus' })).status,
		422,
	);
	const again = await visitor.get(link);
	assert.equal((await visitor.submit(again, { action: '/setup' }, { ...fields, password })).status, 303);
	await signedIn(own, 'boss', password);
	const used = await visitor.get(link);
	assert.equal(used.status, 404);
	assert.match(used.words, /set up already/);
	assert.doesNotMatch(used.words, /Start the server/);
	assert.equal(used.link('Sign in').href, '/login');
	const late = await visitor.submit(again, { action: '/setup' }, { ...fields, login: 'boss2', password });
	assert.equal(late.status, 404);
	const from = own.out.length;
	await own.restart();
	assert.doesNotMatch(own.out.slice(from), /setup\?key/);
});

test('figures are for this machine: what a proxy passes on is not from here, also when nobody told of the proxy', async () => {
	const status = async (headers) => (await fetch(`${muster.url}/metrics`, { headers })).status;
	assert.equal(await status({}), 200);
	for (const headers of [
		{ 'x-forwarded-for': '203.0.113.9' },
		{ 'x-forwarded-for': '127.0.0.1' },
		{ 'x-real-ip': '203.0.113.9' },
		{ forwarded: 'for=203.0.113.9' },
		{ 'x-forwarded-proto': 'https' },
	])
		assert.equal(await status(headers), 401, JSON.stringify(headers));
	const authorization = `Bearer ${await muster.token('owner')}`;
	assert.equal(await status({ 'x-forwarded-for': '203.0.113.9', authorization }), 200, 'a token with the permission');
});
