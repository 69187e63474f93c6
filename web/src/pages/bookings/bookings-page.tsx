import './bookings-page.css';
import { useEffect, useEffectEvent, useState } from 'react';
import { type Booking, type BookingPage, getBooking, listBookings } from '../../api/bookings.ts';
import { currentUser } from '../../api/session.ts';
import { PageTitle } from '../../layout/plain-page.tsx';
import { messages } from '../../messages/messages.ts';
import { plainWords } from '../../messages/plain-words.ts';
import { Link } from '../../platform/router.tsx';
import { useStore } from '../../platform/store.ts';
import { useLoaded } from '../../platform/use-loaded.ts';
import { BookingItem } from './booking-item.tsx';

const BOOKINGS_PER_PAGE = 50;
const REFUND_ASKED_AFTER_MS = 1_000;
const REFUNDS_ASKED_MAX = 10;

export function BookingsPage() {
  const user = useStore(currentUser);
  return (
    <div className="page bookings-page">
      <PageTitle>{messages.bookings.title}</PageTitle>
      {user === null && <Stranger />}
      {user === undefined && <div className="card skeleton booking-waiting" aria-busy="true" />}
      {user !== null && user !== undefined && <Bookings key={user.id} isGuest={user.isGuest} />}
    </div>
  );
}

function Stranger() {
  return (
    <>
      <p>{messages.bookings.none}</p>
      <p className="soft">{messages.bookings.signInFirst}</p>
      <Link to="/sign-in" className="button button-main">
        {messages.site.signIn}
      </Link>
    </>
  );
}

function Bookings({ isGuest }: { isGuest: boolean }) {
  const [pages, setPages] = useState(1);
  const [changed, setChanged] = useState<ReadonlyMap<string, Booking>>(new Map());
  const loaded = useLoaded(String(pages), (signal) => listPages(pages, signal));
  const items =
    loaded.state === 'loaded' ? loaded.value.items.map((item) => changed.get(item.id) ?? item) : [];
  const replace = (booking: Booking) => setChanged((before) => new Map(before).set(booking.id, booking));
  useRefundsOnTheirWay(items, replace);
  if (loaded.state === 'loading') return <div className="card skeleton booking-waiting" aria-busy="true" />;
  if (loaded.state === 'failed') {
    return (
      <div className="notice notice-bad" role="alert">
        {plainWords(loaded.error)}
        <button type="button" className="button" onClick={loaded.reload}>
          {messages.site.retry}
        </button>
      </div>
    );
  }
  const { total } = loaded.value;
  if (items.length === 0 && isGuest) return <Stranger />;
  if (items.length === 0) return <p>{messages.bookings.none}</p>;
  return (
    <>
      {isGuest && (
        <p className="soft">
          {messages.bookings.guestNote} <Link to="/sign-in">{messages.bookings.guestKeep}</Link>
        </p>
      )}
      <ul className="bookings">
        {items.map((item) => (
          <BookingItem key={item.id} booking={item} replace={replace} />
        ))}
      </ul>
      {items.length < total && (
        <button type="button" className="button" onClick={() => setPages(pages + 1)}>
          {messages.bookings.more}
        </button>
      )}
    </>
  );
}

/** Asks, less and less often, what became of refunds that are not done yet. */
function useRefundsOnTheirWay(items: readonly Booking[], replace: (booking: Booking) => void): void {
  const [round, setRound] = useState(0);
  const waiting = items.filter(
    ({ refund }) => refund?.status === 'requested' || refund?.status === 'pending',
  );
  const key = waiting.map(({ id }) => id).join(' ');
  const ask = useEffectEvent(async () => {
    const asked = await Promise.allSettled(
      waiting.slice(0, REFUNDS_ASKED_MAX).map(({ id }) => getBooking(id)),
    );
    for (const answer of asked) if (answer.status === 'fulfilled') replace(answer.value);
    setRound((before) => before + 1);
  });
  useEffect(() => {
    if (key === '') return undefined;
    const timer = setTimeout(() => void ask(), REFUND_ASKED_AFTER_MS * 2 ** Math.min(round, 5));
    return () => clearTimeout(timer);
  }, [key, round]);
}

async function listPages(pages: number, signal: AbortSignal): Promise<BookingPage> {
  const all = await Promise.all(
    Array.from({ length: pages }, (_page, index) => listBookings(index + 1, BOOKINGS_PER_PAGE, signal)),
  );
  const items = all.flatMap((page): Booking[] => page.items);
  return { items, page: pages, limit: BOOKINGS_PER_PAGE, total: all[0]?.total ?? 0 };
}
