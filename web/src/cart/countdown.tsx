import { useEffect, useState } from 'react';
import { announce } from '../layout/notices.ts';
import { messages } from '../messages/messages.ts';
import { minutesSeconds } from '../platform/format.ts';
import { msUntil } from '../platform/server-clock.ts';

const NEARLY_OVER_MS = 15_000;
/** When the time left is read out, in seconds. */
const SPOKEN_AT = [60, 30, 10];

/** The time until a moment of the server's clock. It asks the clock each time, so sleep and hidden tabs don't put it wrong. */
export function Countdown({ until, isSpoken = false }: { until: string; isSpoken?: boolean }) {
  const leftMs = useTimeLeft(until);
  const seconds = Math.ceil(leftMs / 1000);
  useEffect(() => {
    if (isSpoken && SPOKEN_AT.includes(seconds)) announce(messages.cart.timeLeftSpoken(seconds));
  }, [seconds, isSpoken]);
  return (
    <span
      className={`countdown figures${leftMs < NEARLY_OVER_MS ? ' countdown-ending' : ''}`}
      role="timer"
      aria-label={messages.cart.timeLeft}
    >
      {minutesSeconds(leftMs)}
    </span>
  );
}

export function useTimeLeft(until: string): number {
  const [leftMs, setLeftMs] = useState(() => msUntil(until));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tick = () => {
      clearTimeout(timer);
      const left = msUntil(until);
      setLeftMs(left);
      // At the next full second of what is left.
      if (left > 0) timer = setTimeout(tick, (left % 1000) + 15);
    };
    tick();
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [until]);
  return Math.max(0, leftMs);
}
