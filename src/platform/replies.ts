import { z } from 'zod';
import { newId } from './id.ts';
import type { PubSub } from './pub-sub.ts';
import type { Redis } from './redis.ts';
import { openSlots } from './slots.ts';

/** Answers from workers to the server that waits for them: one pub/sub message per batch and server. */
export type Replies = {
  /** Where a worker sends answers for this process. */
  readonly address: string;
  /** Registers before the work is queued, so that no answer can come too early. */
  expect(question: string): ExpectedReply;
};
export type ExpectedReply = {
  /** The answer, or null when none came in time; the work may then still be done, later. */
  within(timeoutMs: number): Promise<unknown>;
  cancel(): void;
};

const Message = z.array(z.tuple([z.string(), z.unknown()]));

export async function openReplies(pubSub: PubSub): Promise<Replies> {
  const address = newId();
  const waiting = openSlots<(answer: unknown) => void>();
  // With the functions themselves in it, its discarded tables would keep all that the requests have: see Slots.
  const slotOf = new Map<string, number>();
  await pubSub.subscribe(channelOf(address), (text) => {
    for (const [question, answer] of Message.parse(JSON.parse(text))) {
      const slot = slotOf.get(question);
      if (slot !== undefined) waiting.at(slot)?.(answer);
    }
  });
  return {
    address,
    expect(question) {
      const answered = Promise.withResolvers<unknown>();
      const slot = waiting.add(answered.resolve);
      slotOf.set(question, slot);
      const cancel = () => {
        if (slotOf.delete(question)) waiting.free(slot);
      };
      return {
        cancel,
        async within(timeoutMs) {
          const timer = setTimeout(() => answered.resolve(null), timeoutMs);
          try {
            return await answered.promise;
          } finally {
            clearTimeout(timer);
            cancel();
          }
        },
      };
    },
  };
}

/** Sends answers to the process at `address`; nobody listening is no error, since the result is in the database. */
export async function sendReplies(
  redis: Redis,
  address: string,
  answers: readonly (readonly [question: string, answer: unknown])[],
): Promise<void> {
  await redis.publish(channelOf(address), JSON.stringify(answers));
}

function channelOf(address: string): string {
  return `replies:${address}`;
}
