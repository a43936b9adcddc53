// People for tests: users who can sign in, custom roles and who holds them.
import assert from 'node:assert/strict';
import { apiOf, signedIn } from './http.mjs';
import { demo_password } from './muster.mjs';
import { newUser } from './organization.mjs';

// What an assistant of some departments needs for the main job.
export const coordinator = ['users.view', 'trainings.view', 'trainings.create', 'enroll'];

let number = 0;
export const newRole = (owner, permissions, more = {}) =>
	owner.expect(201, 'POST', '/roles', { name: `Role ${++number}`, permissions, ...more });

// Somebody new in the department `home`, who holds roles: { user, api }. `roles`: [[role or key, ids], …].
// `signs_in`: with a password, which would end the token later.
export async function newMember(muster, owner, home, roles, { signs_in = false } = {}) {
	const user = await newUser(owner, home, {
		roles: roles.map(([role, departments]) => ({ role: role.id ?? role, departments })),
	});
	if (signs_in) await setPassword(muster, user);
	return { user, api: await apiOf(muster, user.login) };
}

// The password of a user, set by the owner on the user's page.
export async function setPassword(muster, user, password = demo_password) {
	const owner = await signedIn(muster, 'owner');
	const page = await owner.get(`/users/${user.id}`);
	const answer = await owner.submit(page, { action: `/users/${user.id}/password` }, { password });
	assert.equal(answer.status, 303, answer.words.slice(0, 300));
}
