export type NextWish =
  | { readonly kind: 'take'; readonly seats: number[] }
  | { readonly kind: 'give back'; readonly seat: number };

/** What the buyer wants of each seat, as far as it is not so yet. The last click on a seat counts. */
export class SeatWishes {
  readonly #wanted = new Map<number, 'in' | 'out'>();
  /** Seats in the request that is under way: a click on one of them is kept until its answer is there. */
  #asked: ReadonlySet<number> = new Set();

  want(seat: number): void {
    this.#wanted.set(seat, 'in');
  }

  toggle(seat: number, isMine: boolean): void {
    const wanted = this.#wanted.get(seat) ?? (isMine ? 'in' : 'out');
    this.#wanted.set(seat, wanted === 'in' ? 'out' : 'in');
  }

  /** What to ask the server for next; null when all is as wanted. Giving back comes first: there is a limit of seats. */
  next(isMine: (seat: number) => boolean): NextWish | null {
    const take: number[] = [];
    for (const [seat, wanted] of this.#wanted) {
      if ((wanted === 'in') === isMine(seat)) {
        this.#wanted.delete(seat);
      } else if (wanted === 'out') {
        this.#asked = new Set([seat]);
        return { kind: 'give back', seat };
      } else take.push(seat);
    }
    this.#asked = new Set(take);
    return take.length > 0 ? { kind: 'take', seats: take } : null;
  }

  /** The server has decided on these seats: the wish that was sent is over, a newer one is not. */
  answered(seats: readonly number[], sent: 'in' | 'out'): void {
    for (const seat of seats) if (this.#wanted.get(seat) === sent) this.#wanted.delete(seat);
    this.#asked = new Set();
  }

  /** Seats that are not yet as wanted, or are being asked about. */
  open(mine: ReadonlySet<number>): number[] {
    const waiting = [...this.#wanted]
      .filter(([seat, wanted]) => (wanted === 'in') !== mine.has(seat))
      .map(([seat]) => seat);
    return [...waiting, ...this.#asked];
  }
}
