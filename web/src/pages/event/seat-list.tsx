import './seat-list.css';
import { type KeyboardEvent, useState } from 'react';
import { messages } from '../../messages/messages.ts';
import type { TierFilter } from '../../seat-map/map-view.ts';
import type { Row, Section } from '../../seat-map/seat-model.ts';
import type { BoxOffice } from './box-office.ts';
import { rowName, seatFull } from './seat-words.ts';
import { TierShape } from './tier-shape.tsx';
import { useSeats } from './use-seats.ts';

export type SeatListProps = {
  office: BoxOffice;
  tiers: TierFilter;
  pick: (seat: number) => void;
  pickPlaces: (section: number) => void;
};

/** Sections, rows, seats: all that the map does, for keyboards and screen readers. */
export function SeatList({ office, tiers, pick, pickPlaces }: SeatListProps) {
  const { model, states } = office;
  const [onlyFree, setOnlyFree] = useState(false);
  useSeats(states);
  const shown = model.sections.flatMap((section, index) =>
    section.seatCount > 0 && hasTier(office, section, tiers) && (!onlyFree || states.freeInSection(index) > 0)
      ? [index]
      : [],
  );
  return (
    <section className="seat-list" aria-label={messages.list.label}>
      <div className="seat-list-head">
        <label className="check">
          <input type="checkbox" checked={onlyFree} onChange={(event) => setOnlyFree(event.target.checked)} />
          {messages.list.onlyFree}
        </label>
        <p className="small soft">{messages.list.keys}</p>
      </div>
      {shown.length === 0 && <p role="status">{messages.list.none}</p>}
      {shown.map((index) => (
        <ListedSection
          key={index}
          index={index}
          isOnly={shown.length === 1}
          office={office}
          tiers={tiers}
          pick={pick}
          pickPlaces={pickPlaces}
        />
      ))}
    </section>
  );
}

function hasTier({ model }: BoxOffice, section: Section, tiers: TierFilter): boolean {
  if (tiers === null) return true;
  const places = section.generalAdmission;
  if (places !== null && tiers.has(places.tier)) return true;
  return rowsOf(model.rows, section).some((row) =>
    seatsOf(row).some((seat) => tiers.has(model.tierOf[seat] ?? 0)),
  );
}

type ListedSectionProps = SeatListProps & { index: number; isOnly: boolean };

function ListedSection({ index, isOnly, office, tiers, pick, pickPlaces }: ListedSectionProps) {
  const { model, states } = office;
  const [isOpen, setIsOpen] = useState(isOnly);
  useSeats(states, index);
  const section = model.sections[index];
  if (section === undefined) return null;
  const title = messages.list.section(section.name, states.freeInSection(index));
  if (section.generalAdmission !== null && section.rowCount === 0) {
    return (
      <div className="card listed-section listed-places">
        <h2>{title}</h2>
        <button type="button" className="button" onClick={() => pickPlaces(index)}>
          {messages.map.choose}
        </button>
      </div>
    );
  }
  // Rows are made only when looked at: an arena has 20,000 buttons.
  return (
    <details
      className="card listed-section"
      open={isOpen}
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
    >
      <summary>
        <h2>{title}</h2>
      </summary>
      {isOpen &&
        rowsOf(model.rows, section).map((row) => (
          <ListedRow
            key={row.firstSeat}
            row={row}
            section={section}
            office={office}
            tiers={tiers}
            pick={pick}
          />
        ))}
    </details>
  );
}

type ListedRowProps = {
  row: Row;
  section: Section;
  office: BoxOffice;
  tiers: TierFilter;
  pick: (seat: number) => void;
};

/** One stop of the Tab key; inside, the arrows go from seat to seat. */
function ListedRow({ row, section, office, tiers, pick }: ListedRowProps) {
  const { model, states } = office;
  const [at, setAt] = useState(row.firstSeat);
  const seats = seatsOf(row).filter((seat) => tiers === null || tiers.has(model.tierOf[seat] ?? 0));
  const free = seats.filter((seat) => states.isFree(seat)).length;
  const stop = seats.includes(at) ? at : seats[0];
  if (stop === undefined) return null;
  const keyed = (event: KeyboardEvent<HTMLElement>) => {
    const next = seats[placeAfter(event.key, seats.indexOf(stop), seats.length)];
    if (next === undefined) return;
    event.preventDefault();
    setAt(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-seat="${next}"]`)?.focus();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys are those of the buttons inside
    <div
      className="listed-row"
      role="group"
      aria-label={messages.list.rowLabel(section.name, rowName(row), free)}
      onKeyDown={keyed}
    >
      <span className="listed-row-label small soft" aria-hidden="true">
        {rowName(row)}
      </span>
      <div className="listed-seats">
        {seats.map((seat) => (
          <ListedSeat
            key={seat}
            seat={seat}
            office={office}
            isStop={seat === stop}
            pick={pick}
            focused={setAt}
          />
        ))}
      </div>
    </div>
  );
}

type ListedSeatProps = {
  seat: number;
  office: BoxOffice;
  isStop: boolean;
  pick: (seat: number) => void;
  focused: (seat: number) => void;
};

function ListedSeat({ seat, office, isStop, pick, focused }: ListedSeatProps) {
  const { model, states } = office;
  const look = states.lookOf(seat);
  const tier = model.tierOf[seat] ?? 0;
  return (
    <button
      type="button"
      className={`listed-seat listed-seat-${look} figures`}
      data-seat={seat}
      tabIndex={isStop ? 0 : -1}
      aria-label={seatFull(model, seat, look)}
      aria-pressed={look === 'mine'}
      aria-disabled={look === 'taken' || look === 'sold' || look === 'blocked'}
      onFocus={() => focused(seat)}
      onClick={() => pick(seat)}
    >
      <TierShape tier={tier} color={model.tiers[tier]?.color ?? ''} />
      {model.labels[seat]}
    </button>
  );
}

/** Where a key leads from the place `at` of `count`; -1 for keys that lead nowhere. */
function placeAfter(key: string, at: number, count: number): number {
  switch (key) {
    case 'ArrowLeft':
      return at - 1;
    case 'ArrowRight':
      return at + 1;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return -1;
  }
}

function rowsOf(rows: readonly Row[], { firstRow, rowCount }: Section): readonly Row[] {
  return rows.slice(firstRow, firstRow + rowCount);
}

function seatsOf({ firstSeat, seatCount }: Row): number[] {
  return Array.from({ length: seatCount }, (_seat, index) => firstSeat + index);
}
