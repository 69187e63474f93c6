import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import { BodyTooLarge, readBody, sendJson } from '../http-io.ts';
import type { World } from '../world.ts';
import { NotFound, type Action } from './action.ts';
import * as actions from './actions.ts';

/** Every control, for tests and drills; JSON in, JSON out. README.md says what each takes. */
const controls: Readonly<Record<string, Action>> = {
  'GET /_control/webhooks': actions.listWebhooks,
  'POST /_control/webhooks': actions.setWebhookFaults,
  'POST /_control/webhooks/pause': actions.pauseWebhooks,
  'POST /_control/webhooks/flush': actions.flushWebhooks,
  'POST /_control/events/:id/resend': actions.resendEvent,
  'GET /_control/faults': actions.listFaults,
  'POST /_control/faults': actions.addFault,
  'DELETE /_control/faults': actions.clearFaults,
  'POST /_control/api': actions.setApi,
  'POST /_control/sessions/:id/pay': actions.pay,
  'GET /_control/clock': actions.showClock,
  'POST /_control/clock': actions.advanceClock,
  'GET /_control/tally': actions.tally,
  'POST /_control/reset': actions.reset,
};

export async function answerControl(world: World, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { status, body } = await runControl(world, req);
  sendJson(res, status, JSON.stringify(body));
}

async function runControl(world: World, req: IncomingMessage): Promise<{ status: number; body: object }> {
  // A page of another site, open in the same browser, must not reach the controls.
  if (req.headers['sec-fetch-site'] === 'cross-site')
    return { status: 403, body: { error: 'not from other sites' } };
  const path = (req.url ?? '').split('?', 1)[0] ?? '';
  const [, , what = '', id = '', verb] = path.split('/');
  const pattern = verb === undefined ? path : `/_control/${what}/:id/${verb}`;
  const action = controls[`${req.method} ${pattern}`];
  if (action === undefined) {
    return { status: 404, body: { error: 'no such control', controls: Object.keys(controls) } };
  }
  try {
    const text = await readBody(req);
    const body: unknown = text === '' ? {} : JSON.parse(text);
    return { status: 200, body: await action(world, body, id) };
  } catch (error) {
    return refusal(error);
  }
}

function refusal(error: unknown): { status: number; body: object } {
  if (error instanceof z.ZodError) return { status: 400, body: { error: z.prettifyError(error) } };
  if (error instanceof NotFound) return { status: 404, body: { error: error.message } };
  if (error instanceof SyntaxError || error instanceof BodyTooLarge || error instanceof ApiError) {
    return { status: 400, body: { error: error.message } };
  }
  throw error;
}
