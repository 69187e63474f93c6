import type { EventRecord, ObjectKind, Subject, Tables } from '../records.ts';
import { customerShape, endpointShape, priceShape, productShape } from './catalog.ts';
import { chargeShape, intentShape, methodShape } from './payment.ts';
import { disputeShape, refundShape } from './refund-and-dispute.ts';
import { sessionShape } from './session.ts';

/** The API version whose shapes these are; the one that the `stripe` package 23.1.0 is made for. */
export const apiVersion = '2026-10-28.endive';

/** The full object that Stripe shows for a record. */
export function render<K extends ObjectKind>(subject: Subject<K>, baseUrl: string): object {
  return shapes[subject.kind](subject.record, baseUrl);
}

const shapes: { readonly [K in ObjectKind]: (record: Tables[K], baseUrl: string) => object } = {
  session: sessionShape,
  intent: intentShape,
  charge: chargeShape,
  method: methodShape,
  refund: refundShape,
  dispute: disputeShape,
  product: productShape,
  price: priceShape,
  customer: customerShape,
  endpoint: endpointShape,
  event: eventShape,
};

function eventShape(event: EventRecord, baseUrl: string): object {
  const previous = event.previous === null ? {} : { previous_attributes: event.previous };
  return {
    id: event.id,
    object: 'event',
    api_version: apiVersion,
    created: event.created,
    data: { object: render(event.subject, baseUrl), ...previous },
    livemode: false,
    pending_webhooks: event.pending.length,
    request: { id: event.requestId, idempotency_key: event.idempotencyKey },
    type: event.type,
  };
}
