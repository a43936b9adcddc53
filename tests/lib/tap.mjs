// Counts results in a TAP stream. A test that has subtests is only their sum, so each leaf counts once. A skipped or
// to-do test counts as failed: it proves nothing.
const result_line = /^( *)(not )?ok\b(?: (\d+))?(?: ?-)? ?(.*)$/;
const plan_line = /^1\.\.(\d+)/;

export class TapCounter {
	passed = 0;
	failures = [];
	#rest = '';
	#planned = null;
	#top = 0; // results without indentation
	#indent = 0; // of the last result
	#failed_inside = []; // [indent] of failures below a parent that has not been closed yet
	#words = null; // diagnostics of the last failure, while they go on
	#errors = []; // what the runner complained about outside of any test

	feed(text) {
		const lines = (this.#rest + text).split('\n');
		this.#rest = lines.pop();
		for (const line of lines) this.#line(line);
	}

	// { passed, failures: [{ name, words }], broken: why the stream as a whole is no good, or null }
	end() {
		if (this.#rest) this.feed('\n');
		let broken = null;
		if (this.#top === 0) broken = 'ran no test';
		else if (this.#planned === null) broken = 'ended before it said how many tests there are';
		else if (this.#planned !== this.#top) broken = `announced ${this.#planned} tests and ran ${this.#top}`;
		return {
			passed: this.passed,
			failures: this.failures.map(({ name, words }) => ({ name, words: words.join('\n') })),
			broken,
		};
	}

	#line(line) {
		const result = result_line.exec(line);
		if (result) return this.#result(result[1].length, Boolean(result[2]), result[4]);
		const plan = plan_line.exec(line);
		if (/^# Error: /.test(line)) this.#errors.push(line.slice(2));
		if (plan) this.#planned = Number(plan[1]);
		else if (/^\s*# Subtest:/.test(line)) this.#words = null;
		else if (
			this.#words &&
			this.#words.length < 40 &&
			!/^\s*(---|\.\.\.|duration_ms:.*|type:.*|1\.\..*)$/.test(line)
		)
			this.#words.push(line.replace(/^\s*# ?/, ''));
	}

	#result(indent, bad, name) {
		const parent = this.#indent > indent;
		this.#indent = indent;
		if (indent === 0) this.#top++;
		const skipped = /(^|\s)# (SKIP|TODO)\b/i.test(name);
		const inside = this.#failed_inside.filter((i) => i > indent).length;
		this.#failed_inside = this.#failed_inside.filter((i) => i <= indent);
		this.#words = null;
		if (parent && !bad && !skipped) {
			if (inside) this.#failed_inside.push(indent);
		} else if (parent && inside) {
			this.#failed_inside.push(indent);
		} else if (bad || skipped) {
			this.#words = skipped ? ['skipped: proves nothing'] : indent ? [] : this.#errors.splice(0);
			this.failures.push({ name: name.trim() || '(no name)', words: this.#words });
			this.#failed_inside.push(indent);
		} else {
			this.passed++;
		}
	}
}
