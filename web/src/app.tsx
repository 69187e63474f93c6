import { Suspense, lazy } from 'react';
import { ErrorBoundary } from './layout/error-boundary.tsx';
import { PlainPage } from './layout/plain-page.tsx';
import { SiteHeader } from './layout/site-header.tsx';
import { Toasts } from './layout/toasts.tsx';
import { language, messages } from './messages/messages.ts';
import { loadTexts } from './organiser/texts/texts.ts';
import { usePath } from './platform/router.tsx';

const EventsPage = lazy(async () => ({
  default: (await import('./pages/events/events-page.tsx')).EventsPage,
}));
const EventPage = lazy(async () => ({ default: (await import('./pages/event/event-page.tsx')).EventPage }));
const PaymentPage = lazy(async () => ({
  default: (await import('./pages/payment/payment-page.tsx')).PaymentPage,
}));
const BookingsPage = lazy(async () => ({
  default: (await import('./pages/bookings/bookings-page.tsx')).BookingsPage,
}));
const SignInPage = lazy(async () => ({
  default: (await import('./pages/sign-in/sign-in-page.tsx')).SignInPage,
}));
const OrganiserApp = lazy(async () => {
  const [page] = await Promise.all([import('./organiser/organiser-app.tsx'), loadTexts(language)]);
  return { default: page.OrganiserApp };
});

export function App() {
  const path = usePath();
  return (
    <>
      <SiteHeader />
      <main id="content">
        <ErrorBoundary key={isOrganisers(path) ? '/organiser' : path}>
          <Suspense fallback={<div className="page" aria-busy="true" />}>
            <Page path={path} />
          </Suspense>
        </ErrorBoundary>
      </main>
      <Toasts />
    </>
  );
}

function Page({ path }: { path: string }) {
  const [first, id, second, paymentId, ...rest] = path.split('/').slice(1);
  if (path === '/') return <EventsPage />;
  if (path === '/bookings') return <BookingsPage />;
  if (path === '/sign-in') return <SignInPage />;
  if (isOrganisers(path)) return <OrganiserApp path={path} />;
  if (first === 'events' && id && rest.length === 0) {
    if (second === undefined) return <EventPage key={id} eventId={id} />;
    if (second === 'payments' && paymentId)
      return <PaymentPage key={paymentId} eventId={id} paymentId={paymentId} />;
  }
  return <PlainPage title={messages.site.notFoundTitle} words={messages.site.notFound} />;
}

/** The organiser's pages are one: what they show stays from tab to tab. */
function isOrganisers(path: string): boolean {
  return path === '/organiser' || path.startsWith('/organiser/');
}
