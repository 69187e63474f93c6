import type { Hold } from '../../api/holds.ts';
import type { Queue } from '../../cart/cart-state.ts';
import { messages } from '../../messages/messages.ts';
import { money } from '../../platform/format.ts';
import { useStore } from '../../platform/store.ts';
import type { BoxOffice } from './box-office.ts';

export function PayButton({ office, hold }: { office: BoxOffice; hold: Hold }) {
  const { paying } = useStore(office.cart.state);
  if (paying !== null && paying !== 'starting') {
    return (
      <div className="notice cart-notice" role="status">
        <p>{messages.cart.payQueue}</p>
        <QueueWords queue={paying} />
        <button type="button" className="button" onClick={() => office.cart.leaveCheckout()}>
          {messages.cart.leaveCheckout}
        </button>
      </div>
    );
  }
  return (
    <button
      type="button"
      className="button button-main pay"
      aria-disabled={paying === 'starting'}
      onClick={() => office.cart.pay()}
    >
      {paying === 'starting'
        ? messages.cart.payStarting
        : messages.cart.pay(money(hold.total, hold.currency))}
    </button>
  );
}

/** The payment was begun, here or in another tab, and may be gone on with or given up. */
export function PayingNotice({ office }: { office: BoxOffice }) {
  const { paying, hold } = useStore(office.cart.state);
  if (hold === null || (paying !== null && paying !== 'starting'))
    return hold && <PayButton office={office} hold={hold} />;
  return (
    <div className="notice cart-notice">
      <p>{messages.cart.inCheckout}</p>
      <button
        type="button"
        className="button button-main"
        aria-disabled={paying === 'starting'}
        onClick={() => office.cart.pay()}
      >
        {paying === 'starting' ? messages.cart.payStarting : messages.cart.continuePaying}
      </button>
      <button type="button" className="button" onClick={() => office.cart.leaveCheckout()}>
        {messages.cart.leaveCheckout}
      </button>
    </div>
  );
}

export function QueueNotice({ queue }: { queue: Queue }) {
  return (
    <div className="notice cart-notice" role="status">
      <p>{messages.cart.queue}</p>
      <QueueWords queue={queue} />
    </div>
  );
}

function QueueWords({ queue }: { queue: Queue }) {
  return (
    <p className="small figures">
      {queue.position !== null && messages.cart.queuePlace(queue.position + 1)}{' '}
      {queue.seconds !== null && messages.cart.queueWait(Math.max(1, Math.ceil(queue.seconds)))}
    </p>
  );
}

/** Time over: said plainly, and one click asks for the same seats again. */
export function LapsedCart({ office, seats }: { office: BoxOffice; seats: readonly number[] }) {
  const { cart } = office;
  return (
    <div className="notice notice-warn cart-notice" role="alert">
      <p>
        <strong>{messages.cart.lapsedTitle}</strong>
      </p>
      <p>{messages.cart.lapsed(seats.length)}</p>
      <button type="button" className="button button-main" onClick={() => cart.take(seats)}>
        {messages.cart.retake}
      </button>
      <button type="button" className="button button-quiet" onClick={() => cart.forgetLapsed()}>
        {messages.cart.dismiss}
      </button>
    </div>
  );
}
