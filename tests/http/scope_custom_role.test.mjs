// R3 for the member of a custom role with two departments: as real as the department administrator, on every route.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newUser } from '../lib/organization.mjs';
import { coordinator, setPassword } from '../lib/people.mjs';
import { by, inside, manager, me, sees } from '../lib/scope.mjs';
import { managerTests } from '../lib/scope_manager.mjs';

managerTests({
	login: 'coordinator',
	role: 'Regional coordinator',
	departments: ['Sales EMEA', 'Support'],
	topmost: ['Sales EMEA', 'Support'],
	hidden: /Engineering|Americas|Company/,
	pages: 200,
	async make(muster, owner, by) {
		const role = await owner.expect(201, 'POST', '/roles', {
			name: 'Regional coordinator',
			permissions: coordinator,
		});
		const user = await newUser(owner, by['/Sales EMEA'].id, {
			login: 'coordinator',
			roles: [{ role: role.id, departments: [by['/Sales EMEA'].id, by['/Support'].id] }],
		});
		await setPassword(muster, user);
	},
});

test('the role is what it was made of, and nothing else', async () => {
	assert.deepEqual(sees, coordinator);
	const { roles } = await manager.expect(200, 'GET', '/me');
	assert.deepEqual(
		roles.map((r) => new Set(r.departments)),
		[new Set([by['/Sales EMEA'].id, by['/Support'].id])],
	);
});

test('a user of the role does what only the object allows: results of the own training', async () => {
	const results = { results: [{ user: by.sven.id, result: 'attended' }] };
	assert.equal((await manager.call('PUT', `/sessions/${inside.session}/results`, results)).status, 200);
	assert.equal((await manager.expect(200, 'GET', `/trainings/${inside.training}`)).organizer, me.id);
});
