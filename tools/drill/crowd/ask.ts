import { setTimeout as wait } from 'node:timers/promises';
import { readAnswer } from '../answers.ts';
import { type Entry, nowMs } from '../ledger.ts';
import type { Buyer, Crowd } from './crowd.ts';

export type Question = {
  readonly call: Entry['call'];
  readonly asked: Entry['asked'];
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Under which the same question may be asked again until it is answered. */
  readonly idempotencyKey?: string;
  /** It may be asked again as it is: asking twice is asking once. */
  readonly isRepeatable?: boolean;
  /** Not to wait until it is written. */
  readonly respondAsync?: boolean;
};

const ANSWER_WITHIN_MS = 4_000;
const TRIES_MAX = 4;
const RETRY_WAIT_MS = 250;

/** Asks one of the servers, again where that is harmless and nobody answered, and writes down what came of it. */
export async function ask(crowd: Crowd, buyer: Buyer, question: Question): Promise<Entry> {
  const sentMs = nowMs();
  const mayRepeat =
    question.method !== 'POST' || question.idempotencyKey !== undefined || question.isRepeatable === true;
  let isCertain = true;
  for (let tries = 1; ; tries += 1) {
    const { status, body } = await once(crowd, buyer, question);
    isCertain &&= !isUncertain(status, body);
    const isLast = !mayRepeat || tries === TRIES_MAX || nowMs() > crowd.endMs;
    if (!isUncertain(status, body) || isLast) {
      const entry: Entry = {
        buyer: buyer.number,
        call: question.call,
        asked: question.asked,
        sentMs,
        answeredMs: nowMs(),
        status,
        isCertain,
        body,
      };
      crowd.ledger.note(entry);
      return entry;
    }
    await wait(RETRY_WAIT_MS * (0.5 + buyer.random()));
  }
}

/** No answer, or one that leaves open whether it was done. */
function isUncertain(status: number, body: unknown): boolean {
  return status === 0 || status >= 500 || readAnswer.code(body) === 'idempotency_key_in_use';
}

async function once(
  crowd: Crowd,
  buyer: Buyer,
  { method, path, body, idempotencyKey, respondAsync = false }: Question,
): Promise<{ status: number; body: unknown }> {
  const server = crowd.serverUrls[Math.floor(buyer.random() * crowd.serverUrls.length)] ?? '';
  try {
    const response = await fetch(new URL(path, server), {
      method,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      headers: {
        authorization: `Bearer ${buyer.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        ...(respondAsync ? { prefer: 'respond-async' } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  } catch {
    return { status: 0, body: null }; // Refused, cut off or too late: whether it was done is not known.
  }
}
