import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { newId, toBytes } from '../../src/platform/id.ts';
import { type Finding, audit } from '../../src/reconciliation/audit.ts';
import { seatKeys } from '../../src/seats/seat-keys.ts';
import { markBooked } from '../../src/seats/seat-locks.ts';
import { checkOut, pay } from '../support/checkout.ts';
import { guest } from '../support/client.ts';
import { createTestEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { useHoldfast } from '../support/harness.ts';
import { plantBookings, plantHolds } from './inventory.ts';

const holdfast = useHoldfast();
const resources = () => holdfast.current.server.resources;

/** What is breached now and was not before: the tests of this file leave their breaches behind. */
async function newBreaches(before: readonly Finding[]): Promise<Record<string, number>> {
  const { findings: present } = await audit(resources());
  const counted = present.flatMap((found) =>
    Object.entries(found.breaches).map(([breach, count]) => {
      const earlier = before.find(({ invariant }) => invariant === found.invariant)?.breaches[breach] ?? 0;
      return [`${found.invariant} ${breach}`, count - earlier] as const;
    }),
  );
  return Object.fromEntries(counted.filter(([, count]) => count !== 0));
}

async function findings(): Promise<readonly Finding[]> {
  return (await audit(resources())).findings;
}

it('audit / a purchase, a hold and a cancellation / clean', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const sold = await checkOut(holdfast.current, { eventId, seatIds: [1, 2] });
  await pay(holdfast.current, sold.sessionId);
  await eventually(async () => {
    const { body } = await sold.buyer.request('GET', `/api/payments/${sold.paymentId}`);
    expect(body).toMatchObject({ status: 'paid', bookings: [{}, {}] });
  });
  const buyer = await guest(holdfast.current);
  await buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [3, 4] });
  const { body: mine } = await buyer.request('GET', `/api/events/${eventId}/holds/mine`);
  await buyer.request('DELETE', `/api/holds/${mine.id}/seats/4`);
  const report = await audit(resources());
  expect(report.findings.flatMap((found) => found.examples)).toEqual([]);
  expect(report.isClean).toBe(true);
  expect(report.findings.map(({ invariant }) => invariant)).toEqual(['I1', 'I2', 'I3', 'I4', 'I5']);
  expect(report.findings[1]?.counts).toMatchObject({ payments: 1, capturesAtStripe: 1, inFlight: 0 });
});

it('audit / booked seat without its booking, and booking without its seat / breaches I1', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  await plantBookings(resources().db, eventId, [[1], [2]]);
  await markBooked(resources().redis, eventId, [1]);
  const before = await findings();
  await sql`DELETE FROM bookings WHERE event_id = ${toBytes(eventId)} AND event_seat_id = 1`.execute(
    resources().db,
  );
  await sql`UPDATE event_seats SET status = 'available', hold_id = NULL, locked_user_id = NULL WHERE event_id = ${toBytes(eventId)} AND event_seat_id = 2`.execute(
    resources().db,
  );
  expect(await newBreaches(before)).toMatchObject({
    'I1 bookedSeatsWithoutBooking': 1,
    'I1 bookingsWithoutBookedSeat': 1,
  });
});

it('audit / money without a booking or a refund, in our books or at Stripe / breaches I2 once it is not young any more', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const sold = await checkOut(holdfast.current, { eventId, seatIds: [5] });
  await pay(holdfast.current, sold.sessionId);
  await eventually(async () => {
    const { body } = await sold.buyer.request('GET', `/api/payments/${sold.paymentId}`);
    expect(body.bookings).toHaveLength(1);
  });
  const before = await findings();
  await sql`UPDATE bookings SET status = 'cancelled' WHERE payment_id = ${toBytes(sold.paymentId)}`.execute(
    resources().db,
  );
  expect(await newBreaches(before)).not.toHaveProperty('I2 paidForNothing');
  await sql`UPDATE payments SET captured_at = captured_at - INTERVAL 1 HOUR WHERE payment_id = ${toBytes(sold.paymentId)}`.execute(
    resources().db,
  );
  expect(await newBreaches(before)).toMatchObject({ 'I2 paidForNothing': 1 });

  // Stripe has the money, and our books have forgotten it.
  await sql`UPDATE payments SET captured_amount = 0 WHERE payment_id = ${toBytes(sold.paymentId)}`.execute(
    resources().db,
  );
  const inAnHour = { nowMs: () => Date.now() + 60 * 60 * 1000 };
  const { findings: found } = await audit({ ...resources(), clock: inAnHour });
  expect(found[1]).toMatchObject({ invariant: 'I2', breaches: { capturesUnknownToUs: 1 } });
});

it('audit / acknowledged hold that lost a seat or all / breaches I3', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const [one, two] = await Promise.all([guest(holdfast.current), guest(holdfast.current)]);
  await one.request('POST', `/api/events/${eventId}/holds`, { seatIds: [1, 2] });
  await two.request('POST', `/api/events/${eventId}/holds`, { seatIds: [3] });
  const before = await findings();
  await sql`UPDATE event_seats SET status = 'available', lock_kind = NULL, lock_expire = NULL, hold_id = NULL, locked_user_id = NULL WHERE event_id = ${toBytes(eventId)} AND event_seat_id IN (2, 3)`.execute(
    resources().db,
  );
  expect(await newBreaches(before)).toEqual({ 'I3 seatsLost': 2, 'I3 holdsWithoutSeats': 1 });
});

it('audit / lock far beyond its expiry, and one without expiry in Redis / breaches I4', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const before = await findings();
  await plantHolds(resources().db, eventId, [[1]], { expiresInMs: -30_000 });
  await plantHolds(resources().db, eventId, [[2]], { expiresInMs: -30_000, status: 'checkout' });
  await resources().redis.set(seatKeys.lock(eventId, 3), newId());
  expect(await newBreaches(before)).toEqual({ 'I4 overdueLocks': 1, 'I4 redisLocksWithoutExpiry': 1 });
});

it('audit / sold seat that Redis would give away, and marker without a sale / breaches I5', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const before = await findings();
  await plantBookings(resources().db, eventId, [[1], [2]]);
  await markBooked(resources().redis, eventId, [2, 3]);
  expect(await newBreaches(before)).toEqual({ 'I5 soldButAcquirable': 1, 'I5 markedButNotSold': 1 });
});
