import type { Place } from './place.ts';
import type { Settings } from './settings.ts';
import type { Supervisor } from './supervisor.ts';

/** What the parts of `npm start` share. */
export interface Local {
  readonly env: NodeJS.ProcessEnv;
  readonly place: Place;
  readonly settings: Settings;
  readonly supervisor: Supervisor;
  /** Aborted when the person wants it to stop, at whatever point it is. */
  readonly halt: AbortSignal;
  readonly say: (line: string) => void;
}

/** Who is stopped first when everything stops: the highest. The processes use the stand-in and the stores. */
export const RANK = { database: 0, redis: 1, standIn: 2, processes: 3 } as const;
