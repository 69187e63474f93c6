import { boundsOf, focusOf } from './plan-focus.ts';
import { distance, positionsInRow, usualSpacing } from './seat-rows.ts';
import {
  GENERAL_ADMISSION_GUID_PREFIX,
  type PlanRow,
  type PlanZone,
  type Point,
  type SeatingPlan,
} from './seating-plan.ts';

/** The rank of the seat that is furthest from where the audience looks. */
const RANK_MAX = 100_000;
/** To the side counts for more than to the back: a seat far off the middle sees worse than one some rows behind. */
const SIDEWAYS_WEIGHT = 1.3;
/** General admission is cut into rows of this length only so that positions stay small; they mean nothing. */
const GENERAL_ADMISSION_ROW_LENGTH = 1_000;

/** A seat of a plan with all that the inventory needs to know of it. */
export type NumberedSeat = {
  /** 1..N in the plan's order: zone by zone, row by row, seat by seat; a zone's general admission after its rows. */
  seatId: number;
  guid: string;
  /** The zone's number, from 1. */
  sectionId: number;
  /** The category's number, from 1. */
  tierId: number;
  /** The row's number within its zone, from 0. */
  rowNo: number;
  /** Position along the row: neighbours differ by 1, an aisle takes up a position. */
  rowPosition: number;
  rowLabel: string;
  seatLabel: string;
  /** 0 is the best place of the event, near the front and the centre. */
  rank: number;
  isAccessible: boolean;
  /** Absolute; a general-admission place has its zone's position. */
  at: Point;
};

/** The seats of a plan that `readSeatingPlan` has accepted, numbered, placed and ranked. Pure and repeatable. */
export function numberSeats(plan: SeatingPlan): NumberedSeat[] {
  const tierIds = new Map(plan.categories.map((category, index) => [category.name, index + 1]));
  const seats: NumberedSeat[] = [];
  for (const [index, zone] of plan.zones.entries()) {
    const drafts = [...seatsOfRows(zone, tierIds), ...placesOfGeneralAdmission(zone, index + 1, tierIds)];
    for (const draft of drafts) {
      seats.push({ ...draft, seatId: seats.length + 1, sectionId: index + 1, rank: 0 });
    }
  }
  return ranked(plan, seats);
}

/** A row's place on the map. */
export function rowOrigin(zone: PlanZone, row: PlanRow): Point {
  return { x: zone.position.x + (row.position?.x ?? 0), y: zone.position.y + (row.position?.y ?? 0) };
}

type Draft = Omit<NumberedSeat, 'seatId' | 'sectionId' | 'rank'>;

function seatsOfRows(zone: PlanZone, tierIds: ReadonlyMap<string, number>): Draft[] {
  const spacing = usualSpacing(zone.rows.map((row) => row.seats.map((seat) => seat.position)));
  return zone.rows.flatMap((row, rowNo) => {
    const origin = rowOrigin(zone, row);
    const positions = positionsInRow(
      row.seats.map((seat) => seat.position),
      spacing,
    );
    return row.seats.map((seat, index) => ({
      guid: seat.seat_guid,
      tierId: tierIds.get(seat.category) ?? 0,
      rowNo,
      rowPosition: positions[index] ?? 0,
      rowLabel: row.row_number,
      seatLabel: seat.seat_number,
      isAccessible: seat.accessible === true,
      at: { x: origin.x + seat.position.x, y: origin.y + seat.position.y },
    }));
  });
}

function placesOfGeneralAdmission(
  zone: PlanZone,
  sectionId: number,
  tierIds: ReadonlyMap<string, number>,
): Draft[] {
  const offered = zone.general_admission;
  if (!offered) return [];
  const tierId = tierIds.get(offered.category) ?? 0;
  return Array.from({ length: offered.capacity }, (_place, index) => ({
    guid: `${GENERAL_ADMISSION_GUID_PREFIX}${sectionId}:${index + 1}`,
    tierId,
    rowNo: zone.rows.length + Math.floor(index / GENERAL_ADMISSION_ROW_LENGTH),
    rowPosition: index % GENERAL_ADMISSION_ROW_LENGTH,
    rowLabel: '',
    seatLabel: String(index + 1),
    isAccessible: false,
    at: middleOfZone(zone),
  }));
}

/** Where a zone without seats of its own lies: the middle of its first area's bounds, as far as that can be told. */
function middleOfZone(zone: PlanZone): Point {
  const area = zone.areas?.[0];
  if (!area?.position) return zone.position;
  const { width = 0, height = 0 } = area.rectangle ?? {};
  return {
    x: zone.position.x + area.position.x + width / 2,
    y: zone.position.y + area.position.y + height / 2,
  };
}

function ranked(plan: SeatingPlan, seats: readonly NumberedSeat[]): NumberedSeat[] {
  const focus = focusOf(
    plan,
    seats.map((seat) => seat.at),
  );
  const weigh = ({ x, y }: Point) =>
    distance({ x: x * SIDEWAYS_WEIGHT, y }, { x: focus.x * SIDEWAYS_WEIGHT, y: focus.y });
  const distances = seats.map((seat) => weigh(seat.at));
  const nearest = distances.reduce((a, b) => Math.min(a, b), Infinity);
  const furthest = distances.reduce((a, b) => Math.max(a, b), 0);
  const scale = furthest > nearest ? RANK_MAX / (furthest - nearest) : 0;
  return seats.map((seat, index) => ({
    ...seat,
    // Who asks for the best seats is given a wheelchair space only when nothing else is left.
    rank: seat.isAccessible ? 2 * RANK_MAX : Math.round(((distances[index] ?? 0) - nearest) * scale),
  }));
}

/** How large the map is: the plan's own size, else what holds all of its seats. */
export function sizeOf(plan: SeatingPlan, seats: readonly NumberedSeat[]): { width: number; height: number } {
  if (plan.size && plan.size.width > 0 && plan.size.height > 0) return plan.size;
  const { x, y, width, height } = boundsOf(seats.map((seat) => seat.at));
  return { width: Math.ceil(x + width) + MARGIN, height: Math.ceil(y + height) + MARGIN };
}

const MARGIN = 40;
