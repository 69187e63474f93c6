import { toBytes } from '../platform/id.ts';
import type { DbOrTx } from '../platform/mysql.ts';
import type { SeatPlace } from './seat-layout.ts';

/** Every seat of an event with where it is, by seat id. */
export async function listSeatPlaces(db: DbOrTx, eventId: string): Promise<SeatPlace[]> {
  const event = toBytes(eventId);
  const [sections, seats] = await Promise.all([
    db
      .selectFrom('event_sections')
      .select(['section_id', 'section_name', 'general_admission'])
      .where('event_id', '=', event)
      .execute(),
    db
      .selectFrom('event_seats')
      .select([
        'event_seat_id',
        'section_id',
        'tier_id',
        'row_label',
        'seat_label',
        'row_no',
        'row_position',
        'seat_rank',
      ])
      .where('event_id', '=', event)
      .orderBy('event_seat_id')
      .execute(),
  ]);
  const byId = new Map(sections.map((section) => [section.section_id, section]));
  return seats.map((seat) => {
    const section = byId.get(seat.section_id);
    return {
      seatId: seat.event_seat_id,
      sectionId: seat.section_id,
      section: section?.section_name ?? '',
      isGeneralAdmission: section?.general_admission === 1,
      tierId: seat.tier_id,
      row: seat.row_label,
      label: seat.seat_label,
      rowNo: seat.row_no,
      position: seat.row_position,
      rank: seat.seat_rank,
    };
  });
}
