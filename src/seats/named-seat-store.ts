import type { SeatId } from '../platform/id.ts';
import type { DbOrTx } from '../platform/mysql.ts';

/** A seat as its ticket names it. */
export type NamedSeat = {
  readonly id: SeatId;
  readonly section: string;
  readonly row: string;
  readonly label: string;
  readonly tier: number;
  readonly tierName: string;
};

/**
 * Every seat with the names of its section and tier, as the table `seat` to select from or to join. MySQL and MariaDB
 * merge it into the query around it, so that its keys serve that query's conditions.
 */
export function namedSeats(db: DbOrTx) {
  return db
    .selectFrom('event_seats')
    .leftJoin('event_sections', (join) =>
      join
        .onRef('event_sections.event_id', '=', 'event_seats.event_id')
        .onRef('event_sections.section_id', '=', 'event_seats.section_id'),
    )
    .leftJoin('event_tiers', (join) =>
      join
        .onRef('event_tiers.event_id', '=', 'event_seats.event_id')
        .onRef('event_tiers.tier_id', '=', 'event_seats.tier_id'),
    )
    .select([
      'event_seats.event_id',
      'event_seats.event_seat_id',
      'event_seats.hold_id',
      'event_seats.status',
      'event_seats.lock_kind',
      'event_seats.row_label',
      'event_seats.seat_label',
      'event_seats.tier_id',
      'event_sections.section_name',
      'event_tiers.tier_name',
      'event_tiers.price_amount',
    ])
    .as('seat');
}

export type NamedSeatRow = Parameters<typeof toNamedSeat>[0] & {
  readonly hold_id: Buffer | null;
  readonly price_amount: number | null;
};

export function toNamedSeat(row: {
  event_seat_id: SeatId;
  section_name: string | null;
  row_label: string;
  seat_label: string;
  tier_id: number;
  tier_name: string | null;
}): NamedSeat {
  return {
    id: row.event_seat_id,
    section: row.section_name ?? '',
    row: row.row_label,
    label: row.seat_label,
    tier: row.tier_id,
    tierName: row.tier_name ?? '',
  };
}
