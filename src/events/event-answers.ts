import { z } from 'zod';
import { EVENT_STATUSES, type EventRecord } from './event.ts';
import { saleRulesOf, saleState } from './sale-rules.ts';

const moment = z.iso.datetime();

const summaryShape = {
  id: z.uuid(),
  name: z.string(),
  date: moment.describe('When it begins'),
  description: z.string().nullable(),
  venueName: z.string(),
  timeZone: z.string().describe("The venue's zone (IANA), for showing times"),
  currency: z.string().describe('ISO 4217'),
  status: z.enum(EVENT_STATUSES),
  sale: z
    .enum(['draft', 'not_yet', 'open', 'over', 'cancelled'])
    .describe('Where the sale stands at the moment of the answer'),
  saleOpensAt: moment.nullable().describe('null: once published'),
  saleClosesAt: moment,
  refundableUntil: moment.nullable(),
  seatsPerBuyerMax: z.int(),
  seatCount: z.int(),
  seatsAvailable: z.int().describe('A few seconds old at most'),
  fromPrice: z.int().describe('The cheapest tier, in minor units'),
};

const tierShape = z.object({
  id: z.int(),
  name: z.string(),
  color: z.string(),
  price: z.int().describe('Minor units of the currency'),
});

const eventSummarySchema = z.object(summaryShape).meta({ id: 'EventSummary' });
export const eventSchema = z.object({ ...summaryShape, tiers: z.array(tierShape) }).meta({ id: 'Event' });
export const ownEventSchema = z
  .object({
    ...summaryShape,
    tiers: z.array(tierShape),
    organiserId: z.uuid(),
    holdTtlSeconds: z.int().nullable(),
    seatMapVersion: z.int(),
    createdAt: moment,
    updatedAt: moment,
  })
  .meta({ id: 'OwnEvent', description: 'An event as its organiser sees it' });

export const eventPageSchema = pageOf(eventSummarySchema, 'EventPage');
export const ownEventPageSchema = pageOf(ownEventSchema, 'OwnEventPage');

export const planCheckSchema = z
  .object({
    valid: z.boolean(),
    name: z.string().optional(),
    seatCount: z.int().optional(),
    sections: z.array(z.string()).optional(),
    categories: z.array(z.object({ name: z.string(), seatCount: z.int() })).optional(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .describe('Each fault by its place, as zones[0].rows[2].seats[5].category; the first hundred'),
    errorCount: z.int(),
  })
  .meta({ id: 'PlanCheck' });

export type EventSummary = z.input<typeof eventSummarySchema>;
export type EventView = z.input<typeof eventSchema>;
export type OwnEventView = z.input<typeof ownEventSchema>;

/** An event in a list. */
export function summaryOf(event: EventRecord, seatsAvailable: number, now: Date): EventSummary {
  const rules = saleRulesOf(event, 0);
  return {
    id: event.eventId,
    name: event.name,
    date: event.date.toISOString(),
    description: event.description,
    venueName: event.venueName,
    timeZone: event.timeZone,
    currency: event.currency,
    status: event.status,
    sale: saleState(rules, now),
    saleOpensAt: event.saleOpensAt?.toISOString() ?? null,
    saleClosesAt: rules.saleClosesAt.toISOString(),
    refundableUntil: event.refundableUntil?.toISOString() ?? null,
    seatsPerBuyerMax: event.seatsPerBuyerMax,
    seatCount: event.seatCount,
    seatsAvailable,
    fromPrice: event.tiers.reduce((least, tier) => Math.min(least, tier.priceAmount), Infinity),
  };
}

/** An event on its own page. */
export function viewOf(event: EventRecord, seatsAvailable: number, now: Date): EventView {
  const tiers = event.tiers.map(({ id, name, color, priceAmount }) => ({
    id,
    name,
    color,
    price: priceAmount,
  }));
  return { ...summaryOf(event, seatsAvailable, now), tiers };
}

export function ownViewOf(event: EventRecord, seatsAvailable: number, now: Date): OwnEventView {
  return {
    ...viewOf(event, seatsAvailable, now),
    organiserId: event.organiserId,
    holdTtlSeconds: event.holdTtlSeconds,
    seatMapVersion: event.seatMapVersion,
    createdAt: event.createdAt.toISOString(),
    updatedAt: event.updatedAt.toISOString(),
  };
}

function pageOf<Item extends z.ZodType>(item: Item, id: string) {
  return z.object({ items: z.array(item), page: z.int(), limit: z.int(), total: z.int() }).meta({ id });
}
