// Calls of the program under test that fail on demand: its environment names a shim (tests/fault/shim.c), and a file
// that both have mapped says which call fails.
//
//   const faults = new Faults();
//   const muster = await startMuster({ server_env: faults.env });
//   faults.arm('write', 'ENOSPC', 3);        the third write to a file from now on
//   const { hit, seen } = faults.disarm();      how many failed, and how many there were: seen.write
import { openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { temporaryFolder } from './muster.mjs';

const build = dirname(process.env.MUSTER_BIN ?? new URL('../../build-test/muster', import.meta.url).pathname);

// In the order of the shim's enum.
const calls = [
	'open',
	'read',
	'write',
	'sync',
	'truncate',
	'rename',
	'lock',
	'map',
	'accept',
	'receive',
	'send',
	'wait',
	'socket',
	'connect',
	'memory_ours',
	'memory_sqlite',
	'memory_http',
	'memory_postgres',
];
const short = -1; // half of the bytes of a file go through
const can_be_short = ['read', 'write'];

export class Faults {
	#file;

	constructor() {
		const path = join(temporaryFolder(), 'faults');
		writeFileSync(path, Buffer.alloc(4096));
		this.#file = openSync(path, 'r+');
		this.env = {
			FAULT_FILE: path,
			LD_PRELOAD: join(build, 'fault_shim.so'),
			ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ''}:verify_asan_link_order=0`,
		};
	}

	// From now on the n-th call of this kind fails (0: none, they are counted); `for_good`: and all behind it.
	arm(call, error, n, { for_good = false } = {}) {
		const number = error === 'SHORT' ? short : constants.errno[error];
		const known = error === 'SHORT' ? can_be_short.includes(call) : number !== undefined;
		if (!calls.includes(call) || !known) throw new Error(`no fault ${call} ${error}`);
		this.disarm();
		// As struct control has them, without its first word.
		const fields = Buffer.alloc(28 + 8 * calls.length);
		fields.writeUInt32LE(calls.indexOf(call), 0);
		fields.writeInt32LE(number, 4);
		fields.writeUInt32LE(for_good ? 1 : 0, 8);
		fields.writeBigInt64LE(BigInt(n), 12);
		writeSync(this.#file, fields, 0, fields.length, 4);
		this.#setArmed(1);
	}

	// Counts from now on.
	count() {
		this.arm(calls[0], 'EIO', 0);
	}

	// No more. Answers how many calls failed, and how many there were of each kind.
	disarm() {
		this.#setArmed(0);
		const fields = Buffer.alloc(32 + 8 * calls.length);
		readSync(this.#file, fields, 0, fields.length, 0);
		const number = (at) => Number(fields.readBigInt64LE(at));
		return { hit: number(24), seen: Object.fromEntries(calls.map((c, i) => [c, number(32 + 8 * i)])) };
	}

	#setArmed(value) {
		const word = Buffer.alloc(4);
		word.writeUInt32LE(value);
		writeSync(this.#file, word, 0, 4, 0);
	}
}
