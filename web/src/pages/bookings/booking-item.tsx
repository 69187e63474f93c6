import { useState } from 'react';
import { type Booking, cancelBooking } from '../../api/bookings.ts';
import { Dialog } from '../../layout/dialog.tsx';
import { showToast } from '../../layout/notices.ts';
import { messages } from '../../messages/messages.ts';
import { named } from '../../messages/named.ts';
import { plainWords } from '../../messages/plain-words.ts';
import { dateAtVenue, dayAtVenue, money } from '../../platform/format.ts';
import { Link } from '../../platform/router.tsx';
import { bookedSeat } from './booked-seat.ts';

type BookingItemProps = { booking: Booking; replace: (booking: Booking) => void };

export function BookingItem({ booking, replace }: BookingItemProps) {
  const [isAsking, setIsAsking] = useState(false);
  const { day, month } = dayAtVenue(booking.eventDate, booking.timeZone);
  const words = messages.bookings;
  return (
    <li className="card booking" data-status={booking.status}>
      <p className="leaf figures" aria-hidden="true">
        <span className="leaf-day">{day}</span>
        <span className="small">{month}</span>
      </p>
      <div className="booking-what">
        <h2>
          <Link to={addressOf(booking)}>{booking.eventName}</Link>
        </h2>
        <p>{bookedSeat(booking)}</p>
        <p className="small soft">
          <time dateTime={booking.eventDate}>{dateAtVenue(booking.eventDate, booking.timeZone)}</time>
          {booking.venueName ? ` · ${booking.venueName}` : ''}
        </p>
      </div>
      <div className="booking-state">
        <span className={`mark ${booking.status === 'confirmed' ? 'mark-good' : ''}`}>
          {words[booking.status]}
        </span>
        <span className="figures">{money(booking.amount, booking.currency)}</span>
        <RefundWords booking={booking} />
        {booking.cancellable && booking.status === 'confirmed' && (
          <button
            type="button"
            className="button button-quiet"
            aria-label={words.cancelLabel(bookedSeat(booking), booking.eventName)}
            onClick={() => setIsAsking(true)}
          >
            {words.cancel}
          </button>
        )}
      </div>
      {isAsking && <CancelDialog booking={booking} replace={replace} close={() => setIsAsking(false)} />}
    </li>
  );
}

/** What was bought with it, and paid for it. */
function addressOf({ eventId, paymentId }: Booking): string {
  return paymentId === null ? `/events/${eventId}` : `/events/${eventId}/payments/${paymentId}`;
}

function RefundWords({ booking: { refund, currency } }: { booking: Booking }) {
  if (refund === null) return null;
  const words = named(messages.bookings.refund, refund.status);
  return words === undefined ? null : (
    <span className="small soft">{words(money(refund.amount, currency))}</span>
  );
}

function CancelDialog({ booking, replace, close }: BookingItemProps & { close: () => void }) {
  const [isWorking, setIsWorking] = useState(false);
  const words = messages.bookings;
  const cancel = async () => {
    setIsWorking(true);
    try {
      replace(await cancelBooking(booking.id));
      showToast(words.done);
    } catch (error) {
      showToast(plainWords(error));
    }
    close();
  };
  return (
    <Dialog title={words.confirmTitle} close={close}>
      <p>{words.confirm(bookedSeat(booking), booking.eventName, money(booking.amount, booking.currency))}</p>
      <div className="dialog-buttons">
        <button type="button" className="button" onClick={close}>
          {words.keep}
        </button>
        <button
          type="button"
          className="button button-danger"
          disabled={isWorking}
          onClick={() => void cancel()}
        >
          {isWorking ? words.cancelling : words.cancelNow}
        </button>
      </div>
    </Dialog>
  );
}
