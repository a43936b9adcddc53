// What every manager of some departments meets, whatever role they hold them by: out of scope is the same as not there,
// on every address, in every list, count, suggestion and error. A route with an object that tests/lib/scope.mjs cannot
// fill fails, so that whoever adds one says there what stands outside.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { decode } from './html.mjs';
import { newTraining, wall } from './organization.mjs';
import {
	admin,
	ask,
	assertNoStranger,
	at,
	by,
	draftOf,
	enroll,
	inside,
	is_api,
	is_safe,
	kind_of,
	looks,
	manager,
	me,
	missing,
	muster,
	name_of,
	named,
	outside,
	owner,
	people_of,
	plain,
	routes,
	seen_by_all,
	sees,
	setUp,
	strangersTo,
	web,
	world,
} from './scope.mjs';

// `who`: as for setUp(), and { departments, topmost, hidden, pages }: names of the departments in scope, which of them
// begin a tree, a pattern of the names of others, and how many looks must find something.
export function managerTests(who) {
	const may = (permission) => sees.includes(permission);

	// Whoever organizes or teaches, or is asked about, needs no permission there: the object decides.
	const by_object = (r) =>
		['training', 'session'].includes(r.object) ||
		(r.object === 'enrollment' && ['results', 'users.view'].includes(r.permission));

	before(() => setUp(who));

	test('what is out of scope answers like what is not there, on every route with an object', async (t) => {
		const before_all = await world();
		const with_object = routes.filter((r) => kind_of(r));
		assert.ok(with_object.length > 60);
		for (const r of with_object)
			await t.test(name_of(r), async () => {
				const kind = kind_of(r);
				const expected = r.permission && !may(r.permission) && !by_object(r) ? 403 : 404;
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

	test('what is named in a body or a form and is out of scope is not there either', async () => {
		const same = async (ask_with, out, status) => {
			const [nowhere, there] = [await ask_with(missing), await ask_with(out)];
			assert.equal(there.status, nowhere.status);
			assert.equal(there.status, status, plain(there, '"').slice(0, 300));
			assert.equal(plain(there, `"${out}"`), plain(nowhere, `"${missing}"`));
		};
		const edits = may('users.edit') ? 422 : 403;
		const training = (more) => manager.post('/trainings', { title: 'Named', ...more });
		await same((id) => manager.patch(`/users/${by.maria.id}`, { department: id }), outside.department, edits);
		await same((id) => manager.patch(`/users/${by.maria.id}`, { supervisor: id }), outside.user, edits);
		await same(
			(id) =>
				manager.patch(`/users/${by.maria.id}`, {
					roles: [{ role: 'department_admin', departments: [id] }],
				}),
			outside.department,
			403,
		);
		await same((id) => manager.post('/users', { login: 'named', department: id }), outside.department, edits);
		await same((id) => training({ organizer: id }), outside.user, 422);
		await same(
			(id) =>
				training({
					sessions: [
						{ title: 'x', instructor_user: id, days: [{ start: wall(muster, 9), duration: 3600 }] },
					],
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

	test('no list, page or answer names anybody out of scope', async () => {
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
		const own = new Set(trainings.filter((x) => x.organizer === me.id).map((x) => x.id));
		objects.training = objects.training.filter((id) => !own.has(id));
		const sheets = new Set(
			trainings.filter((x) => own.has(x.id)).flatMap((x) => x.sessions.map((s) => `/sessions/${s.id}/sheet`)),
		);
		const statuses = {};
		for (const path of looks(objects).filter((p) => !sheets.has(p.split('?')[0]))) {
			const status = await assertNoStranger(web, manager, path, strangers, trainers);
			statuses[status] = (statuses[status] ?? 0) + 1;
		}
		assert.ok(statuses[200] > who.pages, JSON.stringify(statuses));
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
					assert.equal(
						page.text.replaceAll(encodeURIComponent(q), 'no%20such%20person%20at%20all'),
						nobody,
						q,
					);
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
			who.departments.some((name) => by[`/${name}`].id === u.department),
		);
		assert.deepEqual(mine, new Set(expected.map((u) => u.id)));
		// An empty list says so instead of counting.
		const found = async (path) =>
			Number((/data-status="([\d,]+) /.exec((await web.get(path)).text)?.[1] ?? '0').replace(',', ''));
		assert.equal(await found('/users'), mine.size);
		assert.equal(await found('/users?status=inactive'), expected.filter((u) => u.status === 'inactive').length);
		for (const t of await manager.all('/trainings')) {
			const all = await owner.all(`/trainings/${t.id}/participants`, 1000);
			const visible = t.organizer === me.id ? all : all.filter((e) => mine.has(e.user));
			assert.deepEqual(
				new Set((await manager.all(`/trainings/${t.id}/participants`, 1000)).map((e) => e.id)),
				new Set(visible.map((e) => e.id)),
				t.title,
			);
			assert.equal(await found(`/trainings/${t.id}/participants`), visible.length, t.title);
			const held = (all) => all.map((s) => [s.id, s.seats_taken, s.waiting]);
			assert.deepEqual(
				held(t.sessions),
				held((await owner.expect(200, 'GET', `/trainings/${t.id}`)).sessions),
				'how many have a seat or wait is a fact of the session',
			);
		}
	});

	test('messages and reports are those of the scope', async () => {
		const all_trainings = (await owner.all('/trainings')).map((t) => t.id);
		const report = `/reports/attendance?group_by=training&trainings=${all_trainings}`;
		if (!may('outbox')) assert.equal((await manager.get('/outbox')).status, 403);
// Without the permission it is about the own trainings (R11).
		if (!may('reports'))
			assert.deepEqual(
				(await manager.all(report)).map((line) => line.key),
				[inside.training],
			);
		const mine = new Set((await people_of(manager)).map((u) => u.id));
		const messages = (await owner.all('/outbox', 1000)).filter((m) =>
			[outside.enrollment, inside.enrollment].includes(m.enrollment),
		);
		if (may('outbox'))
			assert.deepEqual(
				(await manager.all('/outbox', 1000))
					.filter((m) => messages.some((x) => x.id === m.id))
					.map((m) => m.enrollment),
				[inside.enrollment],
			);
		for (const line of may('reports') ? await manager.all(report) : []) {
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
		assert.deepEqual(new Set(tree.map((d) => d.name)), new Set(who.departments));
		assert.deepEqual(new Set(tree.filter((d) => d.parent === null).map((d) => d.name)), new Set(who.topmost));
		assert.doesNotMatch((await web.get('/departments')).words, who.hidden);
		for (const page of [
			await web.get('/users/new'),
			await web.get(`/users/${by.maria.id}`),
			await web.get('/users'),
			await web.get(`/enroll/${inside.draft}/users?advanced=1`),
		]) {
			const options = page.forms
				.flatMap((f) => f.fields)
				.flatMap((f) => f.options ?? [])
				.map((o) => o.text);
			assert.ok(!options.some((o) => who.hidden.test(o)), page.path);
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
}
