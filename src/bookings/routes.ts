import { z } from 'zod';
import { idParams } from '../platform/http/params.ts';
import { type AnyRoute, defineRoute } from '../platform/http/route.ts';
import type { Resources } from '../resources.ts';
import { findBooking, listBookings } from './booking-store.ts';
import { BookingSchema, bookingView } from './booking-view.ts';
import { ownBooking } from './own-booking.ts';
import { BOOKING_PROBLEMS } from './problems.ts';

const PAGE_MAX = 10_000;
const BOOKINGS_PER_PAGE_MAX = 100;
const BOOKINGS_PER_PAGE = 20;

const wholeNumber = (max: number, initially: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(1).max(max))
    .default(initially);

export const bookingRoutes: readonly AnyRoute<Resources>[] = [
  defineRoute({
    method: 'get',
    path: '/api/bookings',
    operationId: 'listBookings',
    summary: 'Your bookings, newest first',
    tags: ['bookings'],
    auth: 'required',
    query: z.object({
      page: wholeNumber(PAGE_MAX, 1),
      limit: wholeNumber(BOOKINGS_PER_PAGE_MAX, BOOKINGS_PER_PAGE),
    }),
    answers: {
      200: {
        description: 'A page of them',
        schema: z
          .object({ items: z.array(BookingSchema), page: z.int(), limit: z.int(), total: z.int() })
          .meta({ id: 'BookingPage' }),
      },
    },
    handle: async ({ db }: Resources, { identity, query }) => {
      const { page, limit } = query;
      const { items, total } = await listBookings(db, {
        userId: identity.userId,
        limit,
        offset: (page - 1) * limit,
      });
      return { status: 200, body: { items: items.map(bookingView), page, limit, total } };
    },
  }),
  defineRoute({
    method: 'get',
    path: '/api/bookings/:bookingId',
    operationId: 'findBooking',
    summary: 'A booking of yours',
    tags: ['bookings'],
    auth: 'required',
    params: idParams('bookingId'),
    answers: { 200: { description: 'The booking', schema: BookingSchema } },
    problems: [BOOKING_PROBLEMS.booking_not_found],
    handle: async ({ db }: Resources, { identity, params }) => {
      const booking = ownBooking(await findBooking(db, params.bookingId), identity.userId);
      return { status: 200, body: bookingView(booking) };
    },
  }),
];
