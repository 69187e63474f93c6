import type { BoxOfficeEvent } from '../../api/events.ts';
import { messages } from '../../messages/messages.ts';
import { dateAtVenue, money } from '../../platform/format.ts';
import { Link } from '../../platform/router.tsx';
import { Poster } from './poster.tsx';

/** So few that it is worth saying. */
const FEW_SEATS = 30;

export function EventCard({ event }: { event: BoxOfficeEvent }) {
  const mark = markOf(event);
  return (
    <li className="card event-card">
      <Poster seed={event.id} />
      <div className="event-card-body">
        <p className="small soft">
          <time dateTime={event.date}>{dateAtVenue(event.date, event.timeZone)}</time>
        </p>
        <h2>
          <Link to={`/events/${event.id}`} className="event-card-link">
            {event.name}
          </Link>
        </h2>
        <p className="soft">{event.venueName}</p>
        <p className="event-card-foot">
          <span className="event-card-price figures">
            {messages.events.from(money(event.fromPrice, event.currency))}
          </span>
          {mark && <span className={`mark ${mark.tone}`}>{mark.words}</span>}
        </p>
      </div>
    </li>
  );
}

function markOf(event: BoxOfficeEvent): { words: string; tone: string } | null {
  const { events } = messages;
  if (event.sale === 'cancelled') return { words: events.cancelled, tone: 'mark-bad' };
  if (event.sale === 'over') return { words: events.closed, tone: '' };
  if (event.sale === 'not_yet' && event.saleOpensAt !== null) {
    return { words: events.opens(dateAtVenue(event.saleOpensAt, event.timeZone)), tone: '' };
  }
  if (event.seatsAvailable === 0) return { words: events.soldOut, tone: 'mark-bad' };
  if (event.seatsAvailable <= FEW_SEATS)
    return { words: events.seatsLeft(event.seatsAvailable), tone: 'mark-warn' };
  return null;
}
