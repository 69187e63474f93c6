import { toBytes } from '../platform/id.ts';
import type { DbOrTx } from '../platform/mysql.ts';
import type { SeatPlace } from './seat-layout.ts';

export type SectionRow = {
  readonly sectionId: number;
  readonly name: string;
  readonly isGeneralAdmission: boolean;
};

export type SeatRow = Omit<SeatPlace, 'section' | 'isGeneralAdmission'>;

/** Every seat of an event with where it is, by seat id. */
export async function listSeatPlaces(
  db: DbOrTx,
  eventId: string,
): Promise<{ sections: SectionRow[]; seats: SeatRow[] }> {
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
        'event_seat_id as seatId',
        'section_id as sectionId',
        'tier_id as tierId',
        'row_label as row',
        'seat_label as label',
        'row_no as rowNo',
        'row_position as position',
        'seat_rank as rank',
      ])
      .where('event_id', '=', event)
      .orderBy('event_seat_id')
      .execute(),
  ]);
  return {
    sections: sections.map((section) => ({
      sectionId: section.section_id,
      name: section.section_name,
      isGeneralAdmission: section.general_admission === 1,
    })),
    seats,
  };
}
