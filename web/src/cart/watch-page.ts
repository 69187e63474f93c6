/** Calls back when the page is looked at again, and when it comes back as it was left, with all its memory, from elsewhere. */
export function watchPage(signal: AbortSignal, listener: { seen: () => void; restored: () => void }): void {
  const seen = () => document.visibilityState === 'visible' && listener.seen();
  const shown = ({ persisted }: PageTransitionEvent) => persisted && listener.restored();
  document.addEventListener('visibilitychange', seen, { signal });
  window.addEventListener('pageshow', shown, { signal });
}
