import './organiser.css';
import { type ReactNode, Suspense, lazy } from 'react';
import { type User, currentUser } from '../api/session.ts';
import { PlainPage } from '../layout/plain-page.tsx';
import { messages } from '../messages/messages.ts';
import { Link } from '../platform/router.tsx';
import { useStore } from '../platform/store.ts';
import { EventsPage } from './events-page.tsx';
import { texts } from './texts/texts.ts';

const CreatePage = lazy(async () => ({ default: (await import('./create/create-page.tsx')).CreatePage }));
const EventPage = lazy(async () => ({ default: (await import('./event/event-page.tsx')).EventPage }));
const SystemPage = lazy(async () => ({ default: (await import('./system/system-page.tsx')).SystemPage }));

/** All pages under `/organiser`. Who may not organise is told so, and how to. */
export function OrganiserApp({ path }: { path: string }) {
  const user = useStore(currentUser);
  if (user === undefined) return <div className="page" aria-busy="true" />;
  if (user === null || user.isGuest) {
    return (
      <PlainPage title={texts.noRoleTitle} words={texts.signInFirst}>
        <Link to={`/sign-in?next=${encodeURIComponent(path)}`} className="button button-main">
          {messages.site.signIn}
        </Link>
      </PlainPage>
    );
  }
  if (user.role !== 'organiser' && user.role !== 'admin')
    return <PlainPage title={texts.noRoleTitle} words={texts.noRole} />;
  return (
    <>
      <Menu path={path} user={user} />
      <Suspense fallback={<div className="page" aria-busy="true" />}>{pageOf(path, user)}</Suspense>
    </>
  );
}

function Menu({ path, user }: { path: string; user: User }) {
  const links = [
    { to: '/organiser', words: texts.events },
    { to: '/organiser/new', words: texts.newEvent },
    ...(user.role === 'admin' ? [{ to: '/organiser/system', words: texts.system }] : []),
  ];
  return (
    <nav className="organiser-menu" aria-label={texts.menu}>
      {links.map(({ to, words }) => (
        <Link key={to} to={to} aria-current={path === to ? 'page' : undefined}>
          {words}
        </Link>
      ))}
    </nav>
  );
}

function pageOf(path: string, user: User): ReactNode {
  const [section, id, tab, ...rest] = path.split('/').slice(2);
  if (section === undefined || section === '') return <EventsPage />;
  if (section === 'new' && id === undefined) return <CreatePage />;
  if (section === 'system' && id === undefined)
    return user.role === 'admin' ? (
      <SystemPage />
    ) : (
      <PlainPage title={texts.system} words={texts.adminOnly} />
    );
  if (section === 'events' && id && rest.length === 0)
    return <EventPage key={id} eventId={id} tab={tab ?? ''} />;
  return <PlainPage title={messages.site.notFoundTitle} words={messages.site.notFound} />;
}
