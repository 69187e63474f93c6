import { invalidRequest } from '../api-error.ts';
import { parseParams } from '../params.ts';
import { list, requireInPath, requireNamed, show, type Handler } from './call.ts';

const typesMax = 20;

/** `delivery_success=false` gives those that some endpoint has not yet answered with 2xx. */
export const listEvents = list({
  kind: 'event',
  url: '/v1/events',
  filters: { type: 'string', types: { list: 'string' }, delivery_success: 'boolean' },
  keep: (event, { type, types, delivery_success: delivered }) => {
    if (types !== undefined && types.length > typesMax) {
      throw invalidRequest(`You may only pass up to ${typesMax} event types.`, { param: 'types' });
    }
    return (
      (type === undefined || matches(type, event.type)) &&
      (types === undefined || types.includes(event.type)) &&
      (delivered === undefined || (event.pending.length === 0) === delivered)
    );
  },
});

/** What `stripe events resend` asks: to one endpoint, or to all that wanted it. */
export const retryEvent: Handler = (call) => {
  const params = parseParams(call.params, {
    webhook_endpoint: 'string',
    for_stripecli: 'boolean',
    account: 'string',
  });
  const event = requireInPath(call, 'event');
  const endpoints = call.world.store.tables.endpoint;
  const chosen =
    params.webhook_endpoint === undefined
      ? [...endpoints.values()].filter(({ enabledEvents }) =>
          enabledEvents.some((type) => matches(type, event.type)),
        )
      : [requireNamed(call, 'endpoint', params.webhook_endpoint, 'webhook_endpoint')];
  call.world.deliveries.resend(
    event,
    chosen.map(({ id }) => id),
  );
  return show(call, { kind: 'event', record: event });
};

/** `charge.*` and `*` are patterns, anything else is the type itself. */
function matches(pattern: string, type: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
}
