// "in 10 days" beside a date: <time datetime="…" data-relative>. The date itself is the server's.
const steps = [['year', 31536000], ['month', 2592000], ['day', 86400], ['hour', 3600], ['minute', 60]];

function add_words() {
	const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'auto' });
	for (const time of document.querySelectorAll('time[data-relative]')) {
		const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
		time.removeAttribute('data-relative');
		if (Number.isNaN(seconds)) continue;
		const [unit, size] = steps.find(([, s]) => Math.abs(seconds) >= s) ?? steps.at(-1);
		time.append(` · ${words.format(Math.round(seconds / size), unit)}`);
	}
}
document.addEventListener('swap', add_words);
add_words();
