import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Gives back what loading the program has taken. Reading and compiling some 1,500 modules leaves tens of megabytes of
 * garbage and a nursery grown for it, which V8 keeps for as long as there is little to do. Called once, after all
 * modules are loaded and before anyone waits for an answer: it takes a tenth of a second.
 */
export function giveBackStartMemory(): void {
  // The flag puts `gc` into contexts that are made after it; ours was made before.
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  // Only as a last resort does V8 also shrink the nursery.
  if (typeof gc === 'function') gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

/**
 * Keeps V8 from tidying up while there is little to do. Eight seconds after a rush it would collect twice, to give memory
 * back, and when no request or socket is left then, V8 also throws away the code that it had optimised for them: 100 to
 * 200 functions. The next rush then costs up to twice as much for each answer in its first seconds, which are those that
 * count. What was needed once is kept until V8's ordinary collections, which go by what is allocated, give it back.
 */
export function keepOptimizedCode(): void {
  // `--no-memory-reducer`, which would say it better, is only heeded on the command line.
  setFlagsFromString('--memory-reducer-gc-count=0');
}
