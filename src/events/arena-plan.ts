import { seatsOfArcs } from './generate-arcs.ts';
import { seatsOfRows } from './generate-rows.ts';
import { type PlanPart, type PlanSpec, planSpecSchema } from './plan-spec.ts';

export const ARENA_SEATS_MIN = 11_000;
export const ARENA_SEATS_MAX = 40_000;

const UPPER_ROWS_MAX = 120;
/** From the middle of the stage: where the corners' centres are, and how far before them the first row is. */
const CORNER = { x: 720, y: 2_020, radius: 180 };
const SIDE_MIDDLE_Y = 890;
const UPPER_OFFSET = 880;

/**
 * An arena of exactly so many seats: a stage at one end, blocks on the floor, and two tiers of straight stands on
 * three sides that meet in curved corners. The upper tier has as many rows as it needs; what is too many by then is
 * left out of its corners.
 */
export function arenaSpec(seats: number): PlanSpec {
  const lower = tier({ name: 'Block', category: 'Lower tier', firstBlock: 101, offset: 0, rows: 24 });
  const upper = (rows: number) =>
    tier({ name: 'Block', category: 'Upper tier', firstBlock: 201, offset: UPPER_OFFSET, rows });
  const fixed = seatsOf(FLOOR) + seatsOf(lower);
  let rows = 1;
  while (fixed + seatsOf(upper(rows)) < seats && rows < UPPER_ROWS_MAX) rows += 1;
  const excess = fixed + seatsOf(upper(rows)) - seats;
  return planSpecSchema.parse({
    name: 'Arena',
    categories: [{ name: 'Floor' }, { name: 'Lower tier' }, { name: 'Upper tier' }],
    parts: [...FLOOR, ...lower, ...withSmallerCorners(upper(rows), excess)],
  });
}

type Tier = { name: string; category: string; firstBlock: number; offset: number; rows: number };

const PARTS = planSpecSchema.shape.parts;
const FLOOR = PARTS.parse([
  {
    kind: 'blocks',
    name: 'Floor',
    category: 'Floor',
    columns: 3,
    lines: 3,
    rows: 20,
    seatsPerRow: 20,
    at: { x: 0, y: 120 },
  },
]);

/** One ring, its blocks numbered from the stage's left round the back to its right. */
function tier({ name, category, firstBlock, offset, rows }: Tier): PlanPart[] {
  const common = { name, category, rows, rowLabels: 'numbers' };
  const side = { ...common, kind: 'blocks', columns: 5, seatsPerRow: 17 };
  const corner = { ...common, kind: 'arcs', sections: 2, innerRadius: CORNER.radius + offset };
  const sideX = CORNER.x + CORNER.radius + offset;
  const backY = CORNER.y + CORNER.radius + offset;
  return PARTS.parse([
    { ...side, firstBlock, facing: 'right', at: { x: -sideX, y: SIDE_MIDDLE_Y } },
    {
      ...corner,
      firstBlock: firstBlock + 5,
      fromDegrees: -90,
      toDegrees: 0,
      at: { x: -CORNER.x, y: CORNER.y },
    },
    { ...side, firstBlock: firstBlock + 7, columns: 3, seatsPerRow: 17, at: { x: 0, y: backY } },
    {
      ...corner,
      firstBlock: firstBlock + 10,
      fromDegrees: 0,
      toDegrees: 90,
      at: { x: CORNER.x, y: CORNER.y },
    },
    { ...side, firstBlock: firstBlock + 12, facing: 'left', at: { x: sideX, y: SIDE_MIDDLE_Y } },
  ]);
}

function withSmallerCorners(parts: readonly PlanPart[], excess: number): PlanPart[] {
  let left = excess;
  let corners = parts.filter((part) => part.kind === 'arcs').length;
  return parts.map((part) => {
    if (part.kind !== 'arcs' || left === 0) return part;
    const share = Math.ceil(left / corners);
    left -= share;
    corners -= 1;
    return { ...part, seatsMax: seatsOfArcs(part) - share };
  });
}

function seatsOf(parts: readonly PlanPart[]): number {
  return parts.reduce((sum, part) => {
    if (part.kind === 'arcs') return sum + seatsOfArcs(part);
    return part.kind === 'blocks' ? sum + seatsOfRows(part) * part.columns * part.lines : sum;
  }, 0);
}
