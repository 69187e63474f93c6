import './styles/tokens.css';
import './styles/base.css';
import './layout/layout.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { restoreSession } from './api/session.ts';
import { App } from './app.tsx';
import { messages } from './messages/messages.ts';

document.documentElement.lang = messages.lang;
void restoreSession();
const root = document.querySelector('#root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
