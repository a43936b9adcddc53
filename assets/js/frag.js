// Swaps parts of a page instead of loading all of it. A link or form says which: data-frag="list,messages".
// The server answers with the full page (or, seeing X-Fragment, less of it); the named elements are taken from
// there by id. Anything unexpected becomes a plain navigation.
//   data-live      on a form: also while typing, replacing the history entry
//   data-status    on a swapped element: words for screen readers
//   data-focus     in a swapped element: where the focus belongs (an error summary)
// After a swap `document` gets the event "swap".
import { parse_answer, say } from './trust.js';

const running = new Map();
const ids_of = (element) => element.dataset.frag.split(',').map((id) => id.trim()).filter(Boolean);
const here = () => location.pathname + location.search;
let shown = here();
let typing;

// Where the focus is, in words that survive the element itself.
function remember_focus() {
	const element = document.activeElement;
	if (!element || element === document.body) return null;
	const chips = element.closest('.chips[id]');
	const region = element.closest('[id]:not(input, select, textarea, button, a)');
	return {
		element,
		id: element.id,
		name: element.getAttribute('name'),
		value: element.value,
		link: element.matches('a[href]') ? element.textContent.trim() : '',
		start: element.selectionStart ?? null,
		end: element.selectionEnd ?? null,
		chips: chips?.id,
		place: chips ? [...chips.querySelectorAll('button, .x')].indexOf(element) : -1,
		region: region?.id,
	};
}

function find_again(was) {
	const by_id = was.id && document.getElementById(was.id);
	if (by_id) return by_id;
	if (was.chips) {
		const chips = document.getElementById(was.chips);
		const left = chips ? [...chips.querySelectorAll('button, .x')] : [];
		return left[Math.min(was.place, left.length - 1)]
			?? document.querySelector(`[data-combo][data-chips="${CSS.escape(was.chips)}"]`) ?? chips;
	}
	if (was.name) {
		const same = [...document.getElementsByName(was.name)];
		const found = same.find((e) => e.value === was.value) ?? (same.length === 1 ? same[0] : null);
		if (found) return found;
	}
	// A sort link comes back with the other direction in its address, but with the same word.
	const region = document.getElementById(was.region) ?? document;
	return was.link && [...region.querySelectorAll('a[href]')].find((a) => a.textContent.trim() === was.link);
}

function focus_on(element) {
	if (!element) return false;
	if (!element.matches('a[href], button, input, select, textarea, summary, [tabindex]')) element.tabIndex = -1;
	element.focus({ preventScroll: !element.hasAttribute('data-focus') });
	return document.activeElement === element;
}

function restore_focus(was, regions) {
	const wanted = regions.map((r) => (r.matches('[data-focus]') ? r : r.querySelector('[data-focus]'))).find(Boolean);
	if (wanted && focus_on(wanted)) return;
	if (!was || was.element.isConnected) return;
	const again = find_again(was);
	if (focus_on(again)) {
		if (was.start !== null && 'value' in again && again.selectionStart !== undefined) {
			again.value = was.element.value;
			try {
				again.setSelectionRange(was.element.selectionStart, was.element.selectionEnd);
			} catch { /* a field without a caret */ }
		}
		return;
	}
	const region = (was.region && document.getElementById(was.region)) || regions[0];
	focus_on(region.querySelector('h1, h2') ?? region) || focus_on(document.getElementById('main'));
}

function swap_in(answered, ids, { title = true } = {}) {
	const pairs = ids.map((id) => [document.getElementById(id), answered.getElementById(id)]);
	if (!pairs.length || pairs.some(([old, fresh]) => !old || !fresh)) return false;
	const was = remember_focus();
	const open = new Set([...document.querySelectorAll('details[open][id]')].map((d) => d.id));
	const fresh_ones = pairs.map(([old, fresh]) => {
		const node = document.adoptNode(fresh);
		for (const details of node.querySelectorAll('details[id]')) details.open ||= open.has(details.id);
		old.replaceWith(node);
		return node;
	});
	if (title && answered.title) document.title = answered.title;
	restore_focus(was, fresh_ones);
	say(fresh_ones.map((n) => n.dataset.status ?? n.querySelector('[data-status]')?.dataset.status).find(Boolean));
	document.dispatchEvent(new CustomEvent('swap', { detail: fresh_ones }));
	return true;
}

// Another page came back: all of it but the head, unless it needs a script that is not here.
function swap_page(answered) {
	const loaded = new Set([...document.scripts].map((s) => s.src));
	const wanted = [...answered.querySelectorAll('script[src]')].map((s) => new URL(s.getAttribute('src'), location).href);
	if (wanted.some((src) => !loaded.has(src))) return false;
	if (!swap_in(answered, ['shell'])) return false;
	document.body.className = answered.body.className;
	scrollTo(0, 0);
	if (document.activeElement === document.body) focus_on(document.querySelector('h1'));
	return true;
}

function show_busy(ids, busy) {
	for (const id of ids) {
		const element = document.getElementById(id);
		if (busy) element?.setAttribute('aria-busy', 'true');
		else element?.removeAttribute('aria-busy');
	}
}

// What an act has to say comes along; merely looking around does not wipe away what was said before.
function with_messages(ids, answered, method) {
	const fresh = answered.getElementById('messages');
	if (!fresh || !document.getElementById('messages') || ids.some((id) => ['messages', 'main', 'shell'].includes(id))) return ids;
	return method !== 'GET' || fresh.childElementCount > 0 ? [...ids, 'messages'] : ids;
}

// Fetches and swaps. Answers whether it worked; when not, the caller navigates. `history`: push, replace or none.
export async function load_into(ids, url, { method = 'GET', body, history: entry = 'none' } = {}) {
	const key = ids.join();
	running.get(key)?.abort();
	const abort = new AbortController();
	running.set(key, abort);
	show_busy(ids, true);
	try {
		const answer = await fetch(url, {
			method, body, signal: abort.signal, credentials: 'same-origin', headers: { 'X-Fragment': key, Accept: 'text/html' },
		});
		const answered = await parse_answer(answer);
		if (abort.signal.aborted) return true;
		const to = new URL(answer.url);
		const refused = answer.status === 422 && !answer.redirected;
		const same_page = to.pathname === location.pathname || refused || (entry === 'none' && !answer.redirected);
		// A refused form lives at the page that shows it.
		const address = refused ? here() : to.pathname + to.search + (new URL(url, location).hash || '');
		if (entry !== 'none' && address !== here()) {
			const push = entry === 'push';
			history[push ? 'pushState' : 'replaceState']({ frag: key }, '', address);
			shown = here();
		}
		const all = with_messages(ids, answered, method);
		if ((same_page && swap_in(answered, all)) || swap_page(answered)) return true;
		location.assign(answer.url);
		return true;
	} catch (problem) {
		return problem.name === 'AbortError';
	} finally {
		if (running.get(key) === abort) {
			running.delete(key);
			show_busy(ids, false);
		}
	}
}

const is_plain_click = (e) => e.button === 0 && !(e.metaKey || e.ctrlKey || e.shiftKey || e.altKey || e.defaultPrevented);

document.addEventListener('click', async (e) => {
	const link = e.target.closest?.('a[data-frag][href]');
	if (!link || link.target || link.origin !== location.origin || !is_plain_click(e)) return;
	e.preventDefault();
	if (!await load_into(ids_of(link), link.href, { history: link.dataset.history ?? 'push' })) location.assign(link.href);
});

const action_of = (form, submitter) =>
	new URL(submitter?.getAttribute('formaction') ?? form.getAttribute('action') ?? location.href, location.href);

async function send_form(form, submitter, entry) {
	const frag = submitter?.dataset.frag ? submitter : form;
	const data = new FormData(form, submitter);
	const method = (submitter?.getAttribute('formmethod') ?? form.method).toUpperCase();
	const url = action_of(form, submitter);
	let body;
	if (method === 'GET') {
		url.search = new URLSearchParams([...data].filter(([, value]) => value !== ''));
	} else {
		body = form.enctype === 'multipart/form-data' ? data : new URLSearchParams(data);
	}
	// form.submit() shows the browser's own words about what went wrong.
	if (!await load_into(ids_of(frag), url, { method, body, history: entry })) {
		if (method === 'GET') location.assign(url);
		else form.submit();
	}
}

document.addEventListener('submit', (e) => {
	const form = e.target;
	const submitter = e.submitter;
	if (e.defaultPrevented || form.target || form.method === 'dialog') return;
	if (!form.dataset.frag && !submitter?.dataset.frag) return;
	if (action_of(form, submitter).origin !== location.origin) return;
	e.preventDefault();
	clearTimeout(typing);
	send_form(form, submitter, form.dataset.history ?? 'push');
});

document.addEventListener('input', (e) => {
	const form = e.target.form;
	// Half a name is no choice yet: a box that suggests counts when it is filled, or empty again.
	const half = 'fill' in (e.target.dataset ?? {}) && e.isTrusted && e.target.value;
	if (!form?.matches('[data-frag][data-live]') || e.isComposing || half || e.target.closest('.tick')) return;
	clearTimeout(typing);
	typing = setTimeout(() => send_form(form, null, 'replace'), e.target.matches('[type=search], [type=text]') ? 250 : 0);
});

// Back and forward. Following a link to a place on this page is a popstate too, and needs nothing.
addEventListener('popstate', async () => {
	if (here() === shown) return;
	shown = here();
	if (!await load_into(['shell'], location.href)) location.reload();
});

// A page that came back with errors says so at once, also without a swap.
document.querySelector('[data-focus]')?.focus();
