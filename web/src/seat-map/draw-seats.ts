import type { SeatLook } from '../seats/seat-states.ts';
import type { Bounds } from './geometry.ts';
import type { MapView } from './map-view.ts';
import { LOOK_INDEX, type Sprite, spriteIndex } from './seat-sprites.ts';
import { inSight } from './viewport.ts';

/** Where the world lies on a canvas, in its own pixels. */
export type Placing = { readonly scale: number; readonly x: number; readonly y: number };

/** Smaller than this, in device pixels, a seat is a dot. */
const DOT_RADIUS_MAX = 2.4;
/** One's own seats are seen from afar too. */
const OWN_RADIUS_PX_MIN = 5;

/** Copies a sprite for each seat in sight, and tells which seats and rows those are. */
export function drawSeats(context: CanvasRenderingContext2D, map: MapView, ratio: number) {
  const { model, view } = map;
  const seats: number[] = [];
  const rows = new Set<number>();
  map.grid.visit(inSight(view, map.box, model.seatRadius * 2), (seat) => {
    seats.push(seat);
    rows.add(model.rowOf[seat] ?? -1);
  });
  const placing = { scale: view.scale * ratio, x: view.x * ratio, y: view.y * ratio };
  context.setTransform(1, 0, 0, 1, 0, 0);
  for (const seat of seats) drawSeat(context, map, seat, placing);
  return { seats, rows };
}

/** Draws all seats within the bounds; without those of the buyer, which change most and are drawn over the picture. */
export function paintSeats(
  context: CanvasRenderingContext2D,
  map: MapView,
  bounds: Bounds,
  placing: Placing,
): void {
  if (map.model.seatRadius * placing.scale > DOT_RADIUS_MAX) {
    map.grid.visit(bounds, (seat) => drawSeat(context, map, seat, placing));
    return;
  }
  const byColour = new Map<string, number[]>();
  map.grid.visit(bounds, (seat) => {
    const colour = dotColour(map, seat);
    const seats = byColour.get(colour);
    if (seats === undefined) byColour.set(colour, [seat]);
    else seats.push(seat);
  });
  for (const [colour, seats] of byColour) {
    context.fillStyle = colour;
    for (const seat of seats) fillDot(context, map, seat, placing);
  }
}

/** Draws a seat that changed over what was drawn of it before. */
export function repaintSeat(
  context: CanvasRenderingContext2D,
  map: MapView,
  seat: number,
  placing: Placing,
): void {
  if (map.model.seatRadius * placing.scale <= DOT_RADIUS_MAX) {
    context.fillStyle = dotColour(map, seat);
    return fillDot(context, map, seat, placing);
  }
  const { model } = map;
  context.globalCompositeOperation = 'destination-out';
  context.beginPath();
  const radius = (model.radius[seat] ?? model.seatRadius) * placing.scale;
  context.arc(
    (model.x[seat] ?? 0) * placing.scale + placing.x,
    (model.y[seat] ?? 0) * placing.scale + placing.y,
    radius * 1.3,
    0,
    2 * Math.PI,
  );
  context.fill();
  context.globalCompositeOperation = 'source-over';
  drawSeat(context, map, seat, placing);
}

/** The buyer's seats, larger than the others are from so far. */
export function drawOwnSeats(context: CanvasRenderingContext2D, map: MapView, ratio: number): void {
  const { view, model, states } = map;
  const placing = { scale: view.scale * ratio, x: view.x * ratio, y: view.y * ratio };
  context.setTransform(1, 0, 0, 1, 0, 0);
  for (const seat of states.own()) {
    const radius = Math.max(
      OWN_RADIUS_PX_MIN * ratio,
      (model.radius[seat] ?? model.seatRadius) * placing.scale,
    );
    drawSeat(context, map, seat, placing, radius);
  }
}

function drawSeat(
  context: CanvasRenderingContext2D,
  map: MapView,
  seat: number,
  placing: Placing,
  radius?: number,
): void {
  const { model, sprites, states } = map;
  const size = radius ?? (model.radius[seat] ?? model.seatRadius) * placing.scale;
  const tier = model.tierOf[seat] ?? 0;
  const index = spriteIndex(tier, LOOK_INDEX[states.lookOf(seat)], isFaint(map, tier), model.tiers.length);
  const sprite: Sprite | undefined = sprites.ofSize(size)[index];
  if (sprite === undefined) return;
  const x = Math.round((model.x[seat] ?? 0) * placing.scale + placing.x - sprite.half);
  const y = Math.round((model.y[seat] ?? 0) * placing.scale + placing.y - sprite.half);
  context.drawImage(sprite.image, x, y);
}

function fillDot(
  context: CanvasRenderingContext2D,
  { model }: MapView,
  seat: number,
  placing: Placing,
): void {
  const radius = (model.radius[seat] ?? model.seatRadius) * placing.scale;
  const size = Math.max(1, Math.round(radius * 2));
  const x = Math.round((model.x[seat] ?? 0) * placing.scale + placing.x - radius);
  const y = Math.round((model.y[seat] ?? 0) * placing.scale + placing.y - radius);
  context.fillRect(x, y, size, size);
}

function dotColour(map: MapView, seat: number): string {
  const tier = map.model.tierOf[seat] ?? 0;
  const look: SeatLook = map.states.lookOf(seat);
  return map.sprites.dot(tier, look, isFaint(map, tier));
}

function isFaint(map: MapView, tier: number): boolean {
  return map.tiersWanted !== null && !map.tiersWanted.has(tier);
}
