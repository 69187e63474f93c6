import { useSyncExternalStore } from 'react';
import type { SeatStates } from '../../seats/seat-states.ts';

const TELL_EVERY_MS = 100;

/** Draws again when something changes in the section, or anywhere (section -1), but not more than ten times a second. */
export function useSeats(states: SeatStates, section = -1): number {
  const version = () => (section === -1 ? states.version() : states.versionOf(section));
  return useSyncExternalStore((listener) => watchCalmly(states, listener), version);
}

function watchCalmly(states: SeatStates, listener: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = states.watch((seats) => {
    // A click of one's own shows at once.
    if (seats !== 'all' && seats.length <= 2) return listener();
    timer ??= setTimeout(() => {
      timer = undefined;
      listener();
    }, TELL_EVERY_MS);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}
