import assert from 'node:assert/strict';
import { type NumberedSeat, numberSeats, rowOrigin, sizeOf } from './number-seats.ts';
import { focusOf } from './plan-focus.ts';
import type {
  SeatMap,
  SeatMapArea,
  SeatMapRow,
  SeatMapSection,
  SeatMapTier,
  SeatTuple,
} from './seat-map-schema.ts';
import type { PlanArea, PlanRow, PlanZone, Point, SeatingPlan } from './seating-plan.ts';

/** A radius that a plan doesn't give, in its units (pretix's default). */
const SEAT_RADIUS_DEFAULT = 10;
const TEXT_SIZE_DEFAULT = 16;
/** Maps with more seats than this carry whole numbers: a seat is some 25 units wide, and the map a third smaller. */
const FINE_SEATS_MAX = 5_000;

export type SeatMapHead = { eventId: string; version: number; currency: string; tiers: SeatMapTier[] };

/** The public seat map of a plan: everything but who has which seat. `seats` are the plan's own, by `numberSeats`. */
export function buildSeatMap(
  plan: SeatingPlan,
  head: SeatMapHead,
  seats: readonly NumberedSeat[] = numberSeats(plan),
): SeatMap {
  const drawing: Drawing = {
    seatRadius: commonRadius(plan),
    unit: seats.length > FINE_SEATS_MAX ? 1 : 0.1,
    queue: seats.values(),
  };
  const points = seats.map((seat) => seat.at);
  return {
    eventId: head.eventId,
    version: head.version,
    name: plan.name,
    size: sizeOf(plan, seats),
    focus: rounded(focusOf(plan, points), drawing),
    seatRadius: drawing.seatRadius,
    seatCount: seats.length,
    accessibleSeatIds: seats.filter((seat) => seat.isAccessible).map((seat) => seat.seatId),
    currency: head.currency,
    tiers: head.tiers,
    areas: plan.zones.flatMap((zone, index) =>
      (zone.areas ?? []).flatMap((area) => areaOf(zone, index + 1, area, drawing)),
    ),
    sections: plan.zones.map((zone, index) => sectionOf(zone, index, drawing)),
  };
}

/** What a zone is called: its name, else its id, else its place in the plan. */
export function sectionName(zone: PlanZone, index: number): string {
  return zone.name?.trim() || zone.zone_id?.trim() || `Section ${index + 1}`;
}

/** What holds for the whole map while it is drawn. `queue` gives the seats in the plan's order, like the zones and rows. */
type Drawing = { seatRadius: number; unit: number; queue: Iterator<NumberedSeat> };

function sectionOf(zone: PlanZone, index: number, drawing: Drawing): SeatMapSection {
  const rows = zone.rows.map((row): SeatMapRow => {
    const seats = row.seats.map((planned) =>
      tupleOf(nextSeat(drawing), planned.radius ?? SEAT_RADIUS_DEFAULT, drawing),
    );
    return { ...rowHead(zone, row, drawing), seats };
  });
  const section = { id: index + 1, name: sectionName(zone, index), ...rounded(zone.position, drawing) };
  const capacity = zone.general_admission?.capacity ?? 0;
  if (capacity === 0) return { ...section, rows };
  const places = Array.from({ length: capacity }, () => nextSeat(drawing));
  const firstSeatId = places[0]?.seatId ?? 0;
  const tierIndex = (places[0]?.tierId ?? 1) - 1;
  return { ...section, generalAdmission: { capacity, firstSeatId, tierIndex }, rows };
}

function nextSeat({ queue }: Drawing): NumberedSeat {
  const next = queue.next();
  assert(next.done !== true, 'The numbered seats are those of the plan');
  return next.value;
}

function tupleOf(seat: NumberedSeat, radius: number, drawing: Drawing): SeatTuple {
  const { x, y } = rounded(seat.at, drawing);
  const tierIndex = seat.tierId - 1;
  return radius === drawing.seatRadius
    ? [seat.seatId, seat.seatLabel, x, y, tierIndex]
    : [seat.seatId, seat.seatLabel, x, y, tierIndex, radius];
}

function rowHead(zone: PlanZone, row: PlanRow, drawing: Drawing): Omit<SeatMapRow, 'seats'> {
  const name = row.row_label?.replaceAll('%s', row.row_number);
  return {
    label: row.row_number,
    ...(name ? { name } : {}),
    ...(row.row_number_position ? { labelAt: row.row_number_position } : {}),
    ...rounded(rowOrigin(zone, row), drawing),
  };
}

/** An area with absolute coordinates; none when the plan gives it no shape to draw. */
function areaOf(zone: PlanZone, sectionId: number, area: PlanArea, drawing: Drawing): SeatMapArea[] {
  const shape = area.shape ?? shapeGiven(area);
  if (shape === undefined) return [];
  const at = { x: zone.position.x + (area.position?.x ?? 0), y: zone.position.y + (area.position?.y ?? 0) };
  return [
    {
      sectionId,
      shape,
      ...rounded(at, drawing),
      ...(area.rotation ? { rotation: area.rotation } : {}),
      ...(area.color ? { color: area.color } : {}),
      ...(area.border_color ? { borderColor: area.border_color } : {}),
      ...geometryOf(area, shape, at, drawing),
      ...textOf(area, at, drawing),
    },
  ];
}

function shapeGiven(area: PlanArea): SeatMapArea['shape'] | undefined {
  if (area.polygon) return 'polygon';
  if (area.rectangle) return 'rectangle';
  if (area.ellipse) return 'ellipse';
  if (area.circle) return 'circle';
  return area.text ? 'text' : undefined;
}

function geometryOf(
  area: PlanArea,
  shape: SeatMapArea['shape'],
  at: Point,
  { unit }: Drawing,
): Partial<SeatMapArea> {
  switch (shape) {
    case 'polygon':
      return {
        points: (area.polygon?.points ?? []).map(({ x, y }) => [
          whole(at.x + x, unit),
          whole(at.y + y, unit),
        ]),
      };
    case 'rectangle':
      return { ...area.rectangle };
    case 'ellipse': {
      const { x: radiusX, y: radiusY } = area.ellipse?.radius ?? { x: 0, y: 0 };
      return { radiusX, radiusY };
    }
    case 'circle':
      return { ...area.circle };
    case 'text':
      return {};
  }
}

function textOf(area: PlanArea, at: Point, drawing: Drawing): Pick<SeatMapArea, 'text'> {
  if (!area.text?.text) return {};
  const { text, position, size, color } = area.text;
  const place = rounded({ x: at.x + (position?.x ?? 0), y: at.y + (position?.y ?? 0) }, drawing);
  return { text: { text, ...place, size: size ?? TEXT_SIZE_DEFAULT, ...(color ? { color } : {}) } };
}

/** The radius that most seats have; the others carry theirs. */
function commonRadius(plan: SeatingPlan): number {
  const counts = new Map<number, number>();
  for (const zone of plan.zones) {
    for (const row of zone.rows) {
      for (const seat of row.seats) {
        const radius = seat.radius ?? SEAT_RADIUS_DEFAULT;
        counts.set(radius, (counts.get(radius) ?? 0) + 1);
      }
    }
  }
  const [most] = [...counts].toSorted((a, b) => b[1] - a[1]);
  return most?.[0] ?? SEAT_RADIUS_DEFAULT;
}

function rounded(at: Point, { unit }: Pick<Drawing, 'unit'>): Point {
  return { x: whole(at.x, unit), y: whole(at.y, unit) };
}

/** To a whole number of units of 1 or 0.1, without the tail that binary fractions bring. */
function whole(value: number, unit: number): number {
  return unit === 1 ? Math.round(value) : Math.round(value * 10) / 10;
}
