const MEAN_MS_MAX = 20_000;

/** Tells one who is refused at this time after how many seconds to come again, for `Retry-After`: 1 to 30. */
export type ComeAgain = (nowMs: number) => number;

/**
 * Keeps a timetable for the refused: so many of them can be taken in each second to come, and who is refused next gets the
 * next place. So a lone one comes again in a second, and ten thousand who came in the same moment do not do so twice.
 * Each is told up to half as much more or less, because a whole second is too coarse: those who are refused together
 * would come together. Nobody is asked to wait for longer, however many do not heed it. Servers need not agree on
 * anything: each asks in no more than it can take.
 */
export function openComeAgain(perSecond: number): ComeAgain {
  let lastMs = -Infinity;
  return (nowMs) => {
    lastMs = Math.min(Math.max(lastMs, nowMs) + 1000 / perSecond, nowMs + MEAN_MS_MAX);
    return Math.ceil(((lastMs - nowMs) / 1000) * (0.5 + Math.random()));
  };
}
