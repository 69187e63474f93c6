import type { EventStatus } from '../../db/schema.ts';
import type { EventId, UserId } from '../platform/id.ts';

/** What may become of an event. A state with no way out is final. */
export const EVENT_TRANSITIONS = {
  draft: ['published', 'cancelled'],
  published: ['closed', 'cancelled'],
  closed: ['published', 'cancelled'],
  cancelled: [],
} as const satisfies Record<EventStatus, readonly EventStatus[]>;

/** The states in which anyone may see an event: a buyer finds a cancelled one by the address that they have. */
export const PUBLIC_STATUSES = ['published', 'closed', 'cancelled'] as const satisfies readonly EventStatus[];

/** The states from which an event may become `to`. */
export function statusesBefore(to: EventStatus): EventStatus[] {
  return EVENT_STATUSES.filter((from) => EVENT_TRANSITIONS[from].some((next) => next === to));
}

export const EVENT_STATUSES = [
  'draft',
  'published',
  'closed',
  'cancelled',
] as const satisfies readonly EventStatus[];

/** A category of seats with its price. */
export type Tier = {
  /** From 1, in the order of the plan's categories. */
  readonly id: number;
  readonly name: string;
  /** A CSS colour. */
  readonly color: string;
  /** Minor units of the event's currency. */
  readonly priceAmount: number;
};

/** An event as it is stored, without its seats. */
export type EventRecord = {
  readonly eventId: EventId;
  readonly organiserId: UserId;
  readonly name: string;
  readonly date: Date;
  readonly description: string | null;
  readonly venueName: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly status: EventStatus;
  readonly saleOpensAt: Date | null;
  readonly saleClosesAt: Date | null;
  readonly refundableUntil: Date | null;
  readonly seatsPerBuyerMax: number;
  readonly holdTtlSeconds: number | null;
  readonly seatCount: number;
  readonly seatMapVersion: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly tiers: readonly Tier[];
};

/** What an organiser may say of an event besides its seats; times are moments, the zone is only for showing them. */
export type EventDetails = Pick<
  EventRecord,
  | 'name'
  | 'date'
  | 'description'
  | 'venueName'
  | 'timeZone'
  | 'currency'
  | 'saleOpensAt'
  | 'saleClosesAt'
  | 'refundableUntil'
  | 'seatsPerBuyerMax'
  | 'holdTtlSeconds'
>;
