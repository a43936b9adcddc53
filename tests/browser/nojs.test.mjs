// The main job in a browser without JavaScript ends in the same state: slower, never impossible.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, withPage } from '../lib/browser.mjs';
import { readCalendar } from '../lib/ics.mjs';
import { startMuster } from '../lib/muster.mjs';
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
	toNavigation,
	toStage,
} from './steps.mjs';

const relay = await startRelay();
const muster = await startMuster({
	demo: true,
	args: ['--smtp', relay.url, '--mail-from', 'Muster <training@example.org>'],
});
const { api, users, trainings } = await demoIds(muster);
const plain = { scripts: false };
const enrollmentOf = async (login, training) =>
	(await api.all(`/users/${users[login]}/enrollments`)).find((e) => e.training === trainings[training]);

test(
	'enroll, be invited, answer, move and cancel without scripts',
	withPage(muster, { login: 'admin', ...plain }, async (page) => {
		const access_at = minutesAhead(muster, 60);
		await openWizardFromUser(page, 'Maria Lindqvist');
		await toStage(page, 'Users');
		await isSelected(page, 'Maria Lindqvist');
		await addUser(page, 'sve', 'Sven Okafor', plain);
		await addUser(page, 'omar@example.org', 'Omar Haddad', plain);
		await addDepartment(page, 'Sales', { nested: false });
		await basket(page).getByRole('button', { name: 'Remove Sven Okafor' }).click();
		await basket(page).getByText('3 users').first().waitFor();
		assert.equal(await basket(page).getByText('Sven Okafor').count(), 0);
		await page.getByText('Paste a list').click();
		await page.getByLabel('Logins or e-mails').fill('sven\nnobody.at.all');
		await page.getByRole('button', { name: 'Add from list' }).click();
		await isSelected(page, 'Sven Okafor');
		await page
			.getByText(/nobody\.at\.all/)
			.first()
			.waitFor();
		await next(page, 'trainings');
		for (const title of ['Negotiation basics', 'Time management']) await addTraining(page, title, plain);
		await next(page, 'parameters');
		await fillParameters(page, access_at, {
			'Negotiation basics': 'Online afternoon',
			'Time management': 'Participant chooses',
		});
		await page.getByRole('button', { name: 'Check', exact: true }).click();
		await heading(page, 'Check and enroll');
		await page.getByRole('button', { name: 'Enroll 4 users' }).click();
		await heading(page, /enrolled/);
		await page.getByRole('button', { name: 'Undo' }).waitFor();

		assert.deepEqual(relay.messages, []);
		passInstant(muster, access_at);
		const invitation = await relay.waitFor(
			(m) => m.to.includes('maria@example.org') && /Negotiation basics/.test(m.subject),
		);
		const event = readCalendar(invitationOf(invitation).text).events[0];

		const link = /href="([^"]*\/rsvp\/[^"]*a=maybe[^"]*)"/.exec(invitation.html)[1].replaceAll('&amp;', '&');
		const visitor = await openPage(muster, plain);
		await visitor.page.goto(link);
		assert.equal((await enrollmentOf('maria', 'Negotiation basics')).answer, 'none');
		await visitor.page.getByRole('button', { name: 'Maybe', exact: true }).click();
		await visitor.page.getByRole('status').filter({ hasText: 'maybe' }).waitFor();
		assert.equal((await enrollmentOf('maria', 'Negotiation basics')).answer, 'tentative');
		await visitor.close();

		// In the account: choose a session, change the answer.
		const maria = await openPage(muster, { login: 'maria', ...plain });
		await maria.page.goto('/me/trainings');
		const open = maria.page
			.getByRole('listitem')
			.filter({ has: maria.page.getByRole('heading', { name: /Time management/ }) });
		await open.getByRole('link', { name: 'Choose a session' }).click();
		await maria.page.getByRole('radio', { name: /New York/ }).check();
		await maria.page.getByRole('button', { name: 'Choose this session' }).click();
		await maria.page.waitForURL(/\/me\/trainings/);
		const known = maria.page
			.getByRole('listitem')
			.filter({ has: maria.page.getByRole('heading', { name: /Negotiation basics/ }) });
		await known.getByText('Change your answer').click();
		await known.getByRole('button', { name: 'Accept' }).click();
		await maria.page.getByRole('status').filter({ hasText: 'You have accepted' }).waitFor();
		assert.equal((await enrollmentOf('maria', 'Negotiation basics')).answer, 'accepted');
		assert.ok((await enrollmentOf('maria', 'Time management')).session, 'a session was chosen');
		await maria.close();

		await toNavigation(page, 'Trainings');
		await page.getByRole('link', { name: 'Negotiation basics', exact: true }).click();
		await page
			.getByRole('main')
			.getByRole('navigation')
			.getByRole('link', { name: /^Participants/ })
			.click();
		await page.waitForURL(/participants/);
		await page.getByRole('searchbox', { name: 'Search participants' }).fill('Lindqvist');
		await page.getByRole('searchbox', { name: 'Search participants' }).press('Enter');
		await page.waitForURL(/q=Lindqvist/);
		assert.equal(await cell(page, 'Maria Lindqvist', 'Answer'), 'Accepted');
		await actOn(page, 'Maria Lindqvist', 'Edit enrollment');
		await page.getByRole('radio', { name: 'Two-day course' }).check();
		await page.getByRole('button', { name: 'Save changes' }).click();
		await page.waitForURL(/participants/);
		assert.match(await cell(page, 'Maria Lindqvist', 'Session'), /Two-day course/);
		await relay.waitFor((m) => {
			const part = invitationOf(m);
			if (part?.method !== 'REQUEST' || !m.to.includes('maria@example.org')) return false;
			const moved = readCalendar(part.text).events[0];
			return moved.uid === event.uid && moved.sequence > event.sequence;
		});

		// Bulk: tick, then the action below the table.
		await page.getByRole('checkbox', { name: 'Select Maria Lindqvist' }).check();
		await page.getByRole('button', { name: 'Cancel enrollment' }).click();
		await page.getByRole('button', { name: 'Cancel enrollment' }).click();
		await page.getByRole('status').filter({ hasText: '1 enrollment cancelled' }).waitFor();
		await relay.waitFor((m) => m.to.includes('maria@example.org') && invitationOf(m)?.method === 'CANCEL');
	}),
);

test(
	'Undo without scripts',
	withPage(muster, { login: 'admin', ...plain }, async (page) => {
		await openWizardFromUser(page, 'Grace Kim');
		await addTraining(page, 'Fire safety', plain);
		await next(page, 'parameters');
		await fillParameters(page, minutesAhead(muster, 60), { 'Fire safety': 'Head office' });
		await enroll(page);
		await page.getByRole('button', { name: 'Undo' }).click();
		await heading(page, 'Undone');
		assert.equal(await enrollmentOf('grace.kim', 'Fire safety'), undefined);
	}),
);
