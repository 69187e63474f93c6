import { messages } from '../../messages/messages.ts';

/** What the marks on the seats mean. */
export function MapKey() {
  return (
    <ul className="map-key small" aria-label={messages.map.legend}>
      <li>
        <svg viewBox="-10 -10 20 20" aria-hidden="true">
          <circle r="8" className="key-mine" />
          <path d="M-3.6.4L-1 3 3.8-2.6" className="key-mine-mark" />
        </svg>
        {messages.looks.mine}
      </li>
      <li>
        <svg viewBox="-10 -10 20 20" aria-hidden="true">
          <circle r="7.5" className="key-taken" />
          <path d="M-3.4 0H3.4" className="key-taken-mark" />
        </svg>
        {messages.looks.taken}
      </li>
      <li>
        <svg viewBox="-10 -10 20 20" aria-hidden="true">
          <circle r="8" className="key-sold" />
          <path d="M-3-3L3 3M-3 3L3-3" className="key-sold-mark" />
        </svg>
        {messages.looks.sold}
      </li>
    </ul>
  );
}
