// The pages of an enrollment say what is so: Check, what it lists and where something is chosen.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { textOf } from '../lib/html.mjs';
import { startMuster } from '../lib/muster.mjs';
import { dayAt, newTraining, newUser, newUsers } from '../lib/organization.mjs';

let muster, admin, web, department;

before(async () => {
	muster = await startMuster({ demo: true, args: ['--undo-hold', '600'] });
	[admin, web] = [await apiOf(muster, 'admin'), await signedIn(muster, 'admin')];
	department = (await admin.all('/departments')).find((d) => d.name === 'Support').id;
});

// A draft with these users and trainings, as far as Check; in the first session of each, or `session` (0: participant chooses).
async function drafted(users, trainings, session) {
	const { csrf } = await web.get('/enroll');
	const made = await web.post('/enroll', { csrf, id: users.map((u) => u.id), training: trainings[0].id });
	const path = made.location.replace(/\/\w+$/, '');
	for (const t of trainings.slice(1)) await web.post(`${path}/trainings`, { csrf, add: t.id });
	const [, version] = /name="version" value="(\d+)"/.exec((await web.get(`${path}/parameters`)).text);
	const sessions = Object.fromEntries(trainings.map((t) => [`session-${t.id}`, session ?? t.sessions[0].id]));
	const set = await web.post(`${path}/parameters`, { csrf, version, go: 'check', ...sessions, message: '', access_date: '', access_time: '' });
	assert.equal(set.status, 303);
	return { path, check: () => web.get(`${path}/check`) };
}

// What stands in a section of Check: its groups with their rows.
function section(page, title) {
	const html = page.text.split(/<section class="card"/).find((s) => s.includes(`<h2>${title}</h2>`)) ?? '';
	return [...html.matchAll(/<div class="issue"><h3>([\s\S]*?)<\/h3>([\s\S]*?)<\/table>/g)].map(([, head, rest]) => ({
		title: textOf(head),
		rows: [...rest.matchAll(/<tr><td>([\s\S]*?)<\/tr>/g)].map(([, row]) => ({
			words: textOf(row.replace(/<select[\s\S]*?<\/select>/, '')), select: /<select name="([^"]+)"/.exec(row)?.[1],
		})),
	}));
}
const tables = (page) => [...page.text.matchAll(/<tbody>([\s\S]*?)<\/tbody>/g)];

test('what is worth knowing is listed of everybody who takes part, and of nobody else', async () => {
	const [nomail, ...rest] = [await newUser(admin, department, { email: null }), ...(await newUsers(admin, department, 2))];
	const full = await newTraining(muster, admin, [{ capacity: 1 }]);
	await admin.expect(201, 'POST', '/enrollments', { audience: { users: [rest[0].id] }, trainings: [{ training: full.id, session: full.sessions[0].id }] });
	const draft = await drafted([nomail, rest[1]], [full]);
	let page = await draft.check();
	assert.equal(section(page, 'Decisions')[0].rows.length, 2, 'both have no seat');
	let [note] = section(page, 'Good to know');
	assert.match(note.title, /1 user has no e-mail address/);
	assert.deepEqual(note.rows.map((r) => [/New Person/.test(r.words), /Waiting list$/.test(r.words), r.select]), [[true, true, undefined]], 'with what happens; chosen under Decisions');
	for (const [, rows] of tables(page)) assert.match(rows, /<tr>/, 'no table is empty');

	const begun = await newTraining(muster, admin, [{ days: [dayAt(muster, -1)] }]);
	const undecided = await drafted([nomail], [begun]);
	page = await undecided.check();
	assert.equal(section(page, 'Decisions')[0].rows.length, 1);
	assert.deepEqual(section(page, 'Good to know'), [], 'who is left out is told nothing');
	assert.match(page.words, /No e-mail address 0/);
	const planned = await admin.expect(200, 'POST', '/enrollments/plan', { audience: { users: [nomail.id] }, trainings: [{ training: begun.id, session: begun.sessions[0].id }] });
	assert.deepEqual([planned.decide, planned.no_email], [1, 0]);
});

test('what happens with somebody is chosen in one place, however much is to be said', async () => {
	const nomail = await newUser(admin, department, { email: null });
	const day = { days: [dayAt(muster, 50)] };
	const here = await newTraining(muster, admin, [day]), there = await newTraining(muster, admin, [day]);
	await admin.expect(201, 'POST', '/enrollments', { audience: { users: [nomail.id] }, trainings: [{ training: there.id, session: there.sessions[0].id }] });
	const draft = await drafted([nomail], [here]);
	let page = await draft.check();
	const notes = section(page, 'Good to know');
	assert.deepEqual(notes.map((n) => n.rows.length), [1, 1], 'at the same time, and without an address');
	const key = `d-${nomail.id}-${here.id}`;
	assert.equal(page.text.split(`name="${key}"`).length - 1, 1);
	assert.equal(notes[0].rows[0].select, key);
	assert.equal((await web.submit(page, { action: `${draft.path}/check` }, { [key]: 'skip' }, { button: 'Apply choices' })).status, 303);
	page = await draft.check();
	assert.match(section(page, 'Skipped')[0].title, /1 user is left out by choice/);
	assert.deepEqual(section(page, 'Good to know'), []);
});

test('what is said for all under a later note leaves alone who was chosen under an earlier one', async () => {
	const [busy, free] = [await newUser(admin, department, { email: null }), await newUser(admin, department, { email: null })];
	const day = { days: [dayAt(muster, 60)] };
	const here = await newTraining(muster, admin, [day]), there = await newTraining(muster, admin, [day]);
	await admin.expect(201, 'POST', '/enrollments', { audience: { users: [busy.id] }, trainings: [{ training: there.id, session: there.sessions[0].id }] });
	const draft = await drafted([busy, free], [here]);
	let page = await draft.check();
	const all = [...page.text.matchAll(/<select[^>]* name="(g-[^"]+)"/g)].map((m) => m[1]).at(-1);
	const values = { [`d-${busy.id}-${here.id}`]: 'skip', [all]: 'enroll' };
	assert.equal((await web.submit(page, { action: `${draft.path}/check` }, values, { button: 'Apply choices' })).status, 303);
	page = await draft.check();
	const [left_out] = section(page, 'Skipped');
	assert.match(left_out.title, /1 user is left out by choice/);
});

test('what was enrolled lately says in which trainings', async () => {
	const [one, two] = [await newTraining(muster, admin), await newTraining(muster, admin)];
	const [user, other] = await newUsers(admin, department, 2);
	const enroll = (user, trainings) => admin.expect(201, 'POST', '/enrollments', { audience: { users: [user.id] }, trainings: trainings.map((t) => ({ training: t.id, session: t.sessions[0].id })) });
	await enroll(user, [one]);
	for (const path of ['/enroll', '/']) assert.ok((await web.get(path)).words.includes(one.title), path);
	await enroll(other, [one, two]);
	for (const path of ['/enroll', '/'])
		assert.match((await web.get(path)).words, new RegExp(`(${one.title}|${two.title}) and 1 more training`), path);
});

test('a full session says so once', async () => {
	const t = await newTraining(muster, admin, [{ capacity: 1 }]);
	const [user] = await newUsers(admin, department, 1);
	await admin.expect(201, 'POST', '/enrollments', { audience: { users: [user.id] }, trainings: [{ training: t.id, session: t.sessions[0].id }] });
	const reader = await signedIn(muster, 'dept.admin');
	const { words } = await reader.get(`/sessions/${t.sessions[0].id}`);
	assert.equal(words.match(/\bFull\b/g)?.length, 1, words);
});

test('the result says who is enrolled and who waits, and after Undo what is left of it', async () => {
	const t = await newTraining(muster, admin, [{ capacity: 1 }]);
	const users = await newUsers(admin, department, 3);
	const enroll = async (who, trainings = [t]) => {
		const made = await admin.expect(201, 'POST', '/enrollments', {
			audience: { users: who.map((u) => u.id) }, trainings: trainings.map((x) => ({ training: x.id, session: x.sessions[0].id })),
		});
		return { ...made, page: () => web.get(`/batches/${made.batch}`), undo: async () => web.submit(await web.get(`/batches/${made.batch}`), { action: /undo$/ }) };
	};
	const first = await enroll(users.slice(0, 2));
	assert.equal((await first.page()).heading, '1 user enrolled, 1 on the waiting list');
	const second = await enroll(users.slice(2));
	let page = await second.page();
	assert.equal(page.heading, '1 user on the waiting list');
	assert.match(page.words, /Enrolled 0 On the waiting list 1 Skipped 0/);
	const twice = await enroll(users.slice(0, 1), [await newTraining(muster, admin), await newTraining(muster, admin)]);
	assert.equal((await twice.page()).heading, '2 enrolled', 'one user, two trainings');
	assert.equal((await enroll(users.slice(0, 1))).skipped.length, 1);

	assert.equal((await second.undo()).status, 303);
	page = await second.page();
	assert.equal(page.heading, 'Undone');
	assert.doesNotMatch(page.words, /waiting list|Enrolled \d/);
	const [kept] = await admin.all(`/users/${users[0].id}/enrollments`).then((all) => all.filter((e) => e.training === t.id));
	await admin.expect(200, 'PATCH', `/enrollments/${kept.id}`, { access_at: new Date((muster.now() + 86400) * 1000).toISOString() });
	assert.equal((await first.undo()).status, 303);
	assert.match((await first.page()).words, /Not taken back 1 changed since/);
});

test('departments that one does not see hold nobody, one or several, with a condition or without', async () => {
	const dana = await signedIn(muster, 'dept.admin');
	const path = (await dana.post('/enroll', { csrf: (await dana.get('/users')).csrf })).location.replace(/\/users.*$/, '');
	const hidden = (await admin.all('/departments')).filter((d) => ['Support', 'Engineering'].includes(d.name)).map((d) => `&department=${d.id}`);
	assert.equal(hidden.length, 2);
	for (const named of [hidden[0], hidden.join('')])
		for (const more of ['', '&f1=last_name&op1=contains&v1=a']) {
			const page = await dana.get(`${path}/users?advanced=1&find=1${named}${more}`);
			assert.equal(page.status, more ? 422 : 200, `${named}${more}`);
			assert.doesNotMatch(page.words, /Add \d+ user|does not fit/, `${named}${more}`);
			if (more) assert.match(page.words, /There is no such value, or it is not in your departments/);
		}
});

test('where participants choose, who is left out is enrolled in the training, in whatever session', async () => {
	const t = await newTraining(muster, admin);
	const [user, other] = await newUsers(admin, department, 2);
	await admin.expect(201, 'POST', '/enrollments', { audience: { users: [user.id] }, trainings: [{ training: t.id, session: t.sessions[0].id }] });
	const choosing = section(await (await drafted([user, other], [t], '0')).check(), 'Skipped');
	assert.match(choosing[0].title, /1 user is enrolled already/);
	assert.match(choosing[0].rows[0].words, /is enrolled in this training already$/);
	const same = section(await (await drafted([user, other], [t])).check(), 'Skipped');
	assert.match(same[0].rows[0].words, /is in this session already$/);
	const { batch } = await admin.expect(201, 'POST', '/enrollments', { audience: { users: [user.id] }, trainings: [{ training: t.id, session: null }] });
	assert.match((await web.get(`/batches/${batch}`)).words, /is enrolled in this training already/);
});

test('Advanced Search says beside each department how many users are in it', async () => {
	const tree = (page) => Object.fromEntries(
		[...page.text.matchAll(/name="department" value="(\d+)"[^>]*><span><bdi>[^<]*<\/bdi> <small>([\d,]+)<\/small>/g)].map(([, id, n]) => [id, Number(n.replace(',', ''))]));
	for (const login of ['admin', 'dept.admin']) {
		const by = await apiOf(muster, login), visitor = await signedIn(muster, login);
		const users = await by.all('/users', 1000), scope = await by.all('/departments', 1000);
		const made = await visitor.post('/enroll', { csrf: (await visitor.get('/enroll')).csrf });
		const counts = tree(await visitor.get(`${made.location.replace(/\/\w+$/, '')}/users?advanced=1`));
		assert.deepEqual(counts, Object.fromEntries(scope.map((d) => [d.id, users.filter((u) => u.department === d.id).length])), login);
		assert.ok(Object.values(counts).filter((n) => n > 0).length > 1);
	}
});

test('conditions of a search stand in the basket in words, with names and not with numbers', async () => {
	const web = await signedIn(muster, 'owner'), api = await apiOf(muster, 'owner');
	const sales = (await api.all('/departments')).find((d) => d.name === 'Sales'), group = (await api.all('/groups'))[0];
	const wizard = (await web.post('/enroll', { csrf: (await web.get('/users')).csrf })).location.replace(/\/users.*/, '');
	for (const [words, expected] of [
		[{ nested: 1, department: sales.id }, /Department is, or lies below, Sales/],
		[{ group: group.id }, new RegExp(`Group is one of ${group.name}`)],
		[{ f2: 'first_name', op2: 'starts_with', v2: 'M' }, /First name starts with M/],
	]) {
		const found = await web.get(`${wizard}/users?advanced=1&find=1&f1=last_name&op1=contains&v1=a&${new URLSearchParams(words)}`);
		const form = found.forms.find((f) => f.fields.some((x) => x.name === 'v1' && x.type === 'hidden'));
		assert.equal((await web.submit(found, { button: form.buttons[0].text }, {}, { button: form.buttons[0].text })).status, 303);
		const basket = (await web.get(`${wizard}/users`)).words;
		assert.match(basket, /Last name contains a/);
		assert.match(basket, expected);
		await web.post(`${wizard}/users`, { csrf: found.csrf, clear: 1 });
	}
});

test('a form chooses for no more groups than a page has', async () => {
	const training = await newTraining(muster, admin);
	const { path, check } = await drafted(await newUsers(admin, department, 3), [training]);
	const page = await check();
	const [, version] = /name="version" value="(\d+)"/.exec(page.text);
	const choices = [...Array(40).fill('skip'), ...Array(60).fill('enroll')];
	assert.equal((await web.post(`${path}/check`, { csrf: page.csrf, version, go: 'change', 'g---1-0': choices })).status, 303);
	assert.match((await check()).words, /Skipped 3/);
});

// The fold below a session of Check: { who, lists: [{ title, rows }] }.
function seats(page) {
	return [...page.text.matchAll(/<li class="people">([\s\S]*?)<\/details>/g)].map(([, html]) => ({
		who: textOf(/<summary>([\s\S]*?)<\/summary>/.exec(html)[1]),
		lists: html.split('<h3>').slice(1).map((part) => ({
			title: textOf(part.split('</h3>')[0]),
			rows: [...part.matchAll(/<li>([\s\S]*?)<\/li>/g)].map(([, row]) => textOf(row)),
		})),
	}));
}

test('below each session stands who gets a seat in it, and who waits', async () => {
	const people = await newUsers(admin, department, 5);
	const few = await newTraining(muster, admin, [{ capacity: 3 }, {}]);
	const enroll = (user, session) => admin.expect(201, 'POST', '/enrollments', { audience: { users: [user.id] }, trainings: [{ training: few.id, session: session.id }] });
	await enroll(people[0], few.sessions[1]);
	const draft = await drafted(people, [few]);
	let page = await draft.check();
	assert.equal(seats(page)[0].lists[0].rows.length, 3, 'without who is elsewhere');
	const moved = `d-${people[0].id}-${few.id}`;
	assert.equal((await web.submit(page, { action: `${draft.path}/check` }, { [moved]: 'move' }, { button: 'Apply choices' })).status, 303);
	page = await draft.check();
	const [{ who, lists }] = seats(page);
	const planned = await admin.expect(200, 'POST', '/enrollments/plan', { audience: { users: people.map((u) => u.id) }, trainings: [{ training: few.id, session: few.sessions[0].id }], decisions: [{ user: people[0].id, training: few.id, do: 'move' }] });
	const waits = planned.items.filter((i) => i.effect === 'wait').map((i) => people.find((u) => u.id === i.user));
	assert.equal(waits.length, 2);
	assert.match(who, /^3 users get a seat, 2 on the waiting list/);
	assert.deepEqual(lists.map((l) => l.title), ['3 users get a seat', '2 users wait']);
	for (const [i, u] of waits.entries()) assert.match(lists[1].rows[i], new RegExp(`${u.last_name}.*Place ${i + 1}$`));
	for (const u of people.filter((x) => !waits.includes(x))) assert.ok(lists[0].rows.some((row) => row.includes(u.last_name)), u.last_name);
	assert.ok(lists[0].rows.some((row) => row.endsWith(`From ${few.sessions[1].title}`)));
});

test('who is to wait by choice waits behind the others', async () => {
	const [seated, chosen, full] = await newUsers(admin, department, 3);
	const t = await newTraining(muster, admin, [{ capacity: 1 }]);
	const users = [seated, chosen, full];
	const draft = await drafted(users, [t]);
	const page = await draft.check();
	assert.equal((await web.submit(page, { action: `${draft.path}/check` }, { [`d-${chosen.id}-${t.id}`]: 'wait', [`d-${full.id}-${t.id}`]: null }, { button: 'Apply choices' })).status, 303);
	const [{ lists }] = seats(await draft.check());
	assert.deepEqual(lists[1].rows.map((row) => [full, chosen].find((u) => row.includes(u.last_name))?.id), [full.id, chosen.id]);
	assert.match(lists[1].rows[0], /Place 1$/);
	await admin.expect(201, 'POST', '/enrollments', { audience: { users: users.map((u) => u.id) }, trainings: [{ training: t.id, session: t.sessions[0].id }], decisions: [{ user: chosen.id, training: t.id, do: 'wait' }] });
	const places = (await admin.all(`/trainings/${t.id}/participants`)).filter((e) => e.position).map((e) => [e.user, e.position]);
	assert.deepEqual(Object.fromEntries(places), { [full.id]: 1, [chosen.id]: 2 }, 'as Check says');
});

test('what is too long for Check has pages of its own', async () => {
	const many = await newUsers(admin, department, 130);
	const t = await newTraining(muster, admin, [{ capacity: 105 }]);
	const draft = await drafted(many, [t]);
	const page = await draft.check();
	const [{ lists }] = seats(page);
	assert.deepEqual(lists.map((l) => [l.title, l.rows.length]), [['105 users get a seat', 20], ['25 users wait', 20]]);
	const seen = new Set();
	let next = await web.get(page.link('All 105 in pages').href);
	assert.equal(next.heading, 'Who gets the seats');
	const names = (p) => many.filter((u) => p.words.includes(u.last_name));
	for (const u of names(next)) seen.add(u.id);
	assert.equal(seen.size, 100);
	next = await web.get(next.link('Next').href);
	assert.match(next.words, /101–105 of 105/);
	for (const u of names(next)) seen.add(u.id);
	assert.equal(seen.size, 105);
	const waits = await web.get(page.link('All 25 in pages').href);
	assert.match(waits.words, /Place 1\b.*Place 25\b/);
	for (const u of names(waits)) assert.ok(!seen.has(u.id));
	assert.equal((await web.get(`${draft.path}/seats?session=999999`)).status, 404);
	const other = await signedIn(muster, 'owner');
	assert.equal((await other.get(`${draft.path}/seats?session=${t.sessions[0].id}`)).status, 404, 'nobody else’s draft');
	assert.match((await web.get(`${draft.path}/seats?session=${t.sessions[0].id}&from=99999`)).words, /1–100 of 105/);
});
