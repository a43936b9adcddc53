// The picker of people: an input with data-combo and data-href="/…/suggest". What is typed goes there as q; the
// answer's options (role="option", data-value="ID"; also in groups) fill the listbox, the element data-list names.
// Choosing one puts its value into the form's [data-pick] field and submits the form, or follows its data-href.
//   data-shortest          how much must be typed before it asks (2)
//   data-said, data-said-one, data-none   "# suggestions", "1 suggestion", "No match": for screen readers
//   data-fill              choosing one fills the box itself with its value, instead
//   data-chips             the list of what was chosen: Backspace in the empty input goes there
//   data-paste             the textarea that takes a pasted list
import Combobox from '@github/combobox-nav';
import { parse_answer, say } from './trust.js';

const WAIT_MS = 120;
const SHORTEST = 2;

// The same letters with and without accents and case, one for one.
const fold = (text) => [...text].map((c) => c.normalize('NFD')[0].toLowerCase()).join('');

// What was typed, where it begins or stands in the name or else in login and e-mail.
function mark_words(option, words) {
	for (const shown of option.querySelectorAll('bdi')) {
		const text = shown.textContent;
		const folded = fold(text);
		const word = words.map(fold).find((w) => folded.includes(w));
		if (!word || folded.length !== text.length) continue;
		const at = ` ${folded}`.includes(` ${word}`) ? ` ${folded}`.indexOf(` ${word}`) : folded.indexOf(word);
		const mark = document.createElement('mark');
		mark.append(text.slice(at, at + word.length));
		shown.replaceChildren(text.slice(0, at), mark, text.slice(at + word.length));
		return;
	}
}

function start_combo(input) {
	const list = document.getElementById(input.dataset.list);
	if (!list || input.dataset.combo === 'on') return;
	input.dataset.combo = 'on';
	const combobox = new Combobox(input, list, { tabInsertsSuggestions: false, firstOptionSelectionMode: 'active' });
	const shortest = Number(input.dataset.shortest ?? SHORTEST);
	const fills = 'fill' in input.dataset;
	let timer, abort, enter_waits = false, open = false, keep_text = false;

	function close() {
		if (open) combobox.stop();
		open = false;
		list.hidden = true;
		list.replaceChildren();
	}

	function show(parts) {
		list.replaceChildren(...parts.map((o) => document.adoptNode(o)));
		const options = [...list.querySelectorAll('[role="option"]')];
		const words = input.value.trim().split(/\s+/);
		options.forEach((o) => mark_words(o, words));
		list.hidden = options.length === 0;
		if (!open && options.length) combobox.start();
		else if (open && !options.length) combobox.stop();
		else if (open) combobox.resetSelection();
		open = options.length > 0;
		const matches = options.filter((o) => !('nobody' in o.dataset)).length;
		const { said, saidOne, none } = input.dataset;
		say(matches === 1 ? saidOne : matches ? said?.replace('#', matches) : none);
		if (enter_waits && open) list.querySelector('[role="option"]:not([aria-disabled="true"])')?.click();
		enter_waits = false;
	}

	async function ask() {
		abort?.abort();
		const words = input.value.trim();
		if (words.length < shortest) return close();
		abort = new AbortController();
		const { signal } = abort;
		const url = new URL(input.dataset.href, location.href);
		url.searchParams.set('q', words);
		try {
			const headers = { 'X-Fragment': list.id, Accept: 'text/html' };
			const answer = await fetch(url, { signal, credentials: 'same-origin', headers });
			if (!answer.ok || answer.redirected) throw new Error(answer.status);
			const answered = await parse_answer(answer);
			if (signal.aborted || document.activeElement !== input) return;
			show([...answered.querySelector('[role="listbox"]').children]);
		} catch (problem) {
			if (problem.name !== 'AbortError') close();
		}
	}

	input.addEventListener('input', (e) => {
		// Filled by a choice: nothing is left to suggest.
		if (e.isComposing || !e.isTrusted && fills) return;
		clearTimeout(timer);
		abort?.abort();
		timer = setTimeout(() => { timer = 0; ask(); }, WAIT_MS);
	});
	input.addEventListener('compositionend', () => { timer = setTimeout(ask, WAIT_MS); });
	input.addEventListener('blur', () => setTimeout(() => { if (!list.contains(document.activeElement)) close(); }, 150));
	// The list must not take the focus from the input.
	list.addEventListener('mousedown', (e) => e.preventDefault());

	input.addEventListener('keydown', (e) => {
		keep_text = e.shiftKey;
		// In a dialog it closes all of it.
		if (e.key === 'Escape' && open && !input.closest('dialog')) {
			e.preventDefault();
			close();
		} else if (e.key === 'Enter' && !open && !fills && input.value.trim().length >= (shortest || 1)) {
			// Faster than the server: the first match is added when it comes.
			e.preventDefault();
			enter_waits = true;
			clearTimeout(timer);
			ask();
		} else if (e.key === 'Enter' && e.shiftKey && open) {
			e.preventDefault();
			list.querySelector('[aria-selected="true"], [data-combobox-option-default]')?.click();
		} else if (e.key === 'ArrowDown' && (e.altKey || !open)) {
			ask();
		} else if (e.key === 'Backspace' && !input.value) {
			const chips = document.getElementById(input.dataset.chips);
			[...chips?.querySelectorAll('button, .x') ?? []].at(-1)?.focus();
		}
	});

	list.addEventListener('combobox-commit', (e) => {
		const { value, href } = e.target.dataset;
		if (href) {
			input.closest('dialog')?.close();
			return location.assign(href);
		}
		if (fills && value) {
			input.value = value;
			close();
			return input.dispatchEvent(new Event('input', { bubbles: true }));
		}
		const pick = input.form.querySelector('[data-pick]');
		if (!pick || !value) return;
		pick.value = value;
		const typed = input.value;
		if (!keep_text) input.value = '';
		close();
		input.form.requestSubmit();
		pick.value = '';
		if (keep_text) input.value = typed;
	});

	input.addEventListener('paste', (e) => {
		const text = e.clipboardData?.getData('text/plain') ?? '';
		const area = document.getElementById(input.dataset.paste);
		if (!area || !/[\n,;]/.test(text.trim())) return;
		e.preventDefault();
		area.closest('details')?.setAttribute('open', '');
		area.value = `${area.value}${area.value && !area.value.endsWith('\n') ? '\n' : ''}${text}`;
		area.focus();
		area.dispatchEvent(new Event('input', { bubbles: true }));
	});
}

const start_all = () => document.querySelectorAll('[data-combo]').forEach(start_combo);
document.addEventListener('swap', start_all);
start_all();

// On a chip's own button, Delete and Backspace remove it.
document.addEventListener('keydown', (e) => {
	if ((e.key !== 'Delete' && e.key !== 'Backspace') || !e.target.matches?.('.chip button, .chip .x')) return;
	e.preventDefault();
	e.target.click();
});
