import { boundsOf } from './plan-focus.ts';
import type { PlanRow, PlanZone, Point } from './seating-plan.ts';

/** `isAccessible`: a wheelchair space. */
export type Place = Point & { readonly isAccessible?: boolean };
export type PlacedRow = { label: string; labelAt: 'start' | 'end' | 'both'; places: readonly Place[] };

/**
 * A zone made of seats whose absolute places are known: numbered from 1 in each row, with guids from
 * zone, row and seat. The zone lies at its own corner, and each row at its first seat. Empty rows are left out.
 */
export function zoneOfPlaces(
  zone: { id: string; name: string; category: string },
  rows: readonly PlacedRow[],
): PlanZone {
  const bounds = boundsOf(rows.flatMap((row) => row.places));
  const corner = { x: Math.floor(bounds.x), y: Math.floor(bounds.y) };
  return {
    name: zone.name,
    zone_id: zone.id,
    position: corner,
    rows: rows.flatMap((row) => rowOfPlaces(zone, row, corner)),
    areas: [],
  };
}

function rowOfPlaces(zone: { id: string; category: string }, row: PlacedRow, corner: Point): PlanRow[] {
  const [first] = row.places;
  if (first === undefined) return [];
  const origin = { x: tenth(first.x - corner.x), y: tenth(first.y - corner.y) };
  const seats = row.places.map((place, index) => ({
    seat_guid: `${zone.id}-${row.label}-${index + 1}`,
    seat_number: String(index + 1),
    category: zone.category,
    ...(place.isAccessible === true ? { accessible: true } : {}),
    position: { x: tenth(place.x - corner.x - origin.x), y: tenth(place.y - corner.y - origin.y) },
  }));
  return [{ row_number: row.label, row_number_position: row.labelAt, position: origin, seats }];
}

/** Tenths are finer than any screen shows a seat, and keep the plan's file small. */
function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
