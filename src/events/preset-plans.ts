import { arenaSpec } from './arena-plan.ts';
import { type PlanSpec, planSpecSchema } from './plan-spec.ts';

export const PRESET_NAMES = ['cinema', 'theatre', 'arena', 'standing'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

const ARENA_SEATS_DEFAULT = 20_000;

/** Ready-made halls. `seats` is for the arena alone: exactly so many, between its minimum and maximum. */
export function presetSpec(preset: PresetName, seats: number = ARENA_SEATS_DEFAULT): PlanSpec {
  switch (preset) {
    case 'cinema':
      return cinemaSpec();
    case 'theatre':
      return theatreSpec();
    case 'arena':
      return arenaSpec(seats);
    case 'standing':
      return standingSpec();
  }
}

/** 82 seats in 9 rows, the last four with more room. */
function cinemaSpec(): PlanSpec {
  return planSpecSchema.parse({
    name: 'Small cinema',
    stage: 'Screen',
    categories: [{ name: 'Standard' }, { name: 'Premium' }],
    parts: [
      {
        kind: 'rows',
        name: 'Hall',
        category: 'Standard',
        rows: 5,
        seatsPerRow: 10,
        aislesAfter: [5],
        accessible: [{ row: 1, seats: [1, 10] }],
      },
      {
        kind: 'rows',
        name: 'Premium rows',
        category: 'Premium',
        rows: 4,
        seatsPerRow: 8,
        aislesAfter: [4],
        seatSpacing: 32,
        rowSpacing: 38,
        firstRow: 6,
      },
    ],
  });
}

/** Some 1,200 seats in three tiers. */
function theatreSpec(): PlanSpec {
  return planSpecSchema.parse({
    name: 'Theatre',
    categories: [{ name: 'Stalls' }, { name: 'Dress circle' }, { name: 'Balcony' }],
    parts: [
      {
        kind: 'rows',
        name: 'Stalls',
        category: 'Stalls',
        rows: 20,
        seatsPerRow: 24,
        seatsPerRowStep: 1,
        aislesAfter: [14, 29],
        accessible: [{ row: 20, seats: [1, 2, 42, 43] }],
      },
      {
        kind: 'arcs',
        name: 'Dress circle',
        category: 'Dress circle',
        sections: 3,
        rows: 6,
        innerRadius: 930,
        fromDegrees: -40,
        toDegrees: 40,
        rowLabels: 'letters',
      },
      {
        kind: 'arcs',
        name: 'Balcony',
        category: 'Balcony',
        sections: 5,
        rows: 4,
        innerRadius: 1_210,
        fromDegrees: -42,
        toDegrees: 42,
        rowLabels: 'letters',
      },
    ],
  });
}

/** 150 places without numbers before the stage, and 50 seats on a gallery. */
function standingSpec(): PlanSpec {
  return planSpecSchema.parse({
    name: 'Club',
    categories: [{ name: 'Standing' }, { name: 'Gallery' }],
    parts: [
      { kind: 'generalAdmission', name: 'Standing', category: 'Standing', capacity: 150 },
      { kind: 'rows', name: 'Gallery', category: 'Gallery', rows: 2, seatsPerRow: 25 },
    ],
  });
}
