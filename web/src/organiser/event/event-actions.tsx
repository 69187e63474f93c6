import { type ReactNode, useState } from 'react';
import { showToast } from '../../layout/notices.ts';
import { count, dateAtVenue, money } from '../../platform/format.ts';
import { Link } from '../../platform/router.tsx';
import { type OwnEvent, moveEvent } from '../api/events.ts';
import { getSales } from '../api/sales.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Failure } from '../parts/failure.tsx';
import { TextField } from '../parts/fields.tsx';
import { usePolled } from '../parts/use-polled.ts';
import { texts } from '../texts/texts.ts';

type Props = { event: OwnEvent; changed: (event: OwnEvent) => void };
// The figures may be a second old when they come, and seats are taken while a dialog is read.
const FIGURES_EVERY_MS = 2_000;

type Asking = 'publish' | 'close' | 'cancel' | null;

/** What may become of the event in its present state. */
export function EventActions({ event, changed }: Props) {
  const words = texts.event;
  const [asking, setAsking] = useState<Asking>(null);
  const close = () => setAsking(null);
  const { status } = event;
  return (
    <div className="own-actions">
      {status !== 'draft' && (
        <Link to={`/events/${event.id}`} className="button">
          {words.public}
        </Link>
      )}
      {(status === 'draft' || status === 'closed') && (
        <button type="button" className="button button-main" onClick={() => setAsking('publish')}>
          {status === 'draft' ? words.publish : words.reopen}
        </button>
      )}
      {status === 'published' && (
        <button type="button" className="button" onClick={() => setAsking('close')}>
          {words.close}
        </button>
      )}
      {status !== 'cancelled' && (
        <button type="button" className="button button-danger" onClick={() => setAsking('cancel')}>
          {words.cancel}
        </button>
      )}
      {asking === 'publish' && <Publish event={event} changed={changed} close={close} />}
      {asking === 'close' && <CloseSale event={event} changed={changed} close={close} />}
      {asking === 'cancel' && <CallOff event={event} changed={changed} close={close} />}
    </div>
  );
}

type DialogProps = Props & { close: () => void };

function Publish({ event, changed, close }: DialogProps) {
  const words = texts.event;
  const opens = event.saleOpensAt;
  const [nowMs] = useState(() => Date.now());
  const isLater = opens !== null && Date.parse(opens) > nowMs;
  const sales = usePolled(event.id, FIGURES_EVERY_MS, (signal) => getSales(event.id, signal));
  const when = isLater ? words.from(dateAtVenue(opens, event.timeZone)) : words.atOnce;
  return (
    <Confirm
      title={words.publishTitle}
      action={words.publish}
      working={words.publishing}
      close={close}
      act={async () => {
        changed(await moveEvent(event.id, 'publish'));
        showToast(words.published);
      }}
    >
      <p role="status">
        {sales.value === null ? words.counting : words.publishWords(count(sales.value.seats.free), when)}
      </p>
    </Confirm>
  );
}

function CloseSale({ event, changed, close }: DialogProps) {
  const words = texts.event;
  return (
    <Confirm
      title={words.closeTitle}
      action={words.close}
      working={texts.saving}
      close={close}
      act={async () => {
        changed(await moveEvent(event.id, 'close'));
        showToast(words.closed);
      }}
    >
      <p>{words.closeWords}</p>
    </Confirm>
  );
}

/** Says what goes back to whom, and takes the event's name as the word that it is meant. */
function CallOff({ event, changed, close }: DialogProps) {
  const words = texts.event;
  const [typed, setTyped] = useState('');
  const sales = usePolled(event.id, FIGURES_EVERY_MS, (signal) => getSales(event.id, signal));
  let consequences: ReactNode = <p role="status">{words.counting}</p>;
  if (sales.error !== null) consequences = <Failure error={sales.error} retry={sales.again} />;
  if (sales.value !== null) {
    const { seats, revenue, currency } = sales.value;
    const held = seats.held + seats.checkout;
    consequences = (
      <div className="organiser-page">
        <p>
          <strong>{words.cancelWords(seats.sold, money(revenue.booked, currency))}</strong>
        </p>
        {held > 0 && <p>{words.cancelHolds(held)}</p>}
      </div>
    );
  }
  return (
    <Confirm
      title={words.cancelTitle}
      action={words.cancelNow}
      working={words.cancelling}
      isDanger
      isReady={sales.value !== null && typed.trim() === event.name.trim()}
      close={close}
      act={async () => {
        changed(await moveEvent(event.id, 'cancel'));
        showToast(words.cancelled);
      }}
    >
      {consequences}
      <TextField label={words.cancelType(event.name)} value={typed} change={setTyped} />
    </Confirm>
  );
}
