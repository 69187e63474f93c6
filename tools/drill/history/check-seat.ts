/**
 * What was asked of one seat, and when. An operation takes effect at one moment between `fromMs` and `toMs`, if it was
 * answered; one that was not answered (`toMs` infinite) may take effect at any time after `fromMs`, or never.
 *
 * - `take`: the buyer gets the seat, or has it already
 * - `book`: the seat that the buyer has, or that nobody has, is sold to the buyer
 * - `release`: the buyer gives up a seat that is not sold; of a seat that is not the buyer's it says nothing
 * - `prolong`: if the seat is the buyer's, it is promised for longer
 * - `loosen`: the buyer gives up a part of the time for which the seat was promised
 * - `cancel`: the buyer gives back a seat that was sold to them; likewise
 * - `owns`: the buyer is told that the seat is theirs, sold or not; `bought`: that it is sold to them
 * - `reads`: anybody is told of its public state
 *
 * `untilMs`: with the answer the seat was promised to the buyer until then; a lock never runs out before.
 */
export type SeatOperation = {
  readonly fromMs: number;
  readonly toMs: number;
  /** For messages. */
  readonly says: string;
} & (
  | {
      readonly does: 'take' | 'book' | 'release' | 'prolong' | 'loosen' | 'cancel' | 'owns' | 'bought';
      readonly buyer: number;
      readonly untilMs?: number;
    }
  | { readonly does: 'reads'; readonly letter: 'a' | 'l' | 'b' }
);

/** null: there is an order of the operations, one after the other, that explains every answer. */
export type Contradiction = {
  readonly operation: SeatOperation;
  readonly possible: readonly string[];
} | null;

type State =
  | { readonly is: 'free' }
  | { readonly is: 'locked'; readonly buyer: number; readonly untilMs: number }
  | { readonly is: 'sold'; readonly buyer: number };
const FREE: State = { is: 'free' };
const UNPROMISED = Number.NEGATIVE_INFINITY;
/**
 * What one way to order the operations has come to: the state, and which of those at hand have taken effect (of those
 * that were answered; of those that were not), and which answers that only tell something are explained.
 */
type World = {
  readonly state: State;
  readonly done: ReadonlySet<number>;
  readonly spent: ReadonlySet<number>;
  readonly explained: ReadonlySet<number>;
};

/** More ways to order the operations than this are not followed up: a history that needs them is too vague to judge. */
const WORLDS_MAX = 20_000;
const NOTHING: ReadonlySet<number> = new Set();

/**
 * Checks a seat's history for linearizability, in the order of time: of every possible world it keeps those that explain
 * what was answered so far. A lock may run out by itself at any time after that for which it was promised.
 * @throws when there are too many worlds to follow.
 */
export function checkSeat(operations: readonly SeatOperation[]): Contradiction {
  let worlds: World[] = [{ state: FREE, done: NOTHING, spent: NOTHING, explained: NOTHING }];
  const atHand = new Set<number>();
  for (const moment of momentsOf(operations)) {
    worlds = follow(worlds, { operations, atHand, nowMs: moment.ms });
    if (moment.is === 'begin') atHand.add(moment.index);
    if (moment.is !== 'end') continue;
    const { index } = moment;
    const left = worlds.filter(({ done, explained }) => done.has(index) || explained.has(index));
    const operation = operations[index];
    if (left.length === 0 && operation !== undefined)
      return { operation, possible: [...new Set(worlds.map(({ state }) => wordOf(state)))].toSorted() };
    atHand.delete(index);
    worlds = left.map((world) => ({
      ...world,
      done: without(world.done, index),
      explained: without(world.explained, index),
    }));
  }
  return null;
}

type Moment =
  | { readonly ms: number; readonly is: 'begin' | 'end'; readonly index: number }
  /** Something that was promised may run out from now on. */
  | { readonly ms: number; readonly is: 'turn' };

/** At the same millisecond what begins comes before what ends: both orders are then possible. */
const RANK = { begin: 0, turn: 1, end: 2 } as const;

function momentsOf(operations: readonly SeatOperation[]): Moment[] {
  const moments = operations.flatMap((operation, index): Moment[] => {
    const { fromMs, toMs } = operation;
    const untilMs = operation.does === 'reads' ? undefined : operation.untilMs;
    return [
      { ms: fromMs, is: 'begin', index },
      ...(Number.isFinite(toMs) ? [{ ms: toMs, is: 'end' as const, index }] : []),
      ...(untilMs === undefined ? [] : [{ ms: untilMs, is: 'turn' as const }]),
    ];
  });
  return moments.toSorted((a, b) => a.ms - b.ms || RANK[a.is] - RANK[b.is]);
}

type Step = {
  readonly operations: readonly SeatOperation[];
  readonly atHand: ReadonlySet<number>;
  /** The end of the time in which it happens. */
  readonly nowMs: number;
};

/** Every world that can come of these before the moment, less those of which another leaves all the same possible. */
function follow(worlds: readonly World[], step: Step): World[] {
  const found = new Map<string, World[]>();
  const toGo: World[] = [];
  const add = (world: World) => {
    const seen = explain(world, step);
    const key = `${wordOf(seen.state)}|${[...seen.done].toSorted((a, b) => a - b).join(',')}`;
    const alike = found.get(key) ?? [];
    if (alike.some((other) => leavesMore(other, seen))) return;
    found.set(key, [...alike.filter((other) => !leavesMore(seen, other)), seen]);
    toGo.push(seen);
    if (toGo.length > WORLDS_MAX) throw new Error(`More than ${WORLDS_MAX} worlds explain a seat's history.`);
  };
  for (const world of worlds) add(world);
  // Those that need the least come first.
  for (let next = 0; next < toGo.length; next += 1) {
    const world = toGo[next];
    if (world !== undefined) for (const follower of followersOf(world, step)) add(follower);
  }
  return [...found.values()].flat();
}

/** What can happen next. An operation that was not answered is only worth thinking of where it changes something. */
function followersOf(world: World, { operations, atHand, nowMs }: Step): World[] {
  const { state, done, spent } = world;
  const followers: World[] = [];
  if (state.is === 'locked' && state.untilMs <= nowMs) followers.push({ ...world, state: FREE });
  const tried = new Set<string>();
  for (const index of atHand) {
    const operation = operations[index];
    if (operation === undefined || done.has(index) || spent.has(index)) continue;
    const next = effectOf(operation, state);
    if (next === null) continue;
    if (Number.isFinite(operation.toMs)) {
      followers.push({ ...world, state: next, done: new Set([...done, index]) });
      continue;
    }
    // Of several alike the first will do.
    if (next === state || tried.has(operation.says)) continue;
    tried.add(operation.says);
    followers.push({ ...world, state: next, spent: new Set([...spent, index]) });
  }
  return followers;
}

/** Whether what can come of `other` can come of `world` too, both being in the same state but for its time. */
function leavesMore(world: World, other: World): boolean {
  return (
    untilOf(world.state) <= untilOf(other.state) &&
    contains(other.spent, world.spent) &&
    contains(world.explained, other.explained)
  );
}

function contains(all: ReadonlySet<number>, some: ReadonlySet<number>): boolean {
  for (const index of some) if (!all.has(index)) return false;
  return true;
}

/** An answer that only tells something is explained as soon as it fits once, which never stands in the way of anything. */
function explain(world: World, { operations, atHand }: Step): World {
  const explained = new Set(world.explained);
  for (const index of atHand) {
    const operation = operations[index];
    if (operation !== undefined && !world.done.has(index) && fits(operation, world.state))
      explained.add(index);
  }
  return { ...world, explained };
}

const SHOWN = { a: 'free', l: 'locked', b: 'sold' } as const;

function fits(operation: SeatOperation, state: State): boolean {
  if (operation.does === 'reads') return state.is === SHOWN[operation.letter];
  if (state.is === 'free' || state.buyer !== operation.buyer) return false;
  if (operation.does === 'bought') return state.is === 'sold';
  return operation.does === 'owns' && (operation.untilMs === undefined || state.is === 'sold');
}

type Does = Exclude<SeatOperation['does'], 'reads'>;
/** What the seat is to the buyer who does something with it. */
type Standing = 'free' | 'held' | 'bought' | 'anothers';
type Effect = 'lock' | 'prolong' | 'set time' | 'sell' | 'free' | 'nothing';

/** What each operation does to a seat of each standing; null where it can not take effect. */
const EFFECTS: Readonly<Record<Does, Readonly<Record<Standing, Effect | null>>>> = {
  take: { free: 'lock', held: 'prolong', bought: 'nothing', anothers: null },
  book: { free: 'sell', held: 'sell', bought: null, anothers: null },
  release: { free: 'nothing', held: 'free', bought: 'nothing', anothers: 'nothing' },
  prolong: { free: 'nothing', held: 'prolong', bought: 'nothing', anothers: 'nothing' },
  loosen: { free: 'nothing', held: 'set time', bought: 'nothing', anothers: 'nothing' },
  cancel: { free: 'nothing', held: 'nothing', bought: 'free', anothers: 'nothing' },
  owns: { free: null, held: 'prolong', bought: null, anothers: null },
  bought: { free: null, held: null, bought: null, anothers: null },
};

/** The state after the operation; null when it can not take effect in this one. */
function effectOf(operation: SeatOperation, state: State): State | null {
  if (operation.does === 'reads') return null;
  const { buyer, untilMs = UNPROMISED } = operation;
  switch (EFFECTS[operation.does][standingOf(state, buyer)]) {
    case 'lock':
    case 'set time':
      return { is: 'locked', buyer, untilMs };
    case 'prolong':
      return { is: 'locked', buyer, untilMs: Math.max(untilOf(state), untilMs) };
    case 'sell':
      return { is: 'sold', buyer };
    case 'free':
      return FREE;
    case 'nothing':
      return state;
    case null:
      return null;
  }
}

function standingOf(state: State, buyer: number): Standing {
  if (state.is === 'free') return 'free';
  if (state.buyer !== buyer) return 'anothers';
  return state.is === 'locked' ? 'held' : 'bought';
}

function untilOf(state: State): number {
  return state.is === 'locked' ? state.untilMs : UNPROMISED;
}

function wordOf(state: State): string {
  return state.is === 'free' ? 'free' : `${state.is} ${state.buyer}`;
}

function without(indexes: ReadonlySet<number>, index: number): ReadonlySet<number> {
  if (!indexes.has(index)) return indexes;
  const left = new Set(indexes);
  left.delete(index);
  return left;
}
