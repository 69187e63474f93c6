import { setTimeout as wait } from 'node:timers/promises';
import type { UnitKind } from '../system/unit.ts';
import type { System } from '../system/system.ts';
import type { Draw, Fault, FaultKind } from './fault.ts';

type Work = Pick<Fault, 'says' | 'strike'>;

const DOWN_FOR_MS = [200, 3_000] as const;
/** Longer than a hold's time and its lock's, than a job's lock, than the leader's. */
const FROZEN_FOR_MS = [5_000, 9_000] as const;
const MINUTE_MS = 60_000;
const CLOCK_OFF_MINUTES = [2, 12] as const;

/** What can happen to a process: the faults by kind, each drawn anew. */
export const PROCESS_FAULTS: Partial<Record<FaultKind, (draw: Draw) => Work>> = {
  'process killed': (draw) => {
    const { kind, nth } = drawUnit(draw);
    const downMs = draw.between(...DOWN_FOR_MS);
    return {
      says: `${kind} ${nth + 1} killed, started again after ${downMs} ms`,
      strike: (system) =>
        onUnit(system, kind, nth, async (unit) => {
          await unit.kill();
          await wait(downMs);
          await unit.start();
        }),
    };
  },
  'process frozen': (draw) => {
    const { kind, nth } = drawUnit(draw);
    const frozenMs = draw.between(...FROZEN_FOR_MS);
    return {
      says: `${kind} ${nth + 1} frozen for ${frozenMs} ms`,
      strike: (system) =>
        onUnit(system, kind, nth, async (unit) => {
          unit.freeze();
          await wait(frozenMs);
          unit.thaw();
        }),
    };
  },
  'process replaced': (draw) => {
    const { kind, nth } = drawUnit(draw);
    return {
      says: `${kind} ${nth + 1} stopped in order and started again`,
      strike: (system) =>
        onUnit(system, kind, nth, async (unit) => {
          await unit.stop();
          await unit.start();
        }),
    };
  },
  'clock wrong': (draw) => {
    const { kind, nth } = drawUnit(draw);
    const shiftMs = draw.between(...CLOCK_OFF_MINUTES) * MINUTE_MS * draw.oneOf([-1, 1]);
    return {
      says: `${kind} ${nth + 1} goes on with its clock ${shiftMs / MINUTE_MS} minutes off`,
      strike: (system) =>
        onUnit(system, kind, nth, async (unit) => {
          await unit.kill();
          await unit.start({
            nodeArgs: ['--import', './tools/drill/shift-clock.ts'],
            env: { DRILL_CLOCK_SHIFT_MS: String(shiftMs) },
          });
        }),
    };
  },
};

function drawUnit(draw: Draw): { kind: UnitKind; nth: number } {
  return {
    kind: draw.oneOf<UnitKind>(['server', 'seat-worker', 'seat-worker', 'cleanup-worker']),
    nth: draw.between(0, 1),
  };
}

async function onUnit(
  system: System,
  kind: UnitKind,
  nth: number,
  work: (unit: ReturnType<System['unitsOf']>[number]) => Promise<void>,
): Promise<void> {
  const unit = system.unitsOf(kind)[nth];
  if (unit !== undefined) await unit.alone(() => work(unit));
}
