// A button that prints the page it stands on.
document.addEventListener('click', (e) => {
	if (e.target.closest?.('[data-print]')) print();
});
