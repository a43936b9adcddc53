// Where mail goes in tests that care for how much of it there is.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { SMTPServer } from 'smtp-server';

// Sent and not yet written down, at most, and two more for each of four connections (src/jobs/delivery.h).
const in_flight = 64 + 2 * 4;

// A relay that only notes who got which message: parsing twenty thousand of them would be the test.
export class Sink {
	received = []; // { to, id }, in order

	async start() {
		this.server = new SMTPServer({
			authOptional: true,
			disabledCommands: ['AUTH', 'STARTTLS'],
			disableReverseLookup: true,
			closeTimeout: 200,
			maxClients: 100,
			onData: (stream, session, done) => {
				let head = '';
				stream.on('data', (chunk) => {
					if (head.length < 8192) head += chunk.toString('latin1');
				});
				stream.on('end', () => {
					const id = /^Message-ID:\s*<([^>]+)>/im.exec(head)?.[1];
					this.received.push({ to: session.envelope.rcptTo[0].address, id });
					done(null, 'kept');
				});
				stream.on('error', () => {
					/* the client went away before the final dot: there is no message */
				});
			},
		});
		this.server.on('error', () => {
			/* a client that was killed */
		});
		await new Promise((resolve) => {
			this.server.listen(0, '127.0.0.1', resolve);
		});
		this.url = `smtp://127.0.0.1:${this.server.server.address().port}`;
		after(
			() =>
				new Promise((resolve) => {
					this.server.close(resolve);
				}),
		);
		return this;
	}
}

// Twice came only what was on its way when the program died: killed_at says how many messages had arrived by then.
export function assertFewTwice(sink, killed_at) {
	const seen = new Map();
	let twice = 0;
	sink.received.forEach((m, i) => {
		if (!seen.has(m.id)) return void seen.set(m.id, i);
		const first = seen.get(m.id);
		twice++;
		assert.ok(
			killed_at.some((at) => first < at && first >= at - in_flight),
			`message ${first} was not in flight at ${killed_at}`,
		);
	});
	assert.ok(twice <= killed_at.length * in_flight);
	return twice;
}
