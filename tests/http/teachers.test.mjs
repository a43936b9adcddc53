// R11: who teaches a session without being a manager sees its participants with name, answer and result, and nothing
// else: not those of the other sessions, not their departments and addresses, not what happened to them.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { dayAt } from '../lib/organization.mjs';

let muster, owner, maria, web, training;

before(async () => {
	muster = await startMuster({ demo: true, args: ['--undo-hold', '0'] });
	[owner, maria] = await Promise.all(['owner', 'maria'].map((login) => apiOf(muster, login)));
	const me = await maria.expect(200, 'GET', '/me');
	training = await owner.expect(201, 'POST', '/trainings', {
		title: 'Taught by a learner',
		sessions: [
			{ title: 'Hers', instructor_user: me.id, days: [dayAt(muster, 30)] },
			{ title: 'Not hers', days: [dayAt(muster, 31)] },
		],
	});
	const enroll = (logins, at) =>
		owner.expect(201, 'POST', '/enrollments', {
			audience: { logins },
			trainings: [{ training: training.id, session: training.sessions[at].id }],
		});
	await enroll(['omar', 'lars.eriksson'], 0);
	await enroll(['grace.kim'], 1);
	web = await signedIn(muster, 'maria');
});

test('who organizes or teaches has a way to those trainings, at no statement more', async () => {
	const path = '/calendar/feed', nav = /Home Calendar Trainings Settings/;
	const learner = await signedIn(muster, 'omar');
	const cost = async (who) => {
		const tries = [];
		for (let i = 0; i < 6; i++) {
			const before = await muster.metrics();
			await who.get(path);
			const then = await muster.metrics();
			tries.push(['statements', 'full_scan_steps'].map((n) => then[`muster_db_${n}_total`] - before[`muster_db_${n}_total`]));
		}
		// What goes on in the background counts as well.
		return [0, 1].map((n) => Math.min(...tries.map((t) => t[n])));
	};
	assert.match((await web.get(path)).words, nav);
	assert.doesNotMatch((await learner.get(path)).words, nav);
	assert.deepEqual(await cost(web), await cost(learner));
	assert.match((await web.get('/find/suggest?q=trainings')).text, /href="\/trainings"/);
	assert.doesNotMatch((await learner.get('/find/suggest?q=trainings')).text, /href="\/trainings"/);
	const omar = await apiOf(muster, 'omar');
	const { id: organizer } = await omar.expect(200, 'GET', '/me');
	const made = await owner.expect(201, 'POST', '/trainings', { title: 'Organized by a learner', organizer });
	assert.match((await learner.get(path)).words, nav);
	assert.match((await learner.get('/trainings')).words, /Organized by a learner/);
	await owner.expect(204, 'DELETE', `/trainings/${made.id}`);
	assert.doesNotMatch((await learner.get(path)).words, nav);
});

test('of the other session there is nobody, in no tab and no figure', async () => {
	for (const tab of ['', '/sessions', '/participants', '/participants?q=grace', '/history']) {
		const page = await web.get(`/trainings/${training.id}${tab}`);
		assert.equal(page.status, 200, tab);
		assert.doesNotMatch(page.words, /Grace Kim/, tab);
	}
	assert.match((await web.get(`/trainings/${training.id}/history`)).words, /Omar Haddad/, 'of her own there is');
	const overview = await web.get(`/trainings/${training.id}`);
	assert.match(overview.words, /Participants 2\b/);
});

test('her participants have a name, and no login, department or address', async () => {
	const page = await web.get(`/trainings/${training.id}/participants`);
	assert.match(page.words, /Omar Haddad/);
	assert.doesNotMatch(page.words, /Engineering|\blars\.eriksson\b/);
	const [omar] = (await maria.all(`/trainings/${training.id}/participants`)).filter((e) => e.user_name === 'Omar Haddad');
	const result = await web.get(`/enrollments/${omar.id}/result`);
	assert.equal(result.status, 200);
	assert.doesNotMatch(result.words.replaceAll('Omar', ''), /\bomar\b/);
});

test('the order of departments tells her none, and neither does where a page goes on', async () => {
	const walk = async (path, sort) => {
		const names = [];
		for (let after = ''; after !== null; ) {
			const page = await maria.expect(200, 'GET', `${path}?sort=${sort}&limit=1${after && `&after=${after}`}`);
			names.push(...page.items.map((e) => e.user_name));
			after = page.next;
			if (after) assert.match(Buffer.from(after, 'base64url').toString('latin1'), /:0:\0000000000000/);
		}
		return names;
	};
	const path = `/trainings/${training.id}/participants`;
	const by_name = ['Lars Eriksson', 'Omar Haddad'];
	assert.deepEqual(await walk(path, 'department'), by_name);
	assert.deepEqual(await walk(path, '-department'), by_name.reverse());
	const report = await eventually(async () => {
		const page = await web.get('/reports/participants?sort=department&limit=1&from=&to=');
		return /Lars Eriksson|Omar Haddad/.test(page.words) && page;
	});
	const [, after] = report.text.match(/;after=([\w-]+)/);
	assert.match(Buffer.from(after, 'base64url').toString('latin1'), /^f:1:\d+:0:$/);
});

test('the calendar entry of one of them is there for her, without the address', async () => {
	const [omar] = (await maria.all(`/trainings/${training.id}/participants`)).filter((e) => e.user_name === 'Omar Haddad');
	const file = await eventually(async () => {
		const answer = await web.get(`/enrollments/${omar.id}/invite.ics`);
		return answer.status === 200 && answer;
	});
	assert.match(file.text, /BEGIN:VEVENT/);
	assert.doesNotMatch(file.text, /omar@|mailto:omar/);
	const manager = await signedIn(muster, 'owner');
	assert.match((await manager.get(`/enrollments/${omar.id}/invite.ics`)).text, /mailto:omar@example\.org/, 'who sees the user sees it');
});

test('a search finds them by name, and does not answer whether a login or an address is right', async () => {
	const found = async (q) => /Lars Eriksson/.test((await web.get(`/trainings/${training.id}/participants?q=${q}`)).words);
	assert.ok(await found('eriks'));
	assert.ok(await found('Lars%20Eriksson'));
	for (const q of ['lars.eriksson', 'example.org', 'lars.eriksson%40example.org']) assert.ok(!(await found(q)), q);
});

test('the organizer sees all of the training, a manager those of the scope with everything', async () => {
	const manager = await signedIn(muster, 'dept.admin');
	const page = await manager.get(`/trainings/${training.id}/participants?q=grace.kim%40example`);
	assert.match(page.words, /Grace Kim grace\.kim Sales Americas/);
	assert.doesNotMatch((await manager.get(`/trainings/${training.id}/history`)).words, /Omar Haddad/);
	const by_owner = await signedIn(muster, 'owner');
	const history = await by_owner.get(`/trainings/${training.id}/history`);
	for (const name of ['Omar Haddad', 'Grace Kim']) assert.match(history.words, new RegExp(name));
});
