/** What a test makes go wrong; all in memory, gone with a restart. Set through `/_control/`. */
export interface Faults {
  /** Added before each API request's work. */
  latencyMs: number;
  /** Requests a second that each endpoint takes before it answers 429; null for no limit. */
  endpointRatePerSecond: number | null;
  /** How long after a refund it fails or succeeds late, and after a payment its dispute opens. */
  settleMs: number;
  webhooks: WebhookFaults;
  rules: RequestRule[];
  /** The first rule that fits, used up by one. */
  takeRule(method: string, path: string, when: RequestRule['when']): RequestRule | undefined;
  takeDrop(type: string): boolean;
  takeSecondEvent(type: string): boolean;
  /** True when this request to the endpoint is one too many. */
  exceedsRate(endpoint: string, nowMs: number): boolean;
  reset(): void;
}

export interface RequestRule {
  readonly method: string;
  /** For example `/v1/checkout/sessions/*\/expire`; a star stands for one part, a last star for the rest. */
  readonly path: string;
  readonly answer: '429' | '500' | 'hang' | 'reset';
  /** Before the work (nothing happened) or after it (it happened, the caller doesn't learn of it). */
  readonly when: 'before' | 'after';
  readonly timesLeft: number;
}

export interface WebhookFaults {
  delayMs: number;
  /** How many times more each delivery is sent. */
  duplicates: number;
  /** Deliveries gathered and then sent last first; 0 or 1 for none. */
  reorderWindow: number;
  drop: CountByType;
  secondEvent: CountByType;
  retryBaseMs: number;
  retryMaxMs: number;
}
interface CountByType {
  timesLeft: number;
  /** Only events of this type; null for all. */
  type: string | null;
}

const settleMsDefault = 2_000;
const retryBaseMsDefault = 1_000;
const retryMaxMsDefault = 60_000;

export function createFaults(): Faults {
  const budgets = new Map<string, { windowStartMs: number; taken: number }>();
  const faults: Faults = {
    ...untouched(),
    takeRule(method, path, when) {
      const at = faults.rules.findIndex((rule) => fits(rule, method, path, when));
      const rule = faults.rules[at];
      if (rule === undefined) return undefined;
      if (rule.timesLeft <= 1) faults.rules.splice(at, 1);
      else faults.rules[at] = { ...rule, timesLeft: rule.timesLeft - 1 };
      return rule;
    },
    takeDrop: (type) => takeOne(faults.webhooks.drop, type),
    takeSecondEvent: (type) => takeOne(faults.webhooks.secondEvent, type),
    exceedsRate(endpoint, nowMs) {
      const limit = faults.endpointRatePerSecond;
      if (limit === null) return false;
      const known = budgets.get(endpoint);
      const budget =
        known && nowMs - known.windowStartMs < 1_000 ? known : { windowStartMs: nowMs, taken: 0 };
      budgets.set(endpoint, budget);
      budget.taken += 1;
      return budget.taken > limit;
    },
    reset() {
      budgets.clear();
      Object.assign(faults, untouched());
    },
  };
  return faults;
}

type Settings = Pick<Faults, 'latencyMs' | 'endpointRatePerSecond' | 'settleMs' | 'webhooks' | 'rules'>;

function untouched(): Settings {
  return {
    latencyMs: 0,
    endpointRatePerSecond: null,
    settleMs: settleMsDefault,
    rules: [],
    webhooks: {
      delayMs: 0,
      duplicates: 0,
      reorderWindow: 0,
      drop: { timesLeft: 0, type: null },
      secondEvent: { timesLeft: 0, type: null },
      retryBaseMs: retryBaseMsDefault,
      retryMaxMs: retryMaxMsDefault,
    },
  };
}

function fits(rule: RequestRule, method: string, path: string, when: RequestRule['when']): boolean {
  if (rule.when !== when || (rule.method !== '*' && rule.method !== method)) return false;
  const wanted = rule.path.split('/');
  const given = path.split('/');
  const open = wanted.at(-1) === '*' && given.length >= wanted.length;
  if (wanted.length !== given.length && !open) return false;
  return wanted.every((part, index) => part === '*' || part === given[index]);
}

function takeOne(count: CountByType, type: string): boolean {
  if (count.timesLeft <= 0 || (count.type !== null && count.type !== type)) return false;
  count.timesLeft -= 1;
  return true;
}
