import { currentUser, signOut } from '../api/session.ts';
import { messages } from '../messages/messages.ts';
import { plainWords } from '../messages/plain-words.ts';
import { Link, usePath } from '../platform/router.tsx';
import { useStore } from '../platform/store.ts';
import { SiteMark } from './icons.tsx';
import { LanguageSwitch } from './language-switch.tsx';
import { showToast } from './notices.ts';

export function SiteHeader() {
  const { site } = messages;
  const user = useStore(currentUser);
  const path = usePath();
  const hasAccount = user !== null && user !== undefined && !user.isGuest;
  return (
    <header className="site-header">
      <a className="button skip-link" href="#content">
        {site.skip}
      </a>
      <Link to="/" className="site-name">
        <SiteMark />
        <span className="site-name-words">{site.name}</span>
      </Link>
      <nav className="site-nav" aria-label={site.menu}>
        {(user?.role === 'organiser' || user?.role === 'admin') && (
          <Link to="/organiser" aria-current={path.startsWith('/organiser') ? 'page' : undefined}>
            {site.organiser}
          </Link>
        )}
        <Link to="/bookings" aria-current={path === '/bookings' ? 'page' : undefined}>
          {site.bookings}
        </Link>
        {hasAccount ? (
          <button type="button" onClick={() => void leave()} title={user.email ?? undefined}>
            {site.signOut}
          </button>
        ) : (
          <Link to="/sign-in" aria-current={path === '/sign-in' ? 'page' : undefined}>
            {site.signIn}
          </Link>
        )}
      </nav>
      <LanguageSwitch />
    </header>
  );
}

async function leave(): Promise<void> {
  try {
    await signOut();
  } catch (error) {
    showToast(plainWords(error));
  }
}
