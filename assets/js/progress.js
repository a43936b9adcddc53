// Work that goes on: an element with an id and data-progress="URL" (or empty: this page) is fetched again every
// second and swapped, until the server sends it with data-done.
import { load_into } from './frag.js';

const EVERY_MS = 1000;
let timer = 0;

function watch() {
	clearTimeout(timer);
	const region = document.querySelector('[data-progress][id]:not([data-done])');
	if (!region) return;
	timer = setTimeout(async () => {
		if (!document.hidden) await load_into([region.id], region.dataset.progress || location.href);
		watch();
	}, EVERY_MS);
}
document.addEventListener('swap', watch);
watch();
