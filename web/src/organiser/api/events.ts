import { flag, listOf, number, oneOf, orNull, pageOf, record, shape, text } from '../../api/read.ts';
import { requestAsUser } from '../../api/session.ts';

const readTier = shape({ id: number, name: text, color: text, price: number });
const readOwnEvent = shape({
  id: text,
  name: text,
  date: text,
  description: orNull(text),
  venueName: text,
  timeZone: text,
  currency: text,
  status: oneOf('draft', 'published', 'closed', 'cancelled'),
  saleOpensAt: orNull(text),
  saleClosesAt: orNull(text),
  refundableUntil: orNull(text),
  seatsPerBuyerMax: number,
  holdTtlSeconds: orNull(number),
  seatCount: number,
  seatsAvailable: number,
  createdAt: text,
  tiers: listOf(readTier),
});
const readOwnEvents = pageOf(readOwnEvent);
const readCheck = shape({
  valid: flag,
  name: orNull(text),
  seatCount: orNull(number),
  sections: orNull(listOf(text)),
  categories: orNull(listOf(shape({ name: text, seatCount: number }))),
  errors: listOf(shape({ path: text, message: text })),
  errorCount: number,
});

export type OwnEvent = ReturnType<typeof readOwnEvent>;
export type OwnEventPage = ReturnType<typeof readOwnEvents>;
export type PlanCheck = ReturnType<typeof readCheck>;

/** Where the seats of an event come from: exactly one of them. */
export type Layout =
  | { readonly preset: { readonly name: string; readonly seats?: number } }
  | { readonly generator: unknown }
  | { readonly plan: unknown };

/** What is said of an event, as the API takes it: times in UTC, money in minor units. */
export type EventDetails = {
  readonly name: string;
  readonly date: string;
  readonly description: string | null;
  readonly venueName: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly saleOpensAt: string | null;
  readonly saleClosesAt: string | null;
  /** Left out: until the event begins. */
  readonly refundableUntil?: string | null;
  readonly seatsPerBuyerMax: number;
  readonly holdTtlSeconds: number | null;
};
export type Prices = Readonly<Record<string, number>>;

const OWN_EVENTS = '/api/admin/events';

export async function listOwnEvents(
  { page, limit, search, status }: { page: number; limit: number; search: string; status: string },
  signal?: AbortSignal,
): Promise<OwnEventPage> {
  const query = new URLSearchParams({
    page: String(page),
    limit: String(limit),
    sortBy: 'createdAt',
    sortOrder: 'desc',
  });
  if (search !== '') query.set('search', search);
  if (status !== '') query.set('status', status);
  return readOwnEvents((await requestAsUser(`${OWN_EVENTS}?${query}`, { signal })).body, 'events');
}

export async function getOwnEvent(eventId: string, signal?: AbortSignal): Promise<OwnEvent> {
  return readOwnEvent((await requestAsUser(`${OWN_EVENTS}/${eventId}`, { signal })).body, 'event');
}

/** A draft with all of its seats. The key makes a repeat answer with the same event. */
export async function createEvent(
  body: EventDetails & Layout & { readonly prices: Prices },
  idempotencyKey: string,
): Promise<OwnEvent> {
  const reply = await requestAsUser(OWN_EVENTS, { method: 'POST', body, idempotencyKey });
  return readOwnEvent(reply.body, 'event');
}

export async function updateEvent(
  eventId: string,
  changes: Partial<EventDetails & { prices: Prices }>,
): Promise<OwnEvent> {
  const reply = await requestAsUser(`${OWN_EVENTS}/${eventId}`, { method: 'PATCH', body: changes });
  return readOwnEvent(reply.body, 'event');
}

/** Repeating it changes nothing. */
export async function moveEvent(eventId: string, to: 'publish' | 'close' | 'cancel'): Promise<OwnEvent> {
  const reply = await requestAsUser(`${OWN_EVENTS}/${eventId}/${to}`, {
    method: 'POST',
    body: {},
    repeatable: true,
  });
  return readOwnEvent(reply.body, 'event');
}

/** The seat map of a hall that is stored nowhere yet; read by `seat-map/seat-model.ts`. */
export async function previewPlan(layout: Layout, signal?: AbortSignal): Promise<unknown> {
  return (
    await requestAsUser('/api/admin/plans/preview', {
      method: 'POST',
      body: layout,
      repeatable: true,
      signal,
    })
  ).body;
}

export async function checkPlan(plan: unknown, signal?: AbortSignal): Promise<PlanCheck> {
  const reply = await requestAsUser('/api/admin/plans/validate', {
    method: 'POST',
    body: plan,
    repeatable: true,
    signal,
  });
  return readCheck(record(reply.body, 'check'), 'check');
}
