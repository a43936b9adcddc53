// Answers about reports that plain SQL over all rows gives (tests/oracle/): slow, and right.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

export class Oracle {
	#waiting = [];
	#process;
	constructor(db) {
		const program = join(dirname(process.env.MUSTER_BIN), 'oracle');
		this.#process = spawn(program, [db], { stdio: ['pipe', 'pipe', 'inherit'] });
		createInterface({ input: this.#process.stdout }).on('line', (line) => this.#waiting.shift()(JSON.parse(line)));
	}

	// For an actor { id, all }; anybody may have somebody below. f: the filters of a report, as in its address, with
	// instants. By training, session or department: [[key, enrolled, attended, absent], …] in the order of the report.
	// By a column, or -column: ids of enrollments.
	ask(actor, by, f) {
		const instant = (text, none) => (text ? Date.parse(text) / 1000 : none);
		const words = [
			actor.id,
			Number(actor.all),
			1,
			by,
			instant(f.from, 0),
			instant(f.to, '9223372036854775807'),
			f.department ?? '-',
			f.nested === '0' ? 1 : 0,
			f.result ?? '-',
			f.trainings ?? '-',
			f.sessions ?? '-',
		];
		return new Promise((resolve) => {
			this.#waiting.push(resolve);
			this.#process.stdin.write(`${words.join(' ')}\n`);
		});
	}
	figures(actor, by, f) {
		return this.ask(actor, { training: 1, session: 2, department: 3 }[by], f);
	}
	stop() {
		this.#process.stdin.end();
	}
}
