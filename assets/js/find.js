// Ctrl K (⌘ K) and the box in the top bar open "Search or jump" as a dialog; without this they lead to its page.
const dialog = document.getElementById('find');
const input = dialog?.querySelector('input');

function open_find() {
	if (!dialog || document.querySelector('dialog[open]')) return;
	dialog.showModal();
	input.select();
	input.dispatchEvent(new Event('input'));
}

document.addEventListener('keydown', (e) => {
	if (e.key.toLowerCase() !== 'k' || !(e.ctrlKey || e.metaKey) || e.altKey || e.shiftKey) return;
	e.preventDefault();
	open_find();
});
document.addEventListener('click', (e) => {
	if (e.target === dialog) dialog.close();
	if (!dialog || !e.target.closest?.('[data-find]') || e.ctrlKey || e.metaKey || e.shiftKey) return;
	e.preventDefault();
	open_find();
});

if (/Mac|iP/.test(navigator.platform))
	for (const key of document.querySelectorAll('[data-mac]')) key.textContent = key.dataset.mac;
