/** Some microseconds each: a fraction of what a turn has for the others. */
const PER_TURN = 6;

/**
 * Does what may wait for others a few at a time, in each turn of the event loop. An overloaded server that refused all
 * who come at once would do nothing else: libuv reads up to 48 * 1,024 ready sockets before it lets go on what waits
 * for the end of a turn, and whoever has been refused asks again. So the refused wait a moment for the admitted.
 */
export function openTurns(): (work: () => void) => void {
  let waiting: (() => void)[] = [];
  const doSome = () => {
    const now = waiting.slice(0, PER_TURN);
    waiting = waiting.slice(PER_TURN);
    if (waiting.length > 0) setImmediate(doSome);
    for (const work of now) work();
  };
  return (work) => {
    waiting.push(work);
    if (waiting.length === 1) setImmediate(doSome);
  };
}
