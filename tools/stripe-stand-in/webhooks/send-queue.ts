import type { WebhookFaults } from '../faults.ts';

/** One sending of an event to an endpoint. */
export interface Job {
  readonly eventId: string;
  readonly type: string;
  readonly endpointId: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** A copy sent to trouble the receiver: not tried again. */
  readonly extra: boolean;
}

const concurrentMax = 32;
const reorderPatienceMs = 1_000;
/** Between reordered sendings: sent at once over several connections they might arrive in any order. */
const reorderSpacingMs = 25;
/** Sent jobs are cut off the front of the list once they are this many and most of it. */
const spentJobsKept = 1_000;

/** Which job is sent when: first come first served, at most 32 at once, less what a test delays or reorders. */
export class SendQueue {
  readonly #run: (job: Job) => Promise<void>;
  readonly #settings: () => WebhookFaults;
  readonly #timed = new Map<Job, NodeJS.Timeout>();
  #ready: Job[] = [];
  #next = 0;
  #gathered: Job[] = [];
  #gatherTimer: NodeJS.Timeout | undefined;
  #active = 0;
  #paused = false;
  #stopped = false;

  constructor(settings: () => WebhookFaults, run: (job: Job) => Promise<void>) {
    this.#settings = settings;
    this.#run = run;
  }

  get paused(): boolean {
    return this.#paused;
  }

  waiting(): Job[] {
    return [...this.#ready.slice(this.#next), ...this.#timed.keys(), ...this.#gathered];
  }

  /** With the troubles that a test has set: copies, delay, reordering. */
  add(job: Job): void {
    const { delayMs, duplicates, reorderWindow } = this.#settings();
    const jobs = [job, ...Array.from({ length: duplicates }, () => ({ ...job, extra: true }))];
    if (reorderWindow > 1) this.#gather(jobs, reorderWindow);
    else if (delayMs > 0) for (const each of jobs) this.addLater(each, delayMs);
    else this.addNow(jobs);
  }

  addNow(jobs: readonly Job[]): void {
    for (const job of jobs) this.#ready.push(job);
    this.#pump();
  }

  addLater(job: Job, afterMs: number): void {
    const timer = setTimeout(() => {
      this.#timed.delete(job);
      this.addNow([job]);
    }, afterMs);
    this.#timed.set(job, timer);
  }

  pause(): void {
    this.#paused = true;
  }

  /** Ends a pause and sends now what waits for a time or for company. */
  flush(): void {
    this.#paused = false;
    this.#release();
    const jobs = [...this.#timed.keys()];
    this.#clearTimers();
    this.addNow(jobs);
  }

  clear(): void {
    this.#clearTimers();
    this.#ready = [];
    this.#next = 0;
    this.#gathered = [];
    this.#paused = false;
  }

  stop(): void {
    this.#stopped = true;
    this.#clearTimers();
  }

  #pump(): void {
    for (let job = this.#ready[this.#next]; job !== undefined; job = this.#ready[this.#next]) {
      if (this.#paused || this.#stopped || this.#active >= concurrentMax) break;
      this.#next += 1;
      void this.#runOne(job);
    }
    if (this.#next > spentJobsKept && this.#next * 2 > this.#ready.length) {
      this.#ready = this.#ready.slice(this.#next);
      this.#next = 0;
    }
  }

  async #runOne(job: Job): Promise<void> {
    this.#active += 1;
    await this.#run(job);
    this.#active -= 1;
    this.#pump();
  }

  #gather(jobs: readonly Job[], windowSize: number): void {
    this.#gathered.push(...jobs);
    if (this.#gathered.length >= windowSize) this.#release();
    else this.#gatherTimer ??= setTimeout(() => this.#release(), reorderPatienceMs);
  }

  /** Sends what was gathered, last first. */
  #release(): void {
    clearTimeout(this.#gatherTimer);
    this.#gatherTimer = undefined;
    const jobs = this.#gathered.toReversed();
    this.#gathered = [];
    for (const [index, job] of jobs.entries()) this.addLater(job, index * reorderSpacingMs);
  }

  #clearTimers(): void {
    clearTimeout(this.#gatherTimer);
    this.#gatherTimer = undefined;
    for (const timer of this.#timed.values()) clearTimeout(timer);
    this.#timed.clear();
  }
}
