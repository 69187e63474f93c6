import { setTimeout as wait } from 'node:timers/promises';
import { seededRandom } from '../../rush/random.ts';
import type { Entry } from '../ledger.ts';
import { nowMs } from '../ledger.ts';
import { visit } from '../crowd/buyer.ts';
import type { Buyer, Crowd } from '../crowd/crowd.ts';
import { gatherCrowd } from '../crowd/gather.ts';
import type { System } from '../system/system.ts';

/** Buyers who come to one event after another, each of which is sold out in about a minute or two. */
export type Load = {
  /** So many visits a second are begun from now on; null: as many as are ended. */
  setRate(visitsPerSecond: number | null): void;
  readonly visits: number;
  /** By what was asked and answered: `hold 201`. */
  readonly answers: ReadonlyMap<string, number>;
  /** Ends what is at hand. */
  stop(): Promise<Crowd>;
};

const BUYERS = 100;
const SEATS = 600;
const VISITS_PER_EVENT = 500;
const AT_ONCE = 60;
const HOME_AFTER_MS = 30_000;
const PACE_MS = 20;
const VIEWERS = 10;

export async function startLoad(system: System): Promise<Load> {
  const answers = new Map<string, number>();
  const tally = { visits: 0, atHand: 0 };
  const stopping = new AbortController();
  let rate: number | null = null;
  let sale = await openSale(system, answers, 0);
  let opening: Promise<void> | null = null;
  const begin = () => {
    const buyer = sale.nextBuyer();
    if (buyer === undefined) return;
    tally.atHand += 1;
    tally.visits += 1;
    sale.visitsLeft -= 1;
    void visit(sale.crowd(), buyer).finally(() => {
      tally.atHand -= 1;
      sale.giveBack(buyer);
    });
    if (sale.visitsLeft <= 0 && opening === null) opening = openNext();
  };
  const openNext = async () => {
    const next = await openSale(system, answers, tally.visits);
    sale.close();
    sale = next;
    opening = null;
  };
  const running = pace(stopping.signal, () => rate, tally, begin);
  return {
    setRate: (visitsPerSecond) => void (rate = visitsPerSecond),
    get visits() {
      return tally.visits;
    },
    answers,
    async stop() {
      stopping.abort();
      await running;
      while (tally.atHand > 0) await wait(PACE_MS);
      await opening;
      sale.close();
      return sale.crowd();
    },
  };
}

async function pace(
  stop: AbortSignal,
  rateOf: () => number | null,
  tally: { readonly atHand: number },
  begin: () => void,
): Promise<void> {
  let due = 0;
  let lastMs = performance.now();
  while (!stop.aborted) {
    await wait(PACE_MS);
    const rate = rateOf();
    const now = performance.now();
    due = rate === null ? AT_ONCE - tally.atHand : Math.min(AT_ONCE, due + ((now - lastMs) / 1000) * rate);
    lastMs = now;
    for (; due >= 1; due -= 1) begin();
  }
}

type OpenSale = {
  crowd(): Crowd;
  nextBuyer(): Buyer | undefined;
  giveBack(buyer: Buyer): void;
  close(): void;
  visitsLeft: number;
};

/** An event of its own with buyers of its own, and people who watch its seats. */
async function openSale(system: System, answers: Map<string, number>, seed: number): Promise<OpenSale> {
  const { crowd, buyers } = await gatherCrowd(system, {
    buyers: BUYERS,
    seats: SEATS,
    openForMs: 0,
    homeAfterMs: 0,
    seed: seed + Math.floor(seededRandom(seed)() * 1_000),
  });
  const idle = [...buyers];
  const closed = new AbortController();
  for (let viewer = 0; viewer < VIEWERS; viewer += 1)
    void watchSeats(system, crowd.eventId, viewer, closed.signal);
  const ledger = {
    entries: [],
    note({ call, status }: Entry) {
      const key = `${call} ${status}`;
      answers.set(key, (answers.get(key) ?? 0) + 1);
    },
  };
  return {
    crowd: () => ({ ...crowd, ledger, closesMs: nowMs(), endMs: nowMs() + HOME_AFTER_MS }),
    nextBuyer: () => idle.shift(),
    giveBack: (buyer) => void idle.push(buyer),
    close: () => closed.abort(),
    visitsLeft: VISITS_PER_EVENT,
  };
}

/** An open seat map: reads the live stream until the sale is over. */
async function watchSeats(
  system: System,
  eventId: string,
  viewer: number,
  signal: AbortSignal,
): Promise<void> {
  const server = system.serverUrls[viewer % system.serverUrls.length];
  try {
    const response = await fetch(new URL(`/api/events/${eventId}/stream`, server), { signal });
    for await (const chunk of response.body ?? []) if (chunk === null) return;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
