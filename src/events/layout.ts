import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { Problem } from '../platform/problem.ts';
import type { Tier } from './event.ts';
import { type NumberedSeat, numberSeats } from './number-seats.ts';
import { categoryColour, faultsOfSpec, generatePlan } from './plan-generators.ts';
import type { PlanSpec } from './plan-spec.ts';
import { type PresetName, presetSpec } from './preset-plans.ts';
import { EVENT_PROBLEMS } from './problems.ts';
import { buildSeatMap, sectionName } from './seat-map.ts';
import type { SeatMap, SeatMapTier } from './seat-map-schema.ts';
import { type PlanFault, type SeatingPlan, readSeatingPlan } from './seating-plan.ts';

const toGzip = promisify(gzip);
const fromGzip = promisify(gunzip);
const GZIP_LEVEL = 9;
/** What is only looked at belongs to no event. */
const PREVIEW_EVENT_ID = '00000000-0000-0000-0000-000000000000';

/** Everything about an event's seats that is stored. */
export type DrawnLayout = {
  readonly version: number;
  readonly tiers: readonly Tier[];
  readonly sections: readonly { id: number; name: string; isGeneralAdmission: boolean }[];
  readonly seats: readonly NumberedSeat[];
  readonly planGzip: Buffer;
  readonly seatMapGzip: Buffer;
};

/** One of them. */
export type LayoutRequest = {
  readonly plan?: unknown;
  readonly generator?: PlanSpec | undefined;
  readonly preset?: { readonly name: PresetName; readonly seats?: number | undefined } | undefined;
};

export type LayoutHead = { eventId: string; version: number; currency: string; tiers: readonly Tier[] };

/**
 * The plan that a request brings or describes.
 * @throws Problem `invalid_plan` with the path of each fault
 */
export function planFrom(request: LayoutRequest): SeatingPlan {
  if (request.generator !== undefined) return planOfSpec(request.generator);
  if (request.preset !== undefined) return planOfSpec(presetSpec(request.preset.name, request.preset.seats));
  const reading = readSeatingPlan(request.plan);
  if (reading.outcome === 'plan') return reading.plan;
  throw invalidPlan(reading.faults, reading.faultCount, 'plan');
}

function planOfSpec(spec: PlanSpec): SeatingPlan {
  const faults = faultsOfSpec(spec);
  if (faults.length > 0) throw invalidPlan(faults, faults.length, 'generator');
  return generatePlan(spec);
}

/**
 * One tier per category, in the plan's order.
 * @param prices minor units by category name
 * @throws Problem `invalid_prices` that names each category without a price and each price without a category
 */
export function tiersOf(plan: SeatingPlan, prices: Readonly<Record<string, number>>): Tier[] {
  const names = new Set(plan.categories.map((category) => category.name));
  const faults = [
    ...[...names]
      .filter((name) => !Object.hasOwn(prices, name))
      .map((name) => priceFault(name, 'Needs a price')),
    ...Object.keys(prices)
      .filter((name) => !names.has(name))
      .map((name) => priceFault(name, 'The plan has no such category')),
  ];
  if (faults.length > 0) throw invalidPrices(faults);
  return plan.categories.map((category, index) => ({
    id: index + 1,
    name: category.name,
    color: category.color || categoryColour(index),
    priceAmount: prices[category.name] ?? 0,
  }));
}

/** The tiers with some prices changed. @throws Problem `invalid_prices` that names each price without a tier */
export function repriced(tiers: readonly Tier[], prices: Readonly<Record<string, number>>): Tier[] {
  const names = new Set(tiers.map((tier) => tier.name));
  const unknown = Object.keys(prices).filter((name) => !names.has(name));
  if (unknown.length > 0)
    throw invalidPrices(unknown.map((name) => priceFault(name, 'The event has no such tier')));
  return tiers.map((tier) => ({ ...tier, priceAmount: prices[tier.name] ?? tier.priceAmount }));
}

/** Numbers the seats and draws the map; compressed off the main thread. */
export async function drawLayout(plan: SeatingPlan, head: LayoutHead): Promise<DrawnLayout> {
  const seats = numberSeats(plan);
  const seatMap = buildSeatMap(plan, { ...head, tiers: head.tiers.map(publicTier) }, seats);
  const [planGzip, seatMapGzip] = await Promise.all([packed(plan), packed(seatMap)]);
  const sections = plan.zones.map((zone, index) => ({
    id: index + 1,
    name: sectionName(zone, index),
    isGeneralAdmission: Boolean(zone.general_admission),
  }));
  return { version: head.version, tiers: head.tiers, sections, seats, planGzip, seatMapGzip };
}

/** The seat map that an event with this plan would have, before anything is stored or priced. */
export function previewSeatMap(plan: SeatingPlan): SeatMap {
  const prices = Object.fromEntries(plan.categories.map((category) => [category.name, 0]));
  const tiers = tiersOf(plan, prices).map(publicTier);
  return buildSeatMap(plan, { eventId: PREVIEW_EVENT_ID, version: 0, currency: 'XXX', tiers });
}

/** The same seat map with other prices: only its head is new, so nothing is drawn again. */
export async function repriceSeatMap(
  seatMapGzip: Buffer,
  { version, currency, tiers }: Omit<LayoutHead, 'eventId'>,
): Promise<Buffer> {
  const seatMap: SeatMap = JSON.parse((await unpackJson(seatMapGzip)).toString('utf8'));
  return await packed({ ...seatMap, version, currency, tiers: tiers.map(publicTier) });
}

/** A plan that `drawLayout` has stored. */
export async function unpackPlan(planGzip: Buffer): Promise<SeatingPlan> {
  const reading = readSeatingPlan(JSON.parse((await fromGzip(planGzip)).toString('utf8')));
  if (reading.outcome === 'plan') return reading.plan;
  throw new Error(`A stored plan has faults: ${JSON.stringify(reading.faults.slice(0, 3))}`);
}

function publicTier({ id, name, color, priceAmount }: Tier): SeatMapTier {
  return { id, name, color, price: priceAmount };
}

async function packed(content: SeatingPlan | SeatMap): Promise<Buffer> {
  return await toGzip(JSON.stringify(content), { level: GZIP_LEVEL });
}

export async function unpackJson(gzipped: Buffer): Promise<Buffer> {
  return await fromGzip(gzipped);
}

function invalidPlan(faults: readonly PlanFault[], faultCount: number, at: string): Problem {
  const errors = faults.map(({ path, message }) => ({ path: path === '' ? at : `${at}.${path}`, message }));
  const [first] = errors;
  const detail = `The plan has ${faultCount} fault(s), the first at ${first?.path}: ${first?.message}.`;
  return new Problem(EVENT_PROBLEMS.invalid_plan, detail, { members: { errors, errorCount: faultCount } });
}

function priceFault(name: string, message: string): PlanFault {
  return { path: `prices[${JSON.stringify(name)}]`, message };
}

function invalidPrices(errors: readonly PlanFault[]): Problem {
  const [first] = errors;
  return new Problem(EVENT_PROBLEMS.invalid_prices, `${first?.path}: ${first?.message}.`, {
    members: { errors },
  });
}
