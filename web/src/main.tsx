import './styles/tokens.css';
import './styles/base.css';
import './layout/layout.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { restoreSession } from './api/session.ts';
import { App } from './app.tsx';
import { chosenLanguage } from './messages/chosen-language.ts';
import { language, loadMessages, messages } from './messages/messages.ts';

const SEAT_MAP_PAGE = /^\/events\/[^/]+$/;

void restoreSession();
void start();

async function start(): Promise<void> {
  // The largest page is fetched beside the texts, not after them; what goes wrong shows when it is drawn.
  if (SEAT_MAP_PAGE.test(location.pathname)) import('./pages/event/event-page.tsx').catch(() => undefined);
  await loadMessages(chosenLanguage());
  document.documentElement.lang = language;
  document.querySelector('meta[name="description"]')?.setAttribute('content', messages.site.description);
  const root = document.querySelector('#root');
  if (root === null) return;
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
