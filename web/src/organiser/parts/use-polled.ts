import { useEffect, useEffectEvent, useRef, useState } from 'react';

export type Polled<Value> = {
  /** The newest that came; null before the first. */
  readonly value: Value | null;
  /** Why the last call brought nothing; null when it did. */
  readonly error: unknown;
  /** Asks at once. */
  readonly again: () => void;
};

type Answer<Value> = { readonly key: string; readonly value: Value | null; readonly error: unknown };

/** Asks again and again, each time so long after the last answer, while the page is in sight. */
export function usePolled<Value>(
  key: string,
  everyMs: number,
  load: (signal: AbortSignal) => Promise<Value>,
): Polled<Value> {
  const [polled, setPolled] = useState<Answer<Value>>({ key, value: null, error: null });
  const askNow = useRef<() => void>(() => undefined);
  const begin = useEffectEvent(load);
  useEffect(() => {
    const stopping = new AbortController();
    const { signal } = stopping;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let turn = 0;
    const ask = async (): Promise<void> => {
      clearTimeout(timer);
      if (document.visibilityState === 'hidden') return;
      turn += 1;
      const asked = turn;
      const answer = await begin(signal).then(
        (value) => ({ value, error: null }),
        (error: unknown) => ({ value: null, error }),
      );
      // A later question has been asked meanwhile, or nobody asks any more.
      if (signal.aborted || asked !== turn) return;
      setPolled((before) => ({
        key,
        value: answer.value ?? (before.key === key ? before.value : null),
        error: answer.error,
      }));
      timer = setTimeout(() => void ask(), everyMs);
    };
    askNow.current = () => void ask();
    void ask();
    document.addEventListener('visibilitychange', () => void ask(), { signal });
    signal.addEventListener('abort', () => clearTimeout(timer));
    return () => stopping.abort();
  }, [key, everyMs]);
  const { value, error } = polled.key === key ? polled : { value: null, error: null };
  return { value, error, again: () => askNow.current() };
}
