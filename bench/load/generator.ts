import { type Line, asked, requestText } from './line.ts';
import { sendPurchases } from './send-purchases.ts';
import { scriptOf } from './scripts.ts';
import { openLines, sendLoad } from './send-load.ts';
import { Task } from './tasks.ts';
import { type Viewers, openViewers, watch } from './viewers.ts';

/**
 * PROCESS: sends loads, one task at a time, in a process of its own, so that what it does is not done at the cost of
 * whoever measures. It is forked by fleet.ts and ends with it.
 */
let parked: Line[] = [];
let viewers: Viewers | null = null;

process.on('message', (message) => {
  run(Task.parse(message)).then(
    (report) => process.send?.({ report }),
    (error: unknown) => process.send?.({ failure: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));

async function run(task: Task): Promise<unknown> {
  switch (task.kind) {
    case 'load': {
      const script = scriptOf(task.script);
      const result = await sendLoad({ ...task, script });
      return { ...result, largestBody: script.largestBody?.() };
    }
    case 'park':
      parked = await park(task);
      return { open: parked.length };
    case 'unpark': {
      const open = parked.filter((line) => line.isOpen()).length;
      for (const line of parked) line.close();
      parked = [];
      return { open };
    }
    case 'purchases':
      return sendPurchases(task);
    case 'view':
      viewers = await openViewers(task);
      return { open: viewers.openCount() };
    case 'watch': {
      if (viewers === null) throw new Error('There are no viewers.');
      const report = await watch(viewers, task);
      viewers.close();
      viewers = null;
      return report;
    }
  }
}

const USED_AT_ONCE = 200;

async function park(task: Extract<Task, { kind: 'park' }>): Promise<Line[]> {
  const lines = await openLines(task);
  for (let from = 0; from < lines.length; from += USED_AT_ONCE) {
    const group = lines.slice(from, from + USED_AT_ONCE);
    await Promise.all(group.map((line) => asked(line, requestText('GET', task.path, ''))));
  }
  return lines;
}
