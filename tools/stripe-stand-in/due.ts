import { expireSessionIfDue } from './checkout.ts';
import { openDispute } from './api/disputes.ts';
import { settleRefund } from './api/refunds.ts';
import { change, type World } from './world.ts';

/**
 * Does what has fallen due: sessions expire, refunds settle, disputes open. In memory at once (so that a
 * request that follows sees it), on the disk when the promise resolves.
 */
export async function doWhatIsDue(world: World): Promise<void> {
  const due = world.timetable.take(world.clock.nowSeconds());
  if (due.length === 0) return;
  await change(world, () => {
    for (const { kind, id } of due) {
      if (kind === 'session') expireSessionIfDue(world, id);
      else doTask(world, id);
    }
  });
}

/** Fills the timetable from the records, after a start or a reset. */
export function planWhatIsDue(world: World): void {
  world.timetable.clear();
  for (const { id, status, expiresAt } of world.store.tables.session.values()) {
    if (status === 'open') world.timetable.add({ dueAt: expiresAt, kind: 'session', id });
  }
  for (const { id, dueAt } of world.store.tables.task.values())
    world.timetable.add({ dueAt, kind: 'task', id });
}

function doTask(world: World, taskId: string): void {
  const task = world.store.tables.task.get(taskId);
  if (task === undefined) return;
  world.store.remove('task', taskId);
  if (task.action === 'settle-refund') settleRefund(world, task.subjectId);
  else openDispute(world, task.subjectId);
}
