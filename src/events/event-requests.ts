import { z } from 'zod';
import { ARENA_SEATS_MAX, ARENA_SEATS_MIN } from './arena-plan.ts';
import { EVENT_STATUSES } from './event.ts';
import { planSpecSchema } from './plan-spec.ts';
import { PRESET_NAMES } from './preset-plans.ts';
import { PLAN_LIMITS } from './seating-plan.ts';

const PAGE_MAX = 10_000;
const LIMIT_MAX = 100;
const LIMIT_DEFAULT = 20;
const SEARCH_LENGTH_MAX = 100;
const NAME_LENGTH_MAX = 200;
const DESCRIPTION_LENGTH_MAX = 10_000;
const SEATS_PER_BUYER_MAX = 1_000;
const SEATS_PER_BUYER_DEFAULT = 10;
const HOLD_TTL_SECONDS_MAX = 3_600;
/** Stripe takes amounts of eight digits. */
const PRICE_AMOUNT_MAX = 99_999_999;
const YEAR_MIN = 1970;
/** The last year of a DATETIME. */
const YEAR_MAX = 9999;

const page = {
  page: z.coerce.number().int().min(1).max(PAGE_MAX).default(1),
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(LIMIT_DEFAULT),
  search: z
    .string()
    .trim()
    .max(SEARCH_LENGTH_MAX)
    .default('')
    .describe('Words that the name or the venue must contain'),
  sortBy: z.enum(['date', 'name', 'price', 'createdAt']).default('date'),
  sortOrder: z.enum(['asc', 'desc']).default('asc'),
};

export const listEventsQuery = z.object({
  ...page,
  when: z.enum(['upcoming', 'past', 'all']).default('upcoming'),
});

export const listOwnEventsQuery = z.object({
  ...page,
  when: z.enum(['upcoming', 'past', 'all']).default('all'),
  status: z.enum(EVENT_STATUSES).optional(),
});

const isStorable = (date: Date) => date.getUTCFullYear() >= YEAR_MIN && date.getUTCFullYear() <= YEAR_MAX;
const moment = z.iso
  .datetime({ offset: true })
  .refine((text) => isStorable(new Date(text)), `Must be in the years ${YEAR_MIN} to ${YEAR_MAX}`)
  .transform((text) => new Date(text));

const line = z
  .string()
  .trim()
  .max(NAME_LENGTH_MAX)
  .refine((text) => text.isWellFormed(), 'Must be well-formed Unicode');

const details = z.object({
  name: line.min(1),
  date: moment.describe('When it begins'),
  description: z.string().max(DESCRIPTION_LENGTH_MAX).nullable(),
  venueName: line,
  timeZone: z
    .string()
    .max(64)
    .refine(isTimeZone, 'Must be an IANA time zone, as Europe/Paris')
    .describe('For showing times'),
  currency: z
    .string()
    .transform((code) => code.toUpperCase())
    .refine(isCurrency, 'Must be an ISO 4217 currency, as EUR'),
  saleOpensAt: moment.nullable().describe('null: once published'),
  saleClosesAt: moment.nullable().describe('null: when the event begins'),
  refundableUntil: moment
    .nullable()
    .describe('Buyers may cancel with a full refund until then; null: they may not'),
  seatsPerBuyerMax: z.int().min(1).max(SEATS_PER_BUYER_MAX),
  holdTtlSeconds: z.int().min(1).max(HOLD_TTL_SECONDS_MAX).nullable().describe('null: as configured'),
});

const prices = z
  .record(z.string().max(PLAN_LIMITS.textLengthMax), z.int().min(1).max(PRICE_AMOUNT_MAX))
  .refine((record) => Object.keys(record).length <= PLAN_LIMITS.categoriesMax, 'Too many prices')
  .describe('Minor units of the currency by category of the plan: one price for each')
  .meta({ examples: [{ Stalls: 4500, Balcony: 2500 }] });

/** Any JSON as far as this schema goes: `readSeatingPlan` tells the faults of a plan better. */
export const planBody = z.unknown().meta({
  description: "A seating plan in pretix's format",
  override: { $ref: '#/components/schemas/SeatingPlan' },
});

const layoutShape = {
  plan: planBody.optional(),
  generator: planSpecSchema.optional(),
  preset: z
    .object({
      name: z.enum(PRESET_NAMES),
      seats: z
        .int()
        .min(ARENA_SEATS_MIN)
        .max(ARENA_SEATS_MAX)
        .optional()
        .describe('Of the arena: exactly so many'),
    })
    .optional(),
};

const oneLayout = (body: { plan?: unknown; generator?: unknown; preset?: unknown }) =>
  [body.plan, body.generator, body.preset].filter((layout) => layout !== undefined).length === 1;
const ONE_LAYOUT = 'Give exactly one of plan, generator and preset';

export const createEventBody = z
  .object({
    name: details.shape.name,
    date: details.shape.date,
    currency: details.shape.currency,
    description: details.shape.description.default(null),
    venueName: details.shape.venueName.default(''),
    timeZone: details.shape.timeZone.default('UTC'),
    saleOpensAt: details.shape.saleOpensAt.default(null),
    saleClosesAt: details.shape.saleClosesAt.default(null),
    refundableUntil: details.shape.refundableUntil
      .optional()
      .describe('Left out: until the event begins; null: never'),
    seatsPerBuyerMax: details.shape.seatsPerBuyerMax.default(SEATS_PER_BUYER_DEFAULT),
    holdTtlSeconds: details.shape.holdTtlSeconds.default(null),
    prices,
    ...layoutShape,
  })
  .refine(oneLayout, ONE_LAYOUT)
  .refine(closesAfterOpening, { path: ['saleClosesAt'], message: 'Must be after saleOpensAt' })
  .meta({ id: 'NewEvent' });

export const updateEventBody = details
  .extend({ prices })
  .partial()
  .refine(
    (body) => Object.values(body).some((value) => value !== undefined),
    'Give at least one thing to change',
  )
  .meta({ id: 'EventChanges' });

export const replacePlanBody = z
  .object({ prices, ...layoutShape })
  .refine(oneLayout, ONE_LAYOUT)
  .meta({ id: 'NewPlan' });

export const generatePlanBody = z
  .object({ generator: layoutShape.generator, preset: layoutShape.preset })
  .refine(oneLayout, 'Give either generator or preset')
  .meta({ id: 'PlanRequest' });

export const previewPlanBody = z
  .object(layoutShape)
  .refine(oneLayout, ONE_LAYOUT)
  .meta({ id: 'PlanPreviewRequest' });

export type UpdateEventBody = z.output<typeof updateEventBody>;

/** Whether a sale that opens and closes at these times is ever open. */
export function closesAfterOpening(sale: {
  date: Date;
  saleOpensAt: Date | null;
  saleClosesAt: Date | null;
}): boolean {
  return sale.saleOpensAt === null || sale.saleOpensAt < (sale.saleClosesAt ?? sale.date);
}

function isCurrency(code: string): boolean {
  return CURRENCIES.has(code);
}

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

function isTimeZone(name: string): boolean {
  if (!/^[A-Z]/i.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
