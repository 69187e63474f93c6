import { Component, type ReactNode } from 'react';
import { messages } from '../messages/messages.ts';
import { PlainPage } from './plain-page.tsx';

/** React gives no other way to catch what a page throws while it is drawn. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { hasBroken: boolean }> {
  override state = { hasBroken: false };

  static getDerivedStateFromError(): { hasBroken: boolean } {
    return { hasBroken: true };
  }

  override render(): ReactNode {
    if (!this.state.hasBroken) return this.props.children;
    return (
      <PlainPage title={messages.site.brokenTitle} words={messages.site.broken}>
        <button type="button" className="button button-main" onClick={() => location.reload()}>
          {messages.site.reload}
        </button>
      </PlainPage>
    );
  }
}
