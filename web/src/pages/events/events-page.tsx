import './events-page.css';
import { type ReactNode, useState } from 'react';
import { type BoxOfficeEvent, type EventPage, listEvents } from '../../api/events.ts';
import { SearchIcon } from '../../layout/icons.tsx';
import { PageTitle } from '../../layout/plain-page.tsx';
import { messages } from '../../messages/messages.ts';
import { plainWords } from '../../messages/plain-words.ts';
import { useLoaded } from '../../platform/use-loaded.ts';
import { useSettled } from '../../platform/use-settled.ts';
import { EventCard } from './event-card.tsx';

const EVENTS_PER_PAGE = 24;
const SKELETONS = 6;

export function EventsPage() {
  const [typed, setTyped] = useState('');
  const search = useSettled(typed.trim());
  const [asked, setAsked] = useState({ search: '', pages: 1 });
  const pages = asked.search === search ? asked.pages : 1;
  const loaded = useLoaded(`${search} ${pages}`, (signal) => listPages(search, pages, signal));
  const last = useLast(loaded.state === 'loaded' ? loaded.value : null);
  return (
    <div className="page events-page">
      <PageTitle className="display">{messages.events.title}</PageTitle>
      <p className="soft events-lead">{messages.events.lead}</p>
      <search className="events-search">
        <label className="hidden-visually" htmlFor="search">
          {messages.events.search}
        </label>
        <SearchIcon />
        <input
          id="search"
          className="input"
          type="search"
          placeholder={messages.events.searchHint}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </search>
      {loaded.state === 'failed' && <Failure error={loaded.error} retry={loaded.reload} />}
      {last === null ? (
        loaded.state !== 'failed' && <Skeletons />
      ) : (
        <EventList
          page={last}
          search={search}
          isBusy={loaded.state === 'loading'}
          more={() => setAsked({ search, pages: pages + 1 })}
        />
      )}
    </div>
  );
}

/** The pages up to this one as a single long one. */
async function listPages(search: string, pages: number, signal: AbortSignal): Promise<EventPage> {
  const all = await Promise.all(
    Array.from({ length: pages }, (_page, index) =>
      listEvents({ page: index + 1, limit: EVENTS_PER_PAGE, search }, signal),
    ),
  );
  const items = all.flatMap((page): BoxOfficeEvent[] => page.items);
  return { items, page: pages, limit: EVENTS_PER_PAGE, total: all[0]?.total ?? 0 };
}

function EventList({
  page,
  search,
  isBusy,
  more,
}: {
  page: EventPage;
  search: string;
  isBusy: boolean;
  more: () => void;
}) {
  const { events } = messages;
  if (page.items.length === 0)
    return <p role="status">{search === '' ? events.none : events.noneFound(search)}</p>;
  return (
    <>
      <p className="hidden-visually" role="status">
        {events.found(page.total)}
      </p>
      <ul className="event-cards" aria-busy={isBusy}>
        {page.items.map((event) => (
          <EventCard key={event.id} event={event} />
        ))}
      </ul>
      {page.items.length < page.total && (
        <button type="button" className="button" onClick={more}>
          {events.more}
        </button>
      )}
    </>
  );
}

function Failure({ error, retry }: { error: unknown; retry: () => void }): ReactNode {
  return (
    <div className="notice notice-bad" role="alert">
      {plainWords(error)}
      <button type="button" className="button" onClick={retry}>
        {messages.site.retry}
      </button>
    </div>
  );
}

function Skeletons() {
  return (
    <ul className="event-cards" aria-label={messages.site.loading} aria-busy="true">
      {Array.from({ length: SKELETONS }, (_item, index) => (
        <li key={index} className="card event-card">
          <div className="skeleton poster" />
          <div className="event-card-body event-card-waiting" />
        </li>
      ))}
    </ul>
  );
}

/** What was there last, while the next is loading: the list doesn't jump. */
function useLast(value: EventPage | null): EventPage | null {
  const [last, setLast] = useState(value);
  if (value !== null && value !== last) setLast(value);
  return value ?? last;
}
