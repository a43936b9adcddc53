// Chance that can be repeated: the same seed gives the same numbers.
export class Chance {
	#state;

	constructor(seed) {
		this.#state = seed >>> 0;
	}

	// [0, 1), by mulberry32.
	next() {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let x = this.#state;
		x = Math.imul(x ^ (x >>> 15), x | 1);
		x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
		return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
	}
	below(n) {
		return Math.floor(this.next() * n);
	}
	one(list) {
		return list[this.below(list.length)];
	}
	holds(probability) {
		return this.next() < probability;
	}
	// n different ones of the list, in any order.
	some(list, n) {
		const left = [...list];
		return Array.from({ length: Math.min(n, left.length) }, () => left.splice(this.below(left.length), 1)[0]);
	}
}
