// A real SMTP server that keeps what it receives, read by an independent parser, and that can fail in every way a
// relay can.
//
//   const relay = await startRelay();
//   const muster = await startMuster({ args: ['--smtp', relay.url] });
//   const mail = await relay.waitFor((m) => m.to.includes('a@example.org'));
import { after } from 'node:test';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

const started = new Set();
after(() => Promise.all([...started].map((r) => r.stop())));

// Options: tls (offer STARTTLS, with a certificate nobody signed), user and password (demanded when given).
export async function startRelay(options = {}) {
	const relay = new Relay(options);
	await relay.start(0);
	return relay;
}

export class Relay {
	messages = []; // { from, to: [address], secure, user, raw, text, html, subject, messageId, headers, parsed, at }
	attempts = []; // one { command, to, mode } each time a client came as far as RCPT or DATA
	connections = 0;
	receiving = 0; // messages that are being received
	busiest = 0; // … at most at once
	port = 0;
	// Called with each recipient before the message is taken; what it answers is waited for.
	hold = null;
	// How it behaves, from the next command on:
	//   'accept'
	//   'stall'       takes the connection and never says a word
	//   'rcpt-4xx' 'rcpt-5xx'   refuses the recipient, for now or for good
	//   'data-4xx' 'data-5xx'   refuses the whole message
	//   'drop'        keeps the message and cuts the connection before it says so
	// refuse() is the one more: nobody listens.
	mode = 'accept';
	// Or by recipient: { 'a@example.org': 'rcpt-5xx' }.
	modes = {};
	#server = null;
	#options;
	#waiting = new Set();

	constructor(options) {
		this.#options = options;
	}

	get url() {
		const { user, password } = this.#options;
		const account = user ? `${encodeURIComponent(user)}:${encodeURIComponent(password)}@` : '';
		return `smtp://${account}127.0.0.1:${this.port}`;
	}

	start(port) {
		const { tls, user, password } = this.#options;
		this.#server = new SMTPServer({
			authOptional: !user,
			allowInsecureAuth: true,
			disabledCommands: [...(tls ? [] : ['STARTTLS']), ...(user ? [] : ['AUTH'])],
			disableReverseLookup: true,
			closeTimeout: 500,
			onConnect: (session, done) => {
				this.connections++;
				if (this.mode !== 'stall') done();
			},
			onAuth: (auth, session, done) =>
				auth.username === user && auth.password === password ? done(null, { user }) : done(new Error('no')),
			onRcptTo: ({ address }, session, done) => {
				const mode = this.#modeFor([address]);
				this.attempts.push({ command: 'RCPT', to: [address], mode });
				done(mode.startsWith('rcpt-') ? refusal(mode) : undefined);
			},
			onData: (stream, session, done) => this.#receive(stream, session, done),
		});
		this.#server.on('error', () => {
			/* a client that went away in the middle is none of our business */
		});
		started.add(this);
		return new Promise((resolve, reject) => {
			this.#server.once('error', reject);
			this.#server.listen(port, '127.0.0.1', () => {
				this.port = this.#server.server.address().port;
				resolve(this);
			});
		});
	}

	#modeFor(addresses) {
		return addresses.map((a) => this.modes[a]).find(Boolean) ?? this.mode;
	}

	async #receive(stream, session, done) {
		const chunks = [];
		try {
			for await (const chunk of stream) chunks.push(chunk);
		} catch {
			return; // the client went away before the final dot: there is no message, and nobody to answer
		}
		const raw = Buffer.concat(chunks);
		const to = session.envelope.rcptTo.map((r) => r.address);
		const mode = this.#modeFor(to);
		this.attempts.push({ command: 'DATA', to, mode });
		this.receiving++;
		this.busiest = Math.max(this.busiest, this.receiving);
		await this.hold?.(to[0]);
		this.receiving--;
		if (mode.startsWith('data-')) return done(refusal(mode));
		const parsed = await simpleParser(raw);
		this.messages.push({
			from: session.envelope.mailFrom.address,
			to,
			secure: session.secure,
			user: session.user,
			raw: raw.toString('latin1'),
			parsed,
			at: Date.now(),
			text: parsed.text ?? '',
			html: parsed.html || '',
			subject: parsed.subject,
			messageId: parsed.messageId,
			headers: parsed.headers,
		});
		for (const look of [...this.#waiting]) look();
		if (mode === 'drop') return this.#cut(session);
		done(null, 'kept');
	}

	#cut(session) {
		for (const connection of this.#server.connections)
			if (connection.session.id === session.id) connection._socket.destroy();
	}

	to(address) {
		return this.messages.filter((m) => m.to.includes(address));
	}

	// The first message that fits, also one that came before; fails after `timeout` milliseconds.
	waitFor(fits = () => true, timeout = 20_000) {
		return new Promise((resolve, reject) => {
			const settle = (act) => {
				clearTimeout(timer);
				this.#waiting.delete(look);
				act();
			};
			const look = () => {
				const found = this.messages.find(fits);
				if (found) settle(() => resolve(found));
			};
			const late = () => {
				const seen = this.messages.map((m) => `${m.to} "${m.subject}"`).join(', ');
				settle(() => reject(new Error(`no such mail within ${timeout} ms; there were: ${seen || 'none'}`)));
			};
			const timer = setTimeout(late, timeout);
			this.#waiting.add(look);
			look();
		});
	}

	waitForCount(n, timeout) {
		return this.waitFor(() => this.messages.length >= n, timeout).then(() => this.messages);
	}

	// Nobody listens any more: connections are refused until listen().
	async refuse() {
		await this.#close();
	}

	// Listens again, on the same port.
	async listen() {
		await this.start(this.port);
	}

	async stop() {
		started.delete(this);
		await this.#close();
	}

	#close() {
		for (const connection of this.#server.connections) connection._socket.destroy();
		return new Promise((resolve) => {
			this.#server.close(resolve);
		});
	}
}

function refusal(mode) {
	const code = mode.endsWith('4xx') ? 451 : 550;
	return Object.assign(new Error(code === 451 ? 'later, please' : 'never'), { responseCode: code });
}

// The calendar object that a message carries: { text, method, filename }. `part` is "alternative" or "attachment".
export function invitationOf(message, part = 'alternative') {
	const parts = message.parsed.attachments.filter(
		(a) => a.contentType === 'text/calendar' || a.contentType === 'application/ics',
	);
	const found =
		part === 'attachment'
			? parts.find((a) => a.contentDisposition === 'attachment')
			: parts.find((a) => a.contentDisposition !== 'attachment');
	if (!found) return null;
	const text = found.content.toString('utf8');
	return { text, method: /^METHOD:(.*)$/m.exec(text)?.[1].trim() ?? null, filename: found.filename };
}
