import { setTimeout as wait } from 'node:timers/promises';
import { type Buyer, type BuyerEnd, buySeat } from './buyer.ts';
import { type HttpCaller, openHttpCaller } from './http-caller.ts';
import { seededRandom } from './random.ts';
import { type SeatView, openSeatView } from './seat-view.ts';

export type RushOptions = {
  readonly url: string;
  readonly eventId: string;
  readonly seatCount: number;
  readonly buyers: number;
  /** Where the Stripe stand-in is; null: nobody pays. */
  readonly standInUrl: string | null;
  /** The part of the buyers that pays, 0 to 1; the others leave their seats in the cart. */
  readonly pay: number;
  readonly seed: number;
  readonly withinMs: number;
  /** Called each time that a seat was promised, with how often that was: the place for faults. */
  readonly onHeld?: (heldCount: number) => void;
  readonly onProgress?: (progress: RushProgress) => void;
};

export type RushProgress = Readonly<Record<BuyerEnd | 'waiting', number>>;

/** What the crowd shares. */
export type Crowd = Pick<RushOptions, 'eventId' | 'seatCount' | 'standInUrl'> & {
  readonly http: HttpCaller;
  readonly standIn: HttpCaller;
  readonly seats: SeatView;
  readonly deadlineMs: number;
  readonly tally: Tally;
  onHeld(): void;
};

export type Tally = {
  readonly holdMs: number[];
  readonly refusalMs: number[];
  /** From checkout to booking. */
  readonly saleMs: number[];
  readonly soldSeatIds: number[];
  /** Acknowledged holds that were gone before their time. */
  readonly brokenPromises: string[];
  readonly problems: string[];
  queued: number;
  refunded: number;
};

export type RushResult = {
  readonly ends: Readonly<Record<BuyerEnd, number>>;
  readonly tally: Tally;
  readonly statuses: ReadonlyMap<number, number>;
  /** From the first to the last buyer's end. */
  readonly tookMs: number;
  /** What must be none of; empty when every buyer and every seat is accounted for. */
  readonly faults: readonly string[];
};

const GUESTS_AT_ONCE = 50;
const PROGRESS_EVERY_MS = 500;

/** Lets a crowd of guests loose on an event's seats, and accounts for each of them. */
export async function runRush(options: RushOptions): Promise<RushResult> {
  const deadlineMs = performance.now() + options.withinMs;
  const http = openHttpCaller(options.url, deadlineMs);
  const standIn = openHttpCaller(options.standInUrl ?? options.url, deadlineMs);
  try {
    const buyers = await admitGuests(http, options);
    const crowd = openCrowd(options, http, standIn, deadlineMs);
    const ends: Record<BuyerEnd, number> = { sold: 0, 'told-no': 0, abandoned: 0, held: 0, unanswered: 0 };
    const stopTelling = tellProgress(options, ends);
    const startedMs = performance.now();
    await Promise.all(
      buyers.map(async (buyer) => {
        ends[await buySeat(crowd, buyer)] += 1;
      }),
    );
    const tookMs = performance.now() - startedMs;
    await stopTelling();
    const faults = faultsOf(options, ends, crowd.tally);
    return { ends, tally: crowd.tally, statuses: http.statuses, tookMs, faults };
  } finally {
    http.close();
    standIn.close();
  }
}

function openCrowd(options: RushOptions, http: HttpCaller, standIn: HttpCaller, deadlineMs: number): Crowd {
  const { eventId, seatCount, standInUrl } = options;
  let held = 0;
  return {
    eventId,
    seatCount,
    standInUrl,
    http,
    standIn,
    deadlineMs,
    seats: openSeatView(http, eventId),
    tally: {
      holdMs: [],
      refusalMs: [],
      saleMs: [],
      soldSeatIds: [],
      brokenPromises: [],
      problems: [],
      queued: 0,
      refunded: 0,
    },
    onHeld() {
      held += 1;
      options.onHeld?.(held);
    },
  };
}

async function admitGuests(http: HttpCaller, { buyers, pay, seed }: RushOptions): Promise<Buyer[]> {
  const random = seededRandom(seed);
  const people = Array.from({ length: buyers }, () => ({
    willPay: random() < pay,
    random: seededRandom(random() * 2 ** 32),
  }));
  const admitted: Buyer[] = [];
  for (let from = 0; from < buyers; from += GUESTS_AT_ONCE) {
    const group = people.slice(from, from + GUESTS_AT_ONCE).map(async (person) => {
      const { status, body } = await http.call('POST', '/api/auth/guest', { body: {} });
      if (status !== 201) throw new Error(`No guest is let in: ${status} ${JSON.stringify(body)}`);
      return { ...person, token: String(body.accessToken) };
    });
    admitted.push(...(await Promise.all(group)));
  }
  return admitted;
}

function tellProgress(
  { buyers, onProgress }: RushOptions,
  ends: Readonly<Record<BuyerEnd, number>>,
): () => Promise<void> {
  if (onProgress === undefined) return async () => {};
  const stopped = new AbortController();
  const tell = () =>
    onProgress({ ...ends, waiting: buyers - Object.values(ends).reduce((sum, count) => sum + count, 0) });
  const telling = (async () => {
    while (!stopped.signal.aborted) {
      tell();
      await wait(PROGRESS_EVERY_MS, undefined, { signal: stopped.signal }).catch(() => {});
    }
    tell();
  })();
  return async () => {
    stopped.abort();
    await telling;
  };
}

function faultsOf(
  { buyers, seatCount, standInUrl, pay }: RushOptions,
  ends: Readonly<Record<BuyerEnd, number>>,
  tally: Tally,
): string[] {
  const faults = [...tally.brokenPromises, ...tally.problems];
  const soldTwice = tally.soldSeatIds.length - new Set(tally.soldSeatIds).size;
  if (soldTwice > 0) faults.push(`${soldTwice} seats were sold twice`);
  if (tally.soldSeatIds.length !== ends.sold)
    faults.push(`${ends.sold} buyers have ${tally.soldSeatIds.length} seats`);
  if (ends.unanswered > 0) faults.push(`${ends.unanswered} buyers never heard a definite answer`);
  const expected = Math.min(buyers, seatCount);
  if (standInUrl !== null && pay === 1 && ends.sold !== expected)
    faults.push(`${ends.sold} seats were sold, not ${expected}`);
  return faults;
}
