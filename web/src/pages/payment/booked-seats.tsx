import type { Payment } from '../../api/payments.ts';
import { messages } from '../../messages/messages.ts';
import { dateAtVenue, money } from '../../platform/format.ts';
import { confirmedOf } from './payment-stand.ts';
import { bookedSeat } from '../bookings/booked-seat.ts';

export function BookedSeats({ payment }: { payment: Payment }) {
  const bookings = confirmedOf(payment);
  const [first] = bookings;
  return (
    <section className="card ticket">
      {first !== undefined && (
        <header className="ticket-head">
          <h2>{first.eventName}</h2>
          <p className="soft">
            <time dateTime={first.eventDate}>{dateAtVenue(first.eventDate, first.timeZone)}</time>
            {first.venueName ? ` · ${first.venueName}` : ''}
          </p>
        </header>
      )}
      <ul>
        {bookings.map((booking) => (
          <li key={booking.id} className="ticket-seat">
            <span>{bookedSeat(booking)}</span>
            <span className="figures">{money(booking.amount, booking.currency)}</span>
          </li>
        ))}
      </ul>
      <p className="ticket-seat ticket-total">
        <span>{messages.payment.paid}</span>
        <strong className="figures">
          {money(payment.amount - (payment.refundedAmount ?? 0), payment.currency)}
        </strong>
      </p>
      <p className="small soft ticket-reference">
        {messages.payment.reference} <span className="figures">{payment.id}</span>
      </p>
    </section>
  );
}
