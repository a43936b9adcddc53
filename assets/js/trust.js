// The only Trusted Types policy of the site. It stays in this module: what becomes HTML is an answer of our own
// server to our own request, and nothing else.
const policy = globalThis.trustedTypes?.createPolicy('app', { createHTML: (text) => text });

export class Untrusted extends Error {}

// The document in an answer. Throws Untrusted when it is not HTML, or not ours.
export async function parse_answer(answer) {
	const ours = new URL(answer.url).origin === location.origin && answer.type === 'basic';
	const html = /^text\/html\b/i.test(answer.headers.get('content-type') ?? '');
	if (!ours || !html) throw new Untrusted(answer.url);
	const text = await answer.text();
	return new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, 'text/html');
}

// What must be heard but need not be seen.
export function say(words) {
	// Behind an open dialog nothing is heard.
	const line = document.querySelector('dialog[open] [role="status"]') ?? document.getElementById('said');
	if (line && words) line.textContent = words;
}
