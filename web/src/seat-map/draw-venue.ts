import type { MapColours } from './map-colours.ts';
import { mixed, rgbOf } from './map-colours.ts';
import type { Area, SeatModel } from './seat-model.ts';

const TEXT_PX_MIN = 10;
const AREA_DEFAULT = '#d9d6cf';

/** Draws the stage, walls and words, in the plan's own units: the caller has set the transform. */
export function drawAreas(
  context: CanvasRenderingContext2D,
  model: SeatModel,
  scale: number,
  colours: MapColours,
): void {
  for (const area of model.areas) {
    const path = pathOf(area);
    context.save();
    if (area.rotation !== null) {
      context.translate(area.x, area.y);
      context.rotate((area.rotation * Math.PI) / 180);
      context.translate(-area.x, -area.y);
    }
    if (path !== null) {
      context.fillStyle = fitted(area.color ?? AREA_DEFAULT, colours);
      context.fill(path);
      if (area.borderColor !== null) {
        context.strokeStyle = fitted(area.borderColor, colours);
        context.lineWidth = 1.5;
        context.stroke(path);
      }
    }
    drawText(context, area, scale, colours);
    context.restore();
  }
}

function pathOf(area: Area): Path2D | null {
  const path = new Path2D();
  switch (area.shape) {
    case 'polygon':
      for (const [x, y] of area.points ?? []) path.lineTo(x, y);
      path.closePath();
      return path;
    case 'rectangle':
      path.roundRect(area.x, area.y, area.width ?? 0, area.height ?? 0, 4);
      return path;
    case 'circle':
      path.arc(area.x, area.y, area.radius ?? 0, 0, 2 * Math.PI);
      return path;
    case 'ellipse':
      path.ellipse(area.x, area.y, area.radiusX ?? 0, area.radiusY ?? 0, 0, 0, 2 * Math.PI);
      return path;
    default:
      return null;
  }
}

function drawText(context: CanvasRenderingContext2D, area: Area, scale: number, colours: MapColours): void {
  if (area.text === null) return;
  const { text, x, y, size, color } = area.text;
  const isOnShape = area.shape !== 'text' && area.color !== null;
  // Words stay readable from afar, as long as they are on their shape.
  const readable = Math.min(TEXT_PX_MIN / scale, (area.height ?? Infinity) * 0.8);
  context.font = `600 ${Math.max(size, readable)}px ${colours.font}`;
  if (isOnShape && area.width !== null && context.measureText(text).width > area.width) return;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  // Words on the bare ground follow the theme; words on a shape go with the shape's colour.
  context.fillStyle =
    isOnShape && color !== null ? fittedInk(color, area.color ?? AREA_DEFAULT, colours) : colours.inkSoft;
  context.fillText(text, x, y);
}

/** Plans are drawn for white paper: in the dark theme their light areas are dimmed. */
function fitted(colour: string, colours: MapColours): string {
  const [red, green, blue] = rgbOf(colour);
  const isLight = red + green + blue > 3 * 140;
  return colours.isDark && isLight ? mixed(colour, colours.ground, 0.78) : colour;
}

function fittedInk(ink: string, under: string, colours: MapColours): string {
  return fitted(under, colours) === under ? ink : colours.ink;
}
