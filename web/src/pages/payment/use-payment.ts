import { useEffect, useState } from 'react';
import { type Payment, getPayment } from '../../api/payments.ts';
import { ApiProblem } from '../../api/problem.ts';
import { pause } from '../../platform/pause.ts';
import { isMoving } from './payment-stand.ts';

const FIRST_PAUSE_MS = 700;
const PAUSE_MS_MAX = 6_000;
const PAUSE_GROWTH = 1.35;
const SLOW_AFTER_MS = 15_000;

export type PaymentWatch = {
  readonly payment: Payment | null;
  readonly error: unknown;
  readonly isSlow: boolean;
};

/** Asks for the payment, with growing pauses, until nothing more can become of it. Asking also makes the server ask Stripe. */
export function usePayment(paymentId: string): PaymentWatch {
  const [watch, setWatch] = useState<PaymentWatch>({ payment: null, error: null, isSlow: false });
  useEffect(() => {
    const aborting = new AbortController();
    void follow(paymentId, aborting.signal, setWatch).catch(() => undefined);
    return () => aborting.abort();
  }, [paymentId]);
  return watch;
}

async function follow(
  paymentId: string,
  signal: AbortSignal,
  show: (watch: PaymentWatch) => void,
): Promise<void> {
  const startedAt = Date.now();
  let payment: Payment | null = null;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(PAUSE_MS_MAX, pauseMs * PAUSE_GROWTH)) {
    let error: unknown = null;
    try {
      payment = await getPayment(paymentId, signal);
    } catch (caught) {
      if (signal.aborted) return;
      error = caught;
    }
    if (signal.aborted) return;
    show({ payment, error, isSlow: Date.now() - startedAt > SLOW_AFTER_MS });
    const isRefused = error instanceof ApiProblem && error.status < 500 && error.status !== 429;
    if (isRefused || (error === null && payment !== null && !isMoving(payment))) return;
    await pause(pauseMs, signal);
  }
}
