import type { Clock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import type { EventRecord } from '../records.ts';
import { render } from '../shapes/render.ts';
import type { Store } from '../store.ts';
import { createPoster, type Poster } from './post.ts';
import { SendQueue, type Job } from './send-queue.ts';
import { signWebhook } from './signature.ts';

interface Attempt extends Job {
  /** What the receiver answered; 0 when nothing came. */
  readonly status: number;
  readonly atMs: number;
}

interface Parts {
  readonly store: Store;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly baseUrl: () => string;
  readonly onFailure: (error: Error) => void;
}

const connectionsMax = 32;
const attemptsListedMax = 1_000;
const keptTryingSeconds = 3 * 24 * 60 * 60;

/**
 * Sends each event to the endpoints that want it, again and again until they answer 2xx, for three days
 * as Stripe does. What is still to be sent is in the event's record, so a restart goes on with it.
 */
export class Deliveries {
  readonly #parts: Parts;
  readonly #poster: Poster = createPoster(connectionsMax);
  readonly #queue: SendQueue;
  readonly #waiters = new Map<string, Set<() => void>>();
  #attempts: Attempt[] = [];
  #stopped = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#queue = new SendQueue(
      () => parts.faults.webhooks,
      (job) => this.#attempt(job),
    );
  }

  send(event: EventRecord): void {
    const dropped: string[] = [];
    for (const endpointId of event.pending) {
      if (this.#parts.faults.takeDrop(event.type)) dropped.push(endpointId);
      else this.#queue.add(firstJob(event, endpointId));
    }
    if (dropped.length > 0) this.#save({ ...event, dropped });
  }

  /** Sends it once more, now. */
  resend(event: EventRecord, endpointIds: readonly string[]): void {
    this.#queue.addNow(endpointIds.map((endpointId) => firstJob(event, endpointId)));
  }

  /** Goes on with what was owed when the process ended. */
  resumeAfterRestart(): void {
    for (const event of this.#parts.store.tables.event.values()) {
      const owed = event.pending.filter((id) => !event.dropped.includes(id));
      this.#queue.addNow(owed.map((endpointId) => firstJob(event, endpointId)));
    }
  }

  /** True once every endpoint has answered 2xx, false when that takes longer than `withinMs`. */
  acknowledged(eventId: string, withinMs: number): Promise<boolean> {
    const event = this.#parts.store.tables.event.get(eventId);
    if (event === undefined || event.pending.length === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), withinMs).unref();
      const tell = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      this.#waiters.set(eventId, (this.#waiters.get(eventId) ?? new Set()).add(tell));
    });
  }

  pause(): void {
    this.#queue.pause();
  }

  flush(): void {
    this.#queue.flush();
  }

  list(): { attempts: readonly Attempt[]; waiting: readonly Job[]; paused: boolean } {
    return { attempts: this.#attempts, waiting: this.#queue.waiting(), paused: this.#queue.paused };
  }

  forgetAll(): void {
    this.#queue.clear();
    this.#attempts = [];
  }

  stop(): void {
    this.#stopped = true;
    this.#queue.stop();
    this.#poster.close();
  }

  async #attempt(job: Job): Promise<void> {
    const { store, baseUrl } = this.#parts;
    const event = store.tables.event.get(job.eventId);
    const endpoint = store.tables.endpoint.get(job.endpointId);
    if (event === undefined) return;
    // An endpoint that was deleted meanwhile is owed nothing.
    if (endpoint === undefined) return this.#acknowledge(event, job.endpointId);
    // Indented, as Stripe's are: a receiver that checks the signature over JSON it wrote anew must fail here too.
    const body = JSON.stringify(render({ kind: 'event', record: event }, baseUrl()), null, 2);
    const status = await this.#poster.post(endpoint.url, body, {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      // Real time, not the clock that a test moves: the receiver compares it with its own.
      'stripe-signature': signWebhook(body, endpoint.secret, Math.floor(Date.now() / 1000)),
    });
    if (this.#stopped) return;
    this.#attempts.push({ ...job, status, atMs: Date.now() });
    if (this.#attempts.length > attemptsListedMax * 2)
      this.#attempts = this.#attempts.slice(-attemptsListedMax);
    if (!job.extra) this.#settle(job, status);
  }

  #settle(job: Job, status: number): void {
    const { store, clock, faults } = this.#parts;
    const event = store.tables.event.get(job.eventId);
    if (event === undefined || !event.pending.includes(job.endpointId)) return;
    if (status >= 200 && status < 300) return this.#acknowledge(event, job.endpointId);
    if (clock.nowSeconds() - event.created > keptTryingSeconds) return;
    const { retryBaseMs, retryMaxMs } = faults.webhooks;
    const afterMs = Math.min(retryMaxMs, retryBaseMs * 2 ** (job.attempt - 1));
    this.#queue.addLater({ ...job, attempt: job.attempt + 1 }, afterMs);
  }

  #acknowledge(event: EventRecord, endpointId: string): void {
    const without = (ids: readonly string[]): string[] => ids.filter((id) => id !== endpointId);
    const pending = without(event.pending);
    this.#save({ ...event, pending, dropped: without(event.dropped) });
    if (pending.length > 0) return;
    for (const tell of this.#waiters.get(event.id) ?? []) tell();
    this.#waiters.delete(event.id);
  }

  /** Not waited for: should a crash lose it, the event is sent once more, as Stripe's may be. */
  #save(event: EventRecord): void {
    const { store, onFailure } = this.#parts;
    store.transact(() => store.put('event', event)).durable.catch(onFailure);
  }
}

function firstJob(event: EventRecord, endpointId: string): Job {
  return { eventId: event.id, type: event.type, endpointId, attempt: 1, extra: false };
}
