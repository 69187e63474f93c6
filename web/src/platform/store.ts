import { useSyncExternalStore } from 'react';

/** A value that parts of a page watch. */
export type Store<Value> = {
  readonly get: () => Value;
  readonly set: (value: Value) => void;
  /** Returns how to stop watching. */
  readonly watch: (listener: () => void) => () => void;
};

export function openStore<Value>(initially: Value): Store<Value> {
  let current = initially;
  const listeners = new Set<() => void>();
  return {
    get: () => current,
    set(value) {
      if (Object.is(value, current)) return;
      current = value;
      for (const listener of listeners) listener();
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useStore<Value>(store: Store<Value>): Value {
  return useSyncExternalStore(store.watch, store.get);
}
