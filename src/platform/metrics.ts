import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Log } from './log.ts';

/** An entry of the catalogue of metrics: named as Prometheus advises, unit last, `_total` for counters. */
export type MetricKind<Label extends string = never> = {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Label[];
};

type LabelsOf<Label extends string> = Readonly<Record<Label, string>>;

/** A process's metrics. Nothing needs to be opened: a metric exists from its first use. */
export type Metrics = {
  count<Label extends string>(kind: MetricKind<Label>, labels: LabelsOf<Label>, by?: number): void;
  set<Label extends string>(kind: MetricKind<Label>, labels: LabelsOf<Label>, value: number): void;
  observeSeconds<Label extends string>(
    kind: MetricKind<Label>,
    labels: LabelsOf<Label>,
    seconds: number,
  ): void;
  /** Runs `read` before each answer, for what is looked up rather than counted; it has a second, and may fail. */
  onScrape(read: () => Promise<void> | void): void;
  /** All metrics in Prometheus' text format. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
};

const READ_WITHIN_MS = 1_000;
const DURATION_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function defineMetric<const Label extends string = never>(kind: MetricKind<Label>): MetricKind<Label> {
  return kind;
}

/** One registry per process opened, so that several of them (in tests) live beside one another. */
export function openMetrics(processName: string, log: Log): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ process: processName });
  collectDefaultMetrics({ register: registry });
  const counters = keptByName((kind) => new Counter({ ...optionsOf(kind), registers: [registry] }));
  const gauges = keptByName((kind) => new Gauge({ ...optionsOf(kind), registers: [registry] }));
  const histograms = keptByName(
    (kind) => new Histogram({ ...optionsOf(kind), buckets: DURATION_BUCKETS_SECONDS, registers: [registry] }),
  );
  const reads: (() => Promise<void> | void)[] = [];
  return {
    count: (kind, labels, by = 1) => counters(kind).inc(labels, by),
    set: (kind, labels, value) => gauges(kind).set(labels, value),
    observeSeconds: (kind, labels, seconds) => histograms(kind).observe(labels, seconds),
    onScrape: (read) => void reads.push(read),
    async render() {
      await Promise.all(reads.map((read) => readInTime(read, log)));
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

function optionsOf(kind: MetricKind<string>) {
  return { name: kind.name, help: kind.help, labelNames: [...kind.labels] };
}

function keptByName<Metric>(
  make: (kind: MetricKind<string>) => Metric,
): (kind: MetricKind<string>) => Metric {
  const made = new Map<string, Metric>();
  return (kind) => {
    const metric = made.get(kind.name) ?? make(kind);
    made.set(kind.name, metric);
    return metric;
  };
}

/** What can not be read now is left as it was: the other metrics are needed most when something is away. */
async function readInTime(read: () => Promise<void> | void, log: Log): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`took longer than ${READ_WITHIN_MS} ms`)),
    READ_WITHIN_MS,
  );
  try {
    await Promise.race([read(), late.promise]);
  } catch (error) {
    log.warn({ err: error }, 'metrics.read-failed');
  } finally {
    clearTimeout(timer);
  }
}
