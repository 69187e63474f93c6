import { invalidRequest, missingParam } from '../api-error.ts';
import { newId } from '../identifiers.ts';
import { parseParams } from '../params.ts';
import type { EndpointRecord } from '../records.ts';
import { endpointShape } from '../shapes/catalog.ts';
import { apiVersion } from '../shapes/render.ts';
import type { World } from '../world.ts';
import { list, requireInPath, show, type Handler } from './call.ts';

const endpointsMax = 16;

/** The only answer that tells the secret, as Stripe's. */
export const createEndpoint: Handler = (call) => {
  const params = parseParams(call.params, {
    url: 'string',
    enabled_events: { list: 'string' },
    api_version: 'string',
    description: 'string',
    metadata: 'metadata',
    connect: 'boolean',
  });
  if (params.url === undefined) throw missingParam('url');
  if (params.enabled_events === undefined) throw missingParam('enabled_events');
  if (!/^https?:\/\//.test(params.url))
    throw invalidRequest('Not a valid URL', { code: 'url_invalid', param: 'url' });
  if (params.api_version !== undefined && params.api_version !== apiVersion) {
    throw invalidRequest(`The Stripe stand-in knows only API version ${apiVersion}.`, {
      param: 'api_version',
    });
  }
  if (call.world.store.tables.endpoint.size >= endpointsMax) {
    throw invalidRequest(`You have reached the maximum of ${endpointsMax} test webhook endpoints.`);
  }
  const endpoint: EndpointRecord = {
    id: newId('we_1'),
    created: call.world.clock.nowSeconds(),
    url: params.url,
    secret: newId('whsec_', 32),
    enabledEvents: params.enabled_events,
    apiVersion: params.api_version ?? null,
    description: params.description ?? null,
    disabled: false,
    metadata: params.metadata ?? {},
  };
  call.world.store.put('endpoint', endpoint);
  return { ...endpointShape(endpoint), secret: endpoint.secret };
};

export const updateEndpoint: Handler = (call) => {
  const params = parseParams(call.params, {
    url: 'string',
    enabled_events: { list: 'string' },
    description: 'string',
    disabled: 'boolean',
    metadata: 'metadata',
  });
  const endpoint = requireInPath(call, 'endpoint');
  const changed: EndpointRecord = {
    ...endpoint,
    url: params.url ?? endpoint.url,
    enabledEvents: params.enabled_events ?? endpoint.enabledEvents,
    description: params.description ?? endpoint.description,
    disabled: params.disabled ?? endpoint.disabled,
    metadata: { ...endpoint.metadata, ...params.metadata },
  };
  call.world.store.put('endpoint', changed);
  return show(call, { kind: 'endpoint', record: changed });
};

export const deleteEndpoint: Handler = (call) => {
  parseParams(call.params, {});
  const { id } = requireInPath(call, 'endpoint');
  call.world.store.remove('endpoint', id);
  return { id, object: 'webhook_endpoint', deleted: true };
};

export const listEndpoints = list({ kind: 'endpoint', url: '/v1/webhook_endpoints', filters: {} });

/** What a shop with Checkout needs to hear; `*` would triple the webhooks of each payment. */
const eventsDefault = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.refunded',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
];
const configuredId = 'we_1configured0000000000000';

/** The endpoint that the stand-in was started with; takes the place of the one of an earlier start. */
export function configureEndpoint(world: World, webhook: World['webhook']): void {
  if (webhook === undefined) {
    if (world.store.tables.endpoint.get(configuredId) !== undefined)
      world.store.remove('endpoint', configuredId);
    return;
  }
  world.store.put('endpoint', {
    id: configuredId,
    created: world.clock.nowSeconds(),
    url: webhook.url,
    secret: webhook.secret,
    enabledEvents: webhook.events ?? eventsDefault,
    apiVersion,
    description: 'Given when the Stripe stand-in was started',
    disabled: false,
    metadata: {},
  });
}
