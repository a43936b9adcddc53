// A department of which only some below are chosen shows as half ticked.
function mark_partly(tree) {
	for (const box of tree.querySelectorAll('li > label > input[type="checkbox"]')) {
		const below = box.closest('li').querySelectorAll(':scope > details input[type="checkbox"]:checked').length;
		box.indeterminate = !box.checked && below > 0;
	}
}

document.addEventListener('change', (e) => {
	const tree = e.target.closest?.('.tree');
	if (tree) mark_partly(tree.parentElement.closest('.tree') ?? tree);
});
const start_all = () => document.querySelectorAll('.tree:not(.tree .tree)').forEach(mark_partly);
document.addEventListener('swap', start_all);
start_all();
