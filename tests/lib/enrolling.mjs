// Enrolling through REST in the demo organization: what its tests share.
import assert from 'node:assert/strict';
import { apiOf } from './http.mjs';
import { eventually, startMuster } from './muster.mjs';

export const hold = 60;
export const codes = (answer) => Object.fromEntries((answer.body.errors ?? []).map((e) => [e.field, e.code]));
export const ids = (users) => users.map((u) => u.id);
export const body = (users, training, session, more = {}) => ({
	audience: { users: ids(users) },
	trainings: [{ training: training.id, session: session?.id ?? null }],
	...more,
});
export const plan = (api, what) => api.expect(200, 'POST', '/enrollments/plan?limit=1000', what);
export const effects = (planned) =>
	Object.fromEntries(planned.items.map((i) => [i.user, `${i.effect} ${i.code ?? '-'}`]));

// A server with an account administrator and the manager of Sales; `by`: demo users by login, departments by "/name".
export async function startEnrolling() {
	const muster = await startMuster({ demo: true });
	const [admin, manager] = await Promise.all(['admin', 'dept.admin'].map((login) => apiOf(muster, login)));
	const by = {};
	for (const user of await admin.all('/users')) by[user.login] = user;
	for (const d of await admin.all('/departments')) by[`/${d.name}`] = d;

	const enrollment_of = async (user, training) =>
		(await admin.all(`/users/${user.id}/enrollments`)).find((e) => e.training === training.id) ?? null;

	// Plans, enrolls with the plan's digest, and insists that what happened is what was shown.
	async function enroll(api, what) {
		const planned = await plan(api, what);
		const result = await api.expect(201, 'POST', '/enrollments', { ...what, plan: planned.plan });
		assert.deepEqual(
			[result.enrolled, result.waitlisted, result.moved, result.skipped.length],
			[planned.enroll, planned.wait, planned.move, planned.skip + planned.decide],
		);
		assert.deepEqual(result.unknown, planned.unknown);
		const left_out = planned.items.filter((i) => i.effect === 'skip' || i.effect === 'decide');
		assert.deepEqual(
			result.skipped.map((s) => `${s.user} ${s.training} ${s.code}`).sort(),
			left_out.map((i) => `${i.user} ${i.training} ${i.code}`).sort(),
		);
		for (const s of planned.sessions)
			assert.equal((await admin.expect(200, 'GET', `/sessions/${s.session}`)).seats_taken, s.after);
		return { ...result, planned };
	}

	// The clock goes on until the access date of what was just enrolled has come, and it has been announced.
	async function announce(enrollment) {
		muster.setClock(muster.clock + hold + 5);
		return eventually(
			async () => {
				const now = await admin.expect(200, 'GET', `/enrollments/${enrollment.id}`);
				return now.announced_at && now;
			},
			{ what: 'the announcement' },
		);
	}

	return { muster, admin, manager, by, enroll, announce, enrollment_of };
}
