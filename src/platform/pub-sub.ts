import type { Log } from './log.ts';
import type { Redis } from './redis.ts';

export type PubSub = {
  /** Calls `onMessage` for each message on the channel until the returned function is called. */
  subscribe(channel: string, onMessage: (message: string) => void): Promise<() => Promise<void>>;
};

/** Shares one subscriber connection among all of a process's channels. Messages sent while it is away are lost. */
export function openPubSub(subscriber: Redis, log: Log): PubSub {
  const listeners = new Map<string, Set<(message: string) => void>>();
  subscriber.on('message', (channel: string, message: string) => {
    for (const listener of listeners.get(channel) ?? []) {
      try {
        listener(message);
      } catch (error) {
        log.error({ channel, err: error }, 'pub-sub.listener-failed');
      }
    }
  });
  return {
    async subscribe(channel, onMessage) {
      const present = listeners.get(channel);
      const set = present ?? new Set();
      set.add(onMessage);
      listeners.set(channel, set);
      if (present === undefined) await subscriber.subscribe(channel);
      return async () => {
        set.delete(onMessage);
        if (set.size > 0 || listeners.get(channel) !== set) return;
        listeners.delete(channel);
        await subscriber.unsubscribe(channel);
      };
    },
  };
}
