import { expect, it } from 'vitest';
import type { Claim } from './jobs.ts';
import { packClaims, unpackClaims } from './pack-claims.ts';

const terms = {
  eventId: 'event-1',
  ttlMs: 600_000,
  totalMs: 1_200_000,
  seatsPerBuyerMax: 4,
  replyTo: 'server-1',
};
const opening: Claim = { ...terms, claimId: 'a', token: 'a', userId: 'u', seatIds: [1, 2] };
const joining: Claim = { ...terms, claimId: 'b', token: 'a', userId: 'u', seatIds: [3] };

it('claims on the same terms / are one group that tells the terms once, and its own id as the token of none', () => {
  expect(packClaims([opening, joining])).toEqual([
    {
      terms,
      claims: [
        { claimId: 'a', userId: 'u', seatIds: [1, 2] },
        { claimId: 'b', userId: 'u', seatIds: [3], token: 'a' },
      ],
    },
  ]);
});

it.each([
  { eventId: 'event-2' },
  { ttlMs: 1 },
  { totalMs: 1 },
  { seatsPerBuyerMax: 1 },
  { replyTo: 'server-2' },
  { replyTo: null },
])(
  'a claim that differs from the one before by %o / comes back with its own terms, in its place',
  (other) => {
    const claims = [opening, { ...joining, ...other }, { ...opening, claimId: 'c' }];
    expect(packClaims(claims)).toHaveLength(3);
    expect(unpackClaims(packClaims(claims))).toEqual(claims);
  },
);
