import { retrieve, type Handler } from './api/call.ts';
import * as catalog from './api/catalog.ts';
import { listCharges } from './api/charges.ts';
import * as sessions from './api/checkout-sessions.ts';
import { closeDispute, listDisputes, updateDispute } from './api/disputes.ts';
import { listEvents, retryEvent } from './api/events.ts';
import { cancelIntent, confirmIntent, createIntent, listIntents } from './api/payment-intents.ts';
import { createPaymentMethod } from './api/payment-methods.ts';
import { confirmPaymentPage, getPaymentPage, initPaymentPage } from './api/payment-pages.ts';
import { cancelRefund, createRefund, listRefunds, updateRefund } from './api/refunds.ts';
import * as endpoints from './api/webhook-endpoints.ts';

/** Every endpoint of Stripe's API that the stand-in plays. */
const endpointTable: readonly (readonly ['GET' | 'POST' | 'DELETE', string, Handler])[] = [
  ['POST', '/v1/checkout/sessions', sessions.createSession],
  ['GET', '/v1/checkout/sessions', sessions.listSessions],
  ['GET', '/v1/checkout/sessions/:id', retrieve('session')],
  ['POST', '/v1/checkout/sessions/:id', sessions.updateSession],
  ['POST', '/v1/checkout/sessions/:id/expire', sessions.expire],
  ['GET', '/v1/checkout/sessions/:id/line_items', sessions.listLineItems],

  ['GET', '/v1/payment_pages/:id', getPaymentPage],
  ['POST', '/v1/payment_pages/:id/init', initPaymentPage],
  ['POST', '/v1/payment_pages/:id/confirm', confirmPaymentPage],

  ['POST', '/v1/payment_intents', createIntent],
  ['GET', '/v1/payment_intents', listIntents],
  ['GET', '/v1/payment_intents/:id', retrieve('intent')],
  ['POST', '/v1/payment_intents/:id/confirm', confirmIntent],
  ['POST', '/v1/payment_intents/:id/cancel', cancelIntent],
  ['POST', '/v1/payment_methods', createPaymentMethod],
  ['GET', '/v1/payment_methods/:id', retrieve('method')],
  ['GET', '/v1/charges', listCharges],
  ['GET', '/v1/charges/:id', retrieve('charge')],

  ['POST', '/v1/refunds', createRefund],
  ['GET', '/v1/refunds', listRefunds],
  ['GET', '/v1/refunds/:id', retrieve('refund')],
  ['POST', '/v1/refunds/:id', updateRefund],
  ['POST', '/v1/refunds/:id/cancel', cancelRefund],
  ['GET', '/v1/disputes', listDisputes],
  ['GET', '/v1/disputes/:id', retrieve('dispute')],
  ['POST', '/v1/disputes/:id', updateDispute],
  ['POST', '/v1/disputes/:id/close', closeDispute],

  ['POST', '/v1/products', catalog.createProduct],
  ['GET', '/v1/products', catalog.listProducts],
  ['GET', '/v1/products/:id', retrieve('product')],
  ['POST', '/v1/products/:id', catalog.updateProduct],
  ['POST', '/v1/prices', catalog.createPrice],
  ['GET', '/v1/prices', catalog.listPrices],
  ['GET', '/v1/prices/:id', retrieve('price')],
  ['POST', '/v1/customers', catalog.createCustomer],
  ['GET', '/v1/customers', catalog.listCustomers],
  ['GET', '/v1/customers/:id', retrieve('customer')],

  ['GET', '/v1/events', listEvents],
  ['GET', '/v1/events/:id', retrieve('event')],
  ['POST', '/v1/events/:id/retry', retryEvent],
  ['POST', '/v1/webhook_endpoints', endpoints.createEndpoint],
  ['GET', '/v1/webhook_endpoints', endpoints.listEndpoints],
  ['GET', '/v1/webhook_endpoints/:id', retrieve('endpoint')],
  ['POST', '/v1/webhook_endpoints/:id', endpoints.updateEndpoint],
  ['DELETE', '/v1/webhook_endpoints/:id', endpoints.deleteEndpoint],
];

interface Route {
  /** Names the endpoint, for its rate limit: `POST /v1/refunds/:id`. */
  readonly name: string;
  readonly handler: Handler;
  readonly ids: readonly string[];
}

const routes = endpointTable.map(([method, path, handler]) => ({
  method,
  name: `${method} ${path}`,
  parts: path.split('/'),
  handler,
}));

export function findRoute(method: string, path: string): Route | undefined {
  const given = path.split('/');
  for (const route of routes) {
    if (route.method !== method || route.parts.length !== given.length) continue;
    if (!route.parts.every((part, index) => part === ':id' || part === given[index])) continue;
    const ids = given.filter((_, index) => route.parts[index] === ':id');
    return { name: route.name, handler: route.handler, ids };
  }
  return undefined;
}
