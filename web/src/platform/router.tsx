import { type AnchorHTMLAttributes, type MouseEvent, type ReactNode, useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();

/** Goes to a page of ours without loading the document again. */
export function navigate(to: string): void {
  if (to === location.pathname + location.search) return;
  history.pushState({ inside: true }, '', to);
  window.scrollTo(0, 0);
  for (const listener of listeners) listener();
}

/** Changes the address only: what is shown stays. */
export function replaceAddress(to: string): void {
  history.replaceState(history.state, '', to);
}

export function usePath(): string {
  return useSyncExternalStore(watch, () => location.pathname);
}

function watch(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}

type LinkProps = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> & { to: string; children: ReactNode };

/** A link to a page of ours. A click with a modifier key does what the browser does with it. */
export function Link({ to, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    event.preventDefault();
    navigate(to);
  };
  return (
    <a {...rest} href={to} onClick={follow}>
      {children}
    </a>
  );
}
