import { messages } from '../messages/messages.ts';
import {
  ROW_LABEL_RADIUS_MIN,
  SEAT_LABEL_RADIUS_MIN,
  drawRowLabels,
  drawSeatLabels,
  drawSectionLabels,
} from './draw-labels.ts';
import { drawAreas } from './draw-venue.ts';
import type { MapView } from './map-view.ts';
import { drawOwnSeats, drawSeats } from './draw-seats.ts';
import { toScreen } from './viewport.ts';

const HULL_ALPHA = 0.1;
/** From so many seats on, the overview is kept as a picture that is only moved. */
const KEPT_FROM_SEATS = 3_000;

/** Draws all that is in sight. */
export function drawMap(map: MapView): void {
  const context = map.canvas.getContext('2d', { alpha: false });
  if (context === null || map.box.width === 0) return;
  const ratio = map.canvas.width / map.box.width;
  const { view, colours, model } = map;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = colours.ground;
  context.fillRect(0, 0, map.canvas.width, map.canvas.height);
  context.setTransform(view.scale * ratio, 0, 0, view.scale * ratio, view.x * ratio, view.y * ratio);
  const isOverview = map.radiusPx() < ROW_LABEL_RADIUS_MIN;
  if (isOverview) drawHulls(context, map);
  drawAreas(context, model, view.scale, colours);
  const isKept = isOverview && model.seatCount >= KEPT_FROM_SEATS;
  const { seats, rows } = isKept ? map.layer.draw(context, map, ratio) : drawSeats(context, map, ratio);
  if (isOverview) drawOwnSeats(context, map, ratio);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  if (map.radiusPx() >= SEAT_LABEL_RADIUS_MIN)
    drawSeatLabels(context, model, map.states, seats, view, colours);
  if (isOverview) drawSectionLabels(context, model, map.states, view, colours);
  else drawRowLabels(context, model, rows, view, colours);
  drawPlacesLabels(context, map);
  drawRing(context, map, map.hovered, 1.5);
  drawRing(context, map, map.cursor, 3);
}

function drawHulls(context: CanvasRenderingContext2D, map: MapView): void {
  const { model, colours } = map;
  context.lineJoin = 'round';
  context.lineWidth = model.seatRadius * 3.4;
  context.globalAlpha = HULL_ALPHA;
  for (const section of model.sections) {
    if (section.hull.length < 3) continue;
    const row = model.rows[section.firstRow];
    const tier = model.tiers[model.tierOf[row?.firstSeat ?? 0] ?? 0];
    context.fillStyle = tier?.color ?? colours.line;
    context.beginPath();
    for (const { x, y } of section.hull) context.lineTo(x, y);
    context.closePath();
    context.fill();
  }
  context.globalAlpha = 1;
}

/** General admission: its price's colour along the edge, and how many places are free. */
function drawPlacesLabels(context: CanvasRenderingContext2D, map: MapView): void {
  const { model, view, states, colours } = map;
  for (const [index, section] of model.sections.entries()) {
    const offered = section.generalAdmission;
    if (offered === null) continue;
    const first = toScreen(view, { x: section.bounds.left, y: section.bounds.top });
    const last = toScreen(view, { x: section.bounds.right, y: section.bounds.bottom });
    context.strokeStyle = model.tiers[offered.tier]?.color ?? colours.line;
    context.lineWidth = 3;
    context.strokeRect(first.x, first.y, last.x - first.x, last.y - first.y);
    if (last.y - first.y < 50) continue;
    context.font = `500 12px ${colours.font}`;
    context.textAlign = 'center';
    context.fillStyle = colours.isDark ? colours.ink : '#3a3843';
    const words = states.isKnown
      ? `${messages.map.free(states.freeInSection(index))} · ${messages.map.choose}`
      : '';
    context.fillText(words, (first.x + last.x) / 2, last.y - 16);
  }
}

function drawRing(context: CanvasRenderingContext2D, map: MapView, seat: number, width: number): void {
  if (seat === -1) return;
  const { x, y } = map.screenOf(seat);
  const radius = (map.model.radius[seat] ?? map.model.seatRadius) * map.view.scale + 3 + width / 2;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.strokeStyle = map.colours.ink;
  context.lineWidth = width;
  context.stroke();
}
