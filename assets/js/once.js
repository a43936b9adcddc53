// A form that was sent is not sent again, whichever button is pressed, while its page is still shown: after a double
// click the browser gives up the first answer, but the server has acted on both. Forms that only ask, and those whose
// answer is fetched, may go on.
let sent = new WeakSet();

addEventListener('submit', (e) => {
	if (!sent.has(e.target)) return;
	e.preventDefault();
	e.stopImmediatePropagation();
}, true);

// The last to hear of it: nobody has taken it over, the browser sends it.
addEventListener('submit', (e) => {
	const form = e.target;
	const submitter = e.submitter;
	const method = submitter?.getAttribute('formmethod') ?? form.method;
	const target = submitter?.getAttribute('formtarget') ?? form.target;
	if (!e.defaultPrevented && method.toLowerCase() === 'post' && !target) sent.add(form);
});

// Back to a page that the browser has kept.
addEventListener('pageshow', (e) => {
	if (e.persisted) sent = new WeakSet();
});
