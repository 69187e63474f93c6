import type { RushProgress, RushResult } from './run-rush.ts';

/** One line that is written over, on a terminal; elsewhere a line now and then. */
export function progressLine(): (progress: RushProgress) => void {
  const startedMs = performance.now();
  let saidAtMs = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1).padStart(6);
    const counts = Object.entries(progress).filter(([, count]) => count > 0);
    const line = `${seconds} s  ${counts.map(([name, count]) => `${name} ${count}`).join('  ')}`;
    if (process.stdout.isTTY)
      process.stdout.write(`\r${line.padEnd(78)}${progress.waiting === 0 ? '\n' : ''}`);
    else if (performance.now() - saidAtMs > QUIET_EVERY_MS || progress.waiting === 0) {
      saidAtMs = performance.now();
      console.log(line);
    }
  };
}

const QUIET_EVERY_MS = 5_000;

/** What became of everyone, and how quickly. */
export function printRush({ ends, tally, statuses, tookMs, faults }: RushResult): void {
  const seconds = tookMs / 1000;
  const answers = [...statuses.values()].reduce((sum, count) => sum + count, 0);
  console.log('');
  for (const [end, count] of Object.entries(ends)) {
    if (count > 0 || end === 'sold' || end === 'told-no') console.log(`${end.padEnd(12)} ${count}`);
  }
  console.log(`took         ${seconds.toFixed(1)} s, ${Math.round(answers / seconds)} answers a second`);
  console.log(
    `             ${Math.round((tally.holdMs.length + tally.refusalMs.length) / seconds)} selections a second`,
  );
  console.log(percentiles('refusals', tally.refusalMs));
  console.log(percentiles('holds', tally.holdMs));
  console.log(percentiles('to booking', tally.saleMs));
  if (tally.queued > 0) console.log(`answered 202 ${tally.queued}`);
  if (tally.refunded > 0) console.log(`refunded     ${tally.refunded}`);
  console.log(
    `statuses     ${[...statuses]
      .toSorted(([a], [b]) => a - b)
      .map(([status, count]) => `${status || 'none'}: ${count}`)
      .join(', ')}`,
  );
  for (const fault of faults.slice(0, FAULTS_SHOWN)) console.log(`FAULT        ${fault}`);
  if (faults.length > FAULTS_SHOWN) console.log(`             and ${faults.length - FAULTS_SHOWN} more`);
}

const FAULTS_SHOWN = 10;

function percentiles(name: string, values: readonly number[]): string {
  if (values.length === 0) return `${name.padEnd(12)} none`;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number) =>
    `${(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(1)} ms`;
  return `${name.padEnd(12)} p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}   (${sorted.length})`;
}
