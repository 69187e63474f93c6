import type { Claim, Claims } from './jobs.ts';

/** Claims as a job carries them, in their order: a rush is of one event, and so mostly of one group. */
export function packClaims(claims: readonly Claim[]): Claims[] {
  const groups: Claims[] = [];
  for (const claim of claims) {
    let group = groups.at(-1);
    if (group === undefined || !hasTerms(claim, group.terms))
      groups.push((group = { terms: termsOf(claim), claims: [] }));
    const { claimId, userId, seatIds, token } = claim;
    group.claims.push({ claimId, userId, seatIds, ...(token === claimId ? {} : { token }) });
  }
  return groups;
}

export function unpackClaims(groups: readonly Claims[]): Claim[] {
  return groups.flatMap(({ terms, claims }) =>
    claims.map((claim) => ({ ...terms, ...claim, token: claim.token ?? claim.claimId })),
  );
}

function termsOf({ eventId, ttlMs, totalMs, seatsPerBuyerMax, replyTo }: Claim): Claims['terms'] {
  return { eventId, ttlMs, totalMs, seatsPerBuyerMax, replyTo };
}

function hasTerms(claim: Claim, terms: Claims['terms']): boolean {
  return (
    claim.eventId === terms.eventId &&
    claim.ttlMs === terms.ttlMs &&
    claim.totalMs === terms.totalMs &&
    claim.seatsPerBuyerMax === terms.seatsPerBuyerMax &&
    claim.replyTo === terms.replyTo
  );
}
