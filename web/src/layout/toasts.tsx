import { messages } from '../messages/messages.ts';
import { useStore } from '../platform/store.ts';
import { BusyNotice } from './busy-notice.tsx';
import { CrossIcon } from './icons.tsx';
import { announcement, dropToast, toasts } from './notices.ts';

/** The regions are always there, so that screen readers watch them from the start. */
export function Toasts() {
  const shown = useStore(toasts);
  return (
    <>
      <div className="hidden-visually" role="status">
        {useStore(announcement)}
      </div>
      <div className="toasts" role="status">
        <BusyNotice />
        {shown.map((toast) => (
          <div key={toast.id} className="toast">
            <p>{toast.words}</p>
            {toast.action && (
              <button
                type="button"
                className="button"
                onClick={() => {
                  toast.action?.run();
                  dropToast(toast.id);
                }}
              >
                {toast.action.label}
              </button>
            )}
            <button
              type="button"
              className="icon-button"
              aria-label={messages.site.close}
              onClick={() => dropToast(toast.id)}
            >
              <CrossIcon />
            </button>
          </div>
        ))}
      </div>
    </>
  );
}
