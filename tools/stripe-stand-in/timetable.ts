/** Something due at a second: a session's expiry, or a task. */
interface Due {
  readonly dueAt: number;
  readonly kind: 'session' | 'task';
  readonly id: string;
}

/** What is due when, by the second. Kept in memory only: it is rebuilt from the records at start. */
export interface Timetable {
  add(due: Due): void;
  /** Removes and gives all that is due by now, in order of time. */
  take(nowSeconds: number): Due[];
  clear(): void;
}

export function createTimetable(): Timetable {
  const bySecond = new Map<number, Due[]>();
  let earliest = Number.POSITIVE_INFINITY;
  return {
    add(due) {
      const others = bySecond.get(due.dueAt);
      if (others === undefined) bySecond.set(due.dueAt, [due]);
      else others.push(due);
      earliest = Math.min(earliest, due.dueAt);
    },
    take(nowSeconds) {
      if (nowSeconds < earliest) return [];
      const seconds = [...bySecond.keys()].filter((second) => second <= nowSeconds).toSorted((a, b) => a - b);
      const due = seconds.flatMap((second) => bySecond.get(second) ?? []);
      for (const second of seconds) bySecond.delete(second);
      earliest = Math.min(Number.POSITIVE_INFINITY, ...bySecond.keys());
      return due;
    },
    clear() {
      bySecond.clear();
      earliest = Number.POSITIVE_INFINITY;
    },
  };
}
