import { messages } from '../../messages/messages.ts';

/** The longest last, so that two lines do where there is little room. */
const MARKS = [
  { look: 'mine', mark: 'M-3.6.4L-1 3 3.8-2.6' },
  { look: 'sold', mark: 'M-3-3L3 3M-3 3L3-3' },
  { look: 'taken', mark: 'M-3.4 0H3.4' },
] as const;

/** What the marks on the seats mean. */
export function MapKey() {
  return (
    <ul className="map-key small" aria-label={messages.map.legend}>
      {MARKS.map(({ look, mark }) => (
        <li key={look}>
          <svg viewBox="-10 -10 20 20" aria-hidden="true">
            <circle r="8" className={`key-${look}`} />
            <path d={mark} className={`key-${look}-mark`} />
          </svg>
          {messages.looks[look]}
        </li>
      ))}
    </ul>
  );
}
