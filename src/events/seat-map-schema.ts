import { z } from 'zod';

const xy = { x: z.number(), y: z.number() };

const seatTupleSchema = z
  .array(z.union([z.number(), z.string()]))
  .min(5)
  .max(6)
  .meta({
    id: 'SeatTuple',
    description:
      "`[seatId, label, x, y, tierIndex]` and, only when it is not the map's `seatRadius`, `radius` as a sixth. " +
      '`seatId` is what holds take (1..N within the event), `label` the number on the seat, `tierIndex` an index into `tiers`.',
    examples: [[17, '12', 340, 92.5, 0]],
  });

/** The shape of the public seat map; for the documentation only, it is served as it was stored. */
export const seatMapSchema = z
  .object({
    eventId: z.uuid(),
    version: z.int().describe('Grows with each change of the map, its tiers or prices'),
    name: z.string(),
    size: z.object({ width: z.number(), height: z.number() }),
    focus: z.object(xy).describe('Where the audience looks: best seats are near it'),
    seatRadius: z.number(),
    seatCount: z.int(),
    accessibleSeatIds: z.array(z.int()).describe('Wheelchair spaces'),
    currency: z.string().describe('ISO 4217'),
    tiers: z.array(
      z.object({
        id: z.int().describe('From 1; what `{tier, quantity}` of a hold takes'),
        name: z.string(),
        color: z.string(),
        price: z.int().describe('Minor units of the currency'),
      }),
    ),
    areas: z.array(
      z.object({
        sectionId: z
          .int()
          .describe('The section that it belongs to; general admission is clicked on its areas'),
        shape: z.enum(['polygon', 'rectangle', 'ellipse', 'circle', 'text']),
        ...xy,
        rotation: z.number().optional().describe('Degrees, clockwise, about (x, y)'),
        color: z.string().optional(),
        borderColor: z.string().optional(),
        points: z
          .array(z.tuple([z.number(), z.number()]))
          .optional()
          .describe('polygon; absolute'),
        width: z.number().optional(),
        height: z.number().optional(),
        radius: z.number().optional().describe('circle'),
        radiusX: z.number().optional().describe('ellipse'),
        radiusY: z.number().optional(),
        text: z
          .object({ text: z.string(), ...xy, size: z.number(), color: z.string().optional() })
          .optional(),
      }),
    ),
    sections: z.array(
      z.object({
        id: z.int().describe('From 1'),
        name: z.string(),
        ...xy,
        generalAdmission: z
          .object({ capacity: z.int(), firstSeatId: z.int(), tierIndex: z.int() })
          .optional()
          .describe('Places without numbers: seats firstSeatId .. firstSeatId + capacity - 1'),
        rows: z.array(
          z.object({
            label: z.string(),
            name: z.string().optional().describe('How to speak of the row, when the label alone is not it'),
            labelAt: z.enum(['start', 'end', 'both']).optional(),
            ...xy,
            seats: z.array(seatTupleSchema),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'SeatMap', description: 'All coordinates are absolute, in the units of `size`, y downwards.' });

export type SeatMap = Omit<z.infer<typeof seatMapSchema>, 'sections'> & { sections: SeatMapSection[] };
export type SeatMapArea = SeatMap['areas'][number];
export type SeatMapTier = SeatMap['tiers'][number];
export type SeatTuple = [
  seatId: number,
  label: string,
  x: number,
  y: number,
  tierIndex: number,
  radius?: number,
];
export type SeatMapRow = {
  label: string;
  name?: string;
  labelAt?: 'start' | 'end' | 'both';
  x: number;
  y: number;
  seats: SeatTuple[];
};
export type SeatMapSection = {
  id: number;
  name: string;
  x: number;
  y: number;
  generalAdmission?: { capacity: number; firstSeatId: number; tierIndex: number };
  rows: SeatMapRow[];
};
