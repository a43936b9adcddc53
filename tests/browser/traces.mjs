// A demo organization in which things have happened, so that no page is empty: invitations, answers, a waiting list,
// a choice to make, drafts, a result of an enrollment; and the addresses of all its pages.
import assert from 'node:assert/strict';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually, runMuster, startMuster } from '../lib/muster.mjs';
import { coordinator as coordinator_permissions, newRole } from '../lib/people.mjs';
import { asked, reply, server } from '../lib/replies.mjs';
import { startRelay } from '../lib/smtp.mjs';
import { newImport } from '../lib/upload.mjs';
import { demoIds, minutesAhead, passInstant, wallClock } from './steps.mjs';

const managers = ['owner', 'dept.admin'];

// One that counts, one with words, one that is asked back, and a stranger's.
async function answerByMail(muster, to) {
	for (const message of [
		reply(to, 'TENTATIVE', { proven: true }),
		reply(to, 'ACCEPTED', { comment: 'See you there.', at: to.stamp + 90 }),
		reply(to, 'DECLINED', { at: to.stamp + 120 }),
		reply({ ...to, uid: 'stray@elsewhere.example' }, 'ACCEPTED', { from: 'stray@elsewhere.example' }),
	]) {
		const { code, err } = await muster.cli(['receive', '--authserv-id', server], { input: message });
		if (code !== 0) throw new Error(err);
	}
}

// Answers { muster, relay, api, ids, token (of Maria's answer link), own: login -> { draft, batch, import } }.
export async function organizationWithTraces() {
	const relay = await startRelay();
	relay.modes = { 'omar@example.org': 'rcpt-5xx' };
	const muster = await startMuster({
		demo: true,
		args: ['--smtp', relay.url, '--mail-from', 'Muster <training@example.org>', '--replies', 'on'],
	});
	const ids = await demoIds(muster);
	const { api, trainings, sessions } = ids;
	const access_at = minutesAhead(muster, 1);
	const enroll = (who, logins, training, session, more = {}) =>
		who.expect(201, 'POST', '/enrollments', {
			audience: { logins },
			trainings: [{ training: trainings[training], session: session && sessions[`${training} / ${session}`] }],
			access_at: new Date(access_at * 1000).toISOString(),
			...more,
		});

	const own = {};
	for (const login of managers) {
		const by = await apiOf(muster, login);
		const done = await enroll(
			by,
			login === 'owner' ? ['maria', 'omar', 'nomail'] : ['sven', 'emily.carter', 'aiko.tanaka'],
			'Negotiation basics',
			login === 'owner' ? 'Online afternoon' : 'Morning workshop',
			{ message: 'Bring one case of your own.' },
		);
		own[login] = { batch: done.batch };
	}
	await enroll(api, ['maria'], 'Fire safety', 'Head office');
	await enroll(api, ['maria'], 'Time management', null);
	passInstant(muster, access_at);
	const invitation = await relay.waitFor((m) => m.to.includes('maria@example.org') && m.html.includes('/rsvp/'));
	const token = /\/rsvp\/([^?"]+)/.exec(invitation.html)[1];
	await api.expect(201, 'POST', `/users/${ids.users.maria}/password-link`);
	const { html } = await relay.waitFor((m) => m.to.includes('maria@example.org') && m.html.includes('/password/'));
	const link = /\/password\/([^"]+)/.exec(html)[1];
	await eventually(async () => (await api.all('/outbox')).every((m) => m.state !== 'waiting'), {
		what: 'all mail has left',
	});

	await answerByMail(muster, asked(invitation));
	await enroll(api, ['lars.eriksson'], 'Time management', 'Berlin', {
		access_at: new Date((access_at + 7200) * 1000).toISOString(),
	});
	await addCoordinators(api, ids);
	for (const login of managers)
		own[login].import = await newImport(
			await signedIn(muster, login),
			'login,email,department',
			'maria,maria.new@example.org,Company / Sales / Sales EMEA',
			'someone.new,,Company / Sales',
			'nobody,,Company / Moon',
		);
	for (const login of managers) own[login].draft = await draftAtCheck(muster, ids, login, access_at + 86400);
	return { muster, relay, api, ids, token, link, own };
}

// Two who hold a custom role, one of them another one as well.
async function addCoordinators(api, { users }) {
	const departments = await api.all('/departments');
	const id = (name) => departments.find((d) => d.name === name).id;
	const coordinator = await newRole(api, coordinator_permissions, { name: 'Regional coordinator' });
	const recorder = await newRole(api, ['results', 'reports'], { name: 'Attendance desk' });
	const both = [
		{ role: coordinator.id, departments: [id('Sales EMEA'), id('Support')] },
		{ role: recorder.id, departments: [id('Sales')] },
	];
	await api.expect(200, 'PATCH', `/users/${users['grace.kim']}`, { roles: both });
	await api.expect(200, 'PATCH', `/users/${users['wei.zhang']}`, { roles: [both[0]] });
}

// A draft with persons, a department, two trainings and decisions to make, as its owner left it on Check.
async function draftAtCheck(muster, { api, users, trainings, sessions }, login, access_at) {
	const web = await signedIn(muster, login);
	const page = await web.get('/users');
	const post = async (path, fields) => {
		const answer = await web.post(path, { csrf: page.csrf, ...fields });
		assert.equal(answer.status, 303, `${login} ${path}: ${answer.status} ${answer.words.slice(0, 300)}`);
		return answer.location;
	};
	const draft = /\/enroll\/(\d+)/.exec(
		await post('/enroll', { id: [users.maria, users['aiko.tanaka'], users['grace.kim']] }),
	)[1];
	const departments = await api.all('/departments');
	await post(`/enroll/${draft}/users`, {
		department: departments.find((d) => d.name === 'Sales EMEA').id,
		nested: 1,
		add_rule: 1,
	});
	await post(`/enroll/${draft}/users`, { next: 1 });
	for (const title of ['Negotiation basics', 'Fire safety'])
		await post(`/enroll/${draft}/trainings`, { add: trainings[title] });
	await post(`/enroll/${draft}/trainings`, { next: 1 });
	const { forms } = await web.get(`/enroll/${draft}/parameters`);
	const form = forms.find((f) => f.id === 'parameters');
	const { date, time } = wallClock(access_at);
	const fields = {
		version: form.fields.find((f) => f.name === 'version').value,
		access_date: date,
		access_time: time,
		message: 'See you there.',
		go: 'check',
	};
	const wanted = [sessions['Negotiation basics / Online afternoon'], sessions['Fire safety / Head office']];
	for (const radio of form.fields.filter((f) => f.type === 'radio' && wanted.includes(f.value)))
		fields[radio.name] = radio.value;
	await post(`/enroll/${draft}/parameters`, fields);
	return draft;
}

// Every address that shows a page, with ids of what is there: [{ route, path }]. Files, fragments and what only
// machines read are left out; what a role may not see shows why not, and that is a page as well.
export async function addresses({ api, ids, own, token, link, muster }, login) {
	const { users, trainings, sessions } = ids;
	const routes = JSON.parse((await runMuster(['routes'])).out).filter(
		(r) =>
			r.method === 'GET' &&
			!/^\/(api\/|healthz|metrics|a\/|setup|feed)|\.ics$|\/suggest$|\/progress$|\.csv$|\/export$/.test(r.path),
	);
	const enrollments = await api.all(`/trainings/${trainings['Negotiation basics']}/participants`);
	const of = (user) => enrollments.find((e) => e.user === users[user]).id;
	const choosing = (await api.all(`/users/${users.maria}/enrollments`)).find((e) => e.session === null).id;
	const departments = await api.all('/departments');
	const groups = await api.all('/groups');
	const role = (await api.all('/roles')).find((r) => r.name === 'Regional coordinator').id;
	const { draft = '1', batch = '1', import: imported = '1' } = own[login] ?? {};
	const object = {
		user: users.maria,
		department: departments.find((d) => d.name === 'Sales').id,
		group: groups[0].id,
		training: trainings['Negotiation basics'],
		session: sessions['Negotiation basics / Two-day course'],
		enrollment: of('aiko.tanaka'),
		draft,
		batch,
		import: imported,
	};
	// Where the handler asks itself, the path says what stands in it.
	const asked = (path) =>
		path.startsWith('/me/')
			? choosing
			: path.startsWith('/roles/')
				? role
				: path.startsWith('/users/') && users.maria;
	const pages = routes.map((r) => ({
		route: r.path,
		path: r.path
			.replace('/settings/api/{name}', '/settings/api/enrolling')
			.replace('/password/{name}', `/password/${link}`)
			.replace('/enroll/{id}/seats', `/enroll/{id}/seats?session=${sessions['Fire safety / Head office']}`)
			.replace('{name}', token)
			.replace('{id}', (object[r.object] ?? asked(r.path)) || '1'),
	}));
	const month = wallClock(muster.now() + 20 * 86400).date.slice(0, 7);
	const several = `id=${of('aiko.tanaka')}&id=${of('grace.kim')}`;
	const more = [
		'/users?q=nobody-is-called-that',
		'/users?status=inactive&sort=-login',
		`/users?department=${object.department}&limit=5`,
		`/users/${users['aiko.tanaka']}/learning`,
		`/users/${users.inactive}`,
		`/users/${users['grace.kim']}`,
		`/users/${users['grace.kim']}/access`,
		'/roles/1',
		`/calendar?month=${month}`,
		`/calendar?view=agenda&month=${month}`,
		`/calendar?view=week&day=${month}-15`,
		`/trainings/${trainings['Negotiation basics']}/participants?sort=session&status=waiting&q=a`,
		`/trainings/${trainings['Giving feedback']}/participants?sort=-result`,
		`/trainings/${trainings['Giving feedback']}`,
		`/enrollments/edit?${several}`,
		`/enrollments/cancel?${several}`,
		`/enrollments/result?${several}`,
		`/enroll/${draft}/users?advanced=1&find=1&department=${object.department}&nested=1`,
		`/enroll/${draft}/trainings?q=zzz`,
		`/enroll/${draft}/seats?session=${sessions['Fire safety / Head office']}&waits=1`,
		`/rsvp/${token}?a=decline&was=1`,
		'/rsvp/1.nosuchtoken',
		'/forgot?sent=1',
		'/password/nosuchtoken',
		'/no-such-page',
	].map((path) => ({
		route: path
			.replaceAll(/\d{1,6}(?=[/?&]|$)/g, 'N')
			.replaceAll(token, 'TOKEN')
			.replace(month, 'MONTH'),
		path,
	}));
	return [...pages, ...more];
}

// What people typed, were called or chose: it is shown as it is, in every language.
export async function dataOf({ api }) {
	const words = new Set([
		'Muster',
		'Example Company',
		'Berlin',
		'New York',
		'Europe/Berlin',
		'America/New_York',
		'UTC',
		'Etc/UTC',
	]);
	const put = (...all) => all.forEach((w) => typeof w === 'string' && w.length > 2 && words.add(w));
	for (const u of await api.all('/users'))
		put(
			u.login,
			u.email,
			u.first_name,
			u.last_name,
			`${u.first_name} ${u.last_name}`,
			`${u.last_name} ${u.first_name}`,
			...Object.values(u.fields ?? {}),
		);
	for (const d of await api.all('/departments')) put(d.name);
	for (const g of await api.all('/groups')) put(g.name);
	for (const t of (await api.get('/openapi.json')).body.tags) put(t.name);
	for (const r of (await api.all('/roles')).filter((x) => /^\d+$/.test(x.id))) put(r.name);
	for (const { id } of await api.all('/trainings')) {
		const t = await api.expect(200, 'GET', `/trainings/${id}`);
		put(t.title, t.description, ...(t.description ?? '').split('\n'));
		for (const s of t.sessions) {
			put(s.title, s.instructor);
			for (const d of s.days) put(d.location, d.url, d.time_zone);
		}
	}
	put('stray@elsewhere.example', 'muster token', 'Bring one case of your own.', 'See you there.', 'nobody-is-called-that', 'zzz');
	return [...words].sort((a, b) => b.length - a.length);
}
