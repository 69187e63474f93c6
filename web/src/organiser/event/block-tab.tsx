import { useMemo, useState } from 'react';
import { ApiProblem } from '../../api/problem.ts';
import { showToast } from '../../layout/notices.ts';
import { useSeats } from '../../pages/event/use-seats.ts';
import type { SeatModel } from '../../seat-map/seat-model.ts';
import type { SeatStates } from '../../seats/seat-states.ts';
import { count } from '../../platform/format.ts';
import { type OwnEvent } from '../api/events.ts';
import { blockSeats } from '../api/sales.ts';
import { Failure } from '../parts/failure.tsx';
import { OrganiserMap } from '../parts/organiser-map.tsx';
import { seatsOfSection } from '../parts/section-seats.ts';
import { type OwnSeats, useOwnSeats } from '../parts/use-own-seats.ts';
import { organiserWords, texts } from '../texts/texts.ts';
import { RowPicker } from './row-picker.tsx';

/** Selects seats on the map or by row, and takes them off sale or puts them back. */
export function BlockTab({ event }: { event: OwnEvent }) {
  const seats = useOwnSeats(event, false);
  if (seats.state === 'failed') return <Failure error={seats.error} retry={seats.reload} />;
  if (seats.state === 'loading') return <div className="organiser-map skeleton" aria-busy="true" />;
  return <Blocking event={event} {...seats.value} />;
}

function Blocking({ event, ...seats }: { event: OwnEvent } & OwnSeats) {
  const { model, states } = seats;
  const { selected, isWorking, select, toggle, act } = useSelection(event.id, seats);
  return (
    <div className="organiser-page">
      <p>{texts.block.lead}</p>
      <RowPicker model={model} pick={toggle} />
      <OrganiserMap
        model={model}
        states={states}
        colours="states"
        label={texts.block.map}
        keys={texts.block.keys}
        pick={(seat) => toggle([seat])}
        pickSection={(section) => toggle(seatsOfSection(model, section))}
      />
      <Bar
        states={states}
        model={model}
        count={selected.size}
        isWorking={isWorking}
        act={act}
        clear={() => select(NONE)}
      />
    </div>
  );
}

function useSelection(eventId: string, { states, refresh }: OwnSeats) {
  const [selected, setSelected] = useState<ReadonlySet<number>>(NONE);
  const [isWorking, setIsWorking] = useState(false);
  const select = (next: ReadonlySet<number>) => {
    setSelected(next);
    states.setOwn(next, NONE);
  };
  /** Selects them; takes them away again when all of them were. */
  const toggle = (seats: readonly number[]) => {
    const next = new Set(selected);
    const isAll = seats.every((seat) => next.has(seat));
    for (const seat of seats) {
      if (isAll) next.delete(seat);
      else next.add(seat);
    }
    select(next);
  };
  const act = async (verb: 'block' | 'unblock') => {
    if (isWorking || selected.size === 0) return;
    setIsWorking(true);
    try {
      const changed = await changeSeats(eventId, verb, [...selected]);
      showToast(verb === 'block' ? texts.block.blocked(changed) : texts.block.unblocked(changed));
      select(NONE);
    } catch (error) {
      select(tellRefusal(error, selected));
    }
    // What changed shows at the next list or change at the latest.
    await refresh().catch((error: unknown) => showToast(organiserWords(error)));
    setIsWorking(false);
  };
  return { selected, isWorking, select, toggle, act };
}

function Bar({
  states,
  model,
  count: selected,
  isWorking,
  act,
  clear,
}: {
  states: SeatStates;
  model: SeatModel;
  count: number;
  isWorking: boolean;
  act: (verb: 'block' | 'unblock') => Promise<void>;
  clear: () => void;
}) {
  const words = texts.block;
  const version = useSeats(states);
  const blocked = useMemo(() => countBlocked(states, model, version), [states, model, version]);
  const free = model.tiers.reduce((sum, _tier, tier) => sum + states.freeInTier(tier), 0);
  const isOff = isWorking || selected === 0;
  return (
    <div className="card block-bar">
      <p role="status">
        <strong>{words.selected(selected)}</strong>
        <br />
        <span className="small soft figures">{words.counts(count(blocked), count(free))}</span>
      </p>
      <button type="button" className="button button-quiet" aria-disabled={selected === 0} onClick={clear}>
        {words.clear}
      </button>
      <button type="button" className="button" aria-disabled={isOff} onClick={() => void act('unblock')}>
        {words.unblock}
      </button>
      <button
        type="button"
        className="button button-main"
        aria-disabled={isOff}
        onClick={() => void act('block')}
      >
        {isWorking ? words.working : words.block}
      </button>
    </div>
  );
}

const NONE: ReadonlySet<number> = new Set();
const SEATS_PER_CALL = 5_000;

/** Seats are told by their ids, one more than their index. Returns how many changed. */
async function changeSeats(
  eventId: string,
  verb: 'block' | 'unblock',
  seats: readonly number[],
): Promise<number> {
  let changed = 0;
  for (let from = 0; from < seats.length; from += SEATS_PER_CALL) {
    const ids = seats.slice(from, from + SEATS_PER_CALL).map((seat) => seat + 1);
    changed += (await blockSeats(eventId, verb, ids)).length;
  }
  return changed;
}

/** Says why, and returns what stays selected: not the seats that are someone's. */
function tellRefusal(error: unknown, selected: ReadonlySet<number>): ReadonlySet<number> {
  if (!(error instanceof ApiProblem) || error.code !== 'seats_not_free') {
    showToast(organiserWords(error));
    return selected;
  }
  showToast(texts.block.notFree(error.seatIds.length));
  const theirs = new Set(error.seatIds.map((seatId) => seatId - 1));
  return new Set([...selected].filter((seat) => !theirs.has(seat)));
}

function countBlocked(states: SeatStates, model: SeatModel, _version: number): number {
  let blocked = 0;
  for (let seat = 0; seat < model.seatCount; seat += 1) if (states.isBlocked(seat)) blocked += 1;
  return blocked;
}
