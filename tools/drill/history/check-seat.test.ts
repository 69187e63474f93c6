import { describe, expect, it } from 'vitest';
import { type SeatOperation, checkSeat } from './check-seat.ts';

type Does = Exclude<SeatOperation['does'], 'reads'>;
const NEVER = Number.POSITIVE_INFINITY;

function by(buyer: number, does: Does, fromMs: number, toMs: number, untilMs?: number): SeatOperation {
  const promise = untilMs === undefined ? {} : { untilMs };
  return { does, buyer, fromMs, toMs, says: `${buyer} ${does}`, ...promise };
}

function reads(letter: 'a' | 'l' | 'b', fromMs: number, toMs: number): SeatOperation {
  return { does: 'reads', letter, fromMs, toMs, says: `reads ${letter}` };
}

describe('histories that one order of the operations explains', () => {
  it.each<[string, SeatOperation[]]>([
    ['nothing at all', []],
    [
      'one takes, releases, and another takes',
      [by(1, 'take', 0, 10, 50), by(1, 'release', 20, 30), by(2, 'take', 40, 50)],
    ],
    [
      'two at once, of whom the second to be answered came first and gave it back',
      [by(1, 'take', 0, 100, 200), by(2, 'take', 5, 20, 90), by(2, 'release', 25, 40)],
    ],
    ['a lock that ran out is taken over', [by(1, 'take', 0, 10, 50), by(2, 'take', 60, 70, 99)]],
    [
      'it runs out while the next one is being answered',
      [by(1, 'take', 0, 10, 50), by(2, 'take', 40, 70, 99)],
    ],
    ['a take that nobody answered explains a read', [by(1, 'take', 0, NEVER), reads('l', 50, 60)]],
    [
      'a take that nobody answered need not have happened',
      [by(1, 'take', 0, NEVER), by(2, 'take', 50, 60, 99), reads('l', 61, 70)],
    ],
    [
      'a read during the take may say either',
      [by(1, 'take', 0, 50, 99), reads('a', 10, 20), reads('l', 12, 30)],
    ],
    [
      'a late payment takes the free seat again',
      [by(1, 'take', 0, 10, 50), reads('a', 60, 70), by(1, 'book', 75, NEVER), by(1, 'bought', 90, 95)],
    ],
    [
      'sold, cancelled, and sold to another',
      [
        by(1, 'take', 0, 10, 99),
        by(1, 'book', 20, NEVER),
        by(1, 'bought', 30, 40),
        by(1, 'cancel', 50, 60),
        by(2, 'take', 70, 80, 99),
        by(2, 'book', 85, NEVER),
        reads('b', 90, 95),
      ],
    ],
    [
      'taking what one has prolongs it',
      [by(1, 'take', 0, 10, 50), by(1, 'take', 20, 30, 99), by(1, 'owns', 60, 65, 99), reads('l', 80, 85)],
    ],
    [
      'a first lock runs out, a second one is promised for longer in one look',
      [by(1, 'take', 0, 2, 5), by(1, 'take', 6, NEVER), reads('a', 5, 7), by(1, 'owns', 4, 10, 50)],
    ],
    [
      'whoever comes back from paying has less time left',
      [by(1, 'take', 0, 10, 99), by(1, 'loosen', 20, 30, 40), reads('a', 50, 60)],
    ],
  ])('%s / is accepted', (_, operations) => {
    expect(checkSeat(operations)).toBeNull();
  });
});

describe('histories that no order explains', () => {
  it.each<[string, SeatOperation[], string]>([
    ['two have it at once', [by(1, 'take', 0, 10, 50), by(2, 'take', 20, 30, 60)], '2 take'],
    ['it is free though it is promised', [by(1, 'take', 0, 10, 50), reads('a', 20, 30)], 'reads a'],
    ['it is locked though nobody asked for it', [reads('l', 0, 10)], 'reads l'],
    [
      'it is locked though it was released',
      [by(1, 'take', 0, 10, 50), by(1, 'release', 20, 30), reads('l', 40, 50)],
      'reads l',
    ],
    ['it is sold though nobody paid', [by(1, 'take', 0, 10, 50), reads('b', 20, 30)], 'reads b'],
    [
      'it is sold and then free, without a cancellation',
      [by(1, 'take', 0, 10, 50), by(1, 'book', 20, NEVER), by(1, 'bought', 30, 40), reads('a', 50, 60)],
      'reads a',
    ],
    [
      'it is sold to two',
      [
        by(1, 'take', 0, 10, 50),
        by(1, 'book', 20, NEVER),
        by(1, 'bought', 30, 40),
        by(2, 'take', 5, NEVER),
        by(2, 'book', 20, NEVER),
        by(2, 'bought', 50, 60),
      ],
      '2 bought',
    ],
    [
      'its owner does not have it any more',
      [by(1, 'take', 0, 10, 50), by(2, 'take', 60, 70, 99), by(1, 'owns', 80, 90)],
      '1 owns',
    ],
    [
      'one take that nobody answered explains two locks',
      [
        by(1, 'take', 0, NEVER),
        reads('l', 10, 15),
        by(1, 'release', 20, 25),
        by(2, 'take', 30, 35, 39),
        by(2, 'release', 36, 38),
        reads('l', 60, 65),
      ],
      'reads l',
    ],
    [
      'it ran out before its time',
      [by(1, 'take', 0, 10, 50), reads('a', 20, 45), reads('l', 46, 48)],
      'reads a',
    ],
    [
      'what was promised longer runs out as promised first',
      [by(1, 'take', 0, 10, 50), by(1, 'take', 20, 30, 99), reads('a', 60, 70)],
      'reads a',
    ],
  ])('%s / is refused, and the operation named that contradicts', (_, operations, says) => {
    expect(checkSeat(operations)?.operation.says).toBe(says);
  });
});
