import { arcZones, seatsOfArcs } from './generate-arcs.ts';
import { blockZones, rowsZone, seatsOfRows } from './generate-rows.ts';
import { boundsOf } from './plan-focus.ts';
import type { GeneralAdmissionPart, PlanPart, PlanSpec } from './plan-spec.ts';
import {
  PLAN_LIMITS,
  type PlanArea,
  type PlanFault,
  type PlanZone,
  type SeatingPlan,
} from './seating-plan.ts';

const MARGIN = 40;
const PART_GAP = 60;
const STAGE_HEIGHT = 40;
const STAGE_GAP = 70;
const STAGE_WIDTH_MAX = 900;
const STAGE_WIDTH_MIN = 160;
const PLACES_PER_SQUARE_UNIT = 1 / 500;

/** Colours for categories that bring none; told apart by most colour-blind people as well (Okabe and Ito's set). */
const CATEGORY_COLOURS = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#f0e442',
  '#7f7f7f',
];

/**
 * What would be wrong with the plan, told before a seat of it is made: unknown categories, repeated names, too many seats.
 */
export function faultsOfSpec(spec: PlanSpec): PlanFault[] {
  const known = new Set(spec.categories.map((category) => category.name));
  const faults: PlanFault[] = [];
  if (known.size < spec.categories.length)
    faults.push({ path: 'categories', message: 'Two have the same name' });
  const names = new Set<string>();
  let seatCount = 0;
  for (const [index, part] of spec.parts.entries()) {
    if (!known.has(part.category)) {
      faults.push({ path: `parts[${index}].category`, message: `No category is named "${part.category}"` });
    }
    for (const name of sectionNames(part)) {
      if (names.has(name))
        faults.push({ path: `parts[${index}].name`, message: `The section "${name}" repeats` });
      names.add(name);
    }
    if (part.kind === 'arcs' && part.toDegrees <= part.fromDegrees) {
      faults.push({ path: `parts[${index}].toDegrees`, message: 'Must be more than fromDegrees' });
    }
    seatCount += seatsOfPart(part);
  }
  if (seatCount > PLAN_LIMITS.seatsPerEventMax) {
    const message = `${seatCount} seats; an event has at most ${PLAN_LIMITS.seatsPerEventMax}`;
    faults.push({ path: 'parts', message });
  } else if (seatCount === 0) faults.push({ path: 'parts', message: 'The plan has no seats' });
  return faults;
}

/** The plan that a spec without faults describes, in pretix's format. The same spec gives the same plan. */
export function generatePlan(spec: PlanSpec): SeatingPlan {
  const zones: PlanZone[] = [];
  let nextY = spec.stage === null ? 0 : STAGE_HEIGHT / 2 + STAGE_GAP;
  for (const [index, part] of spec.parts.entries()) {
    const made = zonesOfPart(part, `${index + 1}`, nextY);
    zones.push(...made);
    const bounds = boundsOf(made.flatMap(pointsOf));
    nextY = Math.max(nextY, bounds.y + bounds.height + PART_GAP);
  }
  const seats = boundsOf(zones.flatMap(pointsOf));
  if (spec.stage !== null) zones.unshift(stageZone(spec.stage, seats.width));
  return moved({
    name: spec.name,
    categories: spec.categories.map((category, index) => ({
      name: category.name,
      color: category.color ?? categoryColour(index),
    })),
    zones,
    focus: { x: 0, y: 0 },
  });
}

/** The colour of a category that brings none. */
export function categoryColour(index: number): string {
  return CATEGORY_COLOURS[index % CATEGORY_COLOURS.length] ?? '#7f7f7f';
}

function sectionNames(part: PlanPart): string[] {
  if (part.kind === 'rows' || part.kind === 'generalAdmission') return [part.name];
  const count = part.kind === 'arcs' ? part.sections : part.columns * part.lines;
  return Array.from({ length: count }, (_section, index) => `${part.name} ${part.firstBlock + index}`);
}

function seatsOfPart(part: PlanPart): number {
  switch (part.kind) {
    case 'rows':
      return seatsOfRows(part);
    case 'blocks':
      return seatsOfRows(part) * part.columns * part.lines;
    case 'arcs':
      return seatsOfArcs(part);
    case 'generalAdmission':
      return part.capacity;
  }
}

function zonesOfPart(part: PlanPart, id: string, nextY: number): PlanZone[] {
  const place = part.at ?? { x: 0, y: nextY };
  switch (part.kind) {
    case 'rows':
      return [rowsZone(part, id, place)];
    case 'blocks':
      return blockZones(part, id, place);
    case 'arcs':
      return arcZones(part, id, part.at ?? { x: 0, y: 0 });
    case 'generalAdmission':
      return [generalAdmissionZone(part, id, place)];
  }
}

/** Large enough to look like the crowd that it holds, twice as wide as high, unless the spec says. */
function generalAdmissionZone(
  part: GeneralAdmissionPart,
  id: string,
  place: { x: number; y: number },
): PlanZone {
  const side = Math.sqrt(part.capacity / PLACES_PER_SQUARE_UNIT / 2);
  const width = Math.round(part.width ?? Math.max(120, side * 2));
  const height = Math.round(part.height ?? Math.max(60, side));
  const area: PlanArea = {
    shape: 'rectangle',
    color: '#eeeeee',
    border_color: '#999999',
    rotation: 0,
    position: { x: 0, y: 0 },
    rectangle: { width, height },
    text: { text: part.name, position: { x: width / 2, y: height / 2 }, color: '#333333', size: 16 },
  };
  return {
    name: part.name,
    zone_id: id,
    position: { x: place.x - width / 2, y: place.y },
    rows: [],
    areas: [area],
    general_admission: { category: part.category, capacity: part.capacity },
  };
}

function stageZone(label: string, seatsWidth: number): PlanZone {
  const width = Math.round(Math.min(STAGE_WIDTH_MAX, Math.max(STAGE_WIDTH_MIN, seatsWidth * 0.6)));
  const area: PlanArea = {
    shape: 'rectangle',
    color: '#444444',
    border_color: '#222222',
    rotation: 0,
    position: { x: -width / 2, y: -STAGE_HEIGHT / 2 },
    rectangle: { width, height: STAGE_HEIGHT },
    text: { text: label, position: { x: width / 2, y: STAGE_HEIGHT / 2 }, color: '#ffffff', size: 18 },
  };
  return { name: label, zone_id: 'stage', position: { x: 0, y: 0 }, rows: [], areas: [area] };
}

/** The plan moved so that its corner is at the margin, with the size that holds it. */
function moved(plan: SeatingPlan): SeatingPlan {
  const bounds = boundsOf(plan.zones.flatMap(pointsOf));
  const by = { x: Math.ceil(MARGIN - bounds.x), y: Math.ceil(MARGIN - bounds.y) };
  const shift = (point: { x: number; y: number }) => ({ x: point.x + by.x, y: point.y + by.y });
  return {
    ...plan,
    size: { width: Math.ceil(bounds.width) + 2 * MARGIN, height: Math.ceil(bounds.height) + 2 * MARGIN },
    focus: shift(plan.focus ?? { x: 0, y: 0 }),
    zones: plan.zones.map((zone) => ({ ...zone, position: shift(zone.position) })),
  };
}

/** Every point that a zone covers: its seats, and the corners of its rectangles. */
function pointsOf(zone: PlanZone): { x: number; y: number }[] {
  const seats = zone.rows.flatMap((row) =>
    row.seats.map((seat) => ({
      x: zone.position.x + (row.position?.x ?? 0) + seat.position.x,
      y: zone.position.y + (row.position?.y ?? 0) + seat.position.y,
    })),
  );
  const corners = (zone.areas ?? []).flatMap((area) => {
    const x = zone.position.x + (area.position?.x ?? 0);
    const y = zone.position.y + (area.position?.y ?? 0);
    return [
      { x, y },
      { x: x + (area.rectangle?.width ?? 0), y: y + (area.rectangle?.height ?? 0) },
    ];
  });
  return [...seats, ...corners];
}
