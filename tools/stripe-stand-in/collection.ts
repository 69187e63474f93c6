/** Records of one kind in the order they were made, found by id. */
export class Collection<T extends { readonly id: string }> {
  readonly #rows: (T | undefined)[] = [];
  readonly #places = new Map<string, number>();

  get size(): number {
    return this.#places.size;
  }

  get(id: string): T | undefined {
    const place = this.#places.get(id);
    return place === undefined ? undefined : this.#rows[place];
  }

  put(record: T): void {
    const place = this.#places.get(record.id);
    if (place !== undefined) {
      this.#rows[place] = record;
      return;
    }
    this.#places.set(record.id, this.#rows.length);
    this.#rows.push(record);
  }

  remove(id: string): void {
    const place = this.#places.get(id);
    if (place === undefined) return;
    this.#places.delete(id);
    this.#rows[place] = undefined;
  }

  clear(): void {
    this.#rows.length = 0;
    this.#places.clear();
  }

  /** Oldest first. Records added meanwhile are met too. */
  *values(): Generator<T> {
    for (const row of this.#rows) if (row !== undefined) yield row;
  }

  /** Newest first, from just before the record `afterId`, or from the newest. */
  *older(afterId?: string): Generator<T> {
    const start = afterId === undefined ? this.#rows.length : (this.#places.get(afterId) ?? 0);
    for (let place = start - 1; place >= 0; place--) {
      const row = this.#rows[place];
      if (row !== undefined) yield row;
    }
  }

  /** Oldest first, from just after the record `beforeId`. */
  *newer(beforeId: string): Generator<T> {
    const start = this.#places.get(beforeId) ?? this.#rows.length;
    for (let place = start + 1; place < this.#rows.length; place++) {
      const row = this.#rows[place];
      if (row !== undefined) yield row;
    }
  }
}
