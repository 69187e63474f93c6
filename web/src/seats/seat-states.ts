import type { SeatModel } from '../seat-map/seat-model.ts';

/**
 * What a buyer sees of a seat. `changing`: asked for, or being given back, and not answered yet. `blocked`: its organiser
 * keeps it off sale.
 */
export type SeatLook = 'free' | 'changing' | 'mine' | 'taken' | 'sold' | 'blocked';
export type SeatLetter = 'a' | 'l' | 'b' | 'x';

const LETTERS = ['a', 'l', 'b', 'x'] as const;
const LETTER_LOOKS = ['free', 'taken', 'sold', 'blocked'] as const satisfies readonly SeatLook[];
const FREE = 0;
const LOCKED = 1;
const BLOCKED = 3;
/** A list of all seats may be older than changes that came just before it was asked for. */
const LIST_STALE_MS_MAX = 1_500;

export type SeatChange = readonly [seat: number, letter: SeatLetter];
type Listener = (seats: readonly number[] | 'all') => void;

/**
 * Who has each seat now, as far as this page knows: the server's word on every seat, and over it what is the buyer's own.
 * It has a life: it is fed by lists and by changes in any order, and always ends with what the newest of them said.
 */
export class SeatStates {
  /** False until the first list came: nothing is known of any seat. */
  isKnown = false;
  readonly #model: SeatModel;
  readonly #letters: Uint8Array;
  readonly #freeBySection: Int32Array;
  readonly #freeByTier: Int32Array;
  readonly #versions: Uint32Array;
  readonly #listeners = new Set<Listener>();
  #mine: ReadonlySet<number> = new Set();
  #changing: ReadonlySet<number> = new Set();
  #recent: { at: number; change: SeatChange }[] = [];

  constructor(model: SeatModel) {
    this.#model = model;
    this.#letters = new Uint8Array(model.seatCount).fill(LOCKED);
    this.#freeBySection = new Int32Array(model.sections.length);
    this.#freeByTier = new Int32Array(model.tiers.length);
    this.#versions = new Uint32Array(model.sections.length + 1);
  }

  lookOf(seat: number): SeatLook {
    if (this.#changing.has(seat)) return 'changing';
    if (this.#mine.has(seat)) return 'mine';
    return LETTER_LOOKS[this.#letters[seat] ?? LOCKED] ?? 'taken';
  }

  isFree(seat: number): boolean {
    return this.#letters[seat] === FREE && !this.#mine.has(seat);
  }

  /** The seats that are the buyer's, and those that are being asked for. */
  own(): number[] {
    return [...new Set([...this.#mine, ...this.#changing])];
  }

  isBlocked(seat: number): boolean {
    return this.#letters[seat] === BLOCKED;
  }

  isMine(seat: number): boolean {
    return this.#mine.has(seat);
  }

  freeInSection(section: number): number {
    return this.#freeBySection[section] ?? 0;
  }

  freeInTier(tier: number): number {
    return this.#freeByTier[tier] ?? 0;
  }

  /** Changes whenever something in the section does. */
  versionOf(section: number): number {
    return this.#versions[section] ?? 0;
  }

  /** Changes whenever anything does. */
  version(): number {
    return this.#versions.at(-1) ?? 0;
  }

  /** The state of all seats, asked for at `sentAt`; changes that came since, and shortly before, are laid over it. */
  applyList(letters: string, sentAt: number): void {
    const known = new Map(LETTERS.map((letter, code) => [letter as string, code]));
    for (let seat = 0; seat < this.#letters.length; seat += 1) {
      this.#letters[seat] = known.get(letters.charAt(seat)) ?? LOCKED;
    }
    this.#recent = this.#recent.filter(({ at }) => at > sentAt - LIST_STALE_MS_MAX);
    for (const { change } of this.#recent) this.#letters[change[0]] = LETTERS.indexOf(change[1]);
    this.#countFree();
    this.isKnown = true;
    this.#versions.forEach((version, at) => (this.#versions[at] = version + 1));
    this.#tell('all');
  }

  applyChanges(changes: readonly SeatChange[]): void {
    const at = Date.now();
    const changed: number[] = [];
    for (const change of changes) {
      this.#recent.push({ at, change });
      if (this.#setLetter(change)) changed.push(change[0]);
    }
    if (this.#recent.length > 0 && (this.#recent[0]?.at ?? at) < at - 10 * LIST_STALE_MS_MAX) {
      this.#recent = this.#recent.filter((recent) => recent.at > at - LIST_STALE_MS_MAX);
    }
    this.#touch(changed);
  }

  /** Which seats are the buyer's, and which are being asked for or given back. */
  setOwn(mine: ReadonlySet<number>, changing: ReadonlySet<number>): void {
    const changed = [...differenceOf(this.#mine, mine), ...differenceOf(this.#changing, changing)];
    if (changed.length === 0) return;
    this.#mine = mine;
    this.#changing = changing;
    this.#touch(changed);
  }

  /** Returns how to stop listening. */
  watch(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #setLetter([seat, letter]: SeatChange): boolean {
    const code = LETTERS.indexOf(letter);
    const before = this.#letters[seat];
    if (before === undefined || before === code) return false;
    this.#letters[seat] = code;
    const step = (code === FREE ? 1 : 0) - (before === FREE ? 1 : 0);
    const section = this.#model.sectionOf[seat] ?? 0;
    const tier = this.#model.tierOf[seat] ?? 0;
    this.#freeBySection[section] = (this.#freeBySection[section] ?? 0) + step;
    this.#freeByTier[tier] = (this.#freeByTier[tier] ?? 0) + step;
    return true;
  }

  #countFree(): void {
    this.#freeBySection.fill(0);
    this.#freeByTier.fill(0);
    for (let seat = 0; seat < this.#letters.length; seat += 1) {
      if (this.#letters[seat] !== FREE) continue;
      const section = this.#model.sectionOf[seat] ?? 0;
      const tier = this.#model.tierOf[seat] ?? 0;
      this.#freeBySection[section] = (this.#freeBySection[section] ?? 0) + 1;
      this.#freeByTier[tier] = (this.#freeByTier[tier] ?? 0) + 1;
    }
  }

  #touch(seats: readonly number[]): void {
    if (seats.length === 0) return;
    const whole = this.#versions.length - 1;
    for (const seat of seats) {
      const section = this.#model.sectionOf[seat] ?? 0;
      this.#versions[section] = (this.#versions[section] ?? 0) + 1;
    }
    this.#versions[whole] = (this.#versions[whole] ?? 0) + 1;
    this.#tell(seats);
  }

  #tell(seats: readonly number[] | 'all'): void {
    for (const listener of this.#listeners) listener(seats);
  }
}

/** What is in one of the two only. */
function differenceOf(before: ReadonlySet<number>, after: ReadonlySet<number>): number[] {
  return [
    ...[...before].filter((seat) => !after.has(seat)),
    ...[...after].filter((seat) => !before.has(seat)),
  ];
}
