import { expect } from 'vitest';
import { holdStatus, letTimePass } from '../support/checkout.ts';
import { type Command, buyerOf, command } from './command.ts';
import {
  BUYER_COUNT,
  type Model,
  type ModelHold,
  type Real,
  SEATS_PER_BUYER_MAX,
  bookedCount,
  endHold,
  free,
  lock,
  openHold,
  seatOf,
  seatsOf,
} from './model.ts';

/** Buyer asks for seats: all of them or none, and never what is another's. */
export function holdSeats(buyer: number, wanted: readonly number[]): Command {
  return command(
    `buyer ${buyer} holds ${wanted.join(',')}`,
    () => true,
    async (model, real) => {
      const expected = expectedOfHold(model, buyer, wanted);
      const { status, body } = await buyerOf(real, buyer).request(
        'POST',
        `/api/events/${real.eventId}/holds`,
        { seatIds: wanted },
      );
      expect(expected, `status ${status} ${JSON.stringify(body)}`).toContain(status);
      if (status === 201) gotSeats(model, buyer, wanted, body.id);
      else await endedInPassing(model, real, buyer);
    },
  );
}

function expectedOfHold(model: Model, buyer: number, wanted: readonly number[]): number[] {
  const open = openHold(model, buyer);
  const present = open?.isOverdue === true && open.status === 'held' ? null : open;
  if (present?.status === 'checkout') return [409];
  const seats = wanted.map((seatId) => seatOf(model, seatId));
  // An overdue hold of one's own ends with the claim; another's may end, or still stand in Redis.
  const isMine = (seat: (typeof seats)[number]) => seat.status === 'locked' && seat.hold === open;
  const others = seats.filter((seat) => seat.status !== 'available' && !isMine(seat));
  const isSure = (seat: (typeof seats)[number]) =>
    seat.status === 'booked' || seat.hold?.status === 'checkout' || seat.hold?.isOverdue !== true;
  if (others.some(isSure)) return [409];
  const more = wanted.filter((_, index) => present === null || seats[index]?.hold !== present).length;
  const had = present === null ? 0 : seatsOf(model, present, 'locked').length;
  const accepted = had + bookedCount(model, buyer) + more > SEATS_PER_BUYER_MAX ? 422 : 201;
  const isUnsure = others.length > 0 || seats.some((seat) => seat.mayBeRefused);
  return isUnsure ? [accepted, 409] : [accepted];
}

/** A claim that MySQL refuses may still have ended the buyer's own overdue hold; one that Redis refuses has not. */
async function endedInPassing(model: Model, real: Real, buyer: number): Promise<void> {
  const open = openHold(model, buyer);
  if (open === null || open.status !== 'held' || !open.isOverdue) return;
  if ((await holdStatus(real.holdfast, open.id)) === 'expired') endHold(model, open, { inRedisToo: false });
}

function gotSeats(model: Model, buyer: number, wanted: readonly number[], holdId: string): void {
  const open = openHold(model, buyer);
  if (open !== null && open.isOverdue) endHold(model, open, { inRedisToo: true });
  const hold: ModelHold =
    open !== null && open.status === 'held' ? open : { id: holdId, buyer, status: 'held', isOverdue: false };
  expect(holdId, 'further seats join the open hold').toBe(hold.id);
  model.holds[buyer] = hold;
  lock(model, hold, wanted);
}

/** All buyers who may ask for the seat at once: exactly one has it. */
export function rush(seatId: number): Command {
  const able = (model: Model) =>
    Array.from({ length: BUYER_COUNT }, (_, buyer) => buyer).filter(
      (buyer) => expectedOfHold(model, buyer, [seatId]).join() === '201',
    );
  return command(
    `all rush for ${seatId}`,
    (model) => seatOf(model, seatId).status === 'available' && able(model).length > 1,
    async (model, real) => {
      const buyers = able(model);
      const answers = await Promise.all(
        buyers.map((buyer) =>
          buyerOf(real, buyer).request('POST', `/api/events/${real.eventId}/holds`, { seatIds: [seatId] }),
        ),
      );
      const winners = buyers.filter((_, index) => answers[index]?.status === 201);
      const statuses = answers.map(({ status }) => status);
      expect({ statuses, winners: winners.length }).toEqual({ statuses, winners: 1 });
      for (const buyer of winners) gotSeats(model, buyer, [seatId], answers[buyers.indexOf(buyer)]?.body.id);
    },
  );
}

export function releaseOne(buyer: number, which: number): Command {
  const mine = (model: Model) => {
    const open = openHold(model, buyer);
    return open === null ? [] : seatsOf(model, open, 'locked');
  };
  return command(
    `buyer ${buyer} gives up one seat`,
    (model) => mine(model).length > 0,
    async (model, real) => {
      const open = openHold(model, buyer);
      const seatIds = mine(model);
      const seatId = seatIds[which % seatIds.length] ?? 0;
      const { status } = await buyerOf(real, buyer).request(
        'DELETE',
        `/api/holds/${open?.id}/seats/${seatId}`,
      );
      expect(status).toBe(open?.status === 'checkout' ? 409 : 200);
      if (status !== 200 || open === null) return;
      free(model, [seatId], { inRedisToo: true });
      if (seatIds.length === 1) open.status = 'over';
    },
  );
}

export function releaseAll(buyer: number): Command {
  return command(
    `buyer ${buyer} gives all up`,
    (model) => model.holds[buyer] !== null,
    async (model, real) => {
      const hold = model.holds[buyer] ?? null;
      const { status } = await buyerOf(real, buyer).request('DELETE', `/api/holds/${hold?.id}`);
      expect(status).toBe(hold?.status === 'checkout' ? 409 : 200);
      if (hold?.status === 'held') endHold(model, hold, { inRedisToo: true });
    },
  );
}

export function letExpire(buyer: number): Command {
  return command(
    `the time of buyer ${buyer} is over`,
    (model) => openHold(model, buyer)?.isOverdue === false,
    async (model, real) => {
      const open = openHold(model, buyer);
      if (open === null) return;
      await letTimePass(real.holdfast, open.id);
      open.isOverdue = true;
    },
  );
}

export function flushRedis(): Command {
  return command(
    'Redis loses everything',
    () => true,
    async (_model, { holdfast }) => {
      await holdfast.server.resources.redis.flushall();
    },
  );
}
