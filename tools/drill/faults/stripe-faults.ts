import type { RequestRule } from '../system/stand-in-control.ts';
import type { Draw, Fault, FaultKind } from './fault.ts';

type Work = Pick<Fault, 'says' | 'strike'>;

/** Longer than a checkout's time: the webhook then tells of a payment for seats that may be another's. */
const DELAYED_MS = [5_000, 9_000] as const;
const PATHS = [
  '/v1/*',
  '/v1/checkout/sessions',
  '/v1/checkout/sessions/*',
  '/v1/checkout/sessions/*/expire',
  '/v1/refunds',
] as const;

/** What can happen between us and Stripe. They last until the run's end, or are used up before. */
export const STRIPE_FAULTS: Partial<Record<FaultKind, (draw: Draw) => Work>> = {
  'Stripe answers 429': (draw) => requests(draw, '429', 12),
  'Stripe answers 500': (draw) => requests(draw, '500', 6),
  'Stripe hangs': (draw) => requests(draw, 'hang', 2),
  'Stripe resets': (draw) => requests(draw, 'reset', 8),
  'webhooks duplicated': (draw) => webhooks('duplicates', draw.between(1, 4)),
  'webhooks reordered': (draw) => webhooks('reorderWindow', draw.between(2, 6)),
  'webhooks delayed': (draw) => webhooks('delayMs', draw.between(...DELAYED_MS)),
  'webhooks dropped': (draw) => {
    const times = draw.between(1, 40);
    return {
      says: `the next ${times} webhooks dropped`,
      strike: ({ standIn }) => standIn.breakWebhooks({ drop: { times } }),
    };
  },
};

/** After the work, Stripe has done what was asked for, and we do not hear of it. */
function requests(draw: Draw, answer: RequestRule['answer'], timesMax: number): Work {
  const when = answer === '429' ? 'before' : draw.oneOf(['before', 'after'] as const);
  const path = draw.oneOf(PATHS);
  const times = draw.between(1, timesMax);
  return {
    says: `Stripe: ${answer} ${when} the work, ${path}, ${times} times`,
    strike: ({ standIn }) => standIn.breakRequests({ path, answer, when, times }),
  };
}

function webhooks(what: 'duplicates' | 'reorderWindow' | 'delayMs', value: number): Work {
  return {
    says: `webhooks: ${what} ${value}`,
    strike: ({ standIn }) => standIn.breakWebhooks({ [what]: value }),
  };
}
