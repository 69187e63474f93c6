/** What a buyer asked for. */
export type Call =
  | 'look'
  | 'hold'
  | 'find-hold'
  | 'release'
  | 'release-seat'
  | 'check-out'
  | 'leave-checkout'
  | 'pay'
  | 'find-payment'
  | 'cancel';

/** One question and the answer that came of it, with all tries under one idempotency key counted as one. */
export type Entry = {
  readonly buyer: number;
  readonly call: Call;
  readonly asked: {
    readonly seatIds?: readonly number[];
    readonly holdId?: string;
    readonly paymentId?: string;
    readonly sessionId?: string;
    readonly bookingId?: string;
  };
  /** Milliseconds since 1970, by a clock that never jumps. */
  readonly sentMs: number;
  readonly answeredMs: number;
  /** The HTTP status of the last try; 0: no answer. */
  readonly status: number;
  /** false: this or an earlier try may have been carried out without our hearing so. */
  readonly isCertain: boolean;
  readonly body: unknown;
};

export type Ledger = {
  readonly entries: readonly Entry[];
  note(entry: Entry): void;
};

export function openLedger(): Ledger {
  const entries: Entry[] = [];
  return { entries, note: (entry) => void entries.push(entry) };
}

export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
