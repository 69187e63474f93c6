/**
 * Preloaded into a process whose clock is to be wrong (`node --import`): everything that asks for the time of day there
 * gets it off by DRILL_CLOCK_SHIFT_MS. Timers and the monotonic clock go right, as with a machine whose clock is wrong.
 */
const shiftMs = Number(process.env['DRILL_CLOCK_SHIFT_MS'] ?? 0);
const RightDate = Date;
const now = () => RightDate.now() + shiftMs;

globalThis.Date = new Proxy(RightDate, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
  get: (target, key, receiver) => (key === 'now' ? now : Reflect.get(target, key, receiver)),
});
