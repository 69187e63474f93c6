import { z } from 'zod';
import type { EventRecord } from '../events/event.ts';
import type { SoldBooking } from './bookings-store.ts';
import type { Sales } from './read-sales.ts';
import { SEAT_STATES } from './sales-store.ts';

const moment = z.iso.datetime();
const counts = { free: z.int(), held: z.int(), checkout: z.int(), sold: z.int(), blocked: z.int() };
const amount = z.int().describe('Minor units of the currency');
const rate = z.number();

export const SalesSchema = z
  .object({
    eventId: z.uuid(),
    at: moment.describe('The moment that the figures are of'),
    currency: z.string(),
    seats: z.object({ total: z.int(), ...counts }).describe('`held` in a cart, `checkout` being paid for'),
    revenue: z.object({
      gross: amount.describe('What came in'),
      refunded: amount.describe('What went back'),
      net: amount,
      booked: amount.describe('What the confirmed bookings are worth: calling the event off refunds this'),
    }),
    tiers: z.array(
      z.object({
        id: z.int(),
        name: z.string(),
        color: z.string(),
        price: amount,
        total: z.int(),
        ...counts,
        revenue: amount.describe('What its confirmed bookings are worth'),
      }),
    ),
    holdsPerSecond: rate.describe('Over the last ten seconds'),
    refusalsPerSecond: rate.describe('Claims on seats that others had; over the last ten seconds'),
    soldPerMinute: rate.describe('Over the last five minutes'),
    queueDepth: z.int().describe('Claims of all events that wait to be written'),
    sellsOutInSeconds: z.int().nullable().describe('At the present pace; null when nothing sells'),
  })
  .meta({ id: 'Sales' });

export const SalesHistorySchema = z
  .object({
    from: moment,
    to: moment,
    stepSeconds: z.int(),
    points: z.array(
      z.object({
        at: moment,
        sold: z.int(),
        held: z.int(),
        revenue: amount.describe('What the confirmed bookings were worth'),
      }),
    ),
  })
  .meta({ id: 'SalesHistory' });

const namedSeat = z.object({
  id: z.int(),
  section: z.string(),
  row: z.string(),
  label: z.string(),
  tier: z.int(),
  tierName: z.string(),
});

const person = z.object({
  id: z.uuid(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  isGuest: z.boolean(),
});

export const SoldBookingSchema = z
  .object({
    id: z.uuid(),
    seat: namedSeat,
    buyer: person,
    amount,
    currency: z.string(),
    status: z.enum(['confirmed', 'cancelled', 'transferred']),
    paymentId: z.uuid().nullable(),
    confirmedAt: moment,
    cancelledAt: moment.nullable(),
  })
  .meta({ id: 'SoldBooking', description: "A booking as the event's organiser sees it" });

export const SoldBookingPageSchema = z
  .object({ items: z.array(SoldBookingSchema), page: z.int(), limit: z.int(), total: z.int() })
  .meta({ id: 'SoldBookingPage' });

const seatStatus = z.enum(['available', 'locked', 'booked']);

export const SeatStorySchema = z
  .object({
    seat: namedSeat,
    state: z.enum(SEAT_STATES),
    entries: z
      .array(
        z.object({
          at: moment,
          from: seatStatus,
          to: seatStatus,
          reason: z.string(),
          words: z.string(),
          holdId: z.uuid().nullable(),
          by: person.nullable().describe('Who did it, or for whom it was done'),
        }),
      )
      .describe('Newest first'),
  })
  .meta({ id: 'SeatStory' });

export const BlockedSchema = z
  .object({ seatIds: z.array(z.int()).describe('Those that changed by this call') })
  .meta({ id: 'BlockedSeats' });

export function salesView(event: EventRecord, sales: Sales): z.input<typeof SalesSchema> {
  const { seats, tiers, gross, refunded, booked, atMs, ...rates } = sales;
  const byTier = new Map(tiers.map((tier) => [tier.tierId, tier]));
  return {
    eventId: event.eventId,
    at: new Date(atMs).toISOString(),
    currency: event.currency,
    seats: { total: totalOf(seats), ...seats },
    revenue: { gross, refunded, net: gross - refunded, booked },
    tiers: event.tiers.map(({ id, name, color, priceAmount }) => {
      const { tierId: _, ...sold } = byTier.get(id) ?? NONE_SOLD;
      return { id, name, color, price: priceAmount, total: totalOf(sold), ...sold };
    }),
    ...rates,
  };
}

const NONE_SOLD = { tierId: 0, free: 0, held: 0, checkout: 0, sold: 0, blocked: 0, revenue: 0 };

function totalOf(seats: Sales['seats']): number {
  return SEAT_STATES.reduce((sum, state) => sum + seats[state], 0);
}

export function soldBookingView(booking: SoldBooking): z.input<typeof SoldBookingSchema> {
  return {
    ...booking,
    confirmedAt: booking.confirmedAt.toISOString(),
    cancelledAt: booking.cancelledAt?.toISOString() ?? null,
  };
}
