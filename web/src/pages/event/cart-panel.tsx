import './cart-panel.css';
import { type ReactNode, useState } from 'react';
import type { Hold } from '../../api/holds.ts';
import { Countdown } from '../../cart/countdown.tsx';
import { ChevronIcon } from '../../layout/icons.tsx';
import { messages } from '../../messages/messages.ts';
import { money } from '../../platform/format.ts';
import { useStore } from '../../platform/store.ts';
import { BestSeats } from './best-seats.tsx';
import type { BoxOffice } from './box-office.ts';
import { CartSeats } from './cart-seats.tsx';
import { LapsedCart, PayButton, PayingNotice, QueueNotice } from './cart-notices.tsx';

type CartPanelProps = { office: BoxOffice; show: (seats: readonly number[]) => void };

/** The cart: beside the map on a large screen, a sheet that is pulled up on a small one. */
export function CartPanel({ office, show }: CartPanelProps) {
  const { hold, lapsedSeats } = useStore(office.cart.state);
  const [isOpen, setIsOpen] = useState(false);
  const mustBeRead = lapsedSeats !== null || hold?.status === 'checkout';
  const [wasToBeRead, setWasToBeRead] = useState(false);
  // What has to be read comes up by itself.
  if (mustBeRead !== wasToBeRead) {
    setWasToBeRead(mustBeRead);
    if (mustBeRead) setIsOpen(true);
  }
  return (
    <aside className="panel" data-open={isOpen} aria-label={messages.cart.title}>
      <SheetHead office={office} isOpen={isOpen} toggle={() => setIsOpen(!isOpen)} />
      <div className="panel-body" id="cart">
        <Cart
          office={office}
          show={(seats) => {
            setIsOpen(false);
            show(seats);
          }}
        />
        {hold?.status !== 'checkout' && <BestSeats office={office} />}
      </div>
    </aside>
  );
}

/** What of the cart is always in sight on a small screen. */
function SheetHead({ office, isOpen, toggle }: { office: BoxOffice; isOpen: boolean; toggle: () => void }) {
  const { hold } = useStore(office.cart.state);
  const hasSeats = hold !== null && hold.seats.length > 0;
  return (
    <div className="sheet-head">
      <button
        type="button"
        className="sheet-toggle"
        aria-expanded={isOpen}
        aria-controls="cart"
        onClick={toggle}
      >
        <ChevronIcon />
        <span className="sheet-words">
          <span className="sheet-title">
            {hasSeats ? messages.cart.seats(hold.seats.length) : messages.best.title}
          </span>
          {hasSeats && <span className="small soft figures">{money(hold.total, hold.currency)}</span>}
        </span>
        {hasSeats && hold.expiresAt !== null && <Countdown until={hold.expiresAt} />}
      </button>
      {hold?.status === 'held' && hasSeats && !isOpen && <PayButton office={office} hold={hold} />}
    </div>
  );
}

function Cart({ office, show }: CartPanelProps): ReactNode {
  const { cart } = office;
  const { hold, lapsedSeats, queue, isLoaded } = useStore(cart.state);
  const { title, empty } = messages.cart;
  return (
    <section className="cart" aria-label={title}>
      <div className="cart-head">
        <h2>{title}</h2>
        {hold !== null && hold.status !== 'queued' && hold.expiresAt !== null && (
          <span className="cart-time">
            <span className="small soft">{messages.cart.timeLeft}</span>
            <Countdown until={hold.expiresAt} isSpoken />
          </span>
        )}
      </div>
      {queue !== null && <QueueNotice queue={queue} />}
      {lapsedSeats !== null && <LapsedCart office={office} seats={lapsedSeats} />}
      {hold === null && lapsedSeats === null && queue === null && (
        <p className="soft cart-empty">{isLoaded ? empty : messages.site.loading}</p>
      )}
      {hold !== null && hold.seats.length > 0 && <FullCart office={office} hold={hold} show={show} />}
    </section>
  );
}

function FullCart({ office, hold, show }: CartPanelProps & { hold: Hold }) {
  const { cart } = office;
  const isHeld = hold.status === 'held';
  return (
    <>
      <CartSeats office={office} hold={hold} show={show} />
      <p className="cart-total">
        {messages.cart.total} <strong className="figures">{money(hold.total, hold.currency)}</strong>
      </p>
      {hold.status === 'checkout' ? (
        <PayingNotice office={office} />
      ) : (
        <PayButton office={office} hold={hold} />
      )}
      {isHeld && (
        <div className="cart-foot">
          <p className="small soft">{messages.cart.secure}</p>
          <button type="button" className="button button-quiet" onClick={() => cart.releaseAll()}>
            {messages.cart.removeAll}
          </button>
        </div>
      )}
    </>
  );
}
