import { z } from 'zod';
import { PLAN_LIMITS } from './seating-plan.ts';

const PARTS_MAX = 200;

const name = z.string().trim().min(1).max(100);
const spacing = z.number().min(5).max(500);
const at = z
  .object({ x: z.number().min(-50_000).max(50_000), y: z.number().min(-50_000).max(50_000) })
  .describe('The middle of the front; the middle of the stage is (0, 0). Left out: below what came before');

const rowsShape = {
  rows: z.int().min(1).max(500),
  seatsPerRow: z.int().min(1).max(1_000),
  seatsPerRowStep: z
    .int()
    .min(0)
    .max(20)
    .default(0)
    .describe('So many more seats in each row than in the one before'),
  aislesAfter: z
    .array(z.int().min(1).max(1_000))
    .max(50)
    .default([])
    .describe('An aisle after this many seats, from the left of the widest row'),
  seatSpacing: spacing.default(25),
  rowSpacing: spacing.default(32),
  rowLabels: z.enum(['letters', 'numbers']).default('letters'),
  facing: z.enum(['up', 'down', 'left', 'right']).default('up').describe('Which way the audience looks'),
  accessible: z
    .array(
      z.object({ row: z.int().min(1).max(500), seats: z.array(z.int().min(1).max(1_000)).min(1).max(1_000) }),
    )
    .max(500)
    .default([])
    .describe('Wheelchair spaces: rows from 1 at the front, seats from 1 at the left'),
  firstRow: z.int().min(1).max(5_000).default(1).describe('Where the labels begin: 3 makes the first row C'),
};

const rowsPart = z.object({ kind: z.literal('rows'), name, category: name, ...rowsShape, at: at.optional() });

const blocksPart = z.object({
  kind: z.literal('blocks'),
  name,
  category: name,
  columns: z.int().min(1).max(50),
  lines: z.int().min(1).max(50).default(1),
  gap: z.number().min(0).max(2_000).default(60),
  firstBlock: z.int().min(1).max(100_000).default(1),
  ...rowsShape,
  at: at.optional(),
});

const arcsPart = z.object({
  kind: z.literal('arcs'),
  name,
  category: name,
  sections: z.int().min(1).max(200),
  rows: z.int().min(1).max(200),
  innerRadius: z.number().min(20).max(50_000),
  fromDegrees: z
    .number()
    .min(-360)
    .max(360)
    .default(-60)
    .describe('0 is straight behind the centre, negative to the left'),
  toDegrees: z.number().min(-360).max(360).default(60),
  aisle: z.number().min(0).max(2_000).default(50).describe('Free width between two sections'),
  seatsMax: z
    .int()
    .min(1)
    .max(PLAN_LIMITS.seatsPerEventMax)
    .optional()
    .describe('Stops there, in the last row'),
  seatSpacing: spacing.default(25),
  rowSpacing: spacing.default(32),
  rowLabels: z.enum(['letters', 'numbers']).default('numbers'),
  firstBlock: z.int().min(1).max(100_000).default(1),
  at: at.optional().describe('The centre of the arcs. Left out: the middle of the stage'),
});

const generalAdmissionPart = z.object({
  kind: z.literal('generalAdmission'),
  name,
  category: name,
  capacity: z.int().min(1).max(PLAN_LIMITS.seatsPerEventMax),
  width: z.number().min(20).max(20_000).optional(),
  height: z.number().min(20).max(20_000).optional(),
  at: at.optional(),
});

/** What a generator is told: a stage and parts, each of one category, placed one below the other unless they say where. */
export const planSpecSchema = z
  .object({
    name,
    stage: name.nullable().default('Stage').describe('The words on the stage or screen; null: none is drawn'),
    categories: z
      .array(
        z.object({
          name,
          color: z
            .string()
            .regex(/^#[0-9a-f]{6}$/i)
            .optional(),
        }),
      )
      .min(1)
      .max(PLAN_LIMITS.categoriesMax),
    parts: z
      .array(z.discriminatedUnion('kind', [rowsPart, blocksPart, arcsPart, generalAdmissionPart]))
      .min(1)
      .max(PARTS_MAX),
  })
  .meta({
    id: 'PlanSpec',
    description: 'A seating plan described by rows, blocks, arcs and general admission',
  });

export type PlanSpec = z.output<typeof planSpecSchema>;
export type PlanSpecInput = z.input<typeof planSpecSchema>;
export type PlanPart = PlanSpec['parts'][number];
export type RowsPart = z.output<typeof rowsPart>;
export type BlocksPart = z.output<typeof blocksPart>;
export type ArcsPart = z.output<typeof arcsPart>;
export type GeneralAdmissionPart = z.output<typeof generalAdmissionPart>;
