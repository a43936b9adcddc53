// Dragging an entry of the month or the week opens the page that moves its session, with the new day (and, in the week,
// the time) filled in. It never moves anything by itself. Mouse and pen only: a finger scrolls.
// A quarter of an hour is a row of so many pixels (components.css).
const threshold = 6, quarter = 15, row = 12;
let drag = null, dropped_at = -Infinity;

const columnAt = (x, y) => document.elementFromPoint(x, y)?.closest('[data-date]') ?? null;
const pad = (n) => String(n).padStart(2, '0');

// The time of day at the upper edge of what is dragged: the nearest quarter of an hour of the grid.
function timeAt(column) {
	const first = Number(column.closest('[data-first]').dataset.first);
	const top = column.querySelector('h2').getBoundingClientRect().bottom;
	const minutes = first * 60 + Math.round((drag.y - drag.grip - top) / row) * quarter;
	const kept = Math.min(Math.max(minutes, 0), 24 * 60 - quarter);
	return `${pad(Math.floor(kept / 60))}:${pad(kept % 60)}`;
}

function mark(column) {
	if (drag.column === column) return;
	drag.column?.classList.remove('drop');
	column?.classList.add('drop');
	drag.column = column;
}

function end() {
	if (!drag) return;
	mark(null);
	drag.entry.classList.remove('dragged');
	drag.entry.style.translate = '';
	drag = null;
}

document.addEventListener('pointerdown', (e) => {
	const entry = e.target.closest?.('.ev[data-move]');
	if (!entry || e.button !== 0 || e.pointerType === 'touch') return;
	const grip = e.clientY - entry.getBoundingClientRect().top;
	drag = { entry, grip, id: e.pointerId, from: [e.clientX, e.clientY], column: null, moved: false };
});

document.addEventListener('pointermove', (e) => {
	if (!drag || e.pointerId !== drag.id) return;
	const dx = e.clientX - drag.from[0], dy = e.clientY - drag.from[1];
	if (!drag.moved && Math.hypot(dx, dy) < threshold) return;
	drag.moved = true;
	drag.y = e.clientY;
	drag.entry.classList.add('dragged');
	drag.entry.style.translate = `${dx}px ${dy}px`;
	mark(columnAt(e.clientX, e.clientY));
});

document.addEventListener('pointerup', (e) => {
	if (!drag || e.pointerId !== drag.id) return;
	const { entry, column, moved } = drag;
	if (moved && column) {
		const to = new URL(entry.dataset.move, location.href);
		to.searchParams.set('date', column.dataset.date);
		if (column.closest('.week')) to.searchParams.set('time', timeAt(column));
		const home = entry.closest('[data-date]');
		if (column !== home || to.searchParams.has('time')) location.assign(to);
	}
	// The click that may follow a drag is not meant for the link.
	if (moved) dropped_at = e.timeStamp;
	end();
});

document.addEventListener('click', (e) => e.timeStamp - dropped_at < 50 && e.preventDefault(), true);

document.addEventListener('pointercancel', end);
document.addEventListener('keydown', (e) => e.key === 'Escape' && end());
document.addEventListener('dragstart', (e) => e.target.closest?.('.ev[data-move]') && e.preventDefault());
