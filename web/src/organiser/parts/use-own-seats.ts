import { useEffect, useState } from 'react';
import { type Loaded, useLoaded } from '../../platform/use-loaded.ts';
import { type SeatModel, readSeatModel } from '../../seat-map/seat-model.ts';
import { followSeats } from '../../seats/live-seats.ts';
import { SeatStates } from '../../seats/seat-states.ts';
import type { OwnEvent } from '../api/events.ts';
import { getOwnSeatLetters, getOwnSeatMap } from '../api/sales.ts';

export type OwnSeats = {
  readonly model: SeatModel;
  readonly states: SeatStates;
  /** Asks for all seats anew: for what this page has just changed. */
  readonly refresh: () => Promise<void>;
};

/** Free seats in the colour of nothing in particular, so that those that someone has stand out. */
const FREE_COLOUR = '#a9b0c0';

/** The seats of one's own event; once it is published, followed live. `isPlain` takes the tiers' colours away. */
export function useOwnSeats(event: OwnEvent, isPlain: boolean): Loaded<OwnSeats> & { reload: () => void } {
  const [, setVersion] = useState(0);
  const isDraft = event.status === 'draft';
  const loaded = useLoaded(event.id, async (signal): Promise<OwnSeats> => {
    const [map, { letters, sentAt }] = await Promise.all([
      getOwnSeatMap(event.id, signal),
      getOwnSeatLetters(event.id, signal),
    ]);
    const read = readSeatModel(map);
    const model = isPlain
      ? { ...read, tiers: read.tiers.map((tier) => ({ ...tier, color: FREE_COLOUR })) }
      : read;
    const states = new SeatStates(model);
    states.applyList(letters, sentAt);
    const refresh = async () => {
      const now = await getOwnSeatLetters(event.id);
      states.applyList(now.letters, now.sentAt);
      setVersion(states.version());
    };
    return { model, states, refresh };
  });
  const states = loaded.state === 'loaded' ? loaded.value.states : null;
  useEffect(() => {
    if (states === null || isDraft) return;
    const live = followSeats(event.id, states);
    return () => live.close();
  }, [event.id, isDraft, states]);
  return loaded;
}
