// A custom role from its making to the main job: the owner makes "Regional coordinator" and gives it for two departments;
// its member does the whole main job there, and meets 404 everywhere else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertAccessible, assertNoSidewaysScroll, assertValidHtml, openPage, withPage } from '../lib/browser.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { newUser } from '../lib/organization.mjs';
import { setPassword } from '../lib/people.mjs';
import { invitationOf, startRelay } from '../lib/smtp.mjs';
import {
	actOn,
	addDepartment,
	addTraining,
	addUser,
	basket,
	cell,
	demoIds,
	enroll,
	fillParameters,
	heading,
	isSelected,
	minutesAhead,
	next,
	openWizardFromUser,
	passInstant,
	row,
	toNavigation,
	toStage,
} from './steps.mjs';

const relay = await startRelay();
const muster = await startMuster({
	demo: true,
	args: ['--smtp', relay.url, '--mail-from', 'Muster <training@example.org>'],
});
const { api, users, trainings, sessions } = await demoIds(muster);
const departments = Object.fromEntries((await api.all('/departments')).map((d) => [d.name, d.id]));
const carla = await newUser(api, departments['Sales EMEA'], {
	login: 'carla',
	email: 'carla@example.org',
	first_name: 'Carla',
	last_name: 'Mendes',
});
await setPassword(muster, carla);
const of = async (name) =>
	(await api.all(`/users?department=${departments[name]}&status=active`, 1000)).filter(
		(u) => u.department === departments[name],
	);
const support = await of('Support');
const name_of = (u) => `${u.first_name} ${u.last_name}`;

const enrollmentOf = async (user, training) =>
	(await api.all(`/users/${user}/enrollments`)).find((e) => e.training === trainings[training]);

test(
	'an owner makes the role and gives it for two departments',
	withPage(muster, { login: 'owner' }, async (page) => {
		await toNavigation(page, 'Roles');
		await heading(page, 'Roles');
		await assertAccessible(page);
		await page.getByRole('link', { name: 'New role' }).click();
		await page.getByRole('textbox', { name: 'Name' }).fill('Regional coordinator');
		for (const name of ['View users', 'View trainings', 'Create trainings', 'Enroll'])
			await page.getByRole('checkbox', { name, exact: true }).check();
		await assertAccessible(page);
		await page.getByRole('button', { name: 'Add role' }).click();
		await heading(page, 'Regional coordinator');
		await page.getByRole('status').filter({ hasText: 'was added' }).waitFor();

		await page.goto(`/users/${carla.id}`);
		const roles = page.getByRole('group', { name: 'Roles', exact: true });
		const own = page.getByRole('group', { name: 'Departments of: Regional coordinator' });
		assert.ok(!(await own.isVisible()), 'the departments of a role that is not held say nothing');
		await roles.getByRole('checkbox', { name: 'Regional coordinator' }).check();
		await own.waitFor();
		for (const branch of await own.locator('summary').all())
			if (!(await branch.evaluate((s) => s.parentElement.open))) await branch.click();
		for (const name of ['Sales EMEA', 'Support']) await own.getByRole('checkbox', { name, exact: true }).check();
		await assertAccessible(page);
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await page.getByRole('status').filter({ hasText: 'Saved' }).waitFor();
		const held = (await api.expect(200, 'GET', `/users/${carla.id}`)).roles;
		assert.deepEqual(new Set(held[0].departments), new Set([departments['Sales EMEA'], departments.Support]));

		// What she sees and does, and why.
		await page.getByRole('link', { name: 'Access', exact: true }).click();
		await heading(page, 'Edit user');
		const line = page.getByRole('row', { name: /^Enroll Enroll users/ });
		assert.match(await line.innerText(), /Sales EMEA and below/);
		assert.match(await line.innerText(), /Support and below/);
		assert.match(await line.innerText(), /Regional coordinator/);
		const reach = (await of('Sales EMEA')).length + support.length;
		assert.ok(Number((await line.getByRole('cell').last().innerText()).trim()) >= reach);
	}),
);

test(
	'its member does the whole main job there',
	withPage(muster, { login: 'carla' }, async (page) => {
		const access_at = minutesAhead(muster, 60);
		await page.goto('/');
		const items = await page.getByRole('navigation', { name: 'Main' }).getByRole('link').allInnerTexts();
		assert.deepEqual(
			items.map((i) => i.trim()).filter((i) => i !== 'Muster'),
			['Home', 'Calendar', 'Trainings', 'Enrollments', 'Users', 'Settings'],
		);

		// Users, Trainings, Parameters, from a user's page.
		await openWizardFromUser(page, 'Maria Lindqvist');
		await toStage(page, 'Users');
		await isSelected(page, 'Maria Lindqvist');
		await addUser(page, support[0].login, name_of(support[0]), { key: 'Enter' });
		await addDepartment(page, 'Support', { nested: true });
		await page.getByRole('combobox', { name: 'Name, login or e-mail' }).fill('omar@example.org');
		await page.getByText('No match').first().waitFor();
		assert.doesNotMatch(await page.locator('main').innerText(), /Engineering|Americas|Omar/);
		await next(page, 'trainings');
		await addTraining(page, 'Negotiation basics');
		await addTraining(page, 'Time management');
		await next(page, 'parameters');
		await fillParameters(page, access_at, {
			'Negotiation basics': 'Online afternoon',
			'Time management': 'New York',
		});
		await page.getByRole('button', { name: 'Check', exact: true }).click();
		await page.waitForURL(/\/check$/);
		await heading(page, 'Check and enroll');
		const button = page.getByRole('button', { name: /^Enroll \d+ users$/ });
		const promised = Number((await button.innerText()).match(/\d+/)[0]);
		const plan = await api.expect(200, 'POST', '/enrollments/plan?limit=1000', {
			audience: { users: [users.maria], departments: [{ id: departments.Support, nested: true }] },
			trainings: [
				{
					training: trainings['Negotiation basics'],
					session: sessions['Negotiation basics / Online afternoon'],
				},
				{ training: trainings['Time management'], session: sessions['Time management / New York'] },
			],
		});
		const wanted = plan.items.filter((i) => i.effect === 'enroll' || i.effect === 'wait');
		assert.equal(promised, new Set(wanted.map((i) => i.user)).size);
		assert.ok(promised > 5);
		await button.click();
		await heading(page, /enrolled/);
		await page.getByRole('button', { name: 'Undo' }).waitFor();

		// The access date: invitations leave for hers.
		passInstant(muster, access_at);
		await eventually(
			() => relay.to('maria@example.org').filter((m) => invitationOf(m)?.method === 'REQUEST').length === 2,
			{
				what: 'two invitations for Maria',
			},
		);

		// Participants: only hers, and the seats of all.
		await toNavigation(page, 'Trainings');
		await page.getByRole('link', { name: 'Negotiation basics', exact: true }).click();
		await page
			.getByRole('main')
			.getByRole('navigation')
			.getByRole('link', { name: /^Participants/ })
			.click();
		await page.waitForURL(/participants/);
		const visible = new Set(
			(await api.all('/users', 1000))
				.filter((u) => [departments['Sales EMEA'], departments.Support].includes(u.department))
				.map((u) => u.id),
		);
		const all = await api.all(`/trainings/${trainings['Negotiation basics']}/participants`, 1000);
		const shown = await page.getByRole('row').count();
		assert.equal(shown - 1, all.filter((e) => visible.has(e.user)).length);
		assert.ok(
			all.some((e) => !visible.has(e.user)),
			'there are others as well',
		);
		await assertAccessible(page);

		// A move, and a cancellation.
		await actOn(page, 'Maria Lindqvist', 'Edit enrollment');
		await page.getByRole('radio', { name: 'Two-day course' }).check();
		await page.getByRole('button', { name: 'Save changes' }).click();
		await page.waitForURL(/participants/);
		assert.match(await cell(page, 'Maria Lindqvist', 'Session'), /Two-day course/);
		await actOn(page, 'Maria Lindqvist', 'Cancel enrollment');
		await page.getByRole('button', { name: 'Cancel enrollment' }).click();
		await page.getByRole('status').filter({ hasText: '1 enrollment cancelled' }).waitFor();
		assert.equal(await enrollmentOf(users.maria, 'Negotiation basics'), undefined);

		// Enrolled Learning of a user of hers.
		await page.goto(`/users/${users.maria}/learning`);
		await heading(page, 'Edit user');
		await page.getByText('Time management').first().waitFor();

		// A training of her own: sessions, users, results.
		await toNavigation(page, 'Trainings');
		await page.getByRole('link', { name: 'New training' }).click();
		await page.getByLabel('Title').first().fill('Regional kick-off');
		await page
			.getByRole('main')
			.getByRole('button', { name: /^(Create|Add|Save)/ })
			.first()
			.click();
		await page.waitForURL(/\/trainings\/\d+/);
		const mine = (await api.all('/trainings')).find((t) => t.title === 'Regional kick-off');
		assert.equal(mine.organizer, carla.id);
	}),
);

test(
	'everything of other departments is not there',
	withPage(muster, { login: 'carla' }, async (page) => {
		const [omar] = (await api.all('/users?q=omar@example.org')).map((u) => u.id);
		const theirs = await api.expect(201, 'POST', '/enrollments', {
			audience: { users: [omar] },
			trainings: [{ training: trainings['Time management'], session: sessions['Time management / New York'] }],
		});
		const [enrollment] = await api.all(`/users/${omar}/enrollments`);
		const paths = [
			`/users/${omar}`,
			`/users/${omar}/learning`,
			`/users/${omar}/access`,
			`/enrollments/${enrollment.id}/edit`,
			`/enrollments/${enrollment.id}/cancel`,
			`/enrollments/${enrollment.id}/result`,
			`/batches/${theirs.batch}`,
			`/trainings/${trainings['Time management']}/edit`,
		];
		for (const path of paths) assert.equal((await page.goto(path)).status(), 404, path);
		for (const path of ['/users/new', '/roles', '/outbox', '/audit'])
			assert.equal((await page.goto(path)).status(), 403, path);
		await page.goto('/users');
		assert.doesNotMatch(await page.locator('main').innerText(), /Engineering|Americas|Omar/);
		await page.goto('/users?q=omar@example.org');
		await page.getByText('No user matches').first().waitFor();
		await page.goto(`/trainings/${trainings['Time management']}/participants`);
		assert.equal(await row(page, 'Omar Haddad').count(), 0);
	}),
);

test(
	'the role, its holders and one’s own access on a small screen, in valid HTML',
	withPage(muster, { login: 'owner', viewport: { width: 320, height: 640 } }, async (page) => {
		const role = (await api.all('/roles')).find((r) => r.name === 'Regional coordinator').id;
		for (const path of [
			'/roles',
			'/roles/new',
			`/roles/${role}`,
			'/roles/1',
			'/roles/4',
			`/users/${carla.id}`,
			`/users/${carla.id}/access`,
			`/users/${users.owner}/access`,
		]) {
			const response = await page.goto(path);
			assert.equal(response.status(), 200, path);
			await assertValidHtml(await response.text(), path);
			await assertAccessible(page);
			await assertNoSidewaysScroll(page);
		}
		const own = await openPage(muster, { login: 'maria', scripts: false, dark: true });
		await own.page.goto('/settings');
		await own.page.getByRole('link', { name: 'What you can see and do' }).click();
		await heading(own.page, 'What you can see and do');
		assert.deepEqual(own.complaints, []);
		await own.close();
	}),
);
