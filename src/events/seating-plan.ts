import { z } from 'zod';

/** The bounds of one plan. A text's length is pretix's own limit, the rest is ours. */
export const PLAN_LIMITS = {
  seatsPerEventMax: 100_000,
  zonesMax: 2_000,
  rowsPerZoneMax: 2_000,
  seatsPerRowMax: 5_000,
  areasPerZoneMax: 2_000,
  categoriesMax: 100,
  polygonPointsMax: 2_000,
  textLengthMax: 190,
  coordinateMax: 1_000_000,
  faultsReportedMax: 100,
  bodyBytesMax: 32 * 1024 * 1024,
} as const;

/** Our own seats' guids (general admission) begin with this; a plan's may not. */
export const GENERAL_ADMISSION_GUID_PREFIX = 'general-admission:';

export type PlanFault = { path: string; message: string };

export type PlanReading =
  | { outcome: 'plan'; plan: SeatingPlan }
  | { outcome: 'faults'; faults: PlanFault[]; faultCount: number };

/**
 * Reads a seating plan in pretix's published format (seating-plan.schema.json, version 0.0.1) as
 * it is: fields that the format doesn't know are left out, everything else is kept.
 *
 * All faults are found in one pass, each with its place (`zones[0].rows[2].seats[5].category`), in
 * the plan's order within a kind; the list is cut at `faultsReportedMax`, `faultCount` tells the whole.
 */
export function readSeatingPlan(input: unknown): PlanReading {
  const parsed = seatingPlanSchema.safeParse(input);
  const faults = parsed.success ? [] : faultsOfIssues(parsed.error.issues);
  faults.push(...faultsBetweenParts(input));
  if (!parsed.success || faults.length > 0) {
    return {
      outcome: 'faults',
      faults: faults.slice(0, PLAN_LIMITS.faultsReportedMax),
      faultCount: faults.length,
    };
  }
  return { outcome: 'plan', plan: parsed.data };
}

/**
 * The same plan without our own fields (general admission and focus), so that pretix's validator,
 * which refuses what it doesn't know, takes it too.
 */
export function withoutExtensions(plan: SeatingPlan): SeatingPlan {
  const { focus: _focus, ...own } = plan;
  return {
    ...own,
    zones: plan.zones.map(({ general_admission: _generalAdmission, ...zone }) => zone),
  };
}

/** `['zones', 0, 'name']` as `zones[0].name`; the plan itself is ''. */
function faultPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? String(part) : `.${String(part)}`;
  }
  return text;
}

const text = z
  .string()
  .max(PLAN_LIMITS.textLengthMax)
  .refine((value) => value.isWellFormed(), 'Must be well-formed Unicode');

const nonEmptyText = text.refine((value) => value.trim() !== '', 'Must not be empty');

const coordinate = z.number().min(-PLAN_LIMITS.coordinateMax).max(PLAN_LIMITS.coordinateMax);
const length = z.number().min(0).max(PLAN_LIMITS.coordinateMax);

const point = z.object({ x: coordinate, y: coordinate });

/** A CSS colour by name, hex, rgb() or hsl(); nothing else gets near a style attribute. Editors write '' for none. */
const colour = z
  .string()
  .max(32)
  .regex(/^$|^#[0-9a-f]{3,8}$|^[a-z]{1,30}$|^(rgb|hsl)a?\([\d\s.,%/]{1,60}\)$/i, 'Must be a CSS colour');

const areaSchema = z
  .object({
    uuid: text.nullish(),
    shape: z.enum(['polygon', 'rectangle', 'ellipse', 'circle', 'text']).nullish(),
    color: colour.nullish(),
    border_color: colour.nullish(),
    rotation: z.number().min(-36_000).max(36_000).nullish(),
    position: point.nullish(),
    polygon: z.object({ points: z.array(point).max(PLAN_LIMITS.polygonPointsMax) }).nullish(),
    rectangle: z.object({ width: length, height: length }).nullish(),
    ellipse: z.object({ radius: z.object({ x: length, y: length }) }).nullish(),
    circle: z.object({ radius: length }).nullish(),
    text: z
      .object({ text, color: colour.nullish(), size: length.nullish(), position: point.nullish() })
      .nullish(),
  })
  .superRefine((area, context) => {
    const shape = area.shape;
    if (shape !== null && shape !== undefined && !area[shape]) {
      context.addIssue({
        code: 'custom',
        path: [shape],
        message: `An area of shape ${shape} needs it`,
      });
    }
  });

const seatSchema = z.object({
  seat_guid: nonEmptyText,
  seat_number: text,
  category: text,
  position: point,
  uuid: text.nullish(),
  start_direction: z.string().max(10).nullish(),
  radius: length.nullish(),
  accessible: z.boolean().nullish().describe('Our extension: a wheelchair space'),
});

const rowSchema = z.object({
  row_number: text,
  row_label: text.nullish(),
  seat_label: text.nullish(),
  row_number_position: z.enum(['start', 'end', 'both', '']).nullish(),
  uuid: text.nullish(),
  position: point.nullish(),
  seats: z.array(seatSchema).max(PLAN_LIMITS.seatsPerRowMax),
});

const zoneSchema = z.object({
  name: text.nullish(),
  zone_id: text.nullish(),
  uuid: text.nullish(),
  position: point,
  rows: z.array(rowSchema).max(PLAN_LIMITS.rowsPerZoneMax),
  areas: z.array(areaSchema).max(PLAN_LIMITS.areasPerZoneMax).nullish(),
  general_admission: z
    .object({
      category: text,
      capacity: z.int().min(1).max(PLAN_LIMITS.seatsPerEventMax),
    })
    .nullish()
    .describe('Our extension: places without numbers, sold by category and quantity'),
});

/**
 * pretix's seating-plan format. Wider than its published schema in what real files leave out: a
 * zone's name, a row's position, the size (then taken from the seats), and null for "not given".
 */
export const seatingPlanSchema = z
  .object({
    name: text,
    size: z.object({ width: length, height: length }).nullish(),
    categories: z
      .array(z.object({ name: nonEmptyText, color: colour.nullish() }))
      .min(1)
      .max(PLAN_LIMITS.categoriesMax),
    zones: z.array(zoneSchema).min(1).max(PLAN_LIMITS.zonesMax),
    focus: point.nullish().describe('Our extension: where the audience looks; best seats are near it'),
  })
  .meta({ id: 'SeatingPlan', description: "A seating plan in pretix's format" });

export type SeatingPlan = z.infer<typeof seatingPlanSchema>;
export type PlanZone = SeatingPlan['zones'][number];
export type PlanRow = PlanZone['rows'][number];
export type PlanArea = NonNullable<PlanZone['areas']>[number];
export type Point = z.infer<typeof point>;

function faultsOfIssues(issues: readonly z.core.$ZodIssue[]): PlanFault[] {
  return issues.map((issue) => ({ path: faultPath(issue.path), message: issue.message }));
}

/**
 * What no schema can say: guids that repeat, categories that nobody defined, more seats than an
 * event may have, none at all. Walks the raw input, so that these are told along with the schema's faults.
 */
function faultsBetweenParts(input: unknown): PlanFault[] {
  const categories = new Set<string>();
  const trimmedNames = new Set<string>();
  const faults: PlanFault[] = [];
  for (const [index, category] of listOf(input, 'categories').entries()) {
    const name = textOf(category, 'name');
    if (name === undefined) continue;
    // The database compares without trailing spaces.
    if (trimmedNames.has(name.trimEnd())) {
      faults.push({ path: `categories[${index}].name`, message: `Category "${name}" repeats` });
    }
    categories.add(name);
    trimmedNames.add(name.trimEnd());
  }
  const walk = { categories, guids: new Map<string, string>(), faults, seatCount: 0 };
  for (const [index, zone] of listOf(input, 'zones').entries()) {
    walkZone(walk, zone, `zones[${index}]`);
  }
  const { seatCount } = walk;
  if (seatCount > PLAN_LIMITS.seatsPerEventMax) {
    const message = `${seatCount} seats; an event has at most ${PLAN_LIMITS.seatsPerEventMax}`;
    faults.push({ path: 'zones', message });
  } else if (seatCount === 0) {
    faults.push({ path: 'zones', message: 'The plan has no seats' });
  }
  return faults;
}

type Walk = {
  categories: Set<string>;
  guids: Map<string, string>;
  faults: PlanFault[];
  seatCount: number;
};

function walkZone(walk: Walk, zone: unknown, zonePath: string): void {
  const generalAdmission = fieldOf(zone, 'general_admission');
  if (typeof generalAdmission === 'object' && generalAdmission !== null) {
    const capacity = fieldOf(generalAdmission, 'capacity');
    walk.seatCount += typeof capacity === 'number' ? capacity : 0;
    checkCategory(walk, generalAdmission, `${zonePath}.general_admission.category`);
  }
  for (const [rowIndex, row] of listOf(zone, 'rows').entries()) {
    const seats = listOf(row, 'seats');
    walk.seatCount += seats.length;
    for (const [seatIndex, seat] of seats.entries()) {
      const seatPath = `${zonePath}.rows[${rowIndex}].seats[${seatIndex}]`;
      checkCategory(walk, seat, `${seatPath}.category`);
      checkGuid(walk, seat, `${seatPath}.seat_guid`);
    }
  }
}

function checkCategory(walk: Walk, owner: unknown, path: string): void {
  const category = textOf(owner, 'category');
  if (category === undefined || walk.categories.has(category)) return;
  const name = category.slice(0, PLAN_LIMITS.textLengthMax);
  walk.faults.push({ path, message: `No category is named "${name}"` });
}

function checkGuid(walk: Walk, seat: unknown, path: string): void {
  const guid = textOf(seat, 'seat_guid');
  if (guid === undefined) return;
  const first = walk.guids.get(guid);
  if (first !== undefined) {
    walk.faults.push({ path, message: `The same seat_guid as ${first}` });
  } else if (guid.startsWith(GENERAL_ADMISSION_GUID_PREFIX)) {
    walk.faults.push({ path, message: `"${GENERAL_ADMISSION_GUID_PREFIX}..." is reserved` });
  }
  walk.guids.set(guid, first ?? path);
}

function fieldOf(owner: unknown, key: string): unknown {
  if (typeof owner !== 'object' || owner === null) return undefined;
  return Object.hasOwn(owner, key) ? Reflect.get(owner, key) : undefined;
}

function listOf(owner: unknown, key: string): unknown[] {
  const value = fieldOf(owner, key);
  return Array.isArray(value) ? value : [];
}

function textOf(owner: unknown, key: string): string | undefined {
  const value = fieldOf(owner, key);
  return typeof value === 'string' ? value : undefined;
}
