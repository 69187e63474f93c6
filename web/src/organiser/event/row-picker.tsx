import { useState } from 'react';
import type { SeatModel } from '../../seat-map/seat-model.ts';
import { rowName } from '../../pages/event/seat-words.ts';
import { ChoiceField } from '../parts/fields.tsx';
import { seatsOfSection } from '../parts/section-seats.ts';
import { texts } from '../texts/texts.ts';

const WHOLE = '';

/** Picks a whole section or a row: without the map, and many seats at once. */
export function RowPicker({ model, pick }: { model: SeatModel; pick: (seats: readonly number[]) => void }) {
  const words = texts.block;
  const sections = model.sections.flatMap(({ name, seatCount }, index) =>
    seatCount > 0 ? [[String(index), name] as const] : [],
  );
  const [section, setSection] = useState(() => Number(sections[0]?.[0] ?? 0));
  const [row, setRow] = useState(WHOLE);
  const { firstRow = 0, rowCount = 0 } = model.sections[section] ?? {};
  const rows = Array.from({ length: rowCount }, (_, index) => firstRow + index);
  const select = () => {
    const chosen = row === WHOLE ? undefined : model.rows[Number(row)];
    if (chosen === undefined) return pick(seatsOfSection(model, section));
    pick(Array.from({ length: chosen.seatCount }, (_, index) => chosen.firstSeat + index));
  };
  return (
    <div className="block-tools">
      <ChoiceField
        label={words.section}
        value={String(section)}
        options={sections}
        change={(chosen) => {
          setSection(Number(chosen));
          setRow(WHOLE);
        }}
      />
      <ChoiceField
        label={words.row}
        value={row}
        options={[
          [WHOLE, words.wholeSection],
          ...rows.map((index) => {
            const known = model.rows[index];
            return [String(index), known === undefined ? '' : rowName(known) || known.label] as const;
          }),
        ]}
        change={setRow}
      />
      <button type="button" className="button" onClick={select}>
        {words.select}
      </button>
    </div>
  );
}
