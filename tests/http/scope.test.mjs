// R3, made from the table of routes: out of scope is the same as not there. For the department administrator; the same
// tests for a custom role stand in scope_custom_role.test.mjs. And those who manage nobody.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiOf, signedIn, Web } from '../lib/http.mjs';
import {
	admin,
	ask,
	askWithoutObject,
	assertNoStranger,
	by,
	inside,
	is_api,
	is_safe,
	kind_of,
	looks,
	missing,
	muster,
	name_of,
	outside,
	people_of,
	plain,
	routes,
	strangersTo,
} from '../lib/scope.mjs';
import { managerTests } from '../lib/scope_manager.mjs';

managerTests({
	login: 'dept.admin',
	role: 'department_admin',
	departments: ['Sales', 'Sales EMEA', 'Sales Americas'],
	topmost: ['Sales'],
	hidden: /Engineering|Support/,
	pages: 300,
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
