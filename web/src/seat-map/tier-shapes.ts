import type { Point } from './geometry.ts';

const SIDES = [0, 4, 3, 6, 5] as const;
/** Shapes with few corners look smaller than a circle of the same reach. */
const REACH = [1, 1.3, 1.3, 1.1, 1.14] as const;
const TURNED = [0, Math.PI / 4, -Math.PI / 2, 0, -Math.PI / 2] as const;

/**
 * The second cue of a tier besides its colour: its seats are circles, squares, triangles, hexagons, pentagons; then from the
 * start again. Returns the corners, within about 1 of the middle; none is a circle.
 */
export function cornersOfTier(tier: number): Point[] {
  const shape = tier % SIDES.length;
  const sides = SIDES[shape] ?? 0;
  const reach = REACH[shape] ?? 1;
  const turned = TURNED[shape] ?? 0;
  return Array.from({ length: sides }, (_corner, corner) => {
    const angle = turned + (corner / sides) * 2 * Math.PI;
    return { x: Math.cos(angle) * reach, y: Math.sin(angle) * reach + (sides === 3 ? 0.2 : 0) };
  });
}
