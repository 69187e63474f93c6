import { Problem } from '../platform/problem.ts';
import type { Viewer } from './audience.ts';
import { LIVE_UPDATE_PROBLEMS } from './problems.ts';
import { type HubServices, type SeatHub, openSeatHub } from './seat-hub.ts';

export type SeatStreams = {
  /**
   * Takes a place for one viewer from `address`, which `leave` gives back.
   * @throws Problem `too_many_streams` or `streams_full`.
   */
  admit(address: string): Place;
  viewerCount(): number;
  /** Ends all streams at once, and lets nobody in any more. */
  close(): void;
};

export type Place = {
  /** The hub of the event, shared by its viewers; stays open for at least as long as the place is taken. */
  hubOf(eventId: string): Promise<SeatHub>;
  leave(viewer: Viewer): void;
};

export type StreamLimits = { readonly viewersPerServerMax: number; readonly viewersPerAddressMax: number };

type OpenHub = { readonly hub: Promise<SeatHub>; places: number };

/** Redis must answer within this time when an event's first viewer comes. */
const HUB_OPENS_WITHIN_MS = 3_000;
const RETRY_AFTER_SECONDS = '5';

/** All live viewers of this server, and a hub for each event that is being watched. */
export function openSeatStreams(services: HubServices, limits: StreamLimits): SeatStreams {
  const hubs = new Map<string, OpenHub>();
  const viewersByAddress = new Map<string, number>();
  let viewers = 0;
  let isClosed = false;

  const giveBack = (eventId: string, entry: OpenHub) => {
    entry.places -= 1;
    if (entry.places > 0) return;
    if (hubs.get(eventId) === entry) hubs.delete(eventId);
    whenOpen(entry, (hub) => hub.close());
  };
  const take = (eventId: string) => {
    const entry = hubs.get(eventId) ?? { hub: openSeatHub(services, eventId), places: 0 };
    hubs.set(eventId, entry);
    entry.places += 1;
    return entry;
  };
  const count = (address: string, by: 1 | -1) => {
    const now = (viewersByAddress.get(address) ?? 0) + by;
    viewers += by;
    if (now === 0) viewersByAddress.delete(address);
    else viewersByAddress.set(address, now);
  };

  return {
    viewerCount: () => viewers,
    admit(address) {
      refuseOverLimit(limits, isClosed ? Infinity : viewers, viewersByAddress.get(address) ?? 0);
      count(address, 1);
      let taken: { eventId: string; entry: OpenHub } | null = null;
      let isLeft = false;
      return {
        async hubOf(eventId) {
          const entry = take(eventId);
          if (isLeft) giveBack(eventId, entry);
          else taken = { eventId, entry };
          return await withinTime(entry.hub);
        },
        leave(viewer) {
          if (isLeft) return;
          isLeft = true;
          count(address, -1);
          if (taken === null) return;
          const { eventId, entry } = taken;
          whenOpen(entry, (hub) => hub.leave(viewer));
          giveBack(eventId, entry);
        },
      };
    },
    close() {
      isClosed = true;
      for (const entry of hubs.values()) whenOpen(entry, (hub) => hub.close());
      hubs.clear();
    },
  };
}

/** A hub that could not be opened needs nothing: whoever waited for it was told. */
function whenOpen(entry: OpenHub, act: (hub: SeatHub) => void): void {
  entry.hub.then(act, () => {});
}

function refuseOverLimit(limits: StreamLimits, viewers: number, viewersOfAddress: number): void {
  const headers = { 'retry-after': RETRY_AFTER_SECONDS };
  if (viewersOfAddress >= limits.viewersPerAddressMax) {
    throw new Problem(
      LIVE_UPDATE_PROBLEMS.too_many_streams,
      'Close other streams, or fetch /seats from time to time instead.',
      { headers },
    );
  }
  if (viewers >= limits.viewersPerServerMax) {
    throw new Problem(
      LIVE_UPDATE_PROBLEMS.streams_full,
      'Try again in a moment, or fetch /seats from time to time instead.',
      {
        headers,
      },
    );
  }
}

async function withinTime(hub: Promise<SeatHub>): Promise<SeatHub> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error('Command timed out: the seat changes can not be read.')),
    HUB_OPENS_WITHIN_MS,
  );
  try {
    return await Promise.race([hub, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
