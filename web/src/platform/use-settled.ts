import { useDeferredValue, useEffect, useState } from 'react';

const SETTLED_AFTER_MS = 250;

/** What is typed, once it has not changed for a moment: a search is asked for then, not with every letter. */
export function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLED_AFTER_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return useDeferredValue(settled);
}
