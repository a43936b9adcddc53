// A real mail and calendar server, Cyrus: it keeps mailboxes (IMAP), puts invitations into calendars, and sends what
// somebody answers there. As Debian has it, with its own configuration in a folder that is thrown away.
//
//   const cyrus = await startCyrus({ smtp: relay.port });        answers go to that relay
//   await cyrus.user('ana@example.org');
//   await cyrus.deliver('ana@example.org', bytes);
//   await cyrus.answer('ana@example.org', uid, 'ACCEPTED');
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { eventually } from './muster.mjs';
import { freePort } from './port.mjs';

const started = new Set();
after(() => Promise.all([...started].map((c) => c.stop())));

const own = ['db', 'log', 'msg', 'proc', 'socket', 'ptclient', 'sync', 'sieve'].map((d) => `conf/${d}`);
const folders = [...own, 'spool', 'sieve', 'run/proc', 'run/lock', 'etc'];
const programs = '/usr/lib/cyrus/bin';
const root = process.getuid() === 0;

const sieve = `require ["vnd.cyrus.imip", "body"];
if body :content "text/calendar" :contains "METHOD:" { processimip; }
`;

const imapd = (base, smtp) => `configdirectory: ${base}/conf
defaultpartition: default
partition-default: ${base}/spool
sievedir: ${base}/sieve
proc_path: ${base}/run/proc
mboxname_lockpath: ${base}/run/lock
lmtpsocket: ${base}/run/lmtp
idlesocket: ${base}/run/idle
notifysocket: ${base}/run/notify
servername: peer.invalid
virtdomains: userid
defaultdomain: peer.invalid
unixhierarchysep: yes
altnamespace: yes
lmtp_downcase_rcpt: yes
duplicatesuppression: no
sasl_pwcheck_method: alwaystrue
sasl_mech_list: PLAIN
allowplaintext: yes
admins: admin
autocreate_post: yes
autocreate_quota: 0
autocreate_sieve_script: ${base}/etc/default.sieve
httpmodules: caldav
caldav_allowscheduling: on
caldav_create_default: yes
caldav_create_attach: no
caldav_create_sched: yes
smtp_backend: host
smtp_host: 127.0.0.1:${smtp}
sendmail: /bin/false
`;

const services = (conf, { lmtp, http, imap }) => `START { recover cmd="${programs}/ctl_cyrusdb -C ${conf} -r" }
SERVICES {
  lmtp cmd="${programs}/lmtpd -a -C ${conf}" listen="127.0.0.1:${lmtp}" prefork=1 maxchild=10
  http cmd="${programs}/httpd -C ${conf}" listen="127.0.0.1:${http}" prefork=1 maxchild=10
  imap cmd="${programs}/imapd -C ${conf}" listen="127.0.0.1:${imap}" prefork=1 maxchild=10
}
EVENTS { }
`;

export async function startCyrus({ smtp = 1 } = {}) {
	const cyrus = new Cyrus();
	started.add(cyrus);
	await cyrus.start(smtp);
	return cyrus;
}

// A conversation in lines: what is said is answered by lines up to one that fits.
class Lines {
	#text = '';
	#wake = () => {};
	constructor(port) {
		this.socket = connect(port, '127.0.0.1');
		this.socket.setEncoding('latin1').on('data', (text) => {
			this.#text += text;
			this.#wake();
		});
		this.socket.setTimeout(20_000, () => this.socket.destroy());
		this.socket.on('error', () => this.#wake()).on('close', () => this.#wake());
	}

	async until(fits) {
		for (;;) {
			const m = fits.exec(this.#text);
			if (m) {
				const all = this.#text.slice(0, m.index + m[0].length);
				this.#text = this.#text.slice(all.length);
				return all;
			}
			if (this.socket.destroyed) throw new Error(`the connection ended after ${JSON.stringify(this.#text)}`);
			await new Promise((resolve) => (this.#wake = resolve));
		}
	}

	async say(line, fits) {
		this.socket.write(line, 'latin1');
		return this.until(fits);
	}
}

class Cyrus {
	ports = {};
	#base = mkdtempSync('/tmp/muster-cyrus-');
	#process = null;

	async start(smtp) {
		const base = this.#base, conf = join(base, 'etc/imapd.conf');
		for (const d of folders) mkdirSync(join(base, d), { recursive: true });
		for (const name of ['lmtp', 'http', 'imap']) this.ports[name] = await freePort();
		writeFileSync(conf, imapd(base, smtp));
		writeFileSync(join(base, 'etc/cyrus.conf'), services(conf, this.ports));
		writeFileSync(join(base, 'etc/default.sieve'), sieve);
		const env = { PATH: process.env.PATH, CYRUS_USER: root ? 'cyrus' : userInfo().username };
		if (root) {
			// It gives up being root.
			chmodSync(base, 0o755);
			execFileSync('chown', ['-R', 'cyrus:mail', base]);
		} else env.CYRUS_GROUP = execFileSync('id', ['-gn']).toString().trim();
		const files = ['-M', 'etc/cyrus.conf', '-p', 'run/master.pid', '-L', 'run/master.log'];
		const args = ['-C', conf, ...files.map((f) => (f.startsWith('-') ? f : join(base, f)))];
		this.#process = spawn(`${programs}/master`, args, { env, stdio: 'ignore' });
		await eventually(async () => {
			const lmtp = new Lines(this.ports.lmtp);
			const greeting = await lmtp.until(/^220 [^\n]*\n/m).catch(() => '');
			lmtp.socket.destroy();
			const dav = `http://127.0.0.1:${this.ports.http}/dav/`;
			const web = await fetch(dav, { method: 'OPTIONS' }).catch(() => null);
			return greeting && web?.ok;
		});
	}

	stop() {
		this.#process?.kill();
		return new Promise((resolve) => this.#process.on('exit', resolve)).finally(() =>
			rmSync(this.#base, { recursive: true, force: true }),
		);
	}

	// Whoever is not there yet comes into being: mailbox and script with the first mail, calendars with the first look.
	async user(address) {
		await this.deliver(address, 'From: a@example.org\r\nSubject: Welcome\r\n\r\nHello.\r\n');
		const home = `/dav/calendars/user/${address}/`;
		const { status } = await this.#dav(address, 'PROPFIND', home, { headers: { depth: '1' } });
		assert.equal(status, 207);
	}

	async deliver(address, bytes) {
		const lmtp = new Lines(this.ports.lmtp);
		await lmtp.until(/^220 [^\n]*\n/m);
		await lmtp.say('LHLO test\r\n', /^250 [^\n]*\n/m);
		await lmtp.say('MAIL FROM:<a@example.org>\r\n', /^250[^\n]*\n/m);
		await lmtp.say(`RCPT TO:<${address}>\r\n`, /^250[^\n]*\n/m);
		await lmtp.say('DATA\r\n', /^354[^\n]*\n/m);
		await lmtp.say(`${bytes.toString('latin1').replace(/^\./gm, '..')}\r\n.\r\n`, /^250[^\n]*\n/m);
		lmtp.socket.end('QUIT\r\n');
	}

	// Flags of each message in somebody's INBOX, by UID.
	async flags(address) {
		const imap = new Lines(this.ports.imap);
		await imap.until(/^\* OK[^\n]*\n/m);
		await imap.say(`a LOGIN ${address} x\r\n`, /^a OK[^\n]*\n/m);
		await imap.say('b SELECT INBOX\r\n', /^b OK[^\n]*\n/m);
		const text = await imap.say('c UID FETCH 1:* (FLAGS)\r\n', /^c OK[^\n]*\n/m);
		imap.socket.end('d LOGOUT\r\n');
		const said = [...text.matchAll(/FLAGS \(([^)]*)\) UID (\d+)|UID (\d+) FLAGS \(([^)]*)\)/g)];
		return Object.fromEntries(said.map((m) => [m[2] ?? m[3], m[1] ?? m[4]]));
	}

	// The entry in somebody's calendar, as text; null: none. `tag` says of which state it is.
	async entry(address, uid) {
		const r = await this.#dav(address, 'GET', this.#path(address, uid));
		return r.status === 200 ? { text: await r.text(), tag: r.headers.get('schedule-tag') } : null;
	}

	// What somebody does in a calendar program. The answer has left when this is done.
	async answer(address, uid, partstat) {
		const { text, tag } = await this.entry(address, uid);
		const unfolded = text.replace(/\r\n[ \t]/g, '');
		const line = /^ATTENDEE[^\r\n]*$/im.exec(unfolded)[0];
		const asked = line.replace(/;(PARTSTAT|RSVP)=[^;:]*/gi, '');
		const mine = asked.replace(/^ATTENDEE/i, `ATTENDEE;PARTSTAT=${partstat}`);
		const r = await this.#dav(address, 'PUT', this.#path(address, uid), {
			headers: { 'content-type': 'text/calendar; charset=utf-8', 'if-schedule-tag-match': tag },
			body: unfolded.replace(line, mine),
		});
		assert.equal(r.status, 204, await r.text());
		assert.match((await this.entry(address, uid)).text.replace(/\r\n[ \t]/g, ''), /SCHEDULE-STATUS="?1\.1/);
	}

	#path(address, uid) {
		return `/dav/calendars/user/${address}/Default/${encodeURIComponent(uid)}.ics`;
	}

	#dav(address, method, path, { headers, body } = {}) {
		return fetch(`http://127.0.0.1:${this.ports.http}${path}`, {
			method,
			body,
			headers: { authorization: `Basic ${btoa(`${address}:x`)}`, ...headers },
		});
	}
}
