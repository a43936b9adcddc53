// Accounts for tests: users who can sign in.
import assert from 'node:assert/strict';
import { signedIn } from './http.mjs';
import { demo_password } from './muster.mjs';

// The password of a user, set by the owner on the user's page.
export async function setPassword(muster, user, password = demo_password) {
	const owner = await signedIn(muster, 'owner');
	const page = await owner.get(`/users/${user.id}`);
	const answer = await owner.submit(page, { action: `/users/${user.id}/password` }, { password });
	assert.equal(answer.status, 303, answer.words.slice(0, 300));
}
