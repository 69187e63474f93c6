import type { SeatStates } from '../seats/seat-states.ts';
import { messages } from '../messages/messages.ts';
import type { Point } from './geometry.ts';
import { type MapColours, inkOn } from './map-colours.ts';
import type { Row, SeatModel } from './seat-model.ts';
import { type View, toScreen } from './viewport.ts';

/** From this radius on, in CSS pixels, a seat has room for its number. */
export const SEAT_LABEL_RADIUS_MIN = 8.5;
/** Rows are named from here on; below, sections are. */
export const ROW_LABEL_RADIUS_MIN = 4.2;
const SECTION_FONT_PX = 13;
const LINE_PX = 15;
/** Lower sections show their name only. */
const TWO_LINES_FROM_PX = 50;
const ROW_LABEL_AWAY = 2.3;
/** Back, seat and legs, in parts of its reach. */
const WHEELCHAIR_BODY = [
  [-0.2, -0.4],
  [-0.15, 0.2],
  [0.4, 0.2],
  [0.65, 0.85],
] as const;

/** Names of sections, each with how many seats are free, where they have room and don't cover one another. */
export function drawSectionLabels(
  context: CanvasRenderingContext2D,
  model: SeatModel,
  states: SeatStates,
  view: View,
  colours: MapColours,
): void {
  const drawn: { left: number; top: number; right: number; bottom: number }[] = [];
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const [index, section] of model.sections.entries()) {
    if (section.seatCount === 0 || section.generalAdmission !== null) continue;
    const room = (section.bounds.right - section.bounds.left) * view.scale + 12;
    const at = toScreen(view, section.middle);
    context.font = `650 ${SECTION_FONT_PX}px ${colours.font}`;
    const name = fittingName(context, section.name, room);
    if (name === null) continue;
    const hasRoom = (section.bounds.bottom - section.bounds.top) * view.scale >= TWO_LINES_FROM_PX;
    const free = states.isKnown && hasRoom ? messages.map.free(states.freeInSection(index)) : '';
    const width = Math.max(context.measureText(name).width, context.measureText(free).width * 0.85) + 14;
    const height = LINE_PX * (free === '' ? 1 : 2) + 6;
    const box = {
      left: at.x - width / 2,
      top: at.y - height / 2,
      right: at.x + width / 2,
      bottom: at.y + height / 2,
    };
    if (drawn.some((other) => overlap(other, box))) continue;
    drawn.push(box);
    drawPill(context, box, colours);
    context.fillStyle = colours.ink;
    context.fillText(name, at.x, free === '' ? at.y + 1 : at.y - LINE_PX / 2 + 1);
    context.font = `500 11px ${colours.font}`;
    context.fillStyle = colours.inkSoft;
    context.fillText(free, at.x, at.y + LINE_PX / 2 + 1);
  }
}

/** The name, else its last word (the number of "Upper block 201"), else none. */
function fittingName(context: CanvasRenderingContext2D, name: string, room: number): string | null {
  if (context.measureText(name).width <= room) return name;
  const last = name.split(' ').at(-1) ?? '';
  return last.length >= 2 && context.measureText(last).width <= room ? last : null;
}

function overlap(a: { left: number; top: number; right: number; bottom: number }, b: typeof a): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function drawPill(
  context: CanvasRenderingContext2D,
  box: { left: number; top: number; right: number; bottom: number },
  colours: MapColours,
): void {
  context.globalAlpha = 0.82;
  context.fillStyle = colours.ground;
  context.beginPath();
  context.roundRect(box.left, box.top, box.right - box.left, box.bottom - box.top, 9);
  context.fill();
  context.globalAlpha = 1;
}

/** The row's label before its first seat, behind its last, or both, along the row's own direction. */
export function drawRowLabels(
  context: CanvasRenderingContext2D,
  model: SeatModel,
  rows: Iterable<number>,
  view: View,
  colours: MapColours,
): void {
  const size = Math.min(15, Math.max(9, model.seatRadius * view.scale * 0.95));
  context.font = `600 ${size}px ${colours.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = colours.inkSoft;
  for (const index of rows) {
    const row = model.rows[index];
    if (row === undefined || row.label === '') continue;
    for (const end of row.labelAt === 'both'
      ? (['start', 'end'] as const)
      : [row.labelAt === 'end' ? ('end' as const) : ('start' as const)]) {
      const at = toScreen(view, besideRow(model, row, end));
      context.fillText(row.label, at.x, at.y);
    }
  }
}

function besideRow(model: SeatModel, row: Row, end: 'start' | 'end'): Point {
  const last = row.firstSeat + row.seatCount - 1;
  const seat = end === 'start' ? row.firstSeat : last;
  const inner = end === 'start' ? Math.min(row.firstSeat + 1, last) : Math.max(last - 1, row.firstSeat);
  const x = model.x[seat] ?? 0;
  const y = model.y[seat] ?? 0;
  const towardsX = x - (model.x[inner] ?? 0);
  const towardsY = y - (model.y[inner] ?? 0);
  const length = Math.hypot(towardsX, towardsY);
  const away = (model.radius[seat] ?? model.seatRadius) * ROW_LABEL_AWAY;
  if (length === 0) return { x: x + (end === 'start' ? -away : away), y };
  return { x: x + (towardsX / length) * away, y: y + (towardsY / length) * away };
}

/** The numbers on free seats; the others show their mark instead. */
export function drawSeatLabels(
  context: CanvasRenderingContext2D,
  model: SeatModel,
  states: SeatStates,
  seats: readonly number[],
  view: View,
  colours: MapColours,
): void {
  const inks = model.tiers.map((tier) => inkOn(tier.color));
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const size = Math.min(15, model.seatRadius * view.scale * 0.92);
  context.font = `600 ${size}px ${colours.font}`;
  for (const seat of seats) {
    const look = states.lookOf(seat);
    if (look !== 'free' && look !== 'changing') continue;
    const ink = look === 'free' ? (inks[model.tierOf[seat] ?? 0] ?? colours.ink) : colours.mine;
    const at = toScreen(view, { x: model.x[seat] ?? 0, y: model.y[seat] ?? 0 });
    context.fillStyle = ink;
    if (model.accessible.has(seat)) drawWheelchair(context, at, size * 0.62, ink);
    else context.fillText(model.labels[seat] ?? '', at.x, at.y + 0.5);
  }
}

/** A person in a wheelchair, some two `reach` high. */
function drawWheelchair(context: CanvasRenderingContext2D, at: Point, reach: number, ink: string): void {
  const point = ([x, y]: readonly [number, number]): [number, number] => [at.x + x * reach, at.y + y * reach];
  context.strokeStyle = ink;
  context.lineWidth = Math.max(1, reach * 0.24);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.beginPath();
  for (const corner of WHEELCHAIR_BODY) context.lineTo(...point(corner));
  context.stroke();
  context.beginPath();
  context.arc(...point([-0.12, 0.45]), reach * 0.52, -1.9, 1.1, true);
  context.stroke();
  context.beginPath();
  context.arc(...point([-0.2, -0.85]), reach * 0.24, 0, 2 * Math.PI);
  context.fill();
}
