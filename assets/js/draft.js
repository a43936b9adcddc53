// Saves a draft while it is being filled in: form[data-autosave="URL"]. The answer's X-Version goes into the
// form's `version` field; 409 means that somebody changed the draft elsewhere, and brings a page whose #messages
// says so. The words are in [data-save-status]: data-saving, data-saved, data-failed.
import { parse_answer } from './trust.js';

const WAIT_MS = 800;
const RETRY_MS = 5000;
const states = new WeakMap();
// A field may stand outside of its form (form="…").
const form_of = ({ target }) => {
	const form = target.form ?? target.closest?.('form');
	return form?.matches('[data-autosave]') ? form : null;
};

function state_of(form) {
	if (!states.has(form)) states.set(form, { timer: 0, dirty: false, sending: null });
	return states.get(form);
}

// `words`: what the server says, on its own clock.
function tell(form, what, words) {
	const line = document.querySelector('[data-save-status]');
	if (!line) return;
	line.textContent = words ?? line.dataset[what] ?? '';
	line.dataset.state = what === 'failed' ? 'bad' : 'ok';
}

const post = (form, options) => fetch(form.dataset.autosave, {
	method: 'POST', credentials: 'same-origin', ...options,
	body: new URLSearchParams([...new FormData(form)].filter(([, v]) => typeof v === 'string')),
});

async function send(form, state) {
	state.dirty = false;
	tell(form, 'saving');
	try {
		const answer = await post(form, { headers: { 'X-Fragment': 'messages', Accept: 'text/html' } });
		// Sent on to the sign-in page: nothing was saved.
		if (answer.redirected) throw new Error('signed out');
		const version = answer.headers.get('X-Version');
		if (version && form.elements.version) form.elements.version.value = version;
		if (answer.status === 409) {
			const answered = await parse_answer(answer);
			const fresh = answered.getElementById('messages');
			if (fresh) document.getElementById('messages')?.replaceWith(document.adoptNode(fresh));
			state.stopped = true;
			tell(form, '');
		} else if (answer.ok || answer.status === 422) {
			// A draft may be unfinished: what is wrong in it is said when the step is left.
			const words = answer.headers.get('X-Saved');
			tell(form, answer.ok ? 'saved' : '', words === null ? undefined : decodeURIComponent(words));
		} else {
			throw new Error(answer.status);
		}
	} catch {
		state.dirty = true;
		tell(form, 'failed');
		clearTimeout(state.timer);
		state.timer = setTimeout(() => save(form), RETRY_MS);
	}
}

function save(form) {
	const state = state_of(form);
	clearTimeout(state.timer);
	if (!state.dirty || state.stopped || !form.isConnected) return state.sending;
	state.sending ??= send(form, state).finally(() => {
		state.sending = null;
		if (state.dirty && !state.timer) save(form);
	});
	return state.sending;
}

for (const type of ['input', 'change']) {
	document.addEventListener(type, (e) => {
		const form = form_of(e);
		if (!form || e.target.matches('[data-combo]')) return;
		const state = state_of(form);
		state.dirty = true;
		clearTimeout(state.timer);
		state.timer = setTimeout(() => { state.timer = 0; save(form); }, WAIT_MS);
	});
}
document.addEventListener('focusout', (e) => { const form = form_of(e); if (form) save(form); });

// The step is left with the version that the last save made: wait for it, then submit again.
document.addEventListener('submit', (e) => {
	const form = e.target;
	if (!form.matches('form[data-autosave]')) return;
	const state = state_of(form);
	clearTimeout(state.timer);
	state.timer = 0;
	if (!state.sending) {
		state.dirty = false;
		return;
	}
	e.preventDefault();
	e.stopImmediatePropagation();
	const submitter = e.submitter;
	state.sending.finally(() => setTimeout(() => form.requestSubmit(submitter?.isConnected ? submitter : null)));
}, true);

addEventListener('pagehide', () => {
	for (const form of document.querySelectorAll('form[data-autosave]')) {
		const state = states.get(form);
		if (!state?.dirty || state.stopped) continue;
		state.dirty = false;
		post(form, { keepalive: true }).catch(() => {});
	}
});
addEventListener('beforeunload', (e) => {
	const failing = document.querySelector('[data-save-status][data-state="bad"]');
	const unsaved = [...document.querySelectorAll('form[data-autosave]')].some((f) => states.get(f)?.dirty);
	if (failing && unsaved) e.preventDefault();
});
