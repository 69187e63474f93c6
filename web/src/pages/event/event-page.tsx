import './event-page.css';
import { type BoxOfficeEvent, getEvent } from '../../api/events.ts';
import { ApiProblem } from '../../api/problem.ts';
import { getSeatMap } from '../../api/seats.ts';
import { PageTitle, PlainPage } from '../../layout/plain-page.tsx';
import { messages } from '../../messages/messages.ts';
import { plainWords } from '../../messages/plain-words.ts';
import { dateAtVenue } from '../../platform/format.ts';
import { useLoaded } from '../../platform/use-loaded.ts';
import { readSeatModel } from '../../seat-map/seat-model.ts';
import { Office } from './office.tsx';

/** Where a buyer chooses seats. */
export function EventPage({ eventId }: { eventId: string }) {
  const event = useLoaded(eventId, (signal) => getEvent(eventId, signal));
  const map = useLoaded(eventId, async (signal) => readSeatModel(await getSeatMap(eventId, signal)));
  if (event.state === 'failed' && event.error instanceof ApiProblem && event.error.status === 404) {
    return <PlainPage title={messages.event.notFoundTitle} words={messages.event.notFound} />;
  }
  const failed = event.state === 'failed' ? event : map.state === 'failed' ? map : null;
  if (failed !== null) {
    return (
      <PlainPage title={messages.event.failed} words={plainWords(failed.error)}>
        <button type="button" className="button button-main" onClick={failed.reload}>
          {messages.site.retry}
        </button>
      </PlainPage>
    );
  }
  const known = event.state === 'loaded' ? event.value : null;
  return (
    <div className="event-page">
      <EventHead event={known} />
      {map.state === 'loaded' && known !== null ? <Office event={known} model={map.value} /> : <Waiting />}
    </div>
  );
}

function EventHead({ event }: { event: BoxOfficeEvent | null }) {
  if (event === null) return <div className="event-head" aria-hidden="true" />;
  const notice = saleNotice(event);
  return (
    <header className="event-head">
      <PageTitle>{event.name}</PageTitle>
      <p className="soft">
        <time dateTime={event.date}>{dateAtVenue(event.date, event.timeZone)}</time>
        {event.venueName !== '' && ` · ${event.venueName}`}
      </p>
      {event.description !== null && event.description !== '' && (
        <details className="event-about">
          <summary>{messages.event.about}</summary>
          <p>{event.description}</p>
        </details>
      )}
      {notice !== null && <p className="notice notice-warn">{notice}</p>}
    </header>
  );
}

function saleNotice(event: BoxOfficeEvent): string | null {
  switch (event.sale) {
    case 'not_yet':
      return event.saleOpensAt === null
        ? null
        : messages.event.notOpen(dateAtVenue(event.saleOpensAt, event.timeZone));
    case 'over':
      return messages.event.saleOver;
    case 'cancelled':
      return messages.event.eventCancelled;
    default:
      return null;
  }
}

/** As large as what will be there, so that nothing jumps. */
function Waiting() {
  return (
    <div className="office" aria-busy="true">
      <div className="office-tools" />
      <div className="office-seats">
        <p className="office-loading soft" role="status">
          {messages.event.loadingMap}
        </p>
      </div>
      <div className="panel" />
    </div>
  );
}
