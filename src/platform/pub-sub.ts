import type { Log } from './log.ts';
import type { Redis } from './redis.ts';

export type PubSub = {
  /** Calls `onMessage` for each message on the channel until the returned function is called. */
  subscribe(channel: string, onMessage: (message: string) => void): Promise<() => Promise<void>>;
  /** Resolves when every message that was published before this call has been delivered. */
  settled(): Promise<void>;
  /** Calls `listener` each time that the connection was lost and every channel is subscribed again, until it is stopped. */
  onBack(listener: () => void): () => void;
};

/** Shares one subscriber connection among all of a process's channels. Messages sent while it is away are lost. */
export function openPubSub(subscriber: Redis, log: Log): PubSub {
  const listeners = new Map<string, Set<(message: string) => void>>();
  const backListeners = new Set<() => void>();
  subscriber.on('message', (channel: string, message: string) => {
    for (const listener of listeners.get(channel) ?? []) {
      try {
        listener(message);
      } catch (error) {
        log.error({ channel, err: error }, 'pub-sub.listener-failed');
      }
    }
  });
  let wasReady = false;
  subscriber.on('ready', () => {
    const isBack = wasReady;
    wasReady = true;
    const channels = [...listeners.keys()];
    if (!isBack || channels.length === 0) return;
    // The client is subscribing again by itself; this asks the same after it, and so tells when that is done.
    subscriber.subscribe(...channels).then(
      () => backListeners.forEach((listener) => listener()),
      (error: unknown) => log.warn({ err: error }, 'pub-sub.lost-again'),
    );
  });
  return {
    async settled() {
      await subscriber.ping();
    },
    onBack(listener) {
      backListeners.add(listener);
      return () => void backListeners.delete(listener);
    },
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
