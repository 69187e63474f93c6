import { type HoldAnswer, readAnswer } from '../answers.ts';
import type { Call, Entry } from '../ledger.ts';
import type { SeatOperation } from './check-seat.ts';

/** How old the public state of the seats may be, by the API's own description. */
export const STALE_MS_MAX = 200;
const NEVER = Number.POSITIVE_INFINITY;

type Does = Exclude<SeatOperation['does'], 'reads'>;

/** What the ledger says of each seat, as operations on it: seat n at index n - 1. */
export function seatHistories(entries: readonly Entry[], seatCount: number): SeatOperation[][] {
  const histories: SeatOperation[][] = Array.from({ length: seatCount }, () => []);
  const tried = seatsTried(entries, seatCount);
  const booked = seatsByBooking(entries);
  for (const entry of entries) {
    if (entry.call === 'look') addLook(histories, entry);
    const known = { mine: tried.get(entry.buyer) ?? new Set(), booked, seatCount };
    for (const [seatIds, operation] of MEANINGS[entry.call](entry, known))
      for (const seatId of seatIds) histories[seatId - 1]?.push(operation);
  }
  return histories;
}

type OnSeats = readonly [seatIds: Iterable<number>, operation: SeatOperation];
type Known = {
  /** Every seat that the buyer may ever have had. */
  readonly mine: ReadonlySet<number>;
  readonly booked: ReadonlyMap<string, number>;
  readonly seatCount: number;
};

/** What a question and its answer say of seats. */
const MEANINGS: Readonly<Record<Call, (entry: Entry, known: Known) => OnSeats[]>> = {
  look: () => [],
  hold: (entry, { seatCount }) => takes(entry, seatCount),
  'find-hold': found,
  release: (entry, { mine }) => givingUp(entry, 'release', mine),
  'release-seat': (entry) => givingUp(entry, 'release', entry.asked.seatIds ?? []),
  'check-out': (entry, { mine }) => checkingOut(entry, mine),
  'leave-checkout': (entry, { mine }) => leaving(entry, mine),
  pay: (entry, { mine }) =>
    Object(entry.body).result === 'complete' ? [[mine, unanswered(entry, 'book')]] : [],
  'find-payment': (entry) =>
    entry.status === 200 ? [[confirmedSeats(entry), answered(entry, 'bought')]] : [],
  cancel: (entry, { booked }) => {
    const seatId = booked.get(entry.asked.bookingId ?? '');
    return seatId === undefined ? [] : givingUp(entry, 'cancel', [seatId]);
  },
};

function takes(entry: Entry, seatCount: number): OnSeats[] {
  const hold = readAnswer.hold(entry.body);
  const asked = entry.asked.seatIds ?? hold?.pendingSeatIds ?? allSeats(seatCount);
  if (entry.status === 201 && hold !== null) {
    const seatIds = new Set([...(entry.asked.seatIds ?? []), ...seatIdsOf(hold)]);
    const taken = [seatIds, answered(entry, 'take', Date.parse(hold.expiresAt))] as const;
    return entry.isCertain ? [taken] : [taken, [asked, unanswered(entry, 'take')]];
  }
  const mayComeAbout = entry.status === 202 || !entry.isCertain;
  return mayComeAbout ? [[asked, unanswered(entry, 'take')]] : [];
}

function found(entry: Entry): OnSeats[] {
  const hold = entry.status === 200 ? readAnswer.hold(entry.body) : null;
  if (hold === null || !['held', 'checkout', 'booked'].includes(hold.status)) return [];
  const untilMs = hold.status === 'held' ? Date.parse(hold.expiresAt) : undefined;
  return [[seatIdsOf(hold), answered(entry, 'owns', untilMs)]];
}

function givingUp(entry: Entry, does: 'release' | 'cancel', seatIds: Iterable<number>): OnSeats[] {
  if (entry.status === 200) return [[seatIds, answered(entry, does)]];
  return entry.isCertain ? [] : [[seatIds, unanswered(entry, does)]];
}

function checkingOut(entry: Entry, mine: Iterable<number>): OnSeats[] {
  const ready = entry.status === 200 ? readAnswer.checkout(entry.body) : null;
  return ready === null ? [] : [[mine, answered(entry, 'prolong', Date.parse(ready.expiresAt))]];
}

/** The seats are the buyer's for the time that is left; whether nobody answered or Stripe did not, it may be so later. */
function leaving(entry: Entry, mine: Iterable<number>): OnSeats[] {
  const hold = entry.status === 200 ? readAnswer.hold(entry.body) : null;
  if (hold === null) return entry.isCertain ? [] : [[mine, unanswered(entry, 'loosen')]];
  const untilMs = hold.status === 'held' ? Date.parse(hold.expiresAt) : undefined;
  return [[mine, answered(entry, 'loosen', untilMs)]];
}

function addLook(histories: readonly SeatOperation[][], entry: Entry): void {
  const letters = entry.status === 200 ? (readAnswer.letters(entry.body) ?? '') : '';
  for (const [index, letter] of letters.split('').entries()) {
    if (letter !== 'a' && letter !== 'l' && letter !== 'b') continue;
    histories[index]?.push({
      does: 'reads',
      letter,
      fromMs: entry.sentMs - STALE_MS_MAX,
      toMs: entry.answeredMs,
      says: `buyer ${entry.buyer} reads '${letter}'`,
    });
  }
}

function answered(entry: Entry, does: Does, untilMs?: number): SeatOperation {
  const promise = untilMs === undefined ? {} : { untilMs };
  return {
    does,
    buyer: entry.buyer,
    fromMs: entry.sentMs,
    toMs: entry.answeredMs,
    says: `buyer ${entry.buyer} ${does} (${entry.call} ${entry.status})`,
    ...promise,
  };
}

function unanswered(entry: Entry, does: Does): SeatOperation {
  return { ...answered(entry, does), toMs: NEVER };
}

function seatIdsOf(hold: HoldAnswer): number[] {
  return hold.seats.map(({ id }) => id);
}

function confirmedSeats(entry: Entry): number[] {
  const bookings = readAnswer.payment(entry.body)?.bookings ?? [];
  return bookings.filter(({ status }) => status === 'confirmed').map(({ seat }) => seat.id);
}

function seatsTried(entries: readonly Entry[], seatCount: number): Map<number, Set<number>> {
  const tried = new Map<number, Set<number>>();
  for (const entry of entries) {
    const mine = tried.get(entry.buyer) ?? new Set();
    tried.set(entry.buyer, mine);
    if (entry.call !== 'hold' && entry.call !== 'find-hold') continue;
    for (const seatId of seatsOfSelection(entry, seatCount)) mine.add(seatId);
  }
  return tried;
}

function seatsOfSelection(entry: Entry, seatCount: number): number[] {
  const hold = readAnswer.hold(entry.body);
  if (hold !== null)
    return [...(entry.asked.seatIds ?? []), ...(hold.pendingSeatIds ?? []), ...seatIdsOf(hold)];
  if (entry.asked.seatIds !== undefined) return [...entry.asked.seatIds];
  // Whoever asked for the best that are left, and did not hear which, may have any.
  return entry.call === 'hold' && !entry.isCertain ? allSeats(seatCount) : [];
}

function seatsByBooking(entries: readonly Entry[]): Map<string, number> {
  const bookings = entries
    .filter(({ call }) => call === 'find-payment')
    .flatMap(({ body }) => readAnswer.payment(body)?.bookings ?? []);
  return new Map(bookings.map(({ id, seat }) => [id, seat.id]));
}

function allSeats(seatCount: number): number[] {
  return Array.from({ length: seatCount }, (_, index) => index + 1);
}
