// One of each kind of write request, for tests that disturb them. Each kind is prepared anew, sent once, and then asked
// whether its effect is there: all of it, or nothing; anything between fails.
import assert from 'node:assert/strict';
import { Web, apiOf, signedIn } from './http.mjs';
import { eventually } from './muster.mjs';
import { dayAt, newTraining, newUser, newUsers } from './organization.mjs';

// A connection of its own each time, so that accepting is part of it.
const fresh = { headers: { connection: 'close' } };
let number = 0;

// Whom the kinds work with. Nothing but them becomes due while they run, so that what changes is theirs.
export const hold = 600_000;
export const stage_options = { demo: true, args: ['--undo-hold', String(hold)] };
export async function writeStage(muster, undo_hold = hold) {
	const api = await apiOf(muster, 'owner');
	const departments = await api.all('/departments');
	const support = departments.find((d) => d.name === 'Support').id;
	const root = departments.find((d) => d.parent === null).id;
	const people = (await newUsers(api, support, 12)).map((u) => u.id);
	const taught = await newTraining(muster, api);
	await enroll(api, people, taught);
	muster.setClock(muster.clock + undo_hold + 5);
	await eventually(async () => (await participants(api, taught)).every((e) => e.announced_at), {
		what: 'the announcement',
	});
	const web = await signedIn(muster, 'owner');
	return { muster, api, web, support, root, people, taught };
}

// After a restart it listens on another port.
export function follow(stage) {
	stage.api.base = stage.web.base = stage.muster.url;
}

const enrollBody = (users, training) => ({
	audience: { users },
	trainings: [{ training: training.id, session: training.sessions[0].id }],
});
const enroll = (api, users, training) => api.expect(201, 'POST', '/enrollments', enrollBody(users, training));

// Of these values all are the new ones, or none.
function allOrNothing(found, wanted, what) {
	const same = Object.keys(wanted).filter((k) => found[k] === wanted[k]);
	assert.ok(same.length === 0 || same.length === Object.keys(wanted).length, `half done: ${what}: ${same}`);
	return same.length > 0;
}

const participants = (api, training) => api.all(`/trainings/${training.id}/participants`, 1000);
const first = (list) => list[number % list.length];

// name: async (stage) => ({ send, there, ok: the statuses that acknowledge it, goes_on: one that failed on its way may
// go on by itself, unseen: the rows it makes, where nobody but who got the answer can see that it was done })
export const kinds = {
	'enroll one': async ({ api, support, taught }) => {
		const user = await newUser(api, support);
		return {
			ok: [201, 202],
			send: () => api.post('/enrollments', enrollBody([user.id], taught), fresh),
			there: async () => (await api.all(`/users/${user.id}/enrollments`)).length === 1,
		};
	},
	'enroll many': async ({ muster, api, people }) => {
		const training = await newTraining(muster, api, [{ capacity: people.length - 2 }]);
		return {
			ok: [201, 202],
			send: () => api.post('/enrollments', enrollBody(people, training), fresh),
			there: async () => {
				const found = await participants(api, training);
				const all = found.length === people.length;
				assert.ok(all || found.length === 0, `half done: ${found.length} enrolled`);
				return found.length > 0;
			},
		};
	},
	answer: async ({ api, people, taught }) => {
		const e = (await participants(api, taught)).find((x) => x.user === first(people));
		const answer = e.answer === 'accepted' ? 'declined' : 'accepted';
		return {
			ok: [200],
			send: () => api.post(`/enrollments/${e.id}/answer`, { answer }, fresh),
			there: async () => (await api.expect(200, 'GET', `/enrollments/${e.id}`)).answer === answer,
		};
	},
	'cancel an enrollment': async ({ api, support, taught }) => {
		const user = await newUser(api, support);
		await enroll(api, [user.id], taught);
		const [e] = await api.all(`/users/${user.id}/enrollments`);
		return {
			ok: [204],
			send: () => api.delete(`/enrollments/${e.id}`, fresh),
			there: async () => (await api.expect(200, 'GET', `/enrollments/${e.id}`)).status === 'cancelled',
		};
	},
	'edit a session': async ({ muster, api, taught }) => {
		const [{ id }] = taught.sessions;
		const title = `Edited ${++number}`,
			location = `Room ${number}`;
		return {
			ok: [200],
			send: () =>
				api.patch(`/sessions/${id}`, { title, days: [dayAt(muster, 60, '10:00', { location })] }, fresh),
			there: async () => {
				const s = await api.expect(200, 'GET', `/sessions/${id}`);
				return allOrNothing({ title: s.title, location: s.days[0].location }, { title, location }, 'session');
			},
		};
	},
	'make a training': async ({ muster, api }) => {
		const title = `Made ${++number}`;
		const days = (n) => [dayAt(muster, 30 + n), dayAt(muster, 40 + n)];
		const sessions = [1, 2].map((n) => ({ title: `Run ${n}`, days: days(n) }));
		return {
			ok: [201],
			send: () => api.post('/trainings', { title, sessions }, fresh),
			there: async () => {
				const [t] = await api.all(`/trainings?q=${encodeURIComponent(title)}`);
				const made = t && (await api.expect(200, 'GET', `/trainings/${t.id}`));
				if (made) assert.equal(made.sessions.length, 2, 'half done');
				return Boolean(made);
			},
		};
	},
	'record results': async ({ api, people, taught }) => {
		const comment = `Said ${++number}`;
		const results = people.slice(0, 4).map((user) => ({ user, result: 'attended', comment }));
		return {
			ok: [200],
			send: () => api.put(`/sessions/${taught.sessions[0].id}/results`, { results }, fresh),
			there: async () => {
				const found = (await participants(api, taught)).filter((e) => people.slice(0, 4).includes(e.user));
				const said = found.filter((e) => e.comment === comment).length;
				assert.ok(said === 0 || said === 4, `half done: ${said} of 4 results`);
				return said > 0;
			},
		};
	},
	'change a user': async ({ api, people }) => {
		const id = first(people);
		const changes = { first_name: `Changed ${++number}`, email: `changed${number}@example.org` };
		return {
			ok: [200],
			send: () => api.patch(`/users/${id}`, changes, fresh),
			there: async () => allOrNothing(await api.expect(200, 'GET', `/users/${id}`), changes, 'user'),
		};
	},
	'a user who ends': async ({ muster, api, support }) => {
		const user = await newUser(api, support);
		const training = await newTraining(muster, api);
		await enroll(api, [user.id], training);
		return {
			ok: [200],
			send: () => api.patch(`/users/${user.id}`, { status: 'ended' }, fresh),
			there: async () => {
				const { status } = await api.expect(200, 'GET', `/users/${user.id}`);
				const [e] = await api.all(`/users/${user.id}/enrollments`);
				const cancelled = !e || e.status === 'cancelled';
				assert.equal(status === 'ended', cancelled, 'half done: user and enrollment');
				return cancelled;
			},
		};
	},
	'import users': async ({ api }) => {
		const logins = ((n) => [`imp${n}.a`, `imp${n}.b`, `imp${n}.c`])(++number);
		const file = ['login,department,last_name', ...logins.map((l) => `${l},Company / Support,Import`)].join('\n');
		return {
			ok: [200],
			goes_on: true,
			send: () =>
				api.call('POST', '/users/import', file, {
					raw: true,
					headers: { 'content-type': 'text/csv', ...fresh.headers },
				}),
			// It is applied in slices; what was cut short goes on by itself.
			there: () =>
				eventually(
					async () => {
						const found = await api.all(`/users?q=${logins[0].slice(0, -1)}`, 1000);
						const n = found.filter((u) => logins.includes(u.login)).length;
						return (n === 0 || n === 3) && { all: n > 0 };
					},
					{ what: 'all of the import, or nothing' },
				).then(({ all }) => all),
		};
	},
	'sign in': async ({ muster }) => {
		const web = new Web(muster);
		const page = await web.get('/login');
		return {
			ok: [303],
			unseen: { sign_in: 1, audit: 1 },
			send: () =>
				web.submit(
					page,
					{ field: 'Password' },
					{ 'Login or e-mail': 'maria', Password: 'demo-password' },
					fresh,
				),
			there: async () => {
				web.base = muster.url;
				return (await web.get('/me/trainings', { follow: false })).status === 200;
			},
		};
	},
	'start a draft': async ({ web, people }) => {
		const { csrf } = await web.get('/enroll');
		let path = null;
		return {
			ok: [303],
			unseen: { draft: 1 },
			send: async () => {
				const made = await web.post('/enroll', { csrf, user: first(people) }, fresh);
				path = made.location;
				return made;
			},
			there: async () => path !== null && (await web.get(path)).status === 200,
		};
	},
	'change a draft': async ({ web, people, muster }) => {
		const { csrf } = await web.get('/enroll');
		const made = await web.post('/enroll', { csrf, user: first(people) });
		const path = made.location.replace(/\/\w+$/, '');
		const line = `maria\n`;
		return {
			ok: [303],
			send: () => web.post(`${path}/users`, { csrf, add_paste: '1', paste: line }, fresh),
			there: async () => {
				web.base = muster.url;
				return (await web.get(`${path}/users`)).words.includes('Lindqvist');
			},
		};
	},
};
