import { invalidRequest, noSuch } from '../api-error.ts';
import type { ParamObject } from '../form.ts';
import { parseParams, type Fields, type ParsedFields } from '../params.ts';
import type { ObjectKind, Subject, Tables } from '../records.ts';
import { render } from '../shapes/render.ts';
import type { Origin, World } from '../world.ts';

/** One request to the API, decoded and authenticated, with `expand` taken out. */
export interface Call {
  readonly world: World;
  readonly origin: Origin;
  readonly params: ParamObject;
  /** The ids in the path, in order. */
  readonly ids: readonly string[];
  /** The `Stripe-Version` asked for; null for the account's. */
  readonly version: string | null;
}
/** Synchronous, so that it is one transaction; throws ApiError. */
export type Handler = (call: Call) => object;

export function show(call: Call, subject: Subject): object {
  return render(subject, call.world.baseUrl);
}

const nouns: { readonly [K in ObjectKind]: string } = {
  session: 'checkout.session',
  intent: 'payment_intent',
  charge: 'charge',
  method: 'PaymentMethod',
  refund: 'refund',
  dispute: 'dispute',
  product: 'product',
  price: 'price',
  customer: 'customer',
  endpoint: 'webhook endpoint',
  event: 'event',
};

/** The record that the path names, or 404 `resource_missing`. */
export function requireInPath<K extends ObjectKind>(call: Call, kind: K): Tables[K] {
  const id = call.ids[0] ?? '';
  const record = call.world.store.tables[kind].get(id);
  if (record === undefined) throw noSuch(nouns[kind], id);
  return record;
}

/** The record that a parameter names, or 400 `resource_missing`. */
export function requireNamed<K extends ObjectKind>(
  call: Call,
  kind: K,
  id: string,
  param: string,
): Tables[K] {
  const record = call.world.store.tables[kind].get(id);
  if (record === undefined) throw noSuch(nouns[kind], id, param);
  return record;
}

/** `GET /v1/<kind>s/:id`, which takes no parameters. */
export function retrieve(kind: ObjectKind): Handler {
  return (call) => {
    parseParams(call.params, {});
    const record = requireInPath(call, kind);
    return show(call, subjectOf(kind, record));
  };
}

function subjectOf<K extends ObjectKind>(kind: K, record: Tables[K]): Subject {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- kind and record go together by K
  return { kind, record } as unknown as Subject;
}

const pageParams = {
  limit: 'integer',
  starting_after: 'string',
  ending_before: 'string',
  created: 'any',
} as const satisfies Fields;
const pageSizeDefault = 10;
const pageSizeMax = 100;

interface ListPlan<K extends ObjectKind, F extends Fields> {
  readonly kind: K;
  readonly url: string;
  readonly filters: F;
  /** Whether a record belongs, given the parsed filters. */
  readonly keep?: (record: Tables[K], filters: ParsedFields<F>) => boolean;
  /** The only ids that can belong, oldest first, where a filter tells them: spares looking at all. */
  readonly among?: (call: Call, filters: ParsedFields<F>) => readonly string[] | undefined;
}

/** `GET /v1/<kind>s`: newest first, pages by cursor, at most 100 (docs.stripe.com/api/pagination). */
export function list<K extends ObjectKind, const F extends Fields>(plan: ListPlan<K, F>): Handler {
  return (call) => {
    const page = parseParams(only(call.params, pageParams), pageParams);
    const filters = parseParams(without(call.params, pageParams), plan.filters);
    const limit = page.limit ?? pageSizeDefault;
    if (limit < 1 || limit > pageSizeMax) throw limitError(limit);
    const inTime = createdWithin(page.created);
    const among = plan.among?.(call, filters);
    const found: Tables[K][] = [];
    for (const record of walk(call, plan.kind, page, among)) {
      if (!inTime(record.created) || plan.keep?.(record, filters) === false) continue;
      found.push(record);
      if (found.length > limit) break;
    }
    const shown = found.slice(0, limit);
    if (page.ending_before !== undefined) shown.reverse();
    return {
      object: 'list',
      data: shown.map((record) => show(call, subjectOf(plan.kind, record))),
      has_more: found.length > limit,
      url: plan.url,
    };
  };
}

function* walk<K extends ObjectKind>(
  call: Call,
  kind: K,
  page: ParsedFields<typeof pageParams>,
  among: readonly string[] | undefined,
): Generator<Tables[K]> {
  const { starting_after: after, ending_before: before } = page;
  if (after !== undefined) requireNamed(call, kind, after, 'starting_after');
  if (before !== undefined) requireNamed(call, kind, before, 'ending_before');
  const table = call.world.store.tables[kind];
  if (among === undefined) {
    for (const record of before === undefined ? table.older(after) : table.newer(before)) yield record;
    return;
  }
  const cut = among.indexOf(after ?? before ?? '');
  const ids =
    before === undefined ? among.slice(0, cut < 0 ? among.length : cut).toReversed() : among.slice(cut + 1);
  for (const id of ids) {
    const record = table.get(id);
    if (record !== undefined) yield record;
  }
}

function limitError(limit: number): Error {
  const bound = limit < 1 ? 'greater than or equal to 1' : `less than or equal to ${pageSizeMax}`;
  return invalidRequest(`This value must be ${bound}.`, {
    code: 'parameter_invalid_integer',
    param: 'limit',
  });
}

/** `created=123` or `created[gte]=123&created[lt]=456`. */
function createdWithin(created: unknown): (seconds: number) => boolean {
  if (created === undefined) return () => true;
  if (typeof created === 'string') return (seconds) => seconds === Number(created);
  const { gt, gte, lt, lte } = parseParams(Object.assign({}, created), {
    gt: 'integer',
    gte: 'integer',
    lt: 'integer',
    lte: 'integer',
  });
  const from = Math.max(gte ?? 0, gt === undefined ? 0 : gt + 1);
  const to = Math.min(lte ?? Number.POSITIVE_INFINITY, lt === undefined ? Number.POSITIVE_INFINITY : lt - 1);
  return (seconds) => seconds >= from && seconds <= to;
}

function only(params: ParamObject, fields: Fields): ParamObject {
  return Object.fromEntries(Object.entries(params).filter(([name]) => name in fields));
}

function without(params: ParamObject, fields: Fields): ParamObject {
  return Object.fromEntries(Object.entries(params).filter(([name]) => !(name in fields)));
}
