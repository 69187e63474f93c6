import type { EventStatus } from '../../db/schema.ts';
import type { EventId } from '../platform/id.ts';
import type { Resources } from '../resources.ts';
import type { EventRecord, Tier } from './event.ts';
import { recentEvent } from './recent-events.ts';

/** What the sale of an event's seats goes by. */
export type SaleRules = {
  readonly eventId: EventId;
  readonly status: EventStatus;
  /** null: as soon as the event is published. */
  readonly saleOpensAt: Date | null;
  /** When the event begins, unless the organiser has said otherwise. */
  readonly saleClosesAt: Date;
  /** Buyers may cancel with a full refund until then; null: they may not. */
  readonly refundableUntil: Date | null;
  readonly seatsPerBuyerMax: number;
  /** How long a hold lives after its last seat was selected. */
  readonly holdTtlMs: number;
  /** Seat ids are 1..seatCount. */
  readonly seatCount: number;
  /** That of the seat map, and of the layout with it. */
  readonly seatMapVersion: number;
  /** ISO 4217. */
  readonly currency: string;
  readonly tiers: readonly Tier[];
};

/** `draft`: not for the public. `not_yet`, `open`, `over`: before, in and after the time of sale (or closed by hand). */
export type SaleState = 'draft' | 'not_yet' | 'open' | 'over' | 'cancelled';

/**
 * The rules of an event's sale, null if there is no such event. At most a second old, from this process's memory:
 * on the hot path MySQL is asked once a second and event, however many ask; callers at the same time share the query.
 */
export async function getSaleRules(
  resources: Pick<Resources, 'db' | 'config'>,
  eventId: string,
): Promise<SaleRules | null> {
  const event = await recentEvent(resources, eventId);
  return event === null ? null : saleRulesOf(event, resources.config.holds.ttlMs);
}

/** Where a sale stands at a moment. */
export function saleState(
  rules: Pick<SaleRules, 'status' | 'saleOpensAt' | 'saleClosesAt'>,
  now: Date,
): SaleState {
  if (rules.status === 'draft' || rules.status === 'cancelled') return rules.status;
  if (rules.status === 'closed' || now >= rules.saleClosesAt) return 'over';
  return rules.saleOpensAt !== null && now < rules.saleOpensAt ? 'not_yet' : 'open';
}

export function saleRulesOf(event: EventRecord, holdTtlMsDefault: number): SaleRules {
  return {
    eventId: event.eventId,
    status: event.status,
    saleOpensAt: event.saleOpensAt,
    saleClosesAt: event.saleClosesAt ?? event.date,
    refundableUntil: event.refundableUntil,
    seatsPerBuyerMax: event.seatsPerBuyerMax,
    holdTtlMs: event.holdTtlSeconds === null ? holdTtlMsDefault : event.holdTtlSeconds * 1_000,
    seatCount: event.seatCount,
    seatMapVersion: event.seatMapVersion,
    currency: event.currency,
    tiers: event.tiers,
  };
}
