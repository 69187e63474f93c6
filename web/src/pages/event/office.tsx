import { useEffect, useRef, useState } from 'react';
import type { BoxOfficeEvent } from '../../api/events.ts';
import type { CartNews } from '../../cart/cart-state.ts';
import { announce } from '../../layout/notices.ts';
import { messages } from '../../messages/messages.ts';
import { replaceAddress } from '../../platform/router.tsx';
import { useStore } from '../../platform/store.ts';
import type { MapView, TierFilter } from '../../seat-map/map-view.ts';
import type { SeatModel } from '../../seat-map/seat-model.ts';
import { type BoxOffice, openBoxOffice } from './box-office.ts';
import { CartPanel } from './cart-panel.tsx';
import { PlacesDialog } from './places-dialog.tsx';
import { SeatList } from './seat-list.tsx';
import { SeatMap } from './seat-map.tsx';
import { seatPlace } from './seat-words.ts';
import { tellNews } from './tell-news.ts';
import { TierLegend } from './tier-legend.tsx';

const LOST_SHOWN_MS = 5_000;

/** The venue with its seats, as a map or as a list, and beside it the cart. */
export function Office({ event, model }: { event: BoxOfficeEvent; model: SeatModel }) {
  const map = useRef<MapView | null>(null);
  const [lost, setLost] = useState<readonly number[]>([]);
  const [isMap, setIsMap] = useState(true);
  const [tiers, setTiers] = useState<TierFilter>(null);
  const [places, setPlaces] = useState<number | null>(null);
  const office = useBoxOffice(event.id, model, (news) => {
    if (news.kind === 'found' || news.kind === 'lost') map.current?.showSeats(news.seats);
    if (news.kind !== 'lost') return;
    setLost(news.seats);
    setTimeout(() => setLost((shown) => (shown === news.seats ? [] : shown)), LOST_SHOWN_MS);
  });
  if (office === null) return null;
  const pick = (seat: number) => pickSeat(office, seat);
  return (
    <div className="office">
      <div className="office-tools">
        <TierLegend office={office} wanted={tiers} choose={setTiers} />
        <ViewSwitch isMap={isMap} choose={setIsMap} />
      </div>
      <div className="office-seats">
        <LiveNotice office={office} />
        {isMap ? (
          <SeatMap
            office={office}
            tiers={tiers}
            lost={lost}
            pick={pick}
            pickPlaces={setPlaces}
            handle={map}
          />
        ) : (
          <SeatList office={office} tiers={tiers} pick={pick} pickPlaces={setPlaces} />
        )}
      </div>
      <CartPanel office={office} show={(seats) => map.current?.showSeats(seats)} />
      {places !== null && <PlacesDialog office={office} section={places} close={() => setPlaces(null)} />}
    </div>
  );
}

/** A seat that is someone else's is not asked for: what it is, is said. */
function pickSeat(office: BoxOffice, seat: number): void {
  const look = office.states.lookOf(seat);
  if (look === 'taken' || look === 'sold' || look === 'blocked') {
    announce(messages.news.notFree(seatPlace(office.model, seat), messages.looks[look]));
    return;
  }
  office.cart.toggle(seat);
}

function useBoxOffice(eventId: string, model: SeatModel, show: (news: CartNews) => void): BoxOffice | null {
  const [office, setOffice] = useState<BoxOffice | null>(null);
  const latestShow = useRef(show);
  useEffect(() => {
    latestShow.current = show;
  });
  useEffect(() => {
    const isBack = new URLSearchParams(location.search).get('payment') === 'cancelled';
    const opened = openBoxOffice({ eventId, model, isBack }, (news, told) => {
      tellNews(news, told);
      latestShow.current(news);
    });
    // The word in the address is for one time: a reload must not tell of a cancelled payment again.
    if (isBack) replaceAddress(location.pathname);
    setOffice(opened);
    return () => opened.close();
  }, [eventId, model]);
  return office;
}

function ViewSwitch({ isMap, choose }: { isMap: boolean; choose: (isMap: boolean) => void }) {
  return (
    <div className="view-switch" role="group" aria-label={messages.event.view}>
      <button type="button" aria-pressed={isMap} onClick={() => choose(true)}>
        {messages.event.map}
      </button>
      <button type="button" aria-pressed={!isMap} onClick={() => choose(false)}>
        {messages.event.list}
      </button>
    </div>
  );
}

function LiveNotice({ office }: { office: BoxOffice }) {
  const state = useStore(office.live.state);
  return (
    <div className="live-notice" role="status">
      {state === 'reconnecting' && <p className="notice notice-warn">{messages.event.reconnecting}</p>}
    </div>
  );
}
