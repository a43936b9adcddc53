// The main job from end to end: an administrator enrolls users in trainings, the access date comes, a participant
// answers, changes and cancellations follow. In Chromium, with a real mail server, and calendar objects read by
// ical.js.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, withPage } from '../lib/browser.mjs';
import { readCalendar } from '../lib/ics.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
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
	wallClock,
} from './steps.mjs';

const relay = await startRelay();
const muster = await startMuster({
	demo: true,
	args: ['--smtp', relay.url, '--mail-from', 'Muster <training@example.org>'],
});
const { api, users, trainings, sessions } = await demoIds(muster);

const mailsTo = (login, method) => relay.to(`${login}@example.org`).filter((m) => invitationOf(m)?.method === method);
const eventOf = (mail) => readCalendar(invitationOf(mail).text).events[0];
const enrollmentOf = async (login, training) =>
	(await api.all(`/users/${users[login]}/enrollments`)).find((e) => e.training === trainings[training]);
const answerOf = async (login, training) => (await enrollmentOf(login, training)).answer;

// What a learner can look at says nothing of a training, in the account and by the REST API.
async function assertHidden(page, title) {
	for (const path of ['/', '/me/trainings', '/notifications', '/calendar']) {
		await page.goto(path);
		await page.getByRole('heading', { level: 1 }).waitFor();
		assert.doesNotMatch(await page.locator('main').innerText(), new RegExp(title), `${path} says nothing yet`);
	}
}

// The calendar at the day of an instant.
async function openCalendarAt(page, at) {
	await page.goto(`/calendar?view=agenda&month=${wallClock(at).date.slice(0, 7)}`);
	await page.getByRole('heading', { level: 1 }).waitFor();
}

test(
	'from a user to the invitation, the answer, a move and a cancellation',
	withPage(muster, { login: 'admin' }, async (page) => {
		const access_at = minutesAhead(muster, 60);
		const chosen = { 'Negotiation basics': 'Online afternoon', 'Time management': 'New York' };
		const session = await api.expect(200, 'GET', `/sessions/${sessions['Negotiation basics / Online afternoon']}`);
		const starts_at = Date.parse(session.days[0].start_at);

		// Users, Trainings, Parameters.
		await openWizardFromUser(page, 'Maria Lindqvist');
		await toStage(page, 'Users');
		await isSelected(page, 'Maria Lindqvist');
		await addUser(page, 'sve', 'Sven Okafor', { key: 'Enter' });
		await addUser(page, 'omar@example.org', 'Omar Haddad');
		await addDepartment(page, 'Sales', { nested: false });
		assert.match(await basket(page).innerText(), /4 users/);
		await next(page, 'trainings');
		for (const title of Object.keys(chosen)) await addTraining(page, title);
		await next(page, 'parameters');
		await fillParameters(page, access_at, chosen);

		// Back and forth, by links and by the browser: nothing is lost.
		await page.getByRole('button', { name: 'Back', exact: true }).click();
		await page.waitForURL(/\/trainings$/);
		await toStage(page, 'Users');
		await isSelected(page, 'Omar Haddad');
		await page.goBack();
		await page.waitForURL(/\/trainings$/);
		await next(page, 'parameters');
		assert.equal(await page.getByLabel('Access time').inputValue(), wallClock(access_at).time);
		assert.ok(await page.getByRole('radio', { name: 'Online afternoon', exact: true }).isChecked());

		// Nobody is skipped and nobody waits: Enroll enrolls at once.
		await enroll(page);
		await heading(page, /enrolled/);
		await page.getByRole('button', { name: 'Undo' }).waitFor();
		assert.doesNotMatch(page.url(), /check/);
		for (const login of ['maria', 'sven', 'omar', 'dept.admin'])
			for (const title of Object.keys(chosen))
				assert.equal((await enrollmentOf(login, title)).status, 'scheduled', `${login} in ${title}`);

		// Before the access date nobody hears of it.
		const maria = await openPage(muster, { login: 'maria' });
		await assertHidden(maria.page, 'Negotiation basics');
		assert.deepEqual(relay.messages, [], 'no mail yet');

		// It comes: mail with a calendar object, notification, calendar, My trainings, all with the same start.
		passInstant(muster, access_at);
		const invitation = await relay.waitFor(
			(m) => m.to.includes('maria@example.org') && /Negotiation basics/.test(m.subject),
		);
		await eventually(
			() => ['maria', 'sven', 'omar', 'dept.admin'].every((login) => mailsTo(login, 'REQUEST').length === 2),
			{
				what: 'an invitation for each user and training',
			},
		);
		const invited = eventOf(invitation);
		assert.equal(invited.start.getTime(), starts_at);
		assert.equal(invited.attendees[0].address, 'maria@example.org');
		const { date, time } = wallClock(starts_at / 1000);
		for (const open of [
			() => maria.page.goto('/me/trainings'),
			() => openCalendarAt(maria.page, starts_at / 1000),
			() => maria.page.goto('/notifications'),
		]) {
			await open();
			const main = maria.page.locator('main');
			await main.getByText('Negotiation basics').filter({ visible: true }).first().waitFor();
			assert.match(await main.innerText(), new RegExp(time), `${maria.page.url()} says ${time}`);
		}
		await maria.page.goto('/me/trainings');
		assert.ok(await maria.page.locator(`time[datetime^="${date}"]`).count(), `My trainings says ${date}`);

		// The link in the mail: looking at it changes nothing, pressing the button answers.
		const link = /href="([^"]*\/rsvp\/[^"]*a=accept[^"]*)"/.exec(invitation.html)[1].replaceAll('&amp;', '&');
		const visitor = await openPage(muster);
		await visitor.page.goto(link);
		await visitor.page.reload();
		for (const name of ['Accept', 'Maybe', 'Decline'])
			await visitor.page.getByRole('button', { name, exact: true }).waitFor();
		assert.equal(await answerOf('maria', 'Negotiation basics'), 'none', 'a look is no answer');
		await visitor.page.getByRole('button', { name: 'Accept', exact: true }).click();
		await visitor.page
			.locator('main')
			.getByText(/accepted/i)
			.first()
			.waitFor();
		assert.equal(await answerOf('maria', 'Negotiation basics'), 'accepted');
		assert.deepEqual(visitor.complaints, []);
		await visitor.close();

		await toNavigation(page, 'Trainings');
		await page.getByRole('link', { name: 'Negotiation basics', exact: true }).click();
		await page
			.getByRole('main')
			.getByRole('navigation')
			.getByRole('link', { name: /^Participants/ })
			.click();
		await page.waitForURL(/participants/);
		assert.equal(await cell(page, 'Maria Lindqvist', 'Answer'), 'Accepted');

		// A move is an update of the same entry.
		await actOn(page, 'Maria Lindqvist', 'Edit enrollment');
		await page.getByRole('radio', { name: 'Two-day course' }).check();
		await page.getByRole('button', { name: 'Save changes' }).click();
		await page.waitForURL(/participants/);
		assert.match(await cell(page, 'Maria Lindqvist', 'Session'), /Two-day course/);
		const uid = invited.uid;
		const update = await eventually(
			() =>
				mailsTo('maria', 'REQUEST').find(
					(m) => eventOf(m).uid === uid && eventOf(m).sequence > invited.sequence,
				),
			{
				what: 'an update with the same UID and a higher SEQUENCE',
			},
		);
		const moved = await api.expect(200, 'GET', `/sessions/${sessions['Negotiation basics / Two-day course']}`);
		assert.equal(eventOf(update).start.getTime(), Date.parse(moved.days[0].start_at));
		await eventually(
			() =>
				mailsTo('maria', 'REQUEST').some(
					(m) => eventOf(m).start.getTime() === Date.parse(moved.days[1].start_at),
				),
			{
				what: 'a message for the second day',
			},
		);

		// A cancellation takes both days out again.
		await actOn(page, 'Maria Lindqvist', 'Cancel enrollment');
		await page.getByRole('button', { name: 'Cancel enrollment' }).click();
		await page.waitForURL(/participants/);
		await page.getByRole('status').filter({ hasText: '1 enrollment cancelled' }).waitFor();
		assert.equal(await page.getByText('Maria Lindqvist', { exact: true }).count(), 0);
		await eventually(() => mailsTo('maria', 'CANCEL').length === 2, { what: 'METHOD:CANCEL for each day' });
		const cancelled = mailsTo('maria', 'CANCEL')
			.map(eventOf)
			.find((e) => e.uid === uid);
		assert.ok(cancelled.sequence >= eventOf(update).sequence);
		await maria.page.goto('/calendar');
		await openCalendarAt(maria.page, Date.parse(moved.days[0].start_at) / 1000);
		assert.doesNotMatch(await maria.page.locator('main').innerText(), /Two-day course/);
		assert.deepEqual(maria.complaints, []);
		await maria.close();
	}),
);

test(
	'who is in already is seen on Check, and pressing twice enrolls once',
	withPage(muster, { login: 'admin' }, async (page) => {
		// From ticked users of the Users list.
		await toNavigation(page, 'Users');
		const { department } = await api.expect(200, 'GET', `/users/${users['oskar.lund']}`);
		await page.getByLabel('Department, with everything below').selectOption(department);
		await page.getByRole('row', { name: /Maria Lindqvist/ }).waitFor({ state: 'detached' });
		for (const name of ['Oskar Lund', 'Wei Zhang'])
			await page.getByRole('checkbox', { name: `Select ${name}` }).check();
		await page.getByRole('button', { name: 'Enroll in training' }).click();
		await page.waitForURL(/\/trainings$/);
		await toStage(page, 'Users');
		await isSelected(page, 'Wei Zhang');
		await addDepartment(page, 'Engineering', { nested: true });
		await next(page, 'trainings');
		await addTraining(page, 'Fire safety');
		await next(page, 'parameters');
		await fillParameters(page, minutesAhead(muster, 60), { 'Fire safety': 'Head office' });
		await enroll(page);

		await page.waitForURL(/\/check$/);
		await heading(page, 'Check and enroll');
		await page.getByRole('heading', { name: 'Skipped' }).waitFor();
		await page.getByText('Oskar Lund').first().waitFor();
		const button = page.getByRole('button', { name: /^Enroll \d+ users$/ });
		const promised = Number((await button.innerText()).match(/\d+/)[0]);
		const before = (await api.all(`/trainings/${trainings['Fire safety']}/participants`)).length;
		await button.evaluate((b) => {
			b.click();
			b.click();
		});
		await heading(page, /enrolled/);
		await page.getByRole('button', { name: 'Undo' }).waitFor();
		const after = await api.all(`/trainings/${trainings['Fire safety']}/participants`);
		assert.equal(after.length - before, promised);
		assert.equal(new Set(after.map((e) => e.user)).size, after.length);

		// The address of the stage answers with the result now.
		await page.goto(page.url().replace('/done', '/parameters'));
		await heading(page, /enrolled/);
	}),
);

test(
	'Undo before the access date: nobody hears anything',
	withPage(muster, { login: 'admin' }, async (page) => {
		const access_at = minutesAhead(muster, 30);
		await openWizardFromUser(page, 'Emily Carter');
		await addTraining(page, 'Fire safety');
		await next(page, 'parameters');
		await fillParameters(page, access_at, { 'Fire safety': 'Head office' });
		await enroll(page);
		await page.getByRole('button', { name: 'Undo' }).click();
		await heading(page, 'Undone');
		await page.getByRole('status').filter({ hasText: '1 enrollment was taken back' }).waitFor();
		assert.equal(await page.getByRole('button', { name: 'Undo' }).count(), 0);
		assert.equal(await enrollmentOf('emily.carter', 'Fire safety'), undefined);

		// Somebody else's invitation of the same moment leaves, hers does not.
		await api.expect(201, 'POST', '/enrollments', {
			audience: { logins: ['lars.eriksson'] },
			trainings: [{ training: trainings['Time management'], session: sessions['Time management / New York'] }],
			access_at: new Date(access_at * 1000).toISOString(),
		});
		passInstant(muster, access_at);
		await relay.waitFor((m) => m.to.includes('lars.eriksson@example.org'));
		assert.deepEqual(relay.to('emily.carter@example.org'), []);
		const emily = await openPage(muster, { login: 'emily.carter' });
		await assertHidden(emily.page, 'Fire safety');
		await emily.close();
	}),
);
