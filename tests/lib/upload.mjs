// Files through the form of Import users.
import assert from 'node:assert/strict';

// What the form would send: answers a Page, a redirect to the preview where the file can be read.
export async function sendUsers(web, file, { name = 'people.csv', text = '', csrf } = {}) {
	const body = new FormData();
	body.append('csrf', csrf ?? (await web.get('/users/import')).csrf);
	body.append('file', new Blob([file]), name);
	body.append('text', text);
	return web.request('POST', '/users/import', { body });
}

// The id of an import that is ready, with these rows.
export async function newImport(web, ...rows) {
	const sent = await sendUsers(web, rows.join('\n') + '\n');
	assert.equal(sent.status, 303, sent.words.slice(0, 300));
	return /^\/imports\/(\d+)$/.exec(sent.location)[1];
}
