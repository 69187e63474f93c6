import './event-page.css';
import { type ReactNode, useState } from 'react';
import { ApiProblem } from '../../api/problem.ts';
import { PageTitle, PlainPage } from '../../layout/plain-page.tsx';
import { messages } from '../../messages/messages.ts';
import { dateAtVenue } from '../../platform/format.ts';
import { Link } from '../../platform/router.tsx';
import { useLoaded } from '../../platform/use-loaded.ts';
import { type OwnEvent, getOwnEvent } from '../api/events.ts';
import { Failure } from '../parts/failure.tsx';
import { BookingsTab } from '../sale/bookings-tab.tsx';
import { SaleTab } from '../sale/sale-tab.tsx';
import { texts } from '../texts/texts.ts';
import { BlockTab } from './block-tab.tsx';
import { DetailsTab } from './details-tab.tsx';
import { EventActions } from './event-actions.tsx';

const TABS = [
  { path: '', name: 'sale' },
  { path: 'seats', name: 'seats' },
  { path: 'details', name: 'details' },
  { path: 'bookings', name: 'bookings' },
] as const;

/** One event as its organiser sees it. */
export function EventPage({ eventId, tab }: { eventId: string; tab: string }) {
  const loaded = useLoaded(eventId, (signal) => getOwnEvent(eventId, signal));
  const [changed, setChanged] = useState<OwnEvent | null>(null);
  if (loaded.state === 'failed' && loaded.error instanceof ApiProblem && loaded.error.status === 404)
    return <PlainPage title={messages.event.notFoundTitle} words={texts.event.notFound} />;
  if (loaded.state === 'failed') {
    return (
      <div className="page">
        <Failure error={loaded.error} retry={loaded.reload} />
      </div>
    );
  }
  if (loaded.state === 'loading') return <div className="page" aria-busy="true" />;
  const event = changed ?? loaded.value;
  return (
    <div className="page organiser-page">
      <header className="own-head">
        <div>
          <PageTitle>{event.name}</PageTitle>
          <p className="soft">
            <span className={`state state-${event.status}`}>{texts.states[event.status]}</span>{' '}
            {dateAtVenue(event.date, event.timeZone)}
            {event.venueName !== '' && ` · ${event.venueName}`}
          </p>
        </div>
        <EventActions event={event} changed={setChanged} />
      </header>
      {event.status === 'draft' && <p className="notice notice-warn">{texts.event.draftNotice}</p>}
      <nav className="own-tabs" aria-label={texts.event.tabsLabel}>
        {TABS.map(({ path, name }) => (
          <Link
            key={name}
            to={`/organiser/events/${eventId}${path === '' ? '' : `/${path}`}`}
            aria-current={path === tab ? 'page' : undefined}
          >
            {texts.event.tabs[name]}
          </Link>
        ))}
      </nav>
      {tabOf(tab, event, setChanged)}
    </div>
  );
}

function tabOf(tab: string, event: OwnEvent, changed: (event: OwnEvent) => void): ReactNode {
  switch (tab) {
    case '':
      return <SaleTab event={event} />;
    case 'seats':
      return <BlockTab event={event} />;
    case 'details':
      return <DetailsTab event={event} changed={changed} />;
    case 'bookings':
      return <BookingsTab event={event} />;
    default:
      return <p>{messages.site.notFound}</p>;
  }
}
