import { useEffect, useEffectEvent, useState } from 'react';

export type Loaded<Value> =
  | { readonly state: 'loading' }
  | { readonly state: 'loaded'; readonly value: Value }
  | { readonly state: 'failed'; readonly error: unknown };

const LOADING: { readonly state: 'loading' } = { state: 'loading' };

/** Loads when the key changes, and again on `reload`; the answer to an older key is thrown away. */
export function useLoaded<Value>(
  key: string,
  load: (signal: AbortSignal) => Promise<Value>,
): Loaded<Value> & { reload: () => void } {
  const [round, setRound] = useState(0);
  const wanted = `${round} ${key}`;
  const [result, setResult] = useState<{ key: string; loaded: Loaded<Value> }>({
    key: wanted,
    loaded: LOADING,
  });
  const begin = useEffectEvent(load);
  useEffect(() => {
    const aborting = new AbortController();
    const settle = (loaded: Loaded<Value>) => {
      if (!aborting.signal.aborted) setResult({ key: wanted, loaded });
    };
    begin(aborting.signal).then(
      (value) => settle({ state: 'loaded', value }),
      (error: unknown) => settle({ state: 'failed', error }),
    );
    return () => aborting.abort();
  }, [wanted]);
  const loaded = result.key === wanted ? result.loaded : LOADING;
  return { ...loaded, reload: () => setRound((before) => before + 1) };
}
