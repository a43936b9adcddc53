// Every component in every state, as pages: what the gallery test opens, and what a designer looks at. The markup
// is what templates/layout.html and templates/parts.html write.

const icon = (name, assets) => `<svg class="i i-${name}" width="16" height="16" aria-hidden="true" focusable="false"><use href="${assets['icons.svg']}#${name}"></use></svg>`;
const brand = `<svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true" focusable="false"><rect width="22" height="22" rx="6"></rect><path d="M6 16v-5M11 16V6M16 16v-3" stroke-width="2.5" stroke-linecap="round"></path></svg><span translate="no">Muster</span>`;
const csrf = '<input type="hidden" name="csrf" value="token">';

function head(title, assets) {
	return `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} – Muster</title>
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${assets['favicon.svg']}" type="image/svg+xml">
<link rel="preload" href="${assets['inter-latin.woff2']}" as="font" type="font/woff2" crossorigin="anonymous">
<link rel="stylesheet" href="${assets['app.css']}"><script type="module" src="${assets['app.js']}"></script></head>`;
}

const nav_items = ['Home', 'Calendar', 'Trainings', 'Users', 'Departments', 'Groups', 'Reports', 'Outbox', 'Audit', 'Settings'];

function nav_item(label, current) {
	const key = label.toLowerCase();
	const gap = label === 'Reports' || label === 'Settings';
	const badge = { Home: ['3', '3 need you'], Outbox: ['9', '9 waiting'] }[label];
	return `<li${gap ? ' class="gap"' : ''}><a href="/${key}"${badge ? ` aria-describedby="nav-${key}-badge"` : ''}${label === current ? ' aria-current="page"' : ''}>${label}</a>${
		badge ? `<span class="badge acc" aria-hidden="true">${badge[0]}</span><span class="sr" id="nav-${key}-badge">${badge[1]}</span>` : ''}</li>`;
}

function page({ title, current, body, crumbs = [], messages = '', assets, theme = '', dir = 'ltr' }) {
	const trail = crumbs.length ? `<nav class="crumbs" aria-label="Breadcrumb"><ol>${crumbs.map((c, i) =>
		`<li>${i < crumbs.length - 1 ? `<a href="/x">${c}</a>` : `<span aria-current="page">${c}</span>`}</li>`).join('')}</ol></nav>` : '';
	return `<!DOCTYPE html><html lang="en" dir="${dir}"${theme ? ` data-theme="${theme}"` : ''}>${head(title, assets)}<body>
<a class="skip" href="#main">Skip to main content</a>
<div class="shell" id="shell">
<nav class="nav" id="nav" popover aria-label="Main">
<div class="brand"><a href="/">${brand}</a><button class="btn quiet icon nav-close" type="button" popovertarget="nav" popovertargetaction="hide" aria-label="Close">${icon('x', assets)}</button></div>
<ul>${nav_items.map((n) => nav_item(n, current)).join('')}</ul></nav>
<div class="page"><header class="top">
<button class="btn quiet nav-open" type="button" popovertarget="nav" aria-controls="nav">${icon('menu', assets)}Menu</button>
<a class="find" href="/find" data-find>${icon('search', assets)}<span>Search or jump to…</span><kbd class="js" aria-hidden="true">Ctrl K</kbd></a>
<nav class="acct" aria-label="Account"><span><a class="btn quiet bell" href="/notifications" aria-describedby="nav-notifications-badge">${icon('bell', assets)}<span>Notifications</span></a><span class="badge bad" aria-hidden="true">4</span><span class="sr" id="nav-notifications-badge">4 unread</span></span>
<button class="btn quiet me more" type="button" popovertarget="menu-you" aria-haspopup="menu"><span class="sr">Your account</span><span class="ava" aria-hidden="true">AR</span><span class="name">Ana Ruiz</span></button>
<div class="menu" id="menu-you" popover><div class="who"><span class="ava" aria-hidden="true">AR</span><span><strong><bdi>Ana Ruiz</bdi></strong><small>Department administrator: Sales and below</small></span></div>
<ul role="menu" aria-label="Account"><li role="none"><a role="menuitem" href="/settings">Your settings</a></li><li role="none"><form method="post" action="/logout">${csrf}<button role="menuitem" type="submit">Sign out</button></form></li></ul></div></nav></header>
<main id="main" tabindex="-1">${trail}<div id="messages">${messages}</div>${body}</main></div></div><p class="sr" id="said" role="status"></p></body></html>`;
}

function plain({ title, body, assets, theme = '', dir = 'ltr', messages = '' }) {
	return `<!DOCTYPE html><html lang="en" dir="${dir}"${theme ? ` data-theme="${theme}"` : ''}>${head(title, assets)}<body class="plain">
<a class="skip" href="#main">Skip to main content</a><div class="shell" id="shell"><header class="brand"><a href="/">${brand}</a></header>
<main id="main" tabindex="-1"><div id="messages">${messages}</div><div class="card"><div class="body stack">${body}</div></div></main></div><p class="sr" id="said" role="status"></p></body></html>`;
}

// ---- parts

const tile = (month, day, weekday) => `<time class="date" datetime="2026-12-${String(day).padStart(2, '0')}"><span>${month}</span> <b>${day}</b> <i>${weekday}</i></time>`;
const dates = (...tiles) => `<span class="dates">${tiles.join('')}</span>`;
const ltr = (text) => `<bdi dir="ltr">${text}</bdi>`;
const badge = (words, kind = '') => `<span class="badge ${kind}">${words}</span>`;

function strip({ taken = 0, held = 0, added = 0, capacity }) {
	const sum = taken + held + added;
	const over = Math.max(0, sum - capacity);
	const runs = [['t', taken], ['h', held], ['n', added - over], ['f', Math.max(0, capacity - sum)], ['x', over]];
	const seats = capacity + over;
	const x = (seat) => 2 + Math.trunc((seat * 956) / seats);
	const rects = [];
	let at = 0;
	for (const [kind, n] of runs) {
		for (let i = 0; seats <= 60 && i < n; i++, at++)
			rects.push(`<rect class="${kind}" x="${x(at)}" y="4" width="${x(at + 1) - x(at) - 6}" height="48" rx="5" ry="6"></rect>`);
		if (seats > 60) {
			rects.push(`<rect class="${kind}" x="${x(at)}" y="4" width="${x(at + n) - x(at)}" height="48" rx="5" ry="6"></rect>`);
			at += n;
		}
	}
	const ticks = seats > 60 ? '<path class="k" d="M240 4v48M480 4v48M720 4v48"></path>' : '';
	return `<svg class="seatbar" viewBox="0 0 960 56" preserveAspectRatio="none" role="img" aria-label="${sum} of ${capacity} seats, ${added} of them added now">${rects.join('')}${ticks}</svg>`;
}

const session = ({ tiles, title, time, zone, your, place, seats, before, now, mark = '', actions = '' }) => `<li class="sess">${dates(...tiles)}
<div><p class="name"><a href="/sessions/1"><bdi>${title}</bdi></a>${mark}</p><p>${ltr(`<time>${time}</time>`)} ${zone}${your ? ` (<bdi>your time ${your}</bdi>)` : ''} · <bdi>${place}</bdi></p></div>
<div class="seats">${strip(seats)}<p>${before ? ltr(before) : ''}<strong>${ltr(now)}</strong></p></div>${actions}</li>`;

const person = (name, login) => `<div class="who"><span class="ava" aria-hidden="true">${name.split(' ').map((w) => w[0]).join('')}</span><span><a href="/users/1"><bdi>${name}</bdi></a>${login ? `<small>${ltr(login)}</small>` : ''}</span></div>`;
const row_menu = (id, name, assets) => `<button class="btn quiet icon small" type="button" popovertarget="m-${id}" aria-haspopup="menu" aria-label="Actions for ${name}">${icon('ellipsis', assets)}</button><div class="menu" id="m-${id}" popover><ul role="menu" aria-label="Actions for ${name}"><li role="none"><a role="menuitem" href="/e/${id}">Edit enrollment</a></li><li role="none"><a role="menuitem" href="/r/${id}">Add result</a></li><li role="none"><a role="menuitem" href="/u/${id}">Edit user</a></li><li role="none"><a role="menuitem" class="danger" href="/c/${id}">Cancel enrollment</a></li></ul></div>`;
const undo_banner = `<div class="banner ok" id="result" role="status"><p>23 users are enrolled. Invitations leave Mon 30 Nov, ${ltr('09:00')} Berlin time.</p><form method="post" action="/batches/1/undo">${csrf}<button class="btn small" type="submit">Undo</button></form></div>`;
const errors_box = `<div class="errors" id="errors" tabindex="-1" data-focus><div role="alert"><h2>There is a problem</h2><ul><li><a href="#access_date">Choose an access date before Thu 3 Dec, 09:00</a></li><li><a href="#title">Enter a title</a></li></ul></div></div>`;
const steps = (current, counts) => `<nav aria-label="Enrollment steps"><ol class="steps">${['Users', 'Trainings', 'Parameters', 'Check'].map((label, i) => {
	const inner = `<b aria-hidden="true">${i + 1}</b>${label}${counts[i] ? ` <small>${counts[i]}</small>` : ''}`;
	if (i > current) return `<li><span class="step">${inner}</span></li>`;
	if (i === current) return `<li><a href="/s${i}" aria-current="step">${inner}</a></li>`;
	return `<li class="done"><a href="/s${i}">${inner}<span class="sr"> completed</span></a></li>`;
}).join('')}</ol></nav>`;

// ---- pages

const people = [
	['Ana Ruiz', 'aruiz', 'Sales EMEA', 'Accepted', 'ok', 'Enrolled', '2/2'], ['Tom Bell', 'tbell', 'Sales Americas', 'No answer', '', 'Enrolled', '–'],
	['Li Wei', 'lwei', 'Support', 'Maybe', 'warn', 'Enrolled', '1/2'], ['Maya Okafor', 'mokafor', 'Sales EMEA', 'Declined', 'bad', 'Enrolled', '–'],
	['Jonas Lindqvist', 'jlindqvist', 'Sales Americas', 'No answer', '', 'Waiting', '–'], ['Fatima Zahra', 'fzahra', 'Support', 'Accepted', 'ok', 'Enrolled', '2/2'],
	['Grace Kim', 'gkim', 'Company › Sales › Sales EMEA › Iberia and Southern France', 'No answer', '', 'Scheduled', '–'],
	['Oleg Petrov', 'opetrov', 'Engineering', 'Accepted', 'ok', 'Cancelled', '–'],
];

function participants(assets) {
	const rows = people.map(([name, login, department, answer, kind, status, attended], i) => `<tr${status === 'Cancelled' ? ' class="off"' : ''}><td class="tick"><label><input type="checkbox" name="id" value="${i}" aria-label="Select ${name}"${i < 3 ? ' checked' : ''}></label></td><td>${person(name, login)}</td><td data-label="Department"><bdi>${department}</bdi></td><td data-label="Session">Morning group</td><td data-label="Answer">${badge(answer, kind)}</td><td data-label="Status">${badge(status, status === 'Waiting' ? 'acc' : '')}</td><td data-label="Access date" class="nw"><time datetime="2026-11-30T09:00+01:00">30 Nov 2026</time></td><td data-label="Attended" class="r">${ltr(attended)}</td><td class="act">${row_menu(i, name, assets)}</td></tr>`);
	const heads = ['Department', 'Session', 'Answer', 'Status', 'Access date'];
	return `<div class="head"><div><h1>Negotiation basics</h1><p>3 sessions · next Thu 3 Dec, ${ltr('09:00')} Berlin time · ${badge('Published', 'ok')}</p></div><div class="actions"><a class="btn" href="/export">Export</a><a class="btn primary" href="/enroll">Enroll users</a></div></div>
<nav class="tabs" aria-label="Training"><ul>${['Overview', 'Sessions', 'Participants', 'History'].map((label, i) => `<li><a href="/t/${i}"${i === 2 ? ' aria-current="page"' : ''}>${label}${i === 1 ? ' <span class="badge">3</span>' : i === 2 ? ' <span class="badge">61</span>' : ''}</a></li>`).join('')}</ul></nav>
<div class="card"><h2 id="pt" class="sr">Participants</h2>
<form class="bar" role="search" action="/participants" method="get" data-frag="list" data-live aria-label="Filter participants"><label class="sr" for="q">Name, login or e-mail</label><input class="field" id="q" name="q" type="search" placeholder="Name, login or e-mail"><div class="form-field"><label for="session">Session</label><select id="session" name="session"><option value="">All sessions</option><option value="1" selected>Morning group</option></select></div><button class="btn" type="submit">Filter</button><ul class="chips" id="filters"><li class="chip rule"><span><b>Session:</b> Morning group</span><a class="x" href="/participants" aria-label="Remove filter Session: Morning group">${icon('x', assets)}</a></li></ul></form>
<form method="post" action="/participants">${csrf}<div id="list"><div class="wrap" role="region" aria-labelledby="pt" tabindex="0"><table class="select cards"><caption class="sr">Participants, sorted by name ascending</caption><thead><tr><th scope="col" class="tick"><label><input type="checkbox" data-select-all aria-label="Select all on this page"></label></th><th scope="col" aria-sort="ascending"><a role="button" href="?sort=-name" data-frag="list">Name</a></th>${heads.map((h) => `<th scope="col"><a role="button" href="?sort=${h}" data-frag="list">${h}</a></th>`).join('')}<th scope="col" class="r"><a role="button" href="?sort=att">Attended</a></th><th scope="col" class="act"><span class="sr">Actions</span></th></tr></thead><tbody>${rows.join('')}</tbody></table></div>
<div class="bar sel"><strong data-said="# selected" role="status">3 selected</strong><button class="btn small" type="submit" name="action" value="edit">Edit enrollment</button><button class="btn small" type="submit" name="action" value="result">Add result</button><button class="btn small danger" type="submit" name="action" value="cancel">Cancel enrollment</button><label class="check push"><input type="checkbox" name="all" value="1" data-matching>Select all 61 matching this filter</label></div>
<nav class="pager" aria-label="Pages"><span>1–50 of 61</span><a class="btn small" rel="next" href="?after=x" data-frag="list">Next</a><a class="btn small" href="?last=1">Last</a></nav></div></form></div>`;
}

function check() {
	const issue = (mark, kind, title, words, name, options) => `<div class="issue"><h3>${badge(mark, kind)}${title}</h3><fieldset><legend>${words}</legend><div class="checks">${options.map((o, i) => `<label class="check"><input type="radio" name="${name}" value="${i}"${i ? '' : ' checked'}>${o}</label>`).join('')}</div></fieldset></div>`;
	const sum = [['Users', 'Sales EMEA and below (24), minus 1; 4 by name', 'people'], ['Training', 'Negotiation basics', 'training'], ['Access', `Mon 30 Nov 2026, ${ltr('09:00')} Berlin time`, 'access date'], ['Session', 'Morning group', 'session'], ['Invitation', 'At the access date: notification and e-mail with calendar file', 'invitation']];
	return `<div class="head"><div><h1>Check and enroll</h1><p>Nothing is sent until you press <strong>Enroll 23 users</strong>.</p></div><span class="saved" data-save-status data-saving="Saving…" data-saved="Draft saved" data-failed="Not saved">Draft saved 14:02</span></div>
${steps(3, [27, 1])}
<div class="two"><div class="stack"><dl class="kpis"><div><dt>Will be enrolled</dt><dd>23<small>over 3 sessions</small></dd></div><div><dt>Skipped</dt><dd>4<small>already in a session</small></dd></div><div><dt>Need a decision</dt><dd>5<small>no seat left</small></dd></div><div><dt>No e-mail address</dt><dd>2<small>notification only</small></dd></div></dl>
<section class="card"><header><h2>Seats</h2><ul class="legend"><li><svg viewBox="0 0 10 10" class="seatbar" aria-hidden="true"><rect class="t" width="10" height="10" rx="2"></rect></svg>taken</li><li><svg viewBox="0 0 10 10" class="seatbar" aria-hidden="true"><rect class="h" width="10" height="10" rx="2"></rect></svg>not answered</li><li><svg viewBox="0 0 10 10" class="seatbar" aria-hidden="true"><rect class="n" width="10" height="10" rx="2"></rect></svg>added now</li><li><svg viewBox="0 0 10 10" class="seatbar" aria-hidden="true"><rect class="x" width="10" height="10" rx="2"></rect></svg>over</li></ul></header><ul>
${session({ tiles: [tile('Dec', 3, 'Thu')], title: 'Morning group', time: '09:00–12:00', zone: 'Berlin time', place: 'Room 4 · M. Okafor', seats: { taken: 9, held: 2, added: 8, capacity: 20 }, before: '11/20', now: '+8 → 19/20' })}
${session({ tiles: [tile('Dec', 3, 'Thu'), tile('Dec', 4, 'Fri')], title: 'Two-day group', time: '14:00–17:00', zone: 'Berlin time', place: 'Room 4 · M. Okafor', seats: { taken: 13, added: 6, capacity: 20 }, before: '13/20', now: '+6 → 19/20', mark: badge('2 days') })}
${session({ tiles: [tile('Dec', 10, 'Thu')], title: 'Online', time: '10:00–13:00', zone: 'New York time', your: '16:00–19:00', place: 'Video link · J. Park', seats: { taken: 4, added: 9, capacity: 12 }, before: '4/12', now: '+9 → 13/12', mark: badge('Over capacity', 'bad') })}
${session({ tiles: [tile('Dec', 14, 'Mon')], title: 'Plenary', time: '09:00–16:00', zone: 'Berlin time', place: 'Hall', seats: { taken: 180, held: 40, added: 60, capacity: 400 }, before: '220/400', now: '+60 → 280/400' })}</ul></section>
<section class="card"><header><h2>Decisions</h2>${badge('5 users', 'warn')}</header>${issue('No seat left', 'bad', 'Online would have 13 users for 12 seats', '1 user over', 'b', ['Put 1 on the waiting list', 'Allow 13', 'Leave out'])}${issue('Other session', 'warn', '4 users are in Morning group already', 'Ana Ruiz, Tom Bell, Li Wei, Maya Okafor', 'a', ['Skip them', 'Move them to Afternoon group'])}</section>
<section class="card"><header><h2>Good to know</h2></header><div class="issue"><h3>${badge('Same time')}3 users are in “Fire safety” at the same time</h3><p>They are enrolled anyway. <a href="/who">See who</a></p></div><div class="issue"><h3>${badge('Access date')}Changed</h3><p class="diff"><del>Thu 3 Dec, ${ltr('09:00')}</del> <ins>Fri 4 Dec, ${ltr('09:00')}</ins></p></div></section></div>
<aside class="card" aria-label="Your choices"><header><h2>Your choices</h2></header><div class="body"><dl class="sum">${sum.map(([dt, dd, what], i) => `<div><dt>${dt}</dt><dd>${dd}</dd><dd><a href="/c${i}">Change<span class="sr"> ${what}</span></a></dd></div>`).join('')}</dl></div></aside></div>
<form class="foot" aria-label="Finish" method="post" action="/go">${csrf}<a class="btn" href="/back">Back</a><p>23 will be enrolled · invitations leave Mon 30 Nov, ${ltr('09:00')} Berlin time · you can undo until then</p><a class="btn quiet" href="/later">Save and leave</a><button class="btn primary" type="submit">Enroll 23 users</button></form>`;
}

function wizard(assets) {
	const branch = (id, name, n, children = '', checked = false) => `<li><label class="check"><input type="checkbox" name="department" value="${id}"${checked ? ' checked' : ''}><span>${name} <small>${n}</small></span></label>${children ? `<details open id="dep-${id}"><summary><span class="sr">Departments below ${name}</span></summary><ul>${children}</ul></details>` : ''}</li>`;
	return `<div class="head"><div><h1>Enroll users</h1><p>Choose who takes part.</p></div><span class="saved" data-save-status data-saving="Saving…" data-saved="Draft saved" data-failed="Not saved">Draft saved 14:02</span></div>
${steps(0, [27])}
<div class="two"><div class="stack"><section class="card"><header><h2>Add users</h2></header><div class="body stack"><form method="post" action="/enroll/1/users" data-frag="basket" class="combo">${csrf}<input type="hidden" name="add" data-pick><div class="form-field"><label for="who">Name, login or e-mail</label><input id="who" type="text" name="q" data-combo data-list="who-list" data-href="/suggest" data-chips="chosen" data-paste="paste" data-said="# suggestions" data-said-one="1 suggestion" data-none="No match" autocomplete="off" spellcheck="false"></div><ul class="listbox" id="who-list" role="listbox" aria-label="Matches" hidden></ul><button class="btn nojs" type="submit">Search</button></form>
<details class="more" id="paste-box"><summary>Paste a list</summary><form method="post" action="/paste">${csrf}<div class="form-field"><label for="paste">Logins or e-mails</label><p class="hint" id="paste-hint">One a line, or with commas between.</p><textarea id="paste" name="paste" aria-describedby="paste-hint" rows="3"></textarea></div><p class="row mt2"><button class="btn" type="submit">Add</button></p></form></details></div></section>
<section class="card"><header><h2>Advanced Search</h2>${badge('214 users', 'acc')}</header><form class="body stack" method="get" action="/search" aria-label="Advanced Search"><fieldset><legend>Departments</legend><label class="check"><input type="checkbox" name="nested" value="1" checked>And below</label><ul class="tree" role="list">${branch(1, 'Company', '312', branch(2, 'Sales', '120', branch(3, 'Sales EMEA', '70', '', true) + branch(4, 'Sales Americas', '50')) + branch(5, 'Support', '92') + branch(6, 'Engineering', '100'))}</ul></fieldset>
<fieldset><legend>Groups</legend><div class="checks across"><label class="check"><input type="checkbox" name="group" value="1">New managers</label><label class="check"><input type="checkbox" name="group" value="2">First aid</label></div></fieldset><fieldset><legend>Profile fields</legend><div class="row"><select aria-label="Field" name="f" class="w-m"><option>Job title</option></select><select aria-label="Condition" name="op" class="w-m"><option>contains</option></select><input class="w-m" aria-label="Value" name="v" type="text" value="Manager"></div></fieldset><p class="row"><button class="btn primary" type="submit">Search</button><button class="btn quiet" type="reset">Clear</button></p></form></section></div>
<section class="card" aria-labelledby="bh" id="basket"><header><h2 id="bh">In this enrollment</h2><strong class="tn">27 users</strong></header><div class="body stack"><form method="post" action="/remove" data-frag="basket">${csrf}<ul class="chips" id="chosen" role="list"><li class="chip rule"><span><b>Sales EMEA and below</b> <small>24</small></span><button type="submit" name="remove" value="d1" aria-label="Remove Sales EMEA and below">${icon('x', assets)}</button></li>${['Tom Bell', 'Li Wei', 'Maximiliane Oberhuber-Wallenstein'].map((n, i) => `<li class="chip"><bdi>${n}</bdi><button type="submit" name="remove" value="u${i}" aria-label="Remove ${n}">${icon('x', assets)}</button></li>`).join('')}<li class="chip except"><span>except <bdi>Ana Ruiz</bdi></span><button type="submit" name="remove" value="e1" aria-label="Remove exception Ana Ruiz">${icon('x', assets)}</button></li></ul></form><p class="meta">2 have no e-mail address · 1 is inactive and left out</p><p><a href="/all">View all as a table</a></p></div></section></div>
<form class="foot" aria-label="Steps" method="post" action="/next">${csrf}<a class="btn" href="/home">Cancel</a><p>27 users</p><button class="btn primary" type="submit">Next</button></form>`;
}

function forms(assets) {
	const field = (label, inner, { hint = '', error = '', id, optional = false, full = false } = {}) => `<div class="form-field${error ? ' error' : ''}${full ? ' full' : ''}"><label for="${id}">${label}${optional ? ' <span class="opt">(optional)</span>' : ''}</label>${hint ? `<p class="hint" id="${id}-hint">${hint}</p>` : ''}${error ? `<p class="err" id="${id}-error"><span><span class="sr">Error: </span>${error}</span></p>` : ''}${inner}</div>`;
	return `<div class="head"><div><h1>Edit session</h1></div><div class="actions"><button class="btn more" type="button" popovertarget="acts" aria-haspopup="menu">Enroll</button><div class="menu" id="acts" popover><ul role="menu" aria-label="Enroll"><li role="none"><a role="menuitem" href="/e">Enroll Training</a></li></ul></div><button class="btn danger" type="button" commandfor="ask" command="show-modal">Cancel session</button></div></div>
<div class="stack"><form class="card" method="post" action="/save" aria-label="Session">${csrf}<div class="body fields">
${field('Title', '<input id="title" name="title" type="text" value="" aria-invalid="true" aria-describedby="title-error">', { id: 'title', error: 'Enter a title' })}
${field('Instructor', '<input id="instructor" name="instructor" type="text" value="M. Okafor">', { id: 'instructor', optional: true })}
<div class="form-field error" role="group" aria-label="Access"><label for="access_date">Access date</label><p class="hint" id="access_date-hint">Berlin time. Leave it empty for now.</p><p class="err" id="access_date-error"><span><span class="sr">Error: </span>Choose an access date before Thu 3 Dec, 09:00</span></p><div class="when"><input id="access_date" name="access_date" type="date" value="2026-12-05" aria-invalid="true" aria-describedby="access_date-hint access_date-error"><input aria-label="Access time" name="access_time" type="time" value="09:00"></div></div>
${field('Time zone', '<select id="zone" name="zone"><option>Europe/Berlin</option></select>', { id: 'zone' })}
${field('Capacity', '<input id="capacity" class="w-s" name="capacity" type="number" min="1" value="20">', { id: 'capacity', hint: 'Empty: no limit.', optional: true })}
${field('E-mail', '<input id="email" name="email" type="email" value="ana@example.org" readonly>', { id: 'email' })}
${field('Text for the invitation', '<textarea id="text" name="text" rows="3">Bring your own examples.</textarea>', { id: 'text', full: true, optional: true })}
<fieldset class="form-field full"><legend>Negotiation basics</legend><div class="choices"><label class="choice"><input type="radio" name="s" value="1" checked>${`<span class="who">${dates(tile('Dec', 3, 'Thu'))}<span><strong>Morning group</strong><small>${ltr('09:00–12:00')} Berlin time · Room 4</small></span></span>`}${badge('1 free', 'warn')}</label><label class="choice"><input type="radio" name="s" value="2"><span><strong>Participant chooses</strong></span></label></div></fieldset>
<fieldset class="form-field"><legend>If the session is full</legend><div class="checks"><label class="check"><input type="radio" name="full" value="wait" checked><span>Waiting list<small>Whoever is first gets the seat that frees</small></span></label><label class="check"><input type="radio" name="full" value="refuse">Leave out</label></div></fieldset>
<div class="form-field"><label class="check"><input type="checkbox" name="c" value="1" checked><span>Send a calendar file<small>Outlook, Gmail and Apple Mail understand it</small></span></label></div></div><footer><button class="btn primary" type="submit">Save</button><a class="btn quiet" href="/back">Cancel</a></footer></form>
<div class="banner warn"><p>This draft was changed in another tab at 14:02.</p><button class="btn small" type="button">Keep this version</button><button class="btn small" type="button">Take the other</button></div>
<div class="banner"><p>You are up to date.</p></div>
<div class="row"><button class="btn primary" type="button">Primary</button><button class="btn" type="button">Secondary</button><button class="btn quiet" type="button">Quiet</button><button class="btn danger" type="button">Danger</button><button class="btn danger primary" type="button">Cancel session</button><button class="btn small" type="button">Small</button><button class="btn icon" type="button" aria-label="More">${icon('ellipsis', assets)}</button><span class="group"><a class="btn" href="/m" aria-current="true">Month</a><a class="btn" href="/a">Agenda</a></span></div>
<div class="row">${badge('Plain')}${badge('Accepted', 'ok')}${badge('Maybe', 'warn')}${badge('Declined', 'bad')}${badge('Waiting', 'acc')}</div>
<div class="card"><div class="empty"><h2>No training matches “Room 4”</h2><p>Clear the search to see all 12 trainings.</p><a class="btn" href="/t">Clear the search</a></div></div>
<div class="card"><header><h2>Enrolling 12,431 users</h2></header><div class="body" id="job"><label for="pr" class="meta">4,200 of 12,431 enrolled</label><progress id="pr" max="12431" value="4200"></progress></div></div></div>
<dialog id="ask" aria-labelledby="ask-h"><h2 id="ask-h">Cancel “Morning group”?</h2><p>19 participants are told, and their calendar entries are withdrawn.</p><form class="row end" method="dialog"><button class="btn" value="no" type="submit">Keep session</button><button class="btn danger primary" value="yes" type="submit">Cancel session and tell 19 users</button></form></dialog>`;
}

function home() {
	return `<div class="head"><div><h1>Good morning, Ana</h1><p>You have one invitation to answer and two sessions coming up.</p></div></div>
<div class="two"><div class="stack"><section class="card"><header><h2>Waiting for your answer</h2>${badge('Answer by Tue 1 Dec', 'warn')}</header><div class="body stack"><div class="who">${dates(tile('Dec', 3, 'Thu'), tile('Dec', 4, 'Fri'))}<div><h3>Negotiation basics – Morning group</h3><p class="meta">${ltr('09:00–12:00')} Berlin time · Room 4, Berlin · Maya Okafor</p></div></div><form class="row" method="post" action="/answer">${csrf}<button class="btn primary" type="submit" name="answer" value="accepted">Accept</button><button class="btn" type="submit" name="answer" value="tentative">Maybe</button><button class="btn" type="submit" name="answer" value="declined">Decline</button><a class="btn quiet" href="/ics">Add to calendar</a></form></div></section>
<section class="card"><header><h2>Coming up</h2><a href="/calendar">Open calendar</a></header><ul>${session({ tiles: [tile('Dec', 10, 'Thu')], title: 'GDPR refresher', time: '16:00–17:00', zone: 'Berlin time', your: '10:00–11:00', place: 'online', seats: { taken: 18, capacity: 30 }, now: '18/30' })}${session({ tiles: [tile('Dec', 14, 'Mon')], title: 'First aid at work', time: '09:00–16:00', zone: 'Berlin time', place: 'Room 2, Berlin', seats: { taken: 7, capacity: 12 }, now: '7/12' })}</ul></section></div>
<div class="stack"><section class="card"><header><h2>This year</h2></header><div class="body"><dl class="sum"><div><dt>Attended</dt><dd>6 of 7 sessions</dd></div><div><dt>Hours</dt><dd>19.5</dd></div></dl></div></section><section class="card"><header><h2>Drafts</h2></header><ul class="list"><li><a href="/enroll/1">Negotiation basics, 27 users</a><span class="dim"><time datetime="2026-11-24">yesterday</time></span></li><li><a href="/enroll/2">Fire safety, 3 users</a><button class="btn small" type="button">Undo</button></li></ul></section></div></div>`;
}

function calendar() {
	const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
	const events = { 3: [['Morning group', ''], ['Afternoon group', ' maybe']], 4: [['Two-day group', '']], 10: [['Online', ' off']], 14: [['Plenary', '']] };
	const cells = [...Array(35).keys()].map((i) => {
		const day = i - 0;
		const number = day === 0 ? 30 : day > 31 ? day - 31 : day;
		const inside = day > 0 && day <= 31;
		const list = inside ? events[day] ?? [] : [];
		return `<td class="${inside ? '' : 'other'}${day === 3 ? 'today' : ''}"><span class="day" data-label="${weekdays[i % 7]} ${number} Dec">${number}</span>${list.map(([t, k]) => `<a class="ev${k}" href="/s"><time>09:00</time> ${t}</a>`).join('')}${day === 14 ? '<a class="ev more" href="/day">2 more</a>' : ''}</td>`;
	});
	const weeks = [0, 7, 14, 21, 28].map((at) => `<tr>${cells.slice(at, at + 7).join('')}</tr>`);
	return `<div class="head"><h1>December 2026</h1><div class="actions"><span class="group"><a class="btn" href="/p" aria-label="November 2026">‹</a><a class="btn" href="/t">Today</a><a class="btn" href="/n" aria-label="January 2027">›</a></span><span class="group"><a class="btn" href="/m" aria-current="true">Month</a><a class="btn" href="/a">Agenda</a></span></div></div>
<div class="stack"><div class="card"><table class="month"><caption class="sr">December 2026</caption><thead><tr>${weekdays.map((d) => `<th scope="col">${d}</th>`).join('')}</tr></thead><tbody>${weeks.join('')}</tbody></table></div>
<section class="card"><header><h2>Agenda</h2></header><ol class="agenda"><li>${tile('Dec', 3, 'Thu')}<ul><li><h3>Morning group</h3><p class="meta">${ltr('09:00–12:00')} Berlin time · Room 4</p></li><li><h3>Afternoon group</h3><p class="meta">${ltr('14:00–17:00')} Berlin time · Room 4</p></li></ul></li><li>${tile('Dec', 4, 'Fri')}<ul><li><h3>Two-day group</h3><p class="meta">${ltr('09:00–17:00')} Berlin time</p></li></ul></li></ol></section>
<section class="card"><header><h2>Notifications</h2><button class="btn small" type="button">Mark all as read</button></header><ul class="notes" role="list"><li class="unread"><div><h3><a href="/t">You are invited to Negotiation basics</a></h3><p class="meta">Thu 3 Dec, ${ltr('09:00–12:00')} Berlin time</p></div><time datetime="2026-11-24T09:00Z" data-relative>24 Nov, 09:00</time><div class="actions"><button class="btn small primary" type="button">Accept</button><button class="btn small" type="button">Maybe</button><button class="btn small" type="button">Decline</button></div></li><li><div><h3><a href="/t2">GDPR refresher moved</a></h3><p class="meta diff"><del>Thu 3 Dec</del> <ins>Fri 4 Dec</ins></p></div><time datetime="2026-11-20T09:00Z">20 Nov, 09:00</time></li></ul></section>
<figure class="card"><header><h2>Fill by weekday</h2></header><div class="wrap wide" role="region" aria-label="Fill by weekday" tabindex="0"><table><caption class="sr">Fill by weekday and hour, percent</caption><thead><tr><th scope="col">Hour</th>${weekdays.slice(0, 5).map((d) => `<th scope="col" class="r">${d}</th>`).join('')}</tr></thead><tbody><tr><th scope="row">${ltr('09:00')}</th>${[1, 2, 3, 4, 5].map((n) => `<td class="r heat-${n}">${n * 18}</td>`).join('')}</tr></tbody></table></div></figure></div>`;
}

const sign_in = `<h1>Sign in</h1><form method="post" action="/login" class="stack">${csrf}<div class="form-field"><label for="login">Login or e-mail</label><input class="field" id="login" name="login" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" required></div><div class="form-field"><label for="password">Password</label><input class="field" id="password" name="password" type="password" autocomplete="current-password" required></div><button class="btn primary block" type="submit">Sign in</button></form><p class="hint">Demo accounts: <code translate="no">admin</code>, <code translate="no">maria</code>; the password of all is <code translate="no">demo-password</code>.</p>`;

const rsvp = `<p class="meta">Invitation for <bdi>Ana Ruiz</bdi></p><h1>Negotiation basics</h1><div class="who">${dates(tile('Dec', 3, 'Thu'), tile('Dec', 4, 'Fri'))}<div><h2>Morning group</h2><p>${ltr('09:00–12:00')} Berlin time <span class="meta">(your time ${ltr('03:00–06:00')})</span></p><p class="meta">Room 4, Berlin · Maya Okafor</p></div></div><form class="row answers" method="post" action="/rsvp/x">${csrf}<button class="btn primary" type="submit" name="answer" value="accepted">Accept</button><button class="btn" type="submit" name="answer" value="tentative">Maybe</button><button class="btn" type="submit" name="answer" value="declined">Decline</button></form><p><a href="/rsvp/x/invite.ics">Add to calendar</a> · <a href="/login">Not you?</a></p>`;

// What the people picker gets for a query.
export function suggest() {
	const option = (name, login, department, extra = '', why = '') => `<li role="option"${extra}><span class="ava" aria-hidden="true">${name[0]}R</span><span><bdi>${name}</bdi>${why ? ` ${badge(why)}` : ''}<small>${ltr(`${login} · ${login}@example.org`)}</small></span><small><bdi>${department}</bdi></small></li>`;
	return `<ul role="listbox" id="who-list">${option('Ana Ruiz', 'aruiz', 'Sales EMEA › Iberia', ' data-value="7"')}${option('Anna Berg', 'aberg', 'Support', ' aria-disabled="true"', 'added')}${option('Andrew Stone', 'astone', 'Engineering', ' data-value="9"')}<li role="option" data-href="/all"><span>See all 214 matches</span></li></ul>`;
}

export const names = ['participants', 'check', 'wizard', 'forms', 'home', 'calendar', 'signin', 'rsvp'];

// `assets`: logical name to hashed path. `options`: theme and dir.
export function render(name, assets, options = {}) {
	const rest = { assets, ...options };
	switch (name) {
	case 'participants': return page({ title: 'Participants', current: 'Trainings', crumbs: ['Trainings', 'Negotiation basics'], messages: undo_banner, body: participants(assets), ...rest });
	case 'check': return page({ title: 'Check', current: 'Trainings', body: check(), ...rest });
	case 'wizard': return page({ title: 'Users', current: 'Users', body: wizard(assets), ...rest });
	case 'forms': return page({ title: 'Error: Edit session', current: 'Trainings', crumbs: ['Trainings', 'Negotiation basics', 'Morning group'], messages: errors_box, body: forms(assets), ...rest });
	case 'home': return page({ title: 'Home', current: 'Home', body: home(), ...rest });
	case 'calendar': return page({ title: 'Calendar', current: 'Calendar', body: calendar(), ...rest });
	case 'signin': return plain({ title: 'Sign in', body: sign_in, ...rest });
	case 'rsvp': return plain({ title: 'Invitation', body: rsvp, ...rest, messages: '<div class="banner ok" role="status"><p>You accepted. You can change your answer until Wed 2 Dec.</p></div>' });
	default: throw new Error(`no gallery page ${name}`);
	}
}
