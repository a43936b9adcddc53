// Many participants are found in the order of an index, page by page: every order has everybody once, and backwards it
// is the same order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';

const orders = ['name', 'department', 'session', 'status', 'answer', 'access', 'result'];

test('every order of many participants', async () => {
	const muster = await startMuster({ demo: true, seed: { users: 1100, departments: 12, trainings: 1, enrollments: 700, seed: 5 } });
	const api = await apiOf(muster, 'owner');
	const web = await signedIn(muster, 'admin');
	const id = Math.max(...(await api.all('/trainings')).map((t) => Number(t.id)));
	const path = `/trainings/${id}/participants`;

	// Beside those who were told and answered: some who are not told yet, at two moments, some who wait, some who choose.
	const { organizer } = await api.expect(200, 'GET', `/trainings/${id}`);
	const session = await api.expect(201, 'POST', `/trainings/${id}/sessions`, {
		title: 'Small',
		capacity: 20,
		days: [{ start: '2030-03-01T09:00', duration: 3600, time_zone: 'Europe/Berlin' }],
	});
	const there = new Set((await api.all(path, 200)).map((e) => e.user.id ?? e.user));
	const others = (await api.all('/users', 200)).map((u) => u.id).filter((u) => !there.has(u) && u !== organizer);
	const enroll = (users, chosen, access_at) =>
		api.expect(201, 'POST', '/enrollments', { audience: { users }, trainings: [{ training: String(id), session: chosen }], access_at });
	await enroll(others.slice(0, 40), session.id, '2029-01-01T00:00:00Z');
	await enroll(others.slice(40, 60), null, '2028-01-01T00:00:00Z');
	await enroll(others.slice(60, 80), null, '2029-01-01T00:00:00Z');
	const n = there.size + 80;
	assert.ok(n > 600, `${n} participants`);

	const walk = async (query) => {
		const ids = [];
		for (let after = ''; after !== null; ) {
			const page = await api.expect(200, 'GET', `${path}?limit=77&${query}${after && `&after=${after}`}`);
			ids.push(...page.items.map((e) => e.id));
			after = page.next;
		}
		return ids;
	};
	for (const sort of orders) {
		const up = await walk(`sort=${sort}`);
		assert.equal(up.length, n, sort);
		assert.equal(new Set(up).size, n, `${sort}: everybody once`);
		assert.deepEqual(await walk(`sort=-${sort}`), up.toReversed(), `${sort}: the same from the other end`);

		// The pages themselves: from the last one back.
		const shown = [];
		let page = (await web.get(`${path}?sort=${sort}`)).link('Last').href;
		for (let at = 0; page && at < 40; at++) {
			const one = await web.get(page);
			const here = [...one.text.matchAll(/name="id" value="(\d+)"/g)].map((m) => m[1]);
			shown.unshift(...here);
			page = one.links.find((l) => l.text === 'Previous')?.href;
		}
		assert.deepEqual(shown, up, `${sort}: pages from the last one back`);
	}
	const found = await api.all(`${path}?sort=answer&status=waiting`);
	assert.equal(found.length, 20);
	assert.match((await web.get(path)).words, new RegExp(`${n} participants`));
	assert.equal((await walk('answer=none&sort=department')).length, (await walk('answer=none&sort=access')).length);
	const results = await Promise.all(['none', 'attended', 'absent'].map(async (result) => (await walk(`result=${result}&sort=session`)).length));
	assert.ok(results.every((n) => n > 0));
	assert.equal(results[0] + results[1] + results[2], (await walk('sort=session')).length);
	await muster.stop();
});
