import './sale.css';
import { useState } from 'react';
import { messages } from '../../messages/messages.ts';
import { moment, money } from '../../platform/format.ts';
import { useLoaded } from '../../platform/use-loaded.ts';
import type { OwnEvent } from '../api/events.ts';
import { type SoldBookingPage, listSoldBookings } from '../api/sales.ts';
import { Failure } from '../parts/failure.tsx';
import { texts } from '../texts/texts.ts';
import { CsvButton } from './csv-button.tsx';

const BOOKINGS_PER_PAGE = 50;

/** Who has bought what, the newest first. */
export function BookingsTab({ event }: { event: OwnEvent }) {
  const [page, setPage] = useState(1);
  const loaded = useLoaded(`${event.id} ${page}`, (signal) =>
    listSoldBookings(event.id, page, BOOKINGS_PER_PAGE, signal),
  );
  if (loaded.state === 'failed') return <Failure error={loaded.error} retry={loaded.reload} />;
  if (loaded.state === 'loading') return <div className="card skeleton table-waiting" aria-busy="true" />;
  const { items, total } = loaded.value;
  if (total === 0) return <p>{texts.bookings.none}</p>;
  const pages = Math.ceil(total / BOOKINGS_PER_PAGE);
  return (
    <div className="organiser-page">
      <div className="sale-head">
        <h2>{texts.bookings.count(total)}</h2>
        <CsvButton eventId={event.id} />
      </div>
      <Table items={items} />
      {pages > 1 && (
        <div className="own-actions">
          <button type="button" className="button" disabled={page === 1} onClick={() => setPage(page - 1)}>
            {texts.back}
          </button>
          <button
            type="button"
            className="button"
            disabled={page === pages}
            onClick={() => setPage(page + 1)}
          >
            {texts.next}
          </button>
        </div>
      )}
    </div>
  );
}

function Table({ items }: { items: SoldBookingPage['items'] }) {
  const words = texts.bookings;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it may be wider than the page, and is then scrolled by keys
    <div className="card organiser-table" role="region" aria-label={texts.event.tabs.bookings} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.seat}</th>
            <th scope="col">{words.buyer}</th>
            <th scope="col" className="number">
              {words.price}
            </th>
            <th scope="col">{words.state}</th>
            <th scope="col">{words.when}</th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ id, seat, buyer, amount, currency, status, confirmedAt }) => (
            <tr key={id}>
              <th scope="row">
                {[seat.section, seat.row === '' ? '' : messages.list.row(seat.row), seat.label]
                  .filter((part) => part !== '')
                  .join(', ')}
              </th>
              <td>
                {buyer.name ?? words.guest}
                {buyer.email !== null && <span className="soft"> {buyer.email}</span>}
              </td>
              <td className="number">{money(amount, currency)}</td>
              <td>{words.states[status]}</td>
              <td className="figures">{moment(confirmedAt, 'short', 'short')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
