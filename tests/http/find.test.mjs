// Search or jump: what is found, by whom, and that nobody is ever suggested what they may not open.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { Web, apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';

let muster, admin;
const webs = {};
before(async () => {
	muster = await startMuster({ demo: true, args: ['--undo-hold', '0'] });
	admin = await apiOf(muster, 'admin');
	for (const login of ['admin', 'dept.admin', 'sven', 'maria']) webs[login] = await signedIn(muster, login);
});
const page = (login, q) => webs[login].get(`/find?q=${encodeURIComponent(q)}`);
const suggest = async (login, q) => {
	const { text } = await webs[login].get(`/find/suggest?q=${encodeURIComponent(q)}`);
	return [...text.matchAll(/role="option"[^>]*data-href="([^"]*)"[^>]*>(.*?)<\/div>/g)].map(([, href, html]) =>
		({ href, words: html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').trim() }));
};
const found = async (login, q, kind) => (await suggest(login, q)).filter((o) => o.href.startsWith(kind));
const user = async (login) => (await admin.all(`/users?q=${login}`)).find((u) => u.login === login);

test('users are found by any part of their name, login or address, without accents and case', async () => {
	const maria = await user('maria'), bjorn = await user('bjorn.akerman');
	for (const q of ['lindq', 'LINDQVIST maria', 'maria lind', 'maria@example.org', 'Mária']) {
		const hits = await found('admin', q, '/users/');
		assert.ok(hits.some((h) => h.href === `/users/${maria.id}`), q);
	}
	assert.equal((await found('admin', 'akerman', '/users/'))[0].href, `/users/${bjorn.id}`);
	assert.match((await found('admin', 'maria', '/users/'))[0].words, /Maria Lindqvist maria Sales EMEA/, 'the exact login comes first');
	const inactive = await found('admin', 'inactive', '/users/');
	assert.match(inactive[0].words, /Inactive/);
});

test('trainings by words of the title, sessions also by their own and by the instructor', async () => {
	assert.match((await found('admin', 'nego', '/trainings/'))[0].words, /^Negotiation basics Next: /);
	const sessions = await found('admin', 'negotiation morning', '/sessions/');
	assert.match(sessions[0].words, /^Negotiation basics – Morning workshop/);
	const t = await admin.expect(201, 'POST', '/trainings', { title: 'Öl & Fett', sessions: [{ title: 'Früh', instructor: 'Ærøskøbing', days: [
		{ start: '2031-02-03T09:00', duration: 3600, time_zone: 'Europe/Berlin' }] }] });
	assert.equal((await found('admin', 'ol fett', '/trainings/'))[0].href, `/trainings/${t.id}`);
	for (const q of ['fruh', 'ÖL früh', 'ærøsk'])
		assert.equal((await found('admin', q, '/sessions/'))[0].href, `/sessions/${t.sessions[0].id}`, q);
	await admin.expect(200, 'PATCH', `/sessions/${t.sessions[0].id}`, { title: 'Spät' });
	assert.deepEqual(await found('admin', 'fruh', '/sessions/'), [], 'by its new name only');
	assert.equal((await found('admin', 'spat', '/sessions/')).length, 1);
	await admin.expect(204, 'DELETE', `/sessions/${t.sessions[0].id}`);
	assert.deepEqual(await found('admin', 'spat', '/sessions/'), []);
});

test('pages and acts, those that the reader may open', async () => {
	const all = async (login) => new Set((await suggest(login, '')).map((o) => o.href));
	const admins = await all('admin'), hers = await all('maria'), his = await all('dept.admin');
	for (const href of ['/', '/users', '/users/new', '/trainings/new', '/enroll', '/audit', '/settings']) assert.ok(admins.has(href), href);
	for (const href of ['/', '/calendar', '/me/trainings', '/notifications', '/settings']) assert.ok(hers.has(href), href);
	for (const href of ['/users', '/users/new', '/trainings/new', '/enroll', '/audit', '/outbox', '/users/fields']) assert.ok(!hers.has(href), href);
	assert.ok(his.has('/enroll') && !his.has('/audit') && !his.has('/users/fields'));
	for (const [login, hrefs] of [['admin', admins], ['maria', hers], ['dept.admin', his]])
		for (const href of hrefs) assert.equal((await webs[login].get(href)).status, 200, `${login} opens ${href}`);
	assert.equal((await suggest('admin', 'audi'))[0].href, '/audit');
	assert.deepEqual((await suggest('dept.admin', 'enrollments'))[0], { href: '/enroll', words: 'Enrollments' }, 'by the name of the page');
});

test('each page that has an address of its own is found by its name, and each part of Settings', async () => {
	const owner = (webs.owner = await signedIn(muster, 'owner'));
	const routes = readFileSync(new URL('../../src/web/routes.def', import.meta.url), 'utf8');
	const paths = [...routes.matchAll(/^ROUTE\(GET,\s+"(\/[^"{]*)", page_\w+, \w+, USER/gm)].map((m) => m[1])
		.filter((p) => !/\/(export|suggest)$|^\/find|^\/enrollments\//.test(p));
	assert.ok(paths.length > 20 && paths.includes('/users/import'));
	const every = await suggest('owner', '');
	for (const path of paths) assert.ok(every.some((o) => o.href.split('#')[0] === path), path);
	for (const { href, words } of every) {
		assert.ok((await suggest('owner', words)).some((o) => o.href === href), words);
		const { status, text } = await owner.get(href.split('#')[0]);
		assert.equal(status, 200, href);
		if (href.includes('#')) assert.ok(text.includes(`id="${href.split('#')[1]}"`), href);
	}
	for (const [, title] of (await owner.get('/settings')).text.matchAll(/<h2[^>]*>([^<]*)<\/h2>/g))
		assert.ok((await suggest('owner', title)).some((o) => o.href.startsWith('/settings')), title);
	for (const [q, href] of [['import', '/users/import'], ['roles', '/roles'], ['audit', '/audit'], ['outbox', '/outbox'], ['API tokens', '/settings#tokens-title']])
		assert.ok((await suggest('owner', q)).some((o) => o.href === href), q);
	for (const q of ['import', 'new role', 'account settings', 'mail', 'new session', 'reports'])
		assert.deepEqual((await suggest('maria', q)).filter((o) => !o.href.startsWith('/me/')), [], q);
});

test('nothing out of scope is ever suggested', async () => {
	const scope = new Set((await (await apiOf(muster, 'dept.admin')).all('/users')).map((u) => u.id));
	const below = new Set((await (await apiOf(muster, 'sven')).all('/users')).map((u) => u.id));
	const everybody = await admin.all('/users');
	assert.ok(scope.size < everybody.length && below.size < scope.size);
	const letters = 'abcdefghijklmnopqrstuvwxyz'.split('');
	const words = [...letters, ...everybody.flatMap((u) => [u.login, u.email ?? u.login, u.last_name])];
	for (const q of words) {
		for (const [login, mine] of [['dept.admin', scope], ['sven', below], ['maria', new Set()]]) {
			const hits = (await found(login, q, '/users/')).filter((o) => /^\/users\/\d+$/.test(o.href));
			for (const { href } of hits) assert.ok(mine.has(href.slice(7)), `${login} is suggested ${href} for ${q}`);
		}
	}
	const omar = await user('omar');
	const none = await page('dept.admin', 'no such person at all'), hidden = await page('dept.admin', omar.email);
	assert.equal(hidden.words.replaceAll(omar.email, 'X'), none.words.replaceAll('no such person at all', 'X'), 'out of scope is not there');
});

test('somebody who takes part finds the own trainings, from the access date on', async () => {
	assert.deepEqual(await found('maria', 'time', '/me/trainings#'), []);
	assert.deepEqual(await found('maria', 'negotiation', '/trainings'), []);
	assert.deepEqual(await found('maria', 'negotiation', '/sessions'), []);
	const time = (await admin.all('/trainings')).find((t) => t.title === 'Time management');
	const access = new Date((muster.now() + 3600) * 1000).toISOString();
	await admin.expect(201, 'POST', '/enrollments', { audience: { logins: ['maria'] }, trainings: [{ training: time.id, session: time.sessions[0].id ?? time.sessions[0] }], access_at: access });
	assert.deepEqual(await found('maria', 'time', '/me/trainings#'), [], 'not before');
	muster.setClock(muster.clock + 3601);
	const [hit] = await eventually(async () => { const hits = await found('maria', 'time', '/me/trainings#'); return hits.length && hits; });
	assert.match(hit.words, /^Time management – /);
	assert.match((await webs.maria.get('/me/trainings')).text, new RegExp(`id="${hit.href.split('#')[1]}"`));
	assert.deepEqual(await found('maria', 'time', '/sessions'), []);
});

test('the page says the same without scripts, with a way to all of them', async () => {
	const many = await page('admin', 'a');
	assert.equal(many.heading, 'Search or jump');
	const all = many.links.find((l) => l.href === '/users?q=a');
	assert.equal(all.text, 'Show all');
	assert.equal((await webs.admin.get(all.href)).heading, 'Users');
	assert.match((await page('admin', 'zzzz qqq')).words, /Nothing matches “zzzz qqq”/);
	assert.match((await page('admin', '<b>%_\\')).words, /Nothing matches “<b>%_\\”/);
	assert.match((await webs.admin.get('/users')).links.find((l) => l.href === '/find').text, /Search or jump to…/);
	assert.equal((await new Web(muster).get('/find?q=maria')).heading, 'Sign in');
	assert.equal((await new Web(muster).get('/find/suggest?q=maria')).heading, 'Sign in');
});
