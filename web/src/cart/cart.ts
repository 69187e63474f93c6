import {
  type Hold,
  findHold,
  type Wish,
  findMyHold,
  getHold,
  leaveCheckout,
  releaseHold,
  releaseSeat,
  takeSeats,
} from '../api/holds.ts';
import { beginCheckout } from '../api/payments.ts';
import { ApiProblem, ownRefusal } from '../api/problem.ts';
import { pause } from '../platform/pause.ts';
import { msUntil } from '../platform/server-clock.ts';
import { openStore } from '../platform/store.ts';
import type { SeatStates } from '../seats/seat-states.ts';
import { awaitTurn } from './await-turn.ts';
import {
  type CartNews,
  type CartState,
  EMPTY_CART,
  alreadyPaid,
  isDeciding,
  isOpen,
  refusalOf,
  sameSeats,
  seatsOf,
  takenBy,
} from './cart-state.ts';
import { inFirstWithRoom } from './first-with-room.ts';
import { rememberCart, rememberedCart } from './remembered-cart.ts';
import { SeatWishes } from './seat-wishes.ts';
import { watchPage } from './watch-page.ts';

const ASK_QUEUE_MS = 1_000;
/** After the end, so that a clock that is a little off doesn't ask too early. */
const ASK_AFTER_END_MS = 400;
const ASK_CHECKOUT_OVER_MS = 3_000;
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('holdfast-cart');

export type CartOptions = {
  readonly eventId: string;
  readonly states: SeatStates;
  readonly tell: (news: CartNews) => void;
};

/**
 * The buyer's cart for one event. Clicks are wishes; one request at a time carries them out, so that what the page shows
 * never gets out of step with the server, however fast the clicks come and whichever tab they come from.
 */
export class Cart {
  readonly state = openStore<CartState>(EMPTY_CART);
  readonly eventId: string;
  readonly #options: CartOptions;
  readonly #wishes = new SeatWishes();
  readonly #closing = new AbortController();
  #lane: Promise<void> = Promise.resolve();
  #endTimer: ReturnType<typeof setTimeout> | undefined;
  #waitingForTurn: AbortController | null = null;

  constructor(options: CartOptions) {
    this.eventId = options.eventId;
    this.#options = options;
    this.#listen(this.#closing.signal);
  }

  /** Finds the seats that this buyer has from before; `isBack`: the buyer comes from Stripe without having paid. */
  open(isBack: boolean): void {
    this.#enqueue(async () => {
      const hold = await findMyHold(this.eventId);
      if (hold !== null) await this.#follow(hold, []);
      else if (!isBack) await this.#lapseIfRemembered();
      this.#patch({ isLoaded: true });
      if (isBack) await this.#comeBack();
    });
  }

  close(): void {
    this.#closing.abort();
    clearTimeout(this.#endTimer);
  }

  /** A click on a seat: wants it, or no longer does. */
  toggle(seat: number): void {
    if (this.#refuseWhilePaying()) return;
    this.#wishes.toggle(seat, this.#options.states.isMine(seat));
    this.#showOwn();
    this.#enqueue(() => this.#carryOut());
  }

  /** Wants all of these seats. */
  take(seats: readonly number[]): void {
    if (this.#refuseWhilePaying()) return;
    for (const seat of seats) this.#wishes.want(seat);
    this.#patch({ lapsedSeats: null });
    this.#showOwn();
    this.#enqueue(() => this.#carryOut());
  }

  /** Lets the server find the best seats that are together, in the first of these tiers that has so many. */
  takeBest(tiers: readonly number[], quantity: number): void {
    if (this.#refuseWhilePaying()) return;
    this.#patch({ isSearching: true });
    this.#enqueue(async () => {
      try {
        await inFirstWithRoom(tiers, (tier) => this.#ask({ tier, quantity }, []));
      } finally {
        this.#patch({ isSearching: false });
      }
    });
  }

  releaseAll(): void {
    this.#enqueue(async () => {
      const { hold } = this.state.get();
      if (hold === null) return;
      const seats = [...seatsOf(hold)];
      this.#adopt(await releaseHold(hold.id));
      this.#options.tell({ kind: 'released', seats });
    });
  }

  /** Goes to Stripe. A second call while it goes on does nothing. */
  pay(): void {
    if (this.state.get().paying !== null) return;
    this.#patch({ paying: 'starting' });
    this.#waitingForTurn = null;
    const idempotencyKey = crypto.randomUUID();
    this.#enqueue(async () => {
      try {
        const { hold } = this.state.get();
        if (hold === null) return this.#patch({ paying: null });
        const checkout = await beginCheckout(hold.id, idempotencyKey);
        this.#waitingForTurn = new AbortController();
        const signal = AbortSignal.any([this.#closing.signal, this.#waitingForTurn.signal]);
        const address =
          checkout.url ?? (await awaitTurn(checkout.paymentId, signal, (paying) => this.#patch({ paying })));
        location.assign(address);
      } catch (error) {
        this.#patch({ paying: null });
        if (this.#waitingForTurn?.signal.aborted !== true) throw error;
      }
    });
  }

  /** Back from paying to choosing. */
  leaveCheckout(): void {
    this.#waitingForTurn?.abort();
    this.#enqueue(() => this.#comeBack());
  }

  forgetLapsed(): void {
    rememberCart(this.eventId, null);
    this.#patch({ lapsedSeats: null });
  }

  /** Asks the server what is so now. */
  reload(): void {
    this.#enqueue(async () => {
      const hold = await findMyHold(this.eventId);
      if (hold !== null) await this.#follow(hold, []);
      else if (this.state.get().hold !== null) await this.#lapseIfRemembered();
    });
  }

  #enqueue(work: () => Promise<void>): void {
    this.#lane = this.#after(this.#lane, work);
  }

  async #after(before: Promise<void>, work: () => Promise<void>): Promise<void> {
    await before;
    if (this.#closing.signal.aborted) return;
    try {
      await work();
    } catch (error) {
      if (!this.#closing.signal.aborted) await this.#refused(error);
    }
  }

  async #carryOut(): Promise<void> {
    for (;;) {
      const next = this.#wishes.next((seat) => this.#options.states.isMine(seat));
      if (next === null) break;
      if (next.kind === 'take') await this.#ask({ seatIds: next.seats.map((seat) => seat + 1) }, next.seats);
      else await this.#giveBack(next.seat);
    }
    this.#showOwn();
  }

  /** One request for seats; `seats` is empty when the server is to choose. */
  async #ask(wish: Wish, seats: readonly number[]): Promise<void> {
    const before = seatsOf(this.state.get().hold);
    try {
      const hold = await this.#follow(await takeSeats(this.eventId, wish), seats);
      const gained = [...seatsOf(hold)].filter((seat) => !before.has(seat));
      const lost = seats.filter((seat) => !seatsOf(hold).has(seat));
      this.#wishes.answered(seats, 'in');
      if (gained.length > 0)
        this.#options.tell({ kind: seats.length > 0 ? 'taken' : 'found', seats: gained });
      const refusal = refusalOf(hold);
      if (refusal !== null) this.#options.tell({ kind: 'refused', error: refusal });
      else if (lost.length > 0) this.#lose(lost);
    } catch (error) {
      const lost = takenBy(error, seats);
      // All or nothing: the others were not refused, and are asked for again without the lost ones.
      this.#wishes.answered(lost.length > 0 ? lost : seats, 'in');
      if (lost.length === 0) throw error;
      this.#lose(lost);
    } finally {
      this.#showOwn();
    }
  }

  async #giveBack(seat: number): Promise<void> {
    const { hold } = this.state.get();
    try {
      if (hold !== null) this.#adopt(await releaseSeat(hold.id, seat + 1));
      this.#options.tell({ kind: 'released', seats: [seat] });
    } finally {
      this.#wishes.answered([seat], 'out');
      this.#showOwn();
    }
  }

  /** Takes over what the server says of the hold, and waits, telling the place in the queue, until it has decided. */
  async #follow(hold: Hold, asked: readonly number[]): Promise<Hold> {
    let current = hold;
    this.#adopt(current);
    while (isDeciding(current)) {
      this.#patch({ queue: { position: current.queuePosition, seconds: current.estimatedWaitSeconds } });
      await pause(ASK_QUEUE_MS, this.#closing.signal);
      current = await getHold(current.id);
      this.#adopt(current);
    }
    this.#patch({ queue: null });
    if (asked.length === 0 && current.status === 'expired') await this.#lapseIfRemembered();
    return current;
  }

  #lose(lost: readonly number[]): void {
    this.#options.states.applyChanges(lost.map((seat) => [seat, 'l']));
    this.#options.tell({ kind: 'lost', seats: lost });
  }

  #adopt(hold: Hold): void {
    const { states } = this.#options;
    const before = seatsOf(this.state.get().hold);
    const open = isOpen(hold) ? hold : null;
    const mine = seatsOf(open);
    states.applyChanges([...mine].map((seat) => [seat, 'l']));
    const letter = hold.status === 'booked' ? 'b' : hold.status === 'expired' ? 'l' : 'a';
    states.applyChanges([...before].filter((seat) => !mine.has(seat)).map((seat) => [seat, letter]));
    this.#patch({ hold: open, ...(mine.size > 0 ? { lapsedSeats: null } : {}) });
    if (mine.size > 0) rememberCart(this.eventId, { holdId: hold.id, seats: [...mine] });
    else if (hold.status === 'released' || hold.status === 'booked') rememberCart(this.eventId, null);
    if (!sameSeats(before, mine)) channel?.postMessage(this.eventId);
    this.#showOwn();
    this.#setEndTimer(open);
  }

  #setEndTimer(hold: Hold | null): void {
    clearTimeout(this.#endTimer);
    if (hold === null || hold.expiresAt === null || hold.status === 'queued') return;
    const leftMs = msUntil(hold.expiresAt);
    const waitMs = leftMs > 0 ? leftMs + ASK_AFTER_END_MS : ASK_CHECKOUT_OVER_MS;
    this.#endTimer = setTimeout(() => this.#enqueue(() => this.#timeIsOver()), waitMs);
  }

  /** The page's clock says so; the server has the last word, and while Stripe is being asked the seats stay. */
  async #timeIsOver(): Promise<void> {
    const hold = await findMyHold(this.eventId);
    const isOver =
      hold === null || (hold.status === 'held' && hold.expiresAt !== null && msUntil(hold.expiresAt) <= 0);
    if (isOver) await this.#lapseIfRemembered();
    else this.#adopt(hold);
  }

  /** No hold is open any more: it was paid for or given up, or else its time ran out, which is told. */
  async #lapseIfRemembered(): Promise<void> {
    const remembered = rememberedCart(this.eventId);
    clearTimeout(this.#endTimer);
    this.#patch({ hold: null });
    this.#showOwn();
    if (remembered === null) return;
    const ended = await findHold(remembered.holdId);
    if (ended?.status !== 'expired' && ended?.status !== 'held') return rememberCart(this.eventId, null);
    this.#patch({ lapsedSeats: remembered.seats });
    this.#options.tell({ kind: 'lapsed' });
  }

  /** The hold as it is here may be older than the payment: the server is asked what there is to come back to. */
  async #comeBack(): Promise<void> {
    this.#patch({ paying: null });
    const hold = await findMyHold(this.eventId);
    if (hold === null) return await this.#lapseIfRemembered();
    try {
      const back = hold.status === 'checkout' ? await leaveCheckout(hold.id) : hold;
      this.#adopt(back);
      if (isOpen(back)) this.#options.tell({ kind: 'back', hold: back });
      else await this.#lapseIfRemembered();
    } catch (error) {
      const paymentId = alreadyPaid(error);
      if (paymentId === null) throw error;
      this.#options.tell({ kind: 'paid', paymentId });
    }
  }

  /** After a refusal nothing is sure but what the server says now. */
  async #refused(error: unknown): Promise<void> {
    this.#patch({ isLoaded: true, queue: null });
    this.#options.tell({ kind: 'refused', error });
    if (!(error instanceof ApiProblem) || this.state.get().hold === null) return;
    try {
      const hold = await findMyHold(this.eventId);
      if (hold !== null) this.#adopt(hold);
      else await this.#lapseIfRemembered();
    } catch {
      // The server is away: the next click, or the end of the time, asks again.
    }
  }

  #refuseWhilePaying(): boolean {
    const { hold, paying } = this.state.get();
    const isPaying = paying !== null || hold?.status === 'checkout';
    if (isPaying) this.#options.tell({ kind: 'refused', error: ownRefusal('hold_in_checkout') });
    return isPaying;
  }

  /** Other tabs, sleep and the way back from Stripe may have changed what is here. */
  #listen(signal: AbortSignal): void {
    channel?.addEventListener('message', ({ data }) => data === this.eventId && this.reload(), { signal });
    const seen = () => this.state.get().hold !== null && this.reload();
    const restored = () => {
      this.#patch({ paying: null });
      this.reload();
    };
    watchPage(signal, { seen, restored });
  }

  #showOwn(): void {
    const { hold } = this.state.get();
    const pending = (hold?.pendingSeatIds ?? []).map((id) => id - 1);
    const mine = seatsOf(hold);
    this.#options.states.setOwn(mine, new Set([...this.#wishes.open(mine), ...pending]));
  }

  #patch(change: Partial<CartState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }
}
