// Ticking rows of table.select: the box in the head ticks the page, Shift ticks a range, the bar says how many
// ([data-said="# selected"]). [data-matching] stands for all rows that match the filter, also on other pages;
// a row unticked then is sent as an exception (name="except").
const boxes_of = (table) => [...table.querySelectorAll('tbody .tick input[type="checkbox"]:not(:disabled)')];
let last = null;

function show_count(table) {
	const boxes = boxes_of(table);
	const ticked = boxes.filter((b) => b.checked).length;
	const head = table.querySelector('thead input[data-select-all]');
	if (head) {
		head.checked = boxes.length > 0 && ticked === boxes.length;
		head.indeterminate = ticked > 0 && ticked < boxes.length;
	}
	const line = table.closest('form')?.querySelector('[data-said]:not(input)');
	const words = ticked.toLocaleString(document.documentElement.lang);
	if (line) line.textContent = ticked ? line.dataset.said.replace('#', words) : '';
}

function set_except(form, box) {
	const old = form.querySelector(`input[name="except"][value="${CSS.escape(box.value)}"]`);
	if (box.checked) return old?.remove();
	if (old) return;
	const field = document.createElement('input');
	Object.assign(field, { type: 'hidden', name: 'except', value: box.value });
	form.append(field);
}

document.addEventListener('click', (e) => {
	const box = e.target;
	const table = box.closest?.('table.select');
	if (!table || !box.matches('tbody .tick input')) return;
	const boxes = boxes_of(table);
	if (e.shiftKey && last && boxes.includes(last)) {
		const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
		for (const b of boxes.slice(from, to + 1)) b.checked = box.checked;
	}
	last = box;
});

document.addEventListener('change', (e) => {
	const box = e.target;
	const form = box.form;
	const matching = form?.querySelector('[data-matching]');
	const table = box.closest?.('table.select') ?? (matching === box ? form.querySelector('table.select') : null);
	if (!table) return;
	if (box.matches('[data-select-all], [data-matching]')) {
		for (const b of boxes_of(table)) b.checked = box.checked;
		if (matching && box !== matching && !box.checked) matching.checked = false;
		form?.querySelectorAll('input[type="hidden"][name="except"]').forEach((f) => f.remove());
	} else if (matching?.checked && box.matches('.tick input')) {
		set_except(form, box);
	}
	show_count(table);
});

const start_all = () => document.querySelectorAll('table.select').forEach(show_count);
document.addEventListener('swap', start_all);
addEventListener('pageshow', start_all);
start_all();
