import { type Reader, listOf, number, orNull, record, shape, text } from '../api/read.ts';
import { type Bounds, type Point, convexHull, growBounds, middleOf, noBounds } from './geometry.ts';

const readPoint: Reader<[number, number]> = (input, place) => {
  const [x = 0, y = 0] = listOf(number)(input, place);
  return [x, y];
};
const readAreaText = shape({ text, x: number, y: number, size: number, color: orNull(text) });
const readArea = shape({
  sectionId: orNull(number),
  shape: text,
  x: number,
  y: number,
  rotation: orNull(number),
  color: orNull(text),
  borderColor: orNull(text),
  points: orNull(listOf(readPoint)),
  width: orNull(number),
  height: orNull(number),
  radius: orNull(number),
  radiusX: orNull(number),
  radiusY: orNull(number),
  text: orNull(readAreaText),
});
const readTier = shape({ id: number, name: text, color: text, price: number });
const readGeneralAdmission = shape({ capacity: number, firstSeatId: number, tierIndex: number });
const readRow = shape({
  label: text,
  name: orNull(text),
  labelAt: orNull(text),
  seats: listOf((input: unknown) => input),
});
const readSection = shape({
  id: number,
  name: text,
  x: number,
  y: number,
  generalAdmission: orNull(readGeneralAdmission),
  rows: listOf(readRow),
});
const readHead = shape({
  size: shape({ width: number, height: number }),
  seatRadius: orNull(number),
  accessibleSeatIds: orNull(listOf(number)),
  currency: text,
  tiers: listOf(readTier),
  areas: listOf(readArea),
  sections: listOf(readSection),
});

const SEAT_RADIUS_DEFAULT = 10;

export type Area = ReturnType<typeof readArea>;
export type Tier = ReturnType<typeof readTier>;

/** A row's seats are a run of ids, in the plan's order along the row. */
export type Row = {
  readonly label: string;
  /** How to speak of the row, where the label alone is not it. */
  readonly name: string | null;
  readonly labelAt: string | null;
  readonly section: number;
  readonly firstSeat: number;
  readonly seatCount: number;
};

export type Section = {
  readonly name: string;
  /** Rows `firstRow` to `firstRow + rowCount - 1` of the model. */
  readonly firstRow: number;
  readonly rowCount: number;
  readonly seatCount: number;
  readonly bounds: Bounds;
  readonly middle: Point;
  readonly hull: readonly Point[];
  readonly generalAdmission: {
    readonly capacity: number;
    readonly firstSeat: number;
    readonly tier: number;
  } | null;
};

/**
 * The venue in a form that can be drawn and searched fast. A seat is its index, 0..N-1, which is its id less one; tiers,
 * sections and rows are indexes too. Places of general admission are seats without a point: their x is NaN.
 */
export type SeatModel = {
  readonly size: { readonly width: number; readonly height: number };
  readonly currency: string;
  readonly seatRadius: number;
  readonly seatCount: number;
  readonly tiers: readonly Tier[];
  readonly areas: readonly Area[];
  readonly sections: readonly Section[];
  readonly rows: readonly Row[];
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly radius: Float32Array;
  readonly tierOf: Uint16Array;
  readonly sectionOf: Uint16Array;
  /** -1 where there are no rows. */
  readonly rowOf: Int32Array;
  readonly labels: readonly string[];
  /** Wheelchair spaces. */
  readonly accessible: ReadonlySet<number>;
};

/** @throws UnexpectedAnswer when it is no seat map. */
export function readSeatModel(input: unknown): SeatModel {
  const head = readHead(record(input, 'seat map'), 'seat map');
  const seatCount = countSeats(head);
  const seatRadius = head.seatRadius ?? SEAT_RADIUS_DEFAULT;
  const seats = {
    x: new Float32Array(seatCount).fill(Number.NaN),
    y: new Float32Array(seatCount).fill(Number.NaN),
    radius: new Float32Array(seatCount).fill(seatRadius),
    tierOf: new Uint16Array(seatCount),
    sectionOf: new Uint16Array(seatCount),
    rowOf: new Int32Array(seatCount).fill(-1),
    labels: Array.from({ length: seatCount }, () => ''),
  };
  const rows: Row[] = [];
  const sections = head.sections.map((section, index) => addSection(seats, rows, section, index, head.areas));
  const accessible = new Set((head.accessibleSeatIds ?? []).map((id) => id - 1));
  const { size, currency, tiers, areas } = head;
  return { size, currency, seatRadius, seatCount, tiers, areas, sections, rows, accessible, ...seats };
}

type Head = ReturnType<typeof readHead>;
type SeatArrays = Pick<SeatModel, 'x' | 'y' | 'radius' | 'tierOf' | 'sectionOf' | 'rowOf'> & {
  labels: string[];
};

function countSeats(head: Head): number {
  return head.sections.reduce(
    (sum, section) =>
      sum +
      (section.generalAdmission?.capacity ?? 0) +
      section.rows.reduce((seats, row) => seats + row.seats.length, 0),
    0,
  );
}

function addSection(
  seats: SeatArrays,
  rows: Row[],
  section: Head['sections'][number],
  index: number,
  areas: readonly Area[],
): Section {
  const firstRow = rows.length;
  const points: Point[] = [];
  for (const row of section.rows) {
    const ids = row.seats.map((tuple) => addSeat(seats, tuple, index, rows.length, points));
    const firstSeat = ids[0];
    if (firstSeat === undefined) continue;
    rows.push({
      label: row.label,
      name: row.name,
      labelAt: row.labelAt,
      section: index,
      firstSeat,
      seatCount: ids.length,
    });
  }
  const offered = section.generalAdmission;
  if (offered !== null) addPlaces(seats, offered, index);
  const bounds = points.length > 0 ? boundsOfPoints(points) : boundsOfAreas(areas, section);
  return {
    name: section.name,
    firstRow,
    rowCount: rows.length - firstRow,
    seatCount: points.length + (offered?.capacity ?? 0),
    bounds,
    middle: middleOf(bounds),
    hull: points.length > 2 ? convexHull(points) : [],
    generalAdmission: offered && {
      capacity: offered.capacity,
      firstSeat: offered.firstSeatId - 1,
      tier: offered.tierIndex,
    },
  };
}

/** `[seatId, label, x, y, tierIndex, radius?]`; returns the seat's index. */
function addSeat(seats: SeatArrays, tuple: unknown, section: number, row: number, points: Point[]): number {
  const [id, label, x, y, tier, radius] = Array.isArray(tuple) ? (tuple as unknown[]) : [];
  const seat = number(id, 'seat.id') - 1;
  const point = { x: number(x, 'seat.x'), y: number(y, 'seat.y') };
  seats.x[seat] = point.x;
  seats.y[seat] = point.y;
  if (typeof radius === 'number') seats.radius[seat] = radius;
  seats.tierOf[seat] = number(tier, 'seat.tier');
  seats.sectionOf[seat] = section;
  seats.rowOf[seat] = row;
  seats.labels[seat] = String(label);
  points.push(point);
  return seat;
}

function addPlaces(
  seats: SeatArrays,
  offered: { capacity: number; firstSeatId: number; tierIndex: number },
  section: number,
): void {
  for (let place = 0; place < offered.capacity; place += 1) {
    const seat = offered.firstSeatId - 1 + place;
    seats.tierOf[seat] = offered.tierIndex;
    seats.sectionOf[seat] = section;
    seats.labels[seat] = String(place + 1);
  }
}

function boundsOfPoints(points: readonly Point[]): Bounds {
  return points.reduce((bounds, point) => growBounds(bounds, point), noBounds());
}

/** A section without seats of its own lies where its areas do. */
function boundsOfAreas(areas: readonly Area[], section: { id: number; x: number; y: number }): Bounds {
  const own = areas.filter((area) => area.sectionId === section.id).flatMap(cornersOf);
  return boundsOfPoints(own.length > 0 ? own : [section]);
}

function cornersOf(area: Area): Point[] {
  if (area.points !== null) return area.points.map(([x, y]) => ({ x, y }));
  const reachX = area.radius ?? area.radiusX;
  const reachY = area.radius ?? area.radiusY;
  if (reachX !== null && reachY !== null) {
    return [
      { x: area.x - reachX, y: area.y - reachY },
      { x: area.x + reachX, y: area.y + reachY },
    ];
  }
  return [
    { x: area.x, y: area.y },
    { x: area.x + (area.width ?? 0), y: area.y + (area.height ?? 0) },
  ];
}
