import type { z } from 'zod';
import type { Generator } from '../load/fleet.ts';
import { type Percentiles, percentiles } from '../load/percentiles.ts';
import { LoadReport, type ScriptSpec, type Task } from '../load/tasks.ts';
import { type Window, nowUs } from '../report/profile.ts';
import type { Row } from '../report/row.ts';
import { cpuSecondsOf } from '../system/process-stat.ts';
import type { Stack, StackOptions } from '../system/stack.ts';

/** A line of the report: how it is measured. Each runs on stores of its own. */
export type Work = {
  readonly name: string;
  readonly says: string;
  readonly stack?: (bench: BenchOptions) => StackOptions;
  run(context: Context): Promise<Row[]>;
};

export type BenchOptions = {
  /** How long each load is sent. */
  readonly seconds: number;
  /** Fewer events, viewers and connections, for a quick look. */
  readonly small: boolean;
};

export type Context = BenchOptions & {
  readonly stack: Stack;
  readonly generator: Generator;
  readonly say: (line: string) => void;
  /** A wrong answer, or a promise not kept: the bench then ends with exit code 1. */
  readonly fault: (what: string) => void;
  readonly windows: Window[];
};

export type Measured<Report extends LoadReport = LoadReport> = Report & {
  /** Of each process by name, for one answer. */
  readonly cpuMicrosPerAnswer: Readonly<Record<string, number>>;
  readonly answers: number;
  readonly perSecond: number;
  readonly latency: Readonly<Record<string, Percentiles>>;
};

/** Everything but the product's own. */
const NOT_THE_PRODUCT = /^(baseline|generator|stripe stand-in)/;
const WARM_UP_SECONDS_MAX = 2;
/** How long `warmly` sends before it measures. */
export const WARM_UP_AGAIN_SECONDS = 1;

export function warmUpMs({ seconds }: BenchOptions): number {
  return Math.min(seconds, WARM_UP_SECONDS_MAX) * 1000;
}

/** The mean processor time of the product's own processes for one answer. */
export function ownCpuMicros(cpu: Readonly<Record<string, number>>): number {
  const own = Object.entries(cpu).filter(([name]) => !NOT_THE_PRODUCT.test(name));
  return own.reduce((sum, [, micros]) => sum + micros, 0);
}

/** Sends a load from one of the generators and measures who spent what on it. Wrong answers become faults. */
export async function measureLoad(
  context: Context,
  what: string,
  load: Omit<Extract<Task, { kind: 'load' }>, 'kind'>,
  generator: Generator = context.generator,
): Promise<Measured> {
  return measure(context, what, () => generator.run({ kind: 'load', ...load }, LoadReport));
}

/**
 * Measures what `send` does; `counted` names the answers that count, all of them by default. `settle` may wait for work
 * that goes on behind the answers, and says how many count in the end.
 */
export async function measure<Report extends z.output<typeof LoadReport>>(
  context: Context,
  what: string,
  send: () => Promise<Report>,
  options: { counted?: string; settle?: () => Promise<number>; stack?: Stack } = {},
): Promise<Measured<Report>> {
  const stack = options.stack ?? context.stack;
  const { processes } = stack;
  const before = processes.map(({ pid }) => cpuSecondsOf(pid));
  const fromUs = nowUs();
  const report = await send();
  const settled = await options.settle?.();
  const toUs = nowUs();
  const counts = Object.entries(report.counts).filter(([name]) => name === (options.counted ?? name));
  const answers = settled ?? counts.reduce((sum, [, count]) => sum + count, 0);
  if (report.wrong > 0)
    context.fault(`${what}: ${report.wrong} wrong answers, the first: ${report.firstFault}`);
  if (!what.startsWith('baseline')) context.windows.push({ fromUs, toUs, answers });
  const cpu = new Map<string, number>();
  for (const [index, { name, pid }] of processes.entries()) {
    const spent = ((cpuSecondsOf(pid) - (before[index] ?? 0)) * 1e6) / answers;
    cpu.set(name, (cpu.get(name) ?? 0) + spent);
  }
  cpu.set('generator', (report.generatorSeconds * 1e6) / answers);
  context.say(`  ${what}: ${Math.round(answers / report.seconds).toLocaleString('en')}/s`);
  return {
    ...report,
    answers,
    perSecond: answers / report.seconds,
    cpuMicrosPerAnswer: Object.fromEntries([...cpu].filter(([, micros]) => micros >= 0.5)),
    latency: Object.fromEntries(
      Object.entries(report.latenciesMs).map(([name, values]) => [name, percentiles(values)]),
    ),
  };
}

/** The baseline, the work, and the baseline again, so that a drift of the machine cancels. */
export async function sideBySide(
  baseline: () => Promise<Measured>,
  work: () => Promise<Measured>,
): Promise<{ work: Measured; baseline: Measured; baselinePerSecond: number }> {
  const before = await baseline();
  const worked = await work();
  const after = await baseline();
  return { work: worked, baseline: after, baselinePerSecond: mean([before.perSecond, after.perSecond]) };
}

/**
 * Measures `run` from where a second of the same load ends: what V8 has optimised for another load is not all that this
 * one needs, and while the other side was measured this one was idle.
 */
export function warmly(
  context: Context,
  run: (durationMs: number) => Promise<Measured>,
  seconds: number = context.seconds,
): () => Promise<Measured> {
  return async () => {
    const windows = context.windows.length;
    await run(Math.min(context.seconds, WARM_UP_AGAIN_SECONDS) * 1000);
    context.windows.length = windows;
    return run(seconds * 1000);
  };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What a row tells besides its figure. `generatorBusy`: the share of one core that the load generator used. */
export function detailOf(measured: Measured): Readonly<Record<string, unknown>> {
  return {
    cpuMicrosPerAnswer: rounded(measured.cpuMicrosPerAnswer),
    latencyMs: Object.fromEntries(
      Object.entries(measured.latency).map(([name, values]) => [name, rounded(values)]),
    ),
    generatorBusy: round(measured.generatorSeconds / measured.seconds),
    answers: measured.answers,
  };
}

function rounded(figures: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, round(value)]));
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Lets the servers see each buyer's token once, as opening the page does; buyers press their seats after that. */
export async function greet(context: Context, eventId: string, buyers: readonly string[]): Promise<void> {
  const script: ScriptSpec = { name: 'greet', eventId, buyers: [...buyers] };
  for (const { port } of context.stack.servers) {
    await context.generator.run(
      { kind: 'load', ports: [port], connections: 50, durationMs: 120_000, script },
      LoadReport,
    );
  }
}
