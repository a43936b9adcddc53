// A form that is sent after its sign-in has ended is not lost: it waits for the same person in the same browser.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sql } from '../lib/database.mjs';
import { Web, apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { sendUsers } from '../lib/upload.mjs';

let muster, admin;
const night = 13 * 3600;
before(async () => {
	muster = await startMuster({ demo: true });
	admin = await apiOf(muster, 'admin');
});

// Signed in, a form open, and the night over.
async function tooLate(login, path) {
	const web = await signedIn(muster, login);
	const page = await web.get(path);
	muster.setClock(muster.clock + night);
	return { web, page };
}
async function signInAgain(web, login, at) {
	const door = await web.get(at);
	assert.equal(door.heading, 'Sign in');
	const answer = await web.submit(door, { field: 'Password' }, { 'Login or e-mail': login, Password: 'demo-password' });
	assert.equal(answer.status, 303);
	return answer.location;
}
const secrets = (page) => page.forms.flatMap((f) => f.fields).map((f) => f.value).join('\n');

test('what was typed comes back after signing in, and is sent', async () => {
	const { web, page } = await tooLate('admin', '/trainings/new');
	const description = 'Lines\r\nand “quotes” <b> & more';
	const late = await web.submit(page, { action: '/trainings' }, { title: 'Typed at night', description });
	assert.equal(late.status, 303);
	assert.match(late.location, /^\/login\?next=%2Fresume%2F/);
	assert.match((await web.get(late.location)).words, /What you typed is kept/);
	const to = await signInAgain(web, 'admin', late.location);
	const resume = await web.get(to);
	assert.equal(resume.heading, 'Send what you typed');
	assert.match(secrets(resume), /Typed at night/);
	assert.ok(!(await admin.all('/trainings')).some((t) => t.title === 'Typed at night'), 'nothing happens by itself');
	const send = resume.form({ action: to });
	const answer = await web.submit(resume, { action: to });
	assert.equal(answer.status, 307);
	assert.equal(answer.location, '/trainings');
	const body = Object.fromEntries(send.fields.map((f) => [f.name, f.value]));
	const done = await web.post(answer.location, body);
	assert.equal(done.status, 303);
	const made = (await admin.all('/trainings')).find((t) => t.title === 'Typed at night');
	assert.equal((await admin.expect(200, 'GET', `/trainings/${made.id}`)).description, description.replaceAll('\r\n', '\n'));
	assert.equal((await web.get(to)).status, 404, 'it is sent once');
});

test('a form that makes no sense still comes back as one', async () => {
	const { web, page } = await tooLate('admin', '/settings');
	const late = await web.submit(page, { action: '/settings' }, { account_name: '', undo_hold: 'soon' });
	const to = await signInAgain(web, 'admin', late.location);
	const resume = await web.get(to);
	const fields = Object.fromEntries(resume.form({ action: to }).fields.map((f) => [f.name, f.value]));
	const answer = await web.post((await web.submit(resume, { action: to })).location, fields);
	assert.equal(answer.status, 422);
	assert.match(answer.text, /value="soon"/);
});

test('of a form for files, what was pasted comes back; a file has to be chosen again', async () => {
	const { web, page } = await tooLate('admin', '/users/import');
	const { csrf } = page;
	const chosen = await sendUsers(web, Buffer.from('login\nAnd\xe9\0', 'latin1'), { csrf, text: 'login' });
	assert.equal(chosen.location, '/login?next=%2F&lost=1');
	const text = 'login,department,last_name\nzoe,Company / Support,Zoë & more';
	const pasted = await sendUsers(web, '', { csrf, name: '', text });
	const to = await signInAgain(web, 'admin', pasted.location);
	const resume = await web.get(to);
	const fields = Object.fromEntries(resume.form({ action: to }).fields.map((f) => [f.name, f.value]));
	assert.equal(fields.text.replaceAll('\r\n', '\n'), text);
	const again = await web.post((await web.submit(resume, { action: to })).location, fields);
	assert.match(again.location, /^\/imports\/\d+$/);
});

test('nobody else gets it: not another person, not another browser, not later', async () => {
	const { web, page } = await tooLate('admin', '/trainings/new');
	const late = await web.submit(page, { action: '/trainings' }, { title: 'Between us' });
	const path = decodeURIComponent(late.location.split('next=')[1]);
	assert.equal((await (await signedIn(muster, 'admin')).get(path)).status, 404, 'another browser');
	assert.equal((await web.get(await signInAgain(web, 'owner', late.location))).status, 404, 'another person');
	const csrf = (await web.get('/')).csrf;
	await web.post('/logout', { csrf });
	assert.equal((await web.get(await signInAgain(web, 'admin', late.location))).status, 200);
	muster.setClock(muster.clock + 1801);
	assert.equal((await web.get(path)).status, 404, 'after half an hour');
});

test('what is not ours, or secret, is not kept', async () => {
	const { web, page } = await tooLate('admin', '/settings');
	const path = async (fields, action = '/settings/own', headers = {}) => (await web.post(action, fields, { headers })).location;
	const form = { csrf: page.csrf, time_zone: '', locale: 'en', theme: 'dark' };
	assert.match(await path(form), /resume/);
	assert.doesNotMatch(await path({ ...form, csrf: 'guessed' }), /resume/);
	assert.doesNotMatch(await path(form, '/settings/own', { origin: 'https://evil.example' }), /resume/);
	assert.doesNotMatch(await path({ csrf: page.csrf, current: 'demo-password', password: 'a long new password' }, '/settings/password'), /resume/);
	assert.doesNotMatch(await path({ ...form, locale: 'x'.repeat(70_000) }), /resume/);
	const stranger = new Web(muster);
	assert.doesNotMatch((await stranger.post('/settings/own', form)).location, /resume/);
	// Signed out by oneself: there is nothing to go on with.
	const other = await signedIn(muster, 'maria');
	const { csrf } = await other.get('/settings');
	const cookie = [...other.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
	await other.post('/logout', { csrf });
	const after = await stranger.post('/settings/own', { ...form, csrf }, { headers: { cookie }, cookies: false });
	assert.doesNotMatch(after.location, /resume/);
});

test('a sign-in ends a week after it began, however it is used', async () => {
	const web = await signedIn(muster, 'maria');
	for (let i = 0; i < 15; i++) {
		muster.setClock(muster.clock + 11 * 3600);
		assert.equal((await web.submit(await web.get('/settings'), { action: '/settings/own' })).location, '/settings', `after ${(i + 1) * 11} h`);
		// When it was seen is written beside the request.
		await eventually(async () => Number(await sql(muster.db, 'SELECT max(seen_at) FROM sign_in')) > muster.now() - 60, { what: 'it was seen' });
	}
	muster.setClock(muster.clock + 11 * 3600);
	assert.equal((await web.get('/')).heading, 'Sign in');
});

test('whose sign-in was ended is told that the form did not arrive, and is led back to it', async () => {
	const web = await signedIn(muster, 'admin'), page = await web.get('/trainings/new?x=1');
	web.cookies.delete('muster');
	const headers = { referer: `${muster.url}/trainings/new?x=1` };
	const late = await web.request('POST', '/trainings', { body: { csrf: page.csrf, title: 'Lost' }, headers });
	assert.equal(late.location, '/login?next=%2Ftrainings%2Fnew%3Fx%3D1&lost=1');
	assert.match((await web.get(late.location)).words, /what you sent did not arrive/);
	assert.equal(await signInAgain(web, 'admin', late.location), '/trainings/new?x=1');
	// Nothing that a browser says leads elsewhere.
	for (const referer of ['', 'x', 'https://evil.example', 'https://evil.example//evil.example/', 'https://evil.example/\\\\evil.example']) {
		const other = new Web(muster);
		const to = (await other.request('POST', '/trainings', { body: { title: 'Lost' }, headers: referer ? { referer } : {} })).location;
		const answer = await signInAgain(other, 'admin', to);
		assert.ok(answer.startsWith('/') && !/^\/[/\\]/.test(answer), `${referer}: ${answer}`);
	}
});
