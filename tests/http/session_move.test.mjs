// Moving a session: old and new, who is affected, what the clocks do, and that nothing is saved unseen.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { readCalendar } from '../lib/ics.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { assertSound, newUser } from '../lib/organization.mjs';
import { invitationOf, startRelay } from '../lib/smtp.mjs';

let muster, relay, admin, web, departments, n = 0;
const year = new Date().getUTCFullYear() + 1;
const day = (start, more = {}) => ({ start: `${year}-${start}`, duration: 7200, time_zone: 'Europe/Berlin', location: 'Room 4', ...more });
const make = (days, session = {}) =>
	admin.expect(201, 'POST', '/trainings', { title: `Course ${++n}`, sessions: [{ title: 'Morning', capacity: 20, days, ...session }] });
const session = (t) => admin.expect(200, 'GET', `/sessions/${t.sessions[0].id}`);
const moveUrl = (t, query = '') => `/sessions/${t.sessions[0].id}/move${query}`;
const person = (name = 'Support') => newUser(admin, departments.find((d) => d.name === name).id);
const enroll = (users, t) =>
	admin.expect(201, 'POST', '/enrollments', {
		audience: { users: users.map((u) => u.id) },
		trainings: [{ training: t.id, session: t.sessions[0].id }],
		when_full: 'wait',
	});
const enrollment = async (user, t) => (await admin.all(`/users/${user.id}/enrollments`)).find((e) => e.training === t.id);
async function answer(user, t, answer) {
	await admin.expect(200, 'POST', `/enrollments/${(await enrollment(user, t)).id}/answer`, { answer });
}
// The numbers under "Who is affected".
function affected(page) {
	const list = /<dl class="kpis tight">([\s\S]*?)<\/dl>/.exec(page.text)?.[1] ?? assert.fail(`nothing about who is affected on ${page.path}`);
	return Object.fromEntries([...list.matchAll(/<dt>([^<]*)<\/dt><dd>([^<]*)<\/dd>/g)].map((m) => [m[1], Number(m[2])]));
}
const check = (page, fields) => web.submit(page, { field: 'day0_date' }, fields, { button: 'Check' });
const save = (page, fields = {}) => web.submit(page, { field: 'day0_date' }, fields, { button: 'Move session' });

before(async () => {
	relay = await startRelay();
	muster = await startMuster({ demo: true, args: ['--smtp', relay.url, '--mail-from', 'Academy <training@example.org>', '--undo-hold', '0'] });
	admin = await apiOf(muster, 'admin');
	web = await signedIn(muster, 'admin');
	departments = await admin.all('/departments');
});

test('who is affected is said before anything is saved', async () => {
	const people = [];
	for (let i = 0; i < 5; i++) people.push(await person());
	const waits = await person();
	const t = await make([day('09-06T09:00')], { capacity: 5 });
	await enroll(people, t);
	await enroll([waits], t);
	const other = await make([day('09-07T10:30')]);
	await enroll([people[0], people[2], people[3]], other);
	await eventually(async () => (await enrollment(waits, t)).status === 'waiting' && (await enrollment(people[4], t)).status === 'enrolled');
	await answer(people[0], t, 'accepted');
	await answer(people[1], t, 'accepted');
	await answer(people[2], t, 'tentative');
	await answer(people[3], other, 'declined');
	const before = await session(t);

	const page = await web.get(moveUrl(t));
	assert.doesNotMatch(page.text, /Move session<\/button>/, 'first one is told');
	const checked = await check(page, { day0_date: `${year}-09-07`, day0_time: '10:00', day0_place: 'Room 9' });
	assert.equal(checked.status, 200);
	assert.deepEqual(affected(checked), { Accepted: 2, Tentative: 1, 'No answer': 2, Declined: 0, Waiting: 1, Clashes: 2 });
	assert.match(checked.words, /09:00–11:00 Berlin time Then \w+ 7 Sep[^,]*, 10:00–12:00 Berlin time/);
	assert.match(checked.words, /5 of 5 seats taken/);
	assert.deepEqual(await session(t), before, 'nothing is saved');

	const saved = await save(checked);
	assert.equal(saved.status, 303, saved.words);
	const after = await session(t);
	assert.equal(after.days[0].start, `${year}-09-07T10:00`);
	assert.equal(after.days[0].id, before.days[0].id);
	assert.equal(after.days[0].location, 'Room 9');
	assert.equal(after.days[0].duration, 7200);
	assert.equal(after.seats_taken, 5);
	assert.equal(after.title, before.title);
	assert.equal((await enrollment(people[0], t)).answer, 'none', 'answers are asked again');
	await assertSound(muster);
});

test('the same entry arrives with a higher sequence', async () => {
	const someone = await person(), t = await make([day('09-08T09:00')]);
	await enroll([someone], t);
	const first = await relay.waitFor((m) => m.to.includes(someone.email));
	await save(await check(await web.get(moveUrl(t)), { day0_date: `${year}-09-09` }));
	const second = await relay.waitFor((m) => m.to.includes(someone.email) && m !== first);
	const [was, is] = [first, second].map((m) => readCalendar(invitationOf(m).text).events[0]);
	assert.equal(is.uid, was.uid);
	assert.equal(is.sequence, was.sequence + 1);
	const trail = await admin.all(`/audit?object=session:${t.sessions[0].id}`).catch(() => admin.all('/audit'));
	assert.ok(trail.some((a) => a.action === 'session.edit' && JSON.stringify(a.after).includes(`${year}-09-09`)));
});

test('what was shown is what is saved', async () => {
	const t = await make([day('09-10T09:00')]);
	const checked = await check(await web.get(moveUrl(t)), { day0_date: `${year}-09-11` });
	const changed = await save(checked, { day0_date: `${year}-09-12` });
	assert.equal(changed.status, 200, 'other days are shown first');
	assert.match(changed.words, /Then \w+ 12 Sep/);
	assert.equal((await session(t)).days[0].start, `${year}-09-10T09:00`);
	// Somebody else was faster.
	await admin.expect(200, 'PATCH', `/sessions/${t.sessions[0].id}`, { title: 'Afternoon' });
	const late = await save(changed);
	assert.equal(late.status, 409);
	assert.equal(late.form({ field: 'day0_date' }).fields.find((f) => f.name === 'day0_date').value, `${year}-09-12`, 'what was typed is kept');
	assert.equal((await session(t)).days[0].start, `${year}-09-10T09:00`);
	assert.equal((await save(await check(late, {}))).status, 303);
	assert.equal((await session(t)).days[0].start, `${year}-09-12T09:00`);
});

const lastSunday = (month) => {
	const d = new Date(Date.UTC(year, month, 0));
	return `${year}-${String(month).padStart(2, '0')}-${String(d.getUTCDate() - d.getUTCDay()).padStart(2, '0')}`;
};

test('an hour that the clocks skip or double', async () => {
	const t = await make([day('09-13T02:30')]);
	const skipped = await check(await web.get(moveUrl(t)), { day0_date: lastSunday(3) });
	assert.equal(skipped.status, 422);
	assert.match(skipped.words, /There is no 02:30 in Berlin that day/);
	const doubled = await check(skipped, { day0_date: lastSunday(10) });
	assert.equal(doubled.status, 422);
	assert.match(doubled.words, /comes twice/);
	const second = await check(doubled, { day0_fold: '1' });
	assert.equal(second.status, 200);
	assert.equal((await save(second)).status, 303);
	assert.equal((await session(t)).days[0].start_at, `${lastSunday(10)}T01:30:00Z`);
});

test('nonsense comes back with every value and says where', async () => {
	const t = await make([day('09-14T09:00'), day('09-15T09:00')]);
	const page = await web.get(moveUrl(t));
	const bad = await check(page, { day0_date: '2027-02-30', day1_time: 'noon', day1_place: 'Kept' });
	assert.equal(bad.status, 422);
	const links = bad.links.filter((l) => /^#day/.test(l.href)).map((l) => l.href);
	assert.deepEqual(links, ['#day0_date', '#day1_date']);
	const value = (name) => bad.form({ field: 'day0_date' }).fields.find((f) => f.name === name).value;
	assert.deepEqual([value('day0_date'), value('day1_time'), value('day1_place')], ['2027-02-30', 'noon', 'Kept']);
	const overlap = await check(page, { day1_date: `${year}-09-14` });
	assert.equal(overlap.status, 422);
	assert.match(overlap.words, /begins before the one before it ends/);
});

test('a day dropped in the calendar is filled in, and only shown', async () => {
	const t = await make([day('09-16T09:00'), day('09-17T09:00')]);
	const [, second] = t.sessions[0].days;
	const page = await web.get(moveUrl(t, `?day=${second.id}&date=${year}-09-20&time=13:15&back=week`));
	assert.equal(page.status, 200);
	assert.match(page.words, /Then \w+ 20 Sep[^,]*, 13:15–15:15 Berlin time/);
	affected(page);
	assert.equal((await session(t)).days[1].start, `${year}-09-17T09:00`);
	const saved = await save(page);
	assert.equal(saved.location, `/calendar?view=week&day=${year}-09-16`, 'back to where it came from');
	assert.equal((await session(t)).days[1].start, `${year}-09-20T13:15`);
	// A foreign way back is none, and nonsense is refused like typed nonsense.
	assert.doesNotMatch((await web.get(moveUrl(t, '?back=//evil.example'))).text, /evil\.example/);
	assert.equal((await web.get(moveUrl(t, `?day=${second.id}&date=nonsense`))).status, 422);
});

test('the same place and the same instructor at that time are said', async () => {
	await make([day('10-04T09:00', { location: 'Aula' })], { instructor: 'K. Sato' });
	const t = await make([day('10-05T09:00', { location: 'Aula' })], { instructor: 'K. Sato' });
	const free = await check(await web.get(moveUrl(t)), { day0_date: `${year}-10-06` });
	assert.doesNotMatch(free.words, /At the same time/);
	const both = await check(free, { day0_date: `${year}-10-04`, day0_time: '10:30' });
	assert.match(both.words, /Course \d+, Morning is at the same place with the same instructor/);
	const one = await check(both, { day0_place: 'Elsewhere' });
	assert.match(one.words, /has the same instructor/);
	assert.doesNotMatch((await check(one, { day0_time: '11:00' })).words, /has the same instructor/, 'touching is not overlapping');
});

test('R3: who is outside the scope is not counted, the seats are', async () => {
	const manager = await apiOf(muster, 'dept.admin'), page_of = await signedIn(muster, 'dept.admin');
	const t = await manager.expect(201, 'POST', '/trainings', { title: 'Mixed', sessions: [{ title: 'One', capacity: 9, days: [day('10-11T09:00')] }] });
	const inside = await person('Sales EMEA'), outside = [await person('Support'), await person('Support')];
	await enroll([inside, ...outside], t);
	const page = await page_of.get(moveUrl(t));
	const seen = await page_of.submit(page, { field: 'day0_date' }, { day0_date: `${year}-10-12` }, { button: 'Check' });
	// The caller organizes it, so everybody is seen; another manager of the same departments does not.
	assert.equal(affected(seen)['No answer'], 3);
	await admin.expect(200, 'PATCH', `/trainings/${t.id}`, { organizer: (await admin.all('/users')).find((u) => u.login === 'maria').id });
	const other = await page_of.submit(await page_of.get(moveUrl(t)), { field: 'day0_date' }, { day0_date: `${year}-10-12` }, { button: 'Check' });
	assert.equal(affected(other)['No answer'], 1);
	assert.match(other.words, /2 seats are held by people whom you do not manage/);
	assert.match(other.words, /3 of 9 seats taken/);
});

test('R8 and what is cancelled stay', async () => {
	const someone = await person(), t = await make([day('10-13T09:00')]);
	await enroll([someone], t);
	await admin.expect(200, 'PUT', `/sessions/${t.sessions[0].id}/results`, { results: [{ user: someone.id, result: 'attended', score: 90 }] });
	const refused = await check(await web.get(moveUrl(t)), { day0_date: `${year}-10-14` });
	assert.equal(refused.status, 409);
	assert.match(refused.words, /Results with points have been given/);
	// The place may still be corrected.
	assert.equal((await save(await check(await web.get(moveUrl(t)), { day0_place: 'Room 7' }))).status, 303);
	const gone = await make([day('10-15T09:00')]);
	await enroll([someone], gone);
	await admin.expect(204, 'DELETE', `/sessions/${gone.sessions[0].id}`);
	assert.equal((await web.get(moveUrl(gone))).path, `/sessions/${gone.sessions[0].id}`);
});

// ---- the same under Edit

const edit = (page, fields, button = 'Save') => web.submit(page, { field: 'day0_date' }, fields, { button });

test('a change under Edit that people are told of is shown first, and one press more saves it', async () => {
	const [someone, waits] = [await person(), await person()], t = await make([day('10-06T09:00', { url: 'https://meet.example/one' })], { capacity: 1 });
	await enroll([someone], t);
	await enroll([waits], t);
	const clash = await make([day('10-07T10:30', { location: 'Room 9' })]);
	await enroll([someone], clash);
	await relay.waitFor((m) => m.to.includes(waits.email));
	await answer(someone, t, 'accepted');
	const url = `/sessions/${t.sessions[0].id}`, before = await session(t);
	const asked = await edit(await web.get(url), { day0_date: `${year}-10-07`, day0_time: '10:00', day0_place: 'Room 9', day0_url: 'https://meet.example/two' });
	assert.equal(asked.status, 200);
	assert.match(asked.words, /Nothing is saved yet/);
	assert.deepEqual(affected(asked), { Accepted: 1, Tentative: 0, 'No answer': 0, Declined: 0, Waiting: 1, Clashes: 1 });
	assert.match(asked.words, /Day 1, time .*6 Oct.*7 Oct.* Day 1, place Room 4 Room 9 Day 1, link https:\/\/meet\.example\/one https:\/\/meet\.example\/two/);
	assert.match(asked.words, /is asked again/);
	assert.match(asked.words, /at the same place/);
	assert.deepEqual(await session(t), before, 'nothing is saved');

	// What was not shown is not saved either: another link, typed meanwhile, is shown once more.
	const again = await edit(asked, { day0_url: 'https://meet.example/three' }, 'Save and tell them');
	assert.equal(again.status, 200);
	assert.match(again.words, /meet\.example\/three/);
	assert.deepEqual(await session(t), before);
	const saved = await edit(again, {}, 'Save and tell them');
	assert.equal(saved.status, 303, saved.words);
	const [now] = (await session(t)).days;
	assert.deepEqual([now.start, now.location, now.url], [`${year}-10-07T10:00`, 'Room 9', 'https://meet.example/three']);
	await eventually(() => relay.to(someone.email).some((m) => m.text.includes('meet.example/three')), { what: 'the change by mail' });
	assert.equal((await enrollment(someone, t)).answer, 'none');
});

test('the title and the link alone are told too; what nobody is told of saves at once', async () => {
	const someone = await person(), t = await make([day('10-08T09:00')]), url = `/sessions/${t.sessions[0].id}`;
	assert.equal((await edit(await web.get(url), { day0_time: '10:00' })).status, 303, 'nobody is in it');
	await enroll([someone], t);
	await relay.waitFor((m) => m.to.includes(someone.email));
	for (const small of [{ instructor: 'K. Sato' }, { capacity: '30' }, {}]) assert.equal((await edit(await web.get(url), small)).status, 303, JSON.stringify(small));
	for (const told of [{ title: 'Late morning' }, { day0_url: 'https://meet.example/x' }]) {
		const asked = await edit(await web.get(url), told);
		assert.equal(asked.status, 200, JSON.stringify(told));
		assert.match(asked.words, /gets the change in the same calendar entry\. Answers stay/);
		assert.equal((await edit(asked, {}, 'Save and tell them')).status, 303);
	}
	const wrong = await edit(await web.get(url), { day0_time: '11:00', title: '' });
	assert.equal(wrong.status, 422, 'what is wrong is said first');
	assert.doesNotMatch(wrong.text, /Save and tell them/);
	await answer(someone, t, 'declined');
	const own = await apiOf(muster, someone.login), notices = async () => (await own.expect(200, 'GET', '/me/notifications')).items.length;
	const before = await notices();
	assert.equal((await edit(await web.get(url), { day0_time: '12:00' })).status, 303, 'who declined is told nothing');
	assert.equal(await notices(), before, 'in the account neither');
});

test('a day keeps the seconds that the form does not show', async () => {
	const someone = await person(), t = await make([day('10-08T09:00', { duration: 5430 })]), url = `/sessions/${t.sessions[0].id}`;
	await enroll([someone], t);
	await relay.waitFor((m) => m.to.includes(someone.email));
	await answer(someone, t, 'accepted');
	assert.equal((await edit(await web.get(url), { capacity: '30' })).status, 303, 'nothing to tell');
	assert.deepEqual([(await session(t)).days[0].duration, (await enrollment(someone, t)).answer], [5430, 'accepted']);
	await save(await check(await web.get(moveUrl(t)), { day0_time: '10:00' }));
	assert.deepEqual([(await session(t)).days[0].start, (await session(t)).days[0].duration], [`${year}-10-08T10:00`, 5430]);
	await edit(await edit(await web.get(url), { day0_hours: '2' }), {}, 'Save and tell them');
	assert.equal((await session(t)).days[0].duration, 9000);
});

test('who is told, and not seen by who edits, is counted as a seat', async () => {
	const [mine, other] = [await person('Sales EMEA'), await person('Engineering')];
	const manager = await signedIn(muster, 'dept.admin'), api = await apiOf(muster, 'dept.admin');
	const t = await api.expect(201, 'POST', '/trainings', { title: `Course ${++n}`, sessions: [{ title: 'Morning', days: [day('10-09T09:00')] }] });
	await enroll([mine, other], t);
	await relay.waitFor((m) => m.to.includes(other.email));
	const asked = await manager.submit(await manager.get(`/sessions/${t.sessions[0].id}`), { field: 'day0_date' }, { day0_place: 'Room 1' }, { button: 'Save' });
	assert.equal(asked.status, 200);
	// Who organizes a training sees its participants (R11).
	assert.equal(affected(asked)['No answer'], 2);
});
