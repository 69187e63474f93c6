import { useEffect, useState } from 'react';
import { askedToWaitUntil } from '../api/asked-to-wait.ts';
import { messages } from '../messages/messages.ts';
import { useStore } from '../platform/store.ts';
import { announce } from './notices.ts';

/** Says, while the server has asked us to wait, that we do, and for how long. */
export function BusyNotice() {
  const until = useStore(askedToWaitUntil);
  return until === null ? null : <Waiting until={until} />;
}

function Waiting({ until }: { until: number }) {
  const [seconds, setSeconds] = useState(() => secondsUntil(until));
  useEffect(() => announce(messages.site.busySpoken), []);
  useEffect(() => {
    const tick = () => setSeconds(secondsUntil(until));
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [until]);
  return (
    <div className="toast" role="timer" aria-live="off">
      <p>{messages.site.busy(seconds)}</p>
    </div>
  );
}

function secondsUntil(until: number): number {
  return Math.max(1, Math.ceil((until - Date.now()) / 1000));
}
