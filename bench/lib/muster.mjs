// The program as its users run it: by the real clock, for which no file is read.
import { startMuster as start } from '../../tests/lib/muster.mjs';

export { eventually, temporaryFolder } from '../../tests/lib/muster.mjs';
export const startMuster = (options) => start({ clock: null, ...options });
