import { seededRandom } from '../../rush/random.ts';
import { type Draw, FAULT_KINDS, type Fault, type FaultKind, drawFrom } from './fault.ts';
import { PROCESS_FAULTS } from './process-faults.ts';
import { STORE_FAULTS } from './store-faults.ts';
import { STRIPE_FAULTS } from './stripe-faults.ts';

const FAULTS_MIN = 2;
const FAULTS_MAX = 5;
const FIRST_AT_MS = 200;
const LAST_AT_MS = 4_500;

const DRAWN: Partial<Record<FaultKind, (draw: Draw) => Pick<Fault, 'says' | 'strike'>>> = {
  ...PROCESS_FAULTS,
  ...STORE_FAULTS,
  ...STRIPE_FAULTS,
};

/** After these what was queued may be gone. */
const LOSES_REDIS: ReadonlySet<FaultKind> = new Set(['Redis flushed', 'Redis lost', 'Redis crashed']);

export type Schedule = { readonly faults: readonly Fault[]; readonly losesRedis: boolean };

/** The faults of a run, which its seed alone decides: of different kinds, each with its time. */
export function drawSchedule(seed: number): Schedule {
  const draw = drawFrom(seededRandom(seed));
  const left: FaultKind[] = [...FAULT_KINDS];
  const faults: Fault[] = [];
  for (let count = draw.between(FAULTS_MIN, FAULTS_MAX); count > 0; count -= 1) {
    const [kind] = left.splice(draw.between(0, left.length - 1), 1);
    const make = kind === undefined ? undefined : DRAWN[kind];
    if (kind !== undefined && make !== undefined)
      faults.push({ kind, atMs: draw.between(FIRST_AT_MS, LAST_AT_MS), ...make(draw) });
  }
  return {
    faults: faults.toSorted((a, b) => a.atMs - b.atMs),
    losesRedis: faults.some(({ kind }) => LOSES_REDIS.has(kind)),
  };
}

/** The seed of each run of a drill: the first run has the drill's own, so that any run can be repeated alone by its seed. */
export function seedOfRun(seed: number, run: number): number {
  return run === 0 ? seed : Math.floor(seededRandom(seed + run * 7_919)() * 2 ** 31);
}
