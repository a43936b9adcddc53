// Menus and dialogs are the browser's own (popover, dialog). Here: arrow keys in menus, the Space key on links
// that are buttons, and the opening itself where the browser does not know the attributes.
const items_of = (menu) => [...menu.querySelectorAll('[role="menuitem"]')];

document.addEventListener('keydown', (e) => {
	if (e.key === ' ' && e.target.matches?.('a[role="button"], a[role="menuitem"]')) {
		e.preventDefault();
		e.target.click();
		return;
	}
	const menu = e.target.closest?.('[role="menu"]');
	if (!menu || e.altKey || e.ctrlKey || e.metaKey) return;
	const items = items_of(menu);
	const at = items.indexOf(document.activeElement);
	const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[e.key];
	if (to !== undefined) {
		e.preventDefault();
		items.at(to % items.length)?.focus();
	} else if (e.key === 'Tab') {
		menu.closest('[popover]')?.hidePopover?.();
	} else if (e.key.length === 1) {
		const letter = e.key.toLocaleLowerCase();
		[...items.slice(at + 1), ...items].find((i) => i.textContent.trim().toLocaleLowerCase().startsWith(letter))?.focus();
	}
});

// "toggle" does not bubble. The first item takes the focus, so that arrows work at once.
document.addEventListener('toggle', (e) => {
	if (e.newState === 'open' && e.target.matches?.('[popover]')) {
		const menu = e.target.matches('[role="menu"]') ? e.target : e.target.querySelector('[role="menu"]');
		if (menu) items_of(menu)[0]?.focus();
	}
	for (const button of document.querySelectorAll(`[popovertarget="${CSS.escape(e.target.id ?? '')}"]`))
		button.setAttribute('aria-expanded', String(e.newState === 'open'));
}, true);

const has_popover = 'popover' in HTMLElement.prototype;
const has_commands = 'commandForElement' in HTMLButtonElement.prototype;

document.addEventListener('click', (e) => {
	const button = e.target.closest?.('button');
	if (button && !has_commands && button.getAttribute('commandfor')) {
		const dialog = document.getElementById(button.getAttribute('commandfor'));
		if (button.getAttribute('command') === 'show-modal') dialog?.showModal();
		else dialog?.close();
	}
	if (has_popover) return;
	const target = button && document.getElementById(button.getAttribute('popovertarget'));
	for (const open of document.querySelectorAll('[popover].open'))
		if (open !== target && !open.contains(e.target)) open.classList.remove('open');
	target?.classList.toggle('open');
});
if (!has_popover) {
	document.documentElement.classList.add('no-popover');
	document.addEventListener('keydown', (e) => {
		if (e.key === 'Escape') document.querySelectorAll('[popover].open').forEach((p) => p.classList.remove('open'));
	});
}
