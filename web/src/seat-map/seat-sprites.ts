import type { SeatLook } from '../seats/seat-states.ts';
import { type MapColours, inkOn, mixed } from './map-colours.ts';
import type { Tier } from './seat-model.ts';
import { cornersOfTier } from './tier-shapes.ts';

const LOOKS = ['free', 'changing', 'mine', 'taken', 'sold', 'blocked'] as const satisfies readonly SeatLook[];
export const LOOK_INDEX: Readonly<Record<SeatLook, number>> = {
  free: 0,
  changing: 1,
  mine: 2,
  taken: 3,
  sold: 4,
  blocked: 5,
};
/** Below this radius, in device pixels, marks would only be noise. */
const MARK_RADIUS_MIN = 3.5;
const PADDING = 2;

export type Sprite = { readonly image: HTMLCanvasElement; readonly half: number };

/** Small pictures of a seat, one for each tier and look at one size: drawing a seat is then a copy of a few pixels. */
export class SeatSprites {
  readonly #tiers: readonly Tier[];
  readonly #colours: MapColours;
  readonly #bySize = new Map<number, (Sprite | undefined)[]>();

  constructor(tiers: readonly Tier[], colours: MapColours) {
    this.#tiers = tiers;
    this.#colours = colours;
  }

  /** All sprites of a radius in device pixels, by `spriteIndex`. */
  ofSize(radius: number): (Sprite | undefined)[] {
    const size = Math.max(1, Math.round(radius * 2) / 2);
    let sprites = this.#bySize.get(size);
    if (sprites === undefined) {
      if (this.#bySize.size > 24) this.#bySize.clear();
      sprites = Array.from({ length: this.#tiers.length * LOOKS.length * 2 });
      this.#bySize.set(size, sprites);
      this.#fill(sprites, size);
    }
    return sprites;
  }

  /** The one colour of a seat that is too small for a shape. */
  dot(tier: number, look: SeatLook, faint: boolean): string {
    const colour = this.#tiers[tier]?.color ?? this.#colours.line;
    if (look !== 'free') return look === 'taken' ? this.#colours.takenDot : this.#colours.sold;
    return faint ? mixed(colour, this.#colours.ground, 0.8) : colour;
  }

  /** Each tier twice: as it is, and faint, for when another price is looked for. */
  #fill(sprites: (Sprite | undefined)[], radius: number): void {
    for (const faint of [false, true]) {
      for (const [tier, { color }] of this.#tiers.entries()) {
        for (const [look, name] of LOOKS.entries()) {
          sprites[spriteIndex(tier, look, faint, this.#tiers.length)] = this.#draw(
            tier,
            name,
            radius,
            faint ? mixed(color, this.#colours.ground, 0.8) : color,
          );
        }
      }
    }
  }

  #draw(tier: number, look: SeatLook, radius: number, colour: string): Sprite {
    const half = Math.ceil(radius * 1.35) + PADDING;
    const image = document.createElement('canvas');
    image.width = half * 2;
    image.height = half * 2;
    const context = image.getContext('2d');
    if (context === null) return { image, half };
    context.translate(half, half);
    const paint = paintOf(look, colour, this.#colours);
    context.lineWidth = Math.max(0.75, radius * paint.lineWidth);
    if (paint.dash) context.setLineDash([radius * 0.5, radius * 0.35]);
    const path = shapePath(tier, Math.max(0.5, radius - context.lineWidth / 2));
    context.lineJoin = 'round';
    context.fillStyle = paint.fill;
    context.strokeStyle = paint.stroke;
    context.fill(path);
    if (radius >= 2) context.stroke(path);
    if (radius >= MARK_RADIUS_MIN) drawMark(context, look, radius, paint.mark);
    return { image, half };
  }
}

export function spriteIndex(tier: number, look: number, faint: boolean, tierCount: number): number {
  return ((faint ? tierCount : 0) + tier) * LOOKS.length + look;
}

type Paint = { fill: string; stroke: string; mark: string; lineWidth: number; dash?: boolean };

function paintOf(look: SeatLook, colour: string, colours: MapColours): Paint {
  switch (look) {
    case 'free':
      return {
        fill: colour,
        stroke: mixed(colour, colours.isDark ? '#ffffff' : '#000000', 0.28),
        mark: inkOn(colour),
        lineWidth: 0.14,
      };
    case 'changing':
      return { fill: colours.ground, stroke: colours.mine, mark: colours.mine, lineWidth: 0.28, dash: true };
    case 'mine':
      return { fill: colours.mine, stroke: colours.ink, mark: colours.mineInk, lineWidth: 0.2 };
    case 'taken':
      return { fill: colours.taken, stroke: colours.takenInk, mark: colours.takenInk, lineWidth: 0.12 };
    case 'sold':
      return { fill: colours.sold, stroke: colours.sold, mark: colours.soldInk, lineWidth: 0.1 };
    case 'blocked':
      return { fill: colours.blocked, stroke: colours.blockedInk, mark: colours.blockedInk, lineWidth: 0.1 };
  }
}

function shapePath(tier: number, radius: number): Path2D {
  const path = new Path2D();
  const corners = cornersOfTier(tier);
  if (corners.length === 0) path.arc(0, 0, radius, 0, 2 * Math.PI);
  for (const { x, y } of corners) path.lineTo(x * radius, y * radius);
  path.closePath();
  return path;
}

/** Mine: a tick. Held by others: a bar. Sold: a cross. Blocked: a stroke through it. */
function drawMark(context: CanvasRenderingContext2D, look: SeatLook, radius: number, colour: string): void {
  const lines: Partial<Record<SeatLook, [number, number][][]>> = {
    mine: [
      [
        [-0.45, 0.05],
        [-0.12, 0.38],
        [0.48, -0.32],
      ],
    ],
    taken: [
      [
        [-0.42, 0],
        [0.42, 0],
      ],
    ],
    sold: [
      [
        [-0.36, -0.36],
        [0.36, 0.36],
      ],
      [
        [-0.36, 0.36],
        [0.36, -0.36],
      ],
    ],
    blocked: [
      [
        [-0.62, 0.62],
        [0.62, -0.62],
      ],
    ],
  };
  context.setLineDash([]);
  context.strokeStyle = colour;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.lineWidth = Math.max(1, radius * 0.2);
  for (const line of lines[look] ?? []) {
    context.beginPath();
    for (const [x, y] of line) context.lineTo(x * radius, y * radius);
    context.stroke();
  }
}
