// The roles and accessible names that scripts rely on. They do not change.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, withPage } from '../lib/browser.mjs';
import { heading } from './steps.mjs';
import { organizationWithTraces } from './traces.mjs';

const traces = await organizationWithTraces();
const { muster, ids, token, own } = traces;
const { users, trainings } = ids;
const by = (login, body) => withPage(muster, { login }, body);
const unique = async (locator, what) => assert.equal(await locator.count(), 1, what);

test(
	'sign-in',
	withPage(muster, {}, async (page) => {
		await page.goto('/login');
		for (const name of ['Login or e-mail', 'Password']) await unique(page.getByLabel(name, { exact: true }), name);
		await unique(page.getByRole('button', { name: 'Sign in', exact: true }), 'Sign in');
	}),
);

test(
	'navigation',
	by('owner', async (page) => {
		await page.goto('/');
		for (const name of ['Home', 'Users', 'Trainings', 'Calendar', 'Reports', 'Settings', 'Notifications'])
			await unique(page.getByRole('navigation').getByRole('link', { name, exact: true }), name);
	}),
);

test(
	'Users and Edit user',
	by('admin', async (page) => {
		await page.goto('/users');
		await unique(page.getByRole('searchbox', { name: 'Search users', exact: true }), 'Search users');
		await page.goto(`/users/${users.maria}`);
		await heading(page, 'Edit user');
		for (const name of ['Personal information', 'Enrolled Learning'])
			await unique(
				page
					.getByRole('main')
					.getByRole('navigation')
					.getByRole('link', { name: new RegExp(`^${name}( \\d+)?$`) }),
				name,
			);
		await page.goto(`/users/${users.maria}/learning`);
		await heading(page, 'Edit user');
		const enroll = page.getByRole('button', { name: 'Enroll', exact: true });
		await unique(enroll, 'Enroll');
		assert.equal(await page.getByRole('menuitem', { name: 'Enroll Training' }).count(), 0, 'the menu is closed');
		await enroll.click();
		await page.getByRole('menuitem', { name: 'Enroll Training', exact: true }).waitFor();
	}),
);

test(
	'the stages of an enrollment',
	by('owner', async (page) => {
		const stage = (name) => page.goto(`/enroll/${own.owner.draft}/${name}`);
		for (const at of ['users', 'trainings', 'parameters', 'check']) {
			await stage(at);
			for (const name of ['Users', 'Trainings', 'Parameters'])
				await unique(
					page
						.getByRole('navigation', { name: 'Enrollment steps' })
						.getByRole('link', { name: new RegExp(`${name}( \\d+)?( completed)?$`) }),
					`${name} on ${at}`,
				);
		}
		await stage('users');
		await unique(page.getByRole('combobox', { name: 'Name, login or e-mail', exact: true }), 'the combobox');
		await unique(page.getByRole('button', { name: 'Next', exact: true }), 'Next');
		await page.getByRole('button', { name: 'Advanced Search', exact: true }).click();
		for (const name of ['Departments', 'Groups', 'Profile fields'])
			await page.getByRole('group', { name, exact: true }).waitFor();

		await stage('trainings');
		await unique(page.getByRole('searchbox', { name: 'Training name', exact: true }), 'Training name');
		assert.ok(await page.getByRole('button', { name: 'Add', exact: true }).count(), 'Add');
		for (const name of ['Next', 'Back']) await unique(page.getByRole('button', { name, exact: true }), name);

		await stage('parameters');
		for (const name of ['Access date', 'Access time']) await unique(page.getByLabel(name, { exact: true }), name);
		const radios = {
			'Negotiation basics': ['Morning workshop', 'Two-day course', 'Online afternoon', 'Participant chooses'],
			'Fire safety': ['Head office', 'Participant chooses'],
		};
		for (const [title, names] of Object.entries(radios))
			for (const name of names)
				await unique(
					page.getByRole('group', { name: title, exact: true }).getByRole('radio', { name, exact: true }),
					name,
				);
		for (const name of ['Back', 'Check', 'Enroll'])
			await unique(page.getByRole('button', { name, exact: true }), name);

		await stage('check');
		await unique(page.getByRole('button', { name: /^Enroll \d+ users?$/ }), 'Enroll N users');
		await unique(page.getByRole('button', { name: 'Back', exact: true }), 'Back');
	}),
);

test(
	'Participants',
	by('owner', async (page) => {
		await page.goto(`/trainings/${trainings['Negotiation basics']}/participants`);
		await unique(
			page
				.getByRole('main')
				.getByRole('navigation')
				.getByRole('link', { name: /^Participants( \d+)?$/ }),
			'Participants',
		);
		await unique(
			page.getByRole('columnheader', { name: 'Session' }).getByRole('button', { name: 'Session', exact: true }),
			'Session',
		);
		await page.getByRole('checkbox', { name: 'Select Aiko Tanaka' }).check();
		for (const name of ['Edit enrollment', 'Cancel enrollment', 'Add result'])
			await page.getByRole('button', { name, exact: true }).waitFor();
		await page.getByRole('button', { name: 'Actions for Aiko Tanaka' }).click();
		for (const name of ['Edit enrollment', 'Cancel enrollment', 'Add result', 'Edit user'])
			await page.getByRole('menuitem', { name, exact: true }).waitFor();
	}),
);

test(
	'Enrolled Learning has the actions on an enrollment',
	by('owner', async (page) => {
		await page.goto(`/users/${users['aiko.tanaka']}/learning`);
		await page
			.getByRole('button', { name: /^Actions for/ })
			.first()
			.click();
		for (const name of ['Edit enrollment', 'Cancel enrollment', 'Add result'])
			await page.getByRole('menuitem', { name, exact: true }).waitFor();
	}),
);

test(
	'Undo',
	by('owner', async (page) => {
		const later = await ids.api.expect(201, 'POST', '/enrollments', {
			audience: { logins: ['oskar.lund'] },
			trainings: [{ training: trainings['Negotiation basics'], session: null }],
			access_at: new Date((muster.now() + 86400) * 1000).toISOString(),
		});
		await page.goto(`/batches/${later.batch}`);
		await unique(page.getByRole('main').getByRole('button', { name: 'Undo', exact: true }), 'Undo');
	}),
);

test(
	'answers',
	by('maria', async (page) => {
		const answers = ['Accept', 'Maybe', 'Decline'];
		await page.goto('/me/trainings');
		for (const name of answers) await page.getByRole('button', { name, exact: true }).first().waitFor();
		await page.getByRole('link', { name: 'Add to calendar' }).first().waitFor();
		await page.goto('/notifications');
		await page.getByRole('link', { name: 'Add to calendar' }).first().waitFor();

		const visitor = await openPage(muster);
		await visitor.page.goto(`/rsvp/${token}`);
		for (const name of answers) await unique(visitor.page.getByRole('button', { name, exact: true }), name);
		await unique(visitor.page.getByRole('link', { name: 'Add to calendar', exact: true }), 'Add to calendar');
		await visitor.close();
	}),
);
