import type { Clock } from './clock.ts';
import { newId } from './identifiers.ts';
import type { EndpointRecord, EventRecord, Subject, TaskRecord } from './records.ts';
import type { Store } from './store.ts';
import type { Timetable } from './timetable.ts';
import type { Deliveries } from './webhooks/deliveries.ts';
import type { Faults } from './faults.ts';

/** All that a request may touch. */
export interface World {
  readonly store: Store;
  readonly clock: Clock;
  readonly timetable: Timetable;
  readonly deliveries: Deliveries;
  readonly faults: Faults;
  /** Where the stand-in listens, for example `http://127.0.0.1:4010`; changes when it restarts elsewhere. */
  readonly baseUrl: string;
  /** The endpoint that it was started with. */
  readonly webhook: ConfiguredWebhook | undefined;
}

export interface ConfiguredWebhook {
  readonly url: string;
  readonly secret: string;
  /** The types of events that it gets, `['*']` for all; by default those that a shop with Checkout needs. */
  readonly events?: readonly string[];
}

/** Whose doing a change is; goes into the events that it makes. The hosted page and the timer have no request id. */
export interface Origin {
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
}
export const noRequest: Origin = { requestId: null, idempotencyKey: null };

/**
 * Runs `work` as one transaction and resolves when its writes are on the disk; then its webhooks start.
 * Rethrows what `work` threw, also after the disk has what it wrote before.
 */
export async function change<T>(world: World, work: () => T): Promise<T> {
  const { outcome, events, durable } = world.store.transact(work);
  await durable;
  for (const event of events) world.deliveries.send(event);
  if (outcome.ok) return outcome.value;
  throw outcome.error;
}

/** Records that something happened to an object; call it with the object's new record, within a transaction. */
export function emit(
  world: World,
  origin: Origin,
  type: string,
  subject: Subject,
  previous: EventRecord['previous'] = null,
): EventRecord {
  const event: EventRecord = {
    id: newId('evt_1'),
    created: world.clock.nowSeconds(),
    type,
    subject,
    previous,
    ...origin,
    pending: subscribers(world, type).map((endpoint) => endpoint.id),
    dropped: [],
  };
  world.store.addEvent(event);
  if (!world.faults.takeSecondEvent(type)) return event;
  world.store.addEvent({ ...event, id: newId('evt_1') });
  return event;
}

/** Notes something to be done later, surviving a restart. */
export function schedule(
  world: World,
  action: TaskRecord['action'],
  subjectId: string,
  afterMs: number,
): void {
  const nowMs = world.clock.nowMs();
  const dueAt = Math.ceil((nowMs + afterMs) / 1000);
  const task: TaskRecord = {
    id: newId('task_'),
    created: Math.floor(nowMs / 1000),
    action,
    subjectId,
    dueAt,
  };
  world.store.put('task', task);
  world.timetable.add({ dueAt, kind: 'task', id: task.id });
}

function subscribers(world: World, type: string): EndpointRecord[] {
  const found: EndpointRecord[] = [];
  for (const endpoint of world.store.tables.endpoint.values()) {
    const wants = endpoint.enabledEvents.some((wanted) => wanted === '*' || wanted === type);
    if (wants && !endpoint.disabled) found.push(endpoint);
  }
  return found;
}
