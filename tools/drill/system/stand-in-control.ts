import { z } from 'zod';

/** What the stand-in for Stripe can be made to do, and what it says of the money. */
export type StandInControl = {
  readonly url: string;
  /** Presses pay on a session's page. */
  pay(sessionId: string, card?: string): Promise<'complete' | 'declined' | 'not-open'>;
  breakRequests(rule: RequestRule): Promise<void>;
  breakWebhooks(faults: WebhookFaults): Promise<void>;
  /** Nothing goes wrong any more, and what was held back is sent. */
  mend(): Promise<void>;
  captures(): Promise<readonly Capture[]>;
};

export type RequestRule = {
  readonly path: string;
  readonly answer: '429' | '500' | 'hang' | 'reset';
  readonly when: 'before' | 'after';
  readonly times: number;
};
export type WebhookFaults = {
  readonly delayMs?: number;
  readonly duplicates?: number;
  readonly reorderWindow?: number;
  readonly drop?: { readonly times: number };
};
/** Money that was taken, and what of it went back. */
export type Capture = z.output<typeof CaptureShape>;

const CaptureShape = z.object({
  paymentIntent: z.string(),
  session: z.string().nullable(),
  captured: z.int(),
  refunded: z.int(),
  metadata: z.record(z.string(), z.string()),
});
const Tally = z.object({ intents: z.array(CaptureShape) });
const Paid = z.object({ result: z.enum(['complete', 'declined', 'not-open']) });

const ANSWER_WITHIN_MS = 20_000;
/** A server that was away is told again soon, as one that was away for minutes would be within the hour. */
const WEBHOOKS_WHOLE = {
  delayMs: 0,
  duplicates: 0,
  reorderWindow: 0,
  drop: { times: 0 },
  retryBaseMs: 200,
  retryMaxMs: 2_000,
};

export function controlOf(url: string): StandInControl {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(new URL(`/_control/${path}`, url), {
      method,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };
  return {
    url,
    pay: async (sessionId, card) =>
      Paid.parse(await call('POST', `sessions/${sessionId}/pay`, card === undefined ? {} : { card })).result,
    breakRequests: async (rule) => void (await call('POST', 'faults', rule)),
    breakWebhooks: async (faults) => void (await call('POST', 'webhooks', faults)),
    async mend() {
      await call('DELETE', 'faults');
      await call('POST', 'webhooks', WEBHOOKS_WHOLE);
      await call('POST', 'webhooks/flush');
    },
    captures: async () => Tally.parse(await call('GET', 'tally')).intents,
  };
}
