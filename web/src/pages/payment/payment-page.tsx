import './payment-page.css';
import type { ReactNode } from 'react';
import { ApiProblem } from '../../api/problem.ts';
import type { Payment } from '../../api/payments.ts';
import { PageTitle, PlainPage } from '../../layout/plain-page.tsx';
import { messages } from '../../messages/messages.ts';
import { named } from '../../messages/named.ts';
import { plainWords } from '../../messages/plain-words.ts';
import { money } from '../../platform/format.ts';
import { Link } from '../../platform/router.tsx';
import { BookedSeats } from './booked-seats.tsx';
import { type PaymentStand, confirmedOf, standOf } from './payment-stand.ts';
import { usePayment } from './use-payment.ts';

/** Where Stripe sends the buyer back to: says what became of the payment, and goes on asking until it is settled. */
export function PaymentPage({ eventId, paymentId }: { eventId: string; paymentId: string }) {
  const { payment, error, isSlow } = usePayment(paymentId);
  const words = messages.payment;
  if (payment === null && error instanceof ApiProblem && error.status < 500) {
    return (
      <PlainPage
        title={words.notFoundTitle}
        words={error.status === 404 ? words.notFound : plainWords(error)}
      >
        <Link to="/sign-in" className="button button-main">
          {messages.site.signIn}
        </Link>
      </PlainPage>
    );
  }
  return (
    <div className="page page-narrow payment-page" aria-busy={payment === null}>
      <div role="status" className="payment-outcome">
        {payment === null ? <Confirming isSlow={false} /> : <Outcome payment={payment} isSlow={isSlow} />}
      </div>
      {error !== null && <p className="notice notice-warn">{plainWords(error)}</p>}
      {payment !== null && <Ways payment={payment} eventId={eventId} />}
    </div>
  );
}

type Tone = 'good' | 'warn' | 'bad';

function Outcome({ payment, isSlow }: { payment: Payment; isSlow: boolean }): ReactNode {
  const stand = standOf(payment);
  if (stand === 'confirming') return <Confirming isSlow={isSlow} />;
  const said = sayings(payment)[stand];
  return <Said {...said}>{stand === 'booked' && <BookedSeats payment={payment} />}</Said>;
}

/** What each outcome is called; where the server says why the money goes back, that. */
function sayings(payment: Payment) {
  const { refundReason, refundedAmount, amount, currency } = payment;
  const words = messages.payment;
  const why = named(words.refundReasons, refundReason ?? '');
  const refund = money(refundedAmount ?? amount, currency);
  return {
    booked: {
      title: words.confirmedTitle,
      words: words.confirmed(confirmedOf(payment).length),
      tone: 'good',
    },
    unpaid: { title: words.unpaidTitle, words: words.unpaid },
    waiting: { title: words.waitingTitle, words: messages.cart.payQueue },
    failed: { title: words.failedTitle, words: words.failed, tone: 'bad' },
    expired: { title: words.expiredTitle, words: words.expired, tone: 'warn' },
    refunding: { title: words.refundingTitle, words: why ?? words.refunding, tone: 'warn' },
    refunded: { title: words.refundedTitle, words: why ?? words.refunded(refund), tone: 'warn' },
  } satisfies Record<Exclude<PaymentStand, 'confirming'>, { title: string; words: string; tone?: Tone }>;
}

function Confirming({ isSlow }: { isSlow: boolean }) {
  return (
    <Said
      title={messages.payment.pendingTitle}
      words={isSlow ? messages.payment.slow : messages.payment.pending}
    >
      <div className="payment-waiting" aria-hidden="true" />
    </Said>
  );
}

function Said({
  title,
  words,
  tone,
  children,
}: {
  title: string;
  words: string;
  tone?: Tone;
  children?: ReactNode;
}) {
  return (
    <>
      <div className={`payment-mark ${tone === undefined ? '' : `payment-mark-${tone}`}`} aria-hidden="true">
        {tone === 'good' ? '✓' : tone === undefined ? '…' : '!'}
      </div>
      <PageTitle key={title}>{title}</PageTitle>
      <p>{words}</p>
      {children}
    </>
  );
}

/** How to go on from here. */
function Ways({ payment, eventId }: { payment: Payment; eventId: string }) {
  const words = messages.payment;
  const stand = standOf(payment);
  if (stand === 'confirming') return null;
  const isDone = stand === 'booked';
  return (
    <div className="payment-ways">
      {payment.url !== null && (stand === 'unpaid' || stand === 'waiting') && (
        <a className="button button-main" href={payment.url}>
          {words.toStripe}
        </a>
      )}
      {isDone && (
        <Link to="/bookings" className="button button-main">
          {messages.site.bookings}
        </Link>
      )}
      <Link to={isDone ? '/' : `/events/${eventId}`} className="button">
        {isDone ? messages.site.toEvents : words.again}
      </Link>
    </div>
  );
}
