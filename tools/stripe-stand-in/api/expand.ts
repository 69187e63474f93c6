import { invalidRequest } from '../api-error.ts';
import type { ObjectKind } from '../records.ts';
import { lineItemsOf } from './checkout-sessions.ts';
import { list, retrieve, type Call } from './call.ts';

const depthMax = 4;

/** Puts objects in place of their ids, as `expand[]=payment_intent.latest_charge` asks (docs.stripe.com/api/expanding_objects). */
export function expand(call: Call, object: object, paths: readonly string[]): object {
  for (const path of paths) {
    const parts = path.split('.');
    if (parts.length > depthMax + (parts[0] === 'data' ? 1 : 0)) {
      throw invalidRequest(`You cannot expand more than ${depthMax} levels of a property. Property: ${path}`);
    }
    expandAt(call, object, parts);
  }
  return object;
}

function expandAt(call: Call, holder: object, parts: readonly string[]): void {
  const [name, ...rest] = parts;
  if (name === undefined) return;
  const fields = new Map<string, unknown>(Object.entries(holder));
  const value = fields.has(name) ? expandedValue(call, fields.get(name)) : includable(call, fields, name);
  if (value === undefined) throw cannotExpand(parts.join('.'));
  Object.assign(holder, { [name]: value });
  if (Array.isArray(value)) for (const item of value) expandAt(call, item, rest);
  else if (typeof value === 'object' && value !== null) expandAt(call, value, rest);
}

/** The object for an id; what is already an object, a list or null as it is; undefined for anything else. */
function expandedValue(call: Call, value: unknown): unknown {
  if (typeof value !== 'string') return typeof value === 'object' ? value : undefined;
  const kind = kindOf(value);
  if (kind === undefined) return undefined;
  // The inline product of a session has no record of its own: its id stays.
  if (call.world.store.tables[kind].get(value) === undefined) return kind === 'product' ? value : undefined;
  return retrieve(kind)({ ...call, params: {}, ids: [value] });
}

/** What Stripe leaves out unless asked. */
function includable(call: Call, fields: ReadonlyMap<string, unknown>, name: string): unknown {
  const id = String(fields.get('id'));
  const of = `${String(fields.get('object'))}.${name}`;
  if (of === 'checkout.session.line_items') {
    const session = call.world.store.tables.session.get(id);
    return session && lineItemsOf(session);
  }
  if (of === 'charge.refunds') {
    return listRefundsOfCharge({ ...call, params: {}, ids: [id] });
  }
  return undefined;
}

const listRefundsOfCharge = (call: Call): object => {
  const id = call.ids[0] ?? '';
  return list({
    kind: 'refund',
    url: `/v1/charges/${id}/refunds`,
    filters: {},
    among: () => call.world.store.tables.charge.get(id)?.refundIds,
  })(call);
};

const prefixes: readonly (readonly [string, ObjectKind])[] = [
  ['pi_', 'intent'],
  ['ch_', 'charge'],
  ['re_', 'refund'],
  ['pm_', 'method'],
  ['cus_', 'customer'],
  ['prod_', 'product'],
  ['price_', 'price'],
  ['du_', 'dispute'],
  ['cs_test_', 'session'],
];

function kindOf(id: string): ObjectKind | undefined {
  return prefixes.find(([prefix]) => id.startsWith(prefix))?.[1];
}

function cannotExpand(path: string): Error {
  return invalidRequest(
    `This property cannot be expanded (${path}). You may want to try expanding 'data.${path}' instead.`,
  );
}
