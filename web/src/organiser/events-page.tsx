import { useState } from 'react';
import { PageTitle } from '../layout/plain-page.tsx';
import { count, dateAtVenue } from '../platform/format.ts';
import { Link } from '../platform/router.tsx';
import { useLoaded } from '../platform/use-loaded.ts';
import { useSettled } from '../platform/use-settled.ts';
import { type OwnEvent, listOwnEvents } from './api/events.ts';
import { Failure } from './parts/failure.tsx';
import { ChoiceField, TextField } from './parts/fields.tsx';
import { texts } from './texts/texts.ts';

const EVENTS_PER_PAGE = 30;
const STATES = ['', 'draft', 'published', 'closed', 'cancelled'] as const;
type State = (typeof STATES)[number];

/** The events that one may manage, the newest first. */
export function EventsPage() {
  const [typed, setTyped] = useState('');
  const [status, setStatus] = useState<State>('');
  const [pages, setPages] = useState(1);
  const search = useSettled(typed.trim());
  const loaded = useLoaded(`${search} ${status} ${pages}`, (signal) =>
    listOwnEvents({ page: 1, limit: EVENTS_PER_PAGE * pages, search, status }, signal),
  );
  const isEmpty = loaded.state === 'loaded' && loaded.value.total === 0;
  return (
    <div className="page organiser-page">
      <PageTitle>{texts.list.title}</PageTitle>
      {!(isEmpty && search === '' && status === '') && (
        <search className="organiser-filters">
          <TextField label={texts.list.search} type="search" value={typed} change={setTyped} />
          <ChoiceField
            label={texts.list.state}
            value={status}
            options={STATES.map(
              (state) => [state, state === '' ? texts.list.all : texts.states[state]] as const,
            )}
            change={setStatus}
          />
        </search>
      )}
      {loaded.state === 'failed' && <Failure error={loaded.error} retry={loaded.reload} />}
      {loaded.state === 'loading' && <div className="card skeleton own-event" aria-busy="true" />}
      {loaded.state === 'loaded' && (
        <>
          <p className="hidden-visually" role="status">
            {texts.list.found(loaded.value.total)}
          </p>
          {isEmpty && search === '' && status === '' && <First />}
          <ul className="own-events">
            {loaded.value.items.map((event) => (
              <Item key={event.id} event={event} />
            ))}
          </ul>
          {loaded.value.items.length < loaded.value.total && (
            <button type="button" className="button" onClick={() => setPages(pages + 1)}>
              {texts.more}
            </button>
          )}
        </>
      )}
    </div>
  );
}

function First() {
  return (
    <div className="organiser-page">
      <p>{texts.list.none}</p>
      <div>
        <Link to="/organiser/new" className="button button-main">
          {texts.newEvent}
        </Link>
      </div>
    </div>
  );
}

function Item({ event }: { event: OwnEvent }) {
  const taken = event.seatCount - event.seatsAvailable;
  return (
    <li className="card own-event">
      <h2>
        <Link to={`/organiser/events/${event.id}`}>{event.name}</Link>
      </h2>
      <span className={`state state-${event.status}`}>{texts.states[event.status]}</span>
      <p className="soft">
        {dateAtVenue(event.date, event.timeZone)}
        {event.venueName !== '' && ` · ${event.venueName}`}
      </p>
      <p className="soft figures">{texts.list.seats(count(taken), count(event.seatCount))}</p>
      <svg
        className="fill"
        viewBox="0 0 100 1"
        preserveAspectRatio="none"
        aria-hidden="true"
        width="100%"
        height="6"
      >
        <rect width={(taken / Math.max(1, event.seatCount)) * 100} height="1" />
      </svg>
    </li>
  );
}
