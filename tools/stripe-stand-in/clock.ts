/** The stand-in's time: real time, or a test's, plus an offset that `/_control/clock` moves forward. */
export interface Clock {
  nowMs(): number;
  nowSeconds(): number;
  readonly offsetMs: number;
  setOffset(offsetMs: number): void;
}

export function createClock(source: () => number = Date.now): Clock {
  let offsetMs = 0;
  const nowMs = (): number => source() + offsetMs;
  return {
    nowMs,
    nowSeconds: () => Math.floor(nowMs() / 1000),
    get offsetMs() {
      return offsetMs;
    },
    setOffset(next) {
      offsetMs = next;
    },
  };
}
