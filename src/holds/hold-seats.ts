import { type SaleRules, getSaleRules, saleState } from '../events/sale-rules.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { Identity } from '../platform/http/route.ts';
import { type SeatId, newId } from '../platform/id.ts';
import { Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { getSeatLayout } from '../seats/seat-layout.ts';
import { type LockOutcome, lockSeats } from '../seats/lock-seats.ts';
import { unlockSeats } from '../seats/seat-locks.ts';
import { getSeatStatuses } from '../seats/seat-status.ts';
import { chooseSeats } from './best-available.ts';
import { queueClaim } from './claim-queue.ts';
import { findHoldView } from './find-hold.ts';
import { type HoldView, holdView } from './hold-view.ts';
import { type Claim, type ClaimReply, ClaimReplySchema } from './jobs.ts';
import { HOLD_PROBLEMS } from './problems.ts';
import { requireRoomInQueue, takeRoomInQueue } from './queue-limit.ts';
import { placeIn, rememberQueued } from './queue-place.ts';
import { countRefusal } from './refusal-counter.ts';
import { rejected } from './rejection.ts';

/** A buyer who waits longer for the answer is told to ask again (202). */
const REPLY_WITHIN_MS = 2_000;
/** Best available is chosen anew so often when others were quicker. */
const CHOICES_MAX = 25;
const GROUPS_DRAWN_FROM = 8;

export type SeatSelection =
  | { readonly seatIds: readonly SeatId[] }
  | { readonly tier: number; readonly quantity: number };

export type HoldSeatsOutcome =
  | { readonly outcome: 'held'; readonly hold: HoldView }
  | { readonly outcome: 'queued'; readonly hold: HoldView };

type Won = { readonly claim: Claim; readonly ticket: number; readonly settled: number };

/**
 * Takes seats for a buyer: Redis decides who goes first, MySQL what is true. All the seats or none. When it returns
 * `held`, the hold is in MySQL and survives the loss of any process and of Redis until it expires; `queued` means that
 * it is being written. Losers are refused by one round trip to Redis, without a job or a query.
 * @throws Problem `seats_taken` with the `seatIds`, `not_enough_seats`, `too_many_seats`, `sale_not_open`, `queue_full`, ...
 */
export async function holdSeats(
  resources: Resources,
  command: { identity: Identity; eventId: string; selection: SeatSelection; respondAsync: boolean },
): Promise<HoldSeatsOutcome> {
  const rules = requireOpen(resources, await getSaleRules(resources, command.eventId));
  await requireRoomInQueue(resources);
  const { selection } = command;
  const won = await ('seatIds' in selection
    ? winThese(resources, rules, command.identity, selection.seatIds)
    : winBest(resources, rules, command.identity, selection));
  const claim: Claim = command.respondAsync ? { ...won.claim, replyTo: null } : won.claim;
  crashPoint('hold.locked');
  const reply = claim.replyTo === null ? null : resources.replies.expect(claim.claimId);
  const jobId = await enqueue(resources, claim).catch((error: unknown) => {
    reply?.cancel();
    throw error;
  });
  crashPoint('hold.queued');
  const answer = reply === null ? null : await reply.within(REPLY_WITHIN_MS);
  if (answer === null) return queued(resources, rules, won, jobId);
  return answered(resources, rules, claim, ClaimReplySchema.parse(answer));
}

function requireOpen(resources: Resources, rules: SaleRules | null): SaleRules {
  if (rules === null || rules.status === 'draft') {
    throw new Problem(HOLD_PROBLEMS.event_not_found, 'There is no such event on sale: see GET /api/events.');
  }
  const state = saleState(rules, new Date(resources.clock.nowMs()));
  if (state === 'open') return rules;
  if (state === 'not_yet') {
    const opensAt = rules.saleOpensAt?.toISOString();
    throw new Problem(HOLD_PROBLEMS.sale_not_open, `The sale opens at ${opensAt}.`, { members: { opensAt } });
  }
  throw new Problem(HOLD_PROBLEMS.sale_closed, 'Seats of this event are no longer sold.');
}

async function winThese(
  resources: Resources,
  rules: SaleRules,
  identity: Identity,
  given: readonly SeatId[],
): Promise<Won> {
  const seatIds = checkSeatIds(resources, rules, given);
  const claimId = newId();
  const outcome = await lock(resources, rules, identity, seatIds, claimId);
  const won = wonBy(resources, rules, identity, seatIds, claimId, outcome);
  if (won !== null) return won;
  countRefusal(resources, rules.eventId);
  throw rejected('seats_taken', outcome.outcome === 'taken' ? outcome.seatIds : seatIds);
}

function lock(
  { redis }: Resources,
  { eventId, holdTtlMs }: SaleRules,
  { userId }: Identity,
  seatIds: readonly SeatId[],
  claimId: string,
): Promise<LockOutcome> {
  return lockSeats(redis, { eventId, userId, seatIds, newHoldId: claimId, ttlMs: holdTtlMs });
}

function wonBy(
  resources: Resources,
  rules: SaleRules,
  identity: Identity,
  seatIds: readonly SeatId[],
  claimId: string,
  outcome: LockOutcome,
): Won | null {
  if (outcome.outcome === 'taken') return null;
  const claim: Claim = {
    claimId,
    token: outcome.holdId,
    eventId: rules.eventId,
    userId: identity.userId,
    seatIds: [...seatIds],
    ttlMs: rules.holdTtlMs,
    totalMs: Math.max(resources.config.holds.totalMs, rules.holdTtlMs),
    seatsPerBuyerMax: rules.seatsPerBuyerMax,
    replyTo: resources.replies.address,
  };
  return { claim, ticket: outcome.ticket, settled: outcome.settled };
}

/** Chooses the best seats by what is known here, and again without those that turn out to be taken. */
async function winBest(
  resources: Resources,
  rules: SaleRules,
  identity: Identity,
  { tier, quantity }: { tier: number; quantity: number },
): Promise<Won> {
  checkTier(resources, rules, tier, quantity);
  const [layout, statuses] = await Promise.all([
    getSeatLayout(resources, rules),
    getSeatStatuses(resources, rules.eventId),
  ]);
  const places = layout.placesOfTier(tier, (seatId) => statuses.letters[seatId - 1] === 'a');
  const taken = new Set<SeatId>();
  const isFree = (seatId: SeatId) => !taken.has(seatId);
  for (let choice = 0; choice < CHOICES_MAX; choice += 1) {
    const drawFrom = choice === 0 ? 1 : GROUPS_DRAWN_FROM * choice;
    const seatIds = chooseSeats(places, {
      quantity,
      isFree,
      drawFrom,
      random: Math.random,
    });
    if (seatIds === null) break;
    const claimId = newId();
    const outcome = await lock(resources, rules, identity, seatIds, claimId);
    const won = wonBy(resources, rules, identity, seatIds, claimId, outcome);
    if (won !== null) return won;
    if (outcome.outcome === 'taken') for (const seatId of outcome.seatIds) taken.add(seatId);
  }
  countRefusal(resources, rules.eventId);
  throw new Problem(
    HOLD_PROBLEMS.not_enough_seats,
    `There are not ${quantity} seats of this tier left: try fewer, or another tier.`,
  );
}

function checkSeatIds(resources: Resources, rules: SaleRules, given: readonly SeatId[]): SeatId[] {
  const seatIds = [...new Set(given)];
  checkQuantity(resources, rules, seatIds.length);
  const unknown = seatIds.filter((seatId) => seatId > rules.seatCount);
  if (unknown.length > 0) throw rejected('unknown_seats', unknown);
  return seatIds;
}

function checkTier(resources: Resources, rules: SaleRules, tier: number, quantity: number): void {
  checkQuantity(resources, rules, quantity);
  if (!rules.tiers.some(({ id }) => id === tier)) {
    throw new Problem(
      HOLD_PROBLEMS.unknown_tier,
      `Tiers of this event: ${rules.tiers.map(({ id, name }) => `${id} (${name})`).join(', ')}.`,
    );
  }
}

function checkQuantity(resources: Resources, rules: SaleRules, quantity: number): void {
  const max = Math.min(rules.seatsPerBuyerMax, resources.config.holds.seatsPerHoldMax);
  if (quantity > max) {
    throw new Problem(HOLD_PROBLEMS.too_many_seats, `At most ${max} seats for each buyer of this event.`, {
      members: { max },
    });
  }
}

/** A claim that can't be queued must not keep its locks until they expire. */
async function enqueue(resources: Resources, claim: Claim): Promise<string> {
  try {
    takeRoomInQueue(resources);
    return await queueClaim(resources, claim);
  } catch (error) {
    await unlockSeats(resources.redis, {
      eventId: claim.eventId,
      holdId: claim.token,
      seatIds: claim.seatIds,
    }).catch(() => {
      resources.log.warn({ holdId: claim.token }, 'hold.locks-left-to-expire');
    });
    throw error;
  }
}

async function queued(
  resources: Resources,
  rules: SaleRules,
  { claim, ticket, settled }: Won,
  jobId: string,
): Promise<HoldSeatsOutcome> {
  const nowMs = resources.clock.nowMs();
  const { eventId, userId, claimId, seatIds } = claim;
  const waiting = { eventId, userId, claimId, jobId, seatIds, ticket, queuedAtMs: nowMs };
  const [layout] = await Promise.all([
    getSeatLayout(resources, rules),
    rememberQueued(resources.redis, claim.token, waiting),
  ]);
  crashPoint('hold.remembered');
  const place = placeIn({ settled, issued: ticket }, waiting, nowMs);
  const facts = {
    holdId: claim.token,
    status: 'queued' as const,
    seatIds: claim.seatIds,
    expiresAtMs: nowMs + claim.ttlMs,
  };
  return {
    outcome: 'queued',
    hold: { ...holdView(rules, layout, facts, nowMs), ...place, pendingSeatIds: claim.seatIds },
  };
}

async function answered(
  resources: Resources,
  rules: SaleRules,
  claim: Claim,
  reply: ClaimReply,
): Promise<HoldSeatsOutcome> {
  if (reply.outcome === 'rejected') throw rejected(reply.reason, reply.seatIds);
  if (reply.hold === undefined) {
    const hold = await findHoldView(resources, { holdId: reply.holdId, userId: claim.userId });
    return { outcome: 'held', hold };
  }
  const layout = await getSeatLayout(resources, rules);
  const facts = { holdId: reply.holdId, status: 'held' as const, ...reply.hold };
  return { outcome: 'held', hold: holdView(rules, layout, facts, resources.clock.nowMs()) };
}
