import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Task } from './tasks.ts';

/** A load generator in a process of its own. */
export type Generator = {
  readonly pid: number;
  /** @throws when the task failed as a whole. */
  run<Shape extends z.ZodType>(task: Task, report: Shape): Promise<z.output<Shape>>;
  stop(): Promise<void>;
};

const Reply = z.union([z.object({ failure: z.string() }), z.object({ report: z.unknown() })]);

export function startGenerator(): Generator {
  const child = fork(fileURLToPath(new URL('generator.ts', import.meta.url)), {
    serialization: 'advanced',
    execArgv: [],
  });
  return {
    pid: child.pid ?? 0,
    async run(task, report) {
      child.send(task);
      const reply = Reply.parse(await nextMessage(child));
      if ('failure' in reply) throw new Error(`The load generator failed: ${reply.failure}`);
      return report.parse(reply.report);
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`The load generator ended with ${code}.`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message);
    });
  });
}
