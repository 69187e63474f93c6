import { expect, it } from 'vitest';
import type { Entry } from '../ledger.ts';
import { checkSeat } from './check-seat.ts';
import { seatHistories } from './seat-histories.ts';

const BEGAN_MS = Date.parse('2030-01-01T00:00:00Z');

/** What a buyer asked for from one millisecond to another after the beginning. */
function entry(
  buyer: number,
  call: Entry['call'],
  fromMs: number,
  toMs: number,
  rest: Partial<Entry>,
): Entry {
  return {
    buyer,
    call,
    asked: {},
    sentMs: BEGAN_MS + fromMs,
    answeredMs: BEGAN_MS + toMs,
    status: 200,
    isCertain: true,
    body: null,
    ...rest,
  };
}

function held(seatIds: readonly number[], untilMs: number) {
  return {
    id: 'a hold',
    status: 'held',
    seats: seatIds.map((id) => ({ id })),
    expiresAt: new Date(BEGAN_MS + untilMs).toISOString(),
  };
}

function taken(
  buyer: number,
  fromMs: number,
  toMs: number,
  seatIds: readonly number[],
  untilMs: number,
): Entry {
  return entry(buyer, 'hold', fromMs, toMs, {
    asked: { seatIds },
    status: 201,
    body: held(seatIds, untilMs),
  });
}

function looked(fromMs: number, toMs: number, seats: string): Entry {
  return entry(9, 'look', fromMs, toMs, { body: { seats } });
}

const unanswered = { status: 0, isCertain: false };

function contradictions(entries: readonly Entry[], seatCount = 2): (string | null)[] {
  return seatHistories(entries, seatCount).map((operations) => checkSeat(operations)?.operation.says ?? null);
}

it('a seat that two were answered 201 for / contradicts itself, the other one does not', () => {
  expect(contradictions([taken(1, 0, 10, [1, 2], 5_000), taken(2, 20, 30, [1], 5_000)])).toEqual([
    'buyer 2 take (hold 201)',
    null,
  ]);
});

it('the public state / 200 ms old / may be, and no older', () => {
  const sold = taken(1, 0, 10, [1], 5_000);
  expect(contradictions([sold, looked(150, 160, 'aa')])).toEqual([null, null]);
  expect(contradictions([sold, looked(220, 230, 'aa')])).toEqual(["buyer 9 reads 'a'", null]);
});

it('a release that nobody answered / may have happened or not', () => {
  const given = entry(1, 'release', 20, 30, { asked: { holdId: 'a hold' }, ...unanswered });
  expect(contradictions([taken(1, 0, 10, [1], 5_000), given, looked(300, 310, 'aa')])).toEqual([null, null]);
  expect(contradictions([taken(1, 0, 10, [1], 5_000), given, looked(300, 310, 'la')])).toEqual([null, null]);
});

it('a release that was answered / has happened', () => {
  const given = entry(1, 'release', 20, 30, { asked: { holdId: 'a hold' } });
  expect(contradictions([taken(1, 0, 10, [1], 5_000), given, looked(300, 310, 'la')])).toEqual([
    "buyer 9 reads 'l'",
    null,
  ]);
});

it('a payment / explains that the seat is sold, and only where it was made', () => {
  const paid = entry(1, 'pay', 20, 30, { asked: { sessionId: 'cs' }, body: { result: 'complete' } });
  const declined = entry(1, 'pay', 20, 30, { asked: { sessionId: 'cs' }, body: { result: 'declined' } });
  const sold = [taken(1, 0, 10, [1], 5_000), looked(300, 310, 'ba')];
  expect(contradictions([...sold, paid])).toEqual([null, null]);
  expect(contradictions([...sold, declined])).toEqual(["buyer 9 reads 'b'", null]);
});

it('the best that are left, asked for and not answered / may be any seat', () => {
  const asked = entry(1, 'hold', 0, 10, unanswered);
  expect(contradictions([asked, looked(300, 310, 'al')])).toEqual([null, null]);
});
