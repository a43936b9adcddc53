// Ten times as many as there are seats accept at once, half of them at each of two nodes: nobody is seated twice or too
// many, and whoever was told of a seat or a place in the queue has it. `--long`: ten thousand for a thousand seats.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api, apiOf } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { assertSeats, assertSound, newTraining } from '../lib/organization.mjs';

const people = process.env.MUSTER_LONG ? 10_000 : 300,
	seats = people / 10,
	connections = 500; // to each node
const logins = Array.from({ length: people }, (_, i) => `user${i + 1}`);
const patience = { timeout: 600_000 };

// Everybody in the order of the list, so many at a time.
async function atOnce(list, many, act) {
	const rest = list.values();
	const work = async () => {
		for (const one of rest) await act(one);
	};
	await Promise.all(Array.from({ length: many }, work));
}

test(`${people} answer at two nodes for ${seats} seats: none is oversold, no answer is lost`, async (t) => {
	const args = ['--undo-hold', '0'];
	const seed = { users: people, departments: 10, trainings: 1, enrollments: 0 };
	const one = await startMuster({ demo: true, seed, args });
	const two = await startMuster({ db: one.db, args });
	const on_one = await apiOf(one, 'owner'),
		on_two = new Api(two, on_one.token);
	const training = await newTraining(one, on_one);
	const [session] = training.sessions;
	const participants = () => on_two.all(`/trainings/${training.id}/participants`, 1000);

	const trainings = [{ training: training.id, session: session.id }];
	const made = await on_one.post('/enrollments', { audience: { logins }, trainings });
	assert.ok([201, 202].includes(made.status), JSON.stringify(made.body));
	const everybody = await eventually(
		async () => {
			const all = await participants();
			return all.length === people && all.every((e) => e.announced_at) && all.map((e) => e.id);
		},
		{ ...patience, what: 'everybody is told' },
	);

	// What each was told, by enrollment.
	const answer = async (what) => {
		const told = new Map();
		const halves = [on_one, on_two].map((api, i) =>
			atOnce(
				everybody.filter((_, k) => k % 2 === i),
				connections,
				async (id) => told.set(id, await api.expect(200, 'POST', `/enrollments/${id}/answer`, { answer: what })),
			),
		);
		await Promise.all(halves);
		return told;
	};
	const declined = await answer('declined');
	assert.ok([...declined.values()].every((e) => e.answer === 'declined'));
	await on_one.expect(200, 'PATCH', `/sessions/${session.id}`, { capacity: seats });

	const began = performance.now();
	const told = await answer('accepted');
	const took = performance.now() - began;
	const of = (list, status) => list.filter((e) => e.status === status);
	const answers = [...told.values()];
	assert.equal(of(answers, 'enrolled').length, seats, 'oversold, or seats left over');
	assert.equal(of(answers, 'waiting').length, people - seats);
	for (const e of await participants()) {
		const heard = told.get(e.id);
		assert.deepEqual([e.status, e.answer, e.position], [heard.status, heard.answer, heard.position], 'lost');
	}
	const now = await assertSeats(on_one, session.id);
	assert.deepEqual([now.session.seats_taken, now.session.waiting], [seats, people - seats]);
	const places = now.waiting.map((e) => e.position).sort((a, b) => a - b);
	assert.deepEqual(places, Array.from(places, (_, i) => i + 1), 'one queue');
	await assertSound(two);
	for (const node of [one, two]) assert.doesNotMatch(node.log, /^.*database.*$/m);
	t.diagnostic(`${people} answers, ${seats} seats, 0 oversold, 0 lost, ${Math.round(took)} ms`);
});
