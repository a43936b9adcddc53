// What many tests need of an organization, made through the API as an administrator would.
import assert from 'node:assert/strict';

let number = 0;

// "2030-05-04T09:00": wall time so many days after the program's now.
export function wall(muster, days, time = '09:00') {
	return `${new Date((muster.now() + days * 86400) * 1000).toISOString().slice(0, 10)}T${time}`;
}

// A day of a session, three hours in Berlin unless said otherwise.
export function dayAt(muster, days, time = '09:00', more = {}) {
	const start = wall(muster, days, time);
	return { start, duration: 10_800, time_zone: 'Europe/Berlin', location: 'Room 4', ...more };
}

// A training with one session for each item of `sessions`; those differ from the usual (in 30 days, no limit) by what
// the items say.
export async function newTraining(muster, api, sessions = [{}], more = {}) {
	number++;
	return api.expect(201, 'POST', '/trainings', {
		title: `Course ${number}`,
		...more,
		sessions: sessions.map((s, i) => ({
			title: `Run ${number}.${i + 1}`,
			days: [dayAt(muster, 30 + number)],
			...s,
		})),
	});
}

export async function newUser(api, department, more = {}) {
	number++;
	return api.expect(201, 'POST', '/users', {
		login: `new${number}`,
		email: `new${number}@example.org`,
		first_name: 'New',
		last_name: `Person ${String(number).padStart(4, '0')}`,
		department,
		...more,
	});
}

export function newUsers(api, department, n) {
	return Promise.all(Array.from({ length: n }, () => newUser(api, department)));
}

// Every invariant holds.
export async function assertSound(muster) {
	const { code, out, err } = await muster.cli(['fsck']);
	assert.equal(code, 0, `fsck: ${out}${err}`);
}

// Seats and waiting list of a session are what its enrollments say (no limit: as many as there are).
export async function assertSeats(api, session_id) {
	const session = await api.expect(200, 'GET', `/sessions/${session_id}`);
	const all = await api.all(`/trainings/${session.training}/participants?session=${session_id}`, 1000);
	const waiting = all.filter((e) => e.status === 'waiting' || (e.status === 'scheduled' && e.position !== null));
	const seated = all.filter((e) => !waiting.includes(e) && e.answer !== 'declined');
	assert.equal(session.seats_taken, seated.length, 'seats taken are what enrollments hold');
	assert.equal(session.waiting, waiting.length, 'the waiting list is as long as it says');
	if (waiting.length && session.status !== 'completed')
		assert.ok(session.seats_taken >= session.capacity, 'nobody waits beside a free seat');
	assert.equal(new Set(all.map((e) => e.user)).size, all.length, 'everybody once');
	return { session, seated, waiting };
}
