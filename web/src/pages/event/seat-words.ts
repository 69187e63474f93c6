import { messages } from '../../messages/messages.ts';
import { money } from '../../platform/format.ts';
import type { Row, SeatModel } from '../../seat-map/seat-model.ts';
import type { SeatLook } from '../../seats/seat-states.ts';

/** "Row F, seat 12". */
export function seatShort(model: SeatModel, seat: number): string {
  const row = model.rows[model.rowOf[seat] ?? -1];
  const label = model.labels[seat] ?? '';
  if (row === undefined) return messages.seat.place;
  const name = rowName(row);
  return name === '' ? messages.seat.noRow(label) : messages.seat.short(name, label);
}

/** "Row F"; empty where the plan gives the row no name at all. */
export function rowName(row: Row): string {
  return row.name ?? (row.label === '' ? '' : messages.list.row(row.label));
}

/** "Stalls, Row F, seat 12". */
export function seatPlace(model: SeatModel, seat: number): string {
  const section = model.sections[model.sectionOf[seat] ?? -1];
  return section === undefined ? seatShort(model, seat) : `${section.name}, ${seatShort(model, seat)}`;
}

/** "Stalls, Row F, seat 12, €45.00, free". */
export function seatFull(model: SeatModel, seat: number, look: SeatLook): string {
  const place = seatPlace(model, seat);
  return messages.seat.full(
    model.accessible.has(seat) ? `${place}, ${messages.seat.accessible}` : place,
    seatPrice(model, seat),
    messages.looks[look],
  );
}

export function seatPrice(model: SeatModel, seat: number): string {
  return money(model.tiers[model.tierOf[seat] ?? 0]?.price ?? 0, model.currency);
}

/** A few seats by name, many by number. */
export function seatsInWords(model: SeatModel, seats: readonly number[]): string {
  if (seats.length > 3) return messages.news.manySeats(seats.length);
  return seats.map((seat) => seatPlace(model, seat)).join('; ');
}
