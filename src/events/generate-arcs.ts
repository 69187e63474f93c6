import type { ArcsPart } from './plan-spec.ts';
import { rowLabel } from './row-label.ts';
import type { PlanZone, Point } from './seating-plan.ts';
import { zoneOfPlaces } from './zone-of-places.ts';

/** How many seats the arcs have in all. */
export function seatsOfArcs(part: ArcsPart): number {
  return seatCounts(part)
    .flat()
    .reduce((sum, count) => sum + count, 0);
}

/** Curved rows about a centre, cut into sections by aisles that run towards it; the innermost row is the first. */
export function arcZones(part: ArcsPart, id: string, centre: Point): PlanZone[] {
  const counts = seatCounts(part);
  return Array.from({ length: part.sections }, (_section, section) => {
    const number = part.firstBlock + section;
    const middleAngle = radians(part.fromDegrees) + sectionAngle(part) * (section + 0.5);
    const rows = counts.map((row, index) => ({
      label: rowLabel(index + 1, part.rowLabels),
      labelAt: 'start' as const,
      places: placesOnArc(part, { centre, middleAngle, radius: radiusOf(part, index) }, row[section] ?? 0),
    }));
    return zoneOfPlaces(
      { id: `${id}-${number}`, name: `${part.name} ${number}`, category: part.category },
      rows,
    );
  });
}

/** Seats by row and section: as many as fit, and of the outermost rows only so many that `seatsMax` is kept. */
function seatCounts(part: ArcsPart): number[][] {
  let room = part.seatsMax ?? Infinity;
  return Array.from({ length: part.rows }, (_row, row) => {
    const width = radiusOf(part, row) * sectionAngle(part) - part.aisle;
    const fitting = Math.max(0, Math.floor(width / part.seatSpacing));
    const given = Math.min(fitting * part.sections, room);
    room -= given;
    return Array.from({ length: part.sections }, (_section, section) =>
      shareOf(given, section, part.sections),
    );
  });
}

/** A row's seats are shared evenly among its sections; what doesn't divide goes to the first ones. */
function shareOf(seatCount: number, section: number, sections: number): number {
  return Math.floor(seatCount / sections) + (section < seatCount % sections ? 1 : 0);
}

function placesOnArc(
  part: ArcsPart,
  arc: { centre: Point; middleAngle: number; radius: number },
  seatCount: number,
): Point[] {
  const step = part.seatSpacing / arc.radius;
  const first = arc.middleAngle - (step * (seatCount - 1)) / 2;
  return Array.from({ length: seatCount }, (_seat, seat) =>
    pointAt(arc.centre, arc.radius, first + step * seat),
  );
}

function radiusOf(part: ArcsPart, row: number): number {
  return part.innerRadius + row * part.rowSpacing;
}

function sectionAngle(part: ArcsPart): number {
  return radians(part.toDegrees - part.fromDegrees) / part.sections;
}

/** 0 degrees is straight behind the centre, away from the stage; negative angles are to the left. */
function pointAt(centre: Point, radius: number, angle: number): Point {
  return { x: centre.x + radius * Math.sin(angle), y: centre.y + radius * Math.cos(angle) };
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
