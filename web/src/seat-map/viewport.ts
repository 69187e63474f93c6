import { type Bounds, type Point, clamp } from './geometry.ts';

/** Screen = world * scale + (x, y); in CSS pixels. */
export type View = { readonly scale: number; readonly x: number; readonly y: number };
export type Box = { readonly width: number; readonly height: number };

const FIT_MARGIN = 20;
/** The explanation of the marks lies there, in two lines where there is little room. */
const FIT_MARGIN_BELOW = 52;
const FIT_MARGIN_BELOW_NARROW = 80;
const NARROW_BELOW = 500;
/** Seats are never drawn larger than this, in CSS pixels. */
const SEAT_RADIUS_MAX = 22;
/** So much of the map stays in sight, however far it is dragged. */
const KEEP_IN_SIGHT = 80;
const ZOOM_OUT_MAX = 0.7;

/** The view that shows these bounds as large as they fit. */
export function viewOf(bounds: Bounds, box: Box, scaleMax: number): View {
  const width = Math.max(1, bounds.right - bounds.left);
  const height = Math.max(1, bounds.bottom - bounds.top);
  const marginBelow = box.width < NARROW_BELOW ? FIT_MARGIN_BELOW_NARROW : FIT_MARGIN_BELOW;
  const fitting = Math.min(
    (box.width - 2 * FIT_MARGIN) / width,
    (box.height - FIT_MARGIN - marginBelow) / height,
  );
  const scale = clamp(fitting, 0.001, scaleMax);
  return {
    scale,
    x: box.width / 2 - ((bounds.left + bounds.right) / 2) * scale,
    y: (box.height + FIT_MARGIN - marginBelow) / 2 - ((bounds.top + bounds.bottom) / 2) * scale,
  };
}

export function wholeOf(size: Box): Bounds {
  return { left: 0, top: 0, right: size.width, bottom: size.height };
}

export function scaleMaxOf(seatRadius: number): number {
  return SEAT_RADIUS_MAX / Math.max(1, seatRadius);
}

/** Zooms so that what is under `at` stays under it. */
export function zoomed(view: View, at: Point, factor: number, fitScale: number, scaleMax: number): View {
  const scale = clamp(view.scale * factor, fitScale * ZOOM_OUT_MAX, Math.max(scaleMax, fitScale));
  const ratio = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio };
}

export function panned(view: View, byX: number, byY: number): View {
  return { ...view, x: view.x + byX, y: view.y + byY };
}

/** Keeps a part of the map in sight. */
export function kept(view: View, size: Box, box: Box): View {
  return {
    scale: view.scale,
    x: clamp(view.x, KEEP_IN_SIGHT - size.width * view.scale, box.width - KEEP_IN_SIGHT),
    y: clamp(view.y, KEEP_IN_SIGHT - size.height * view.scale, box.height - KEEP_IN_SIGHT),
  };
}

/** A view between two, for a zoom that is seen: 0 is `from`, 1 is `to`. */
export function between(from: View, to: View, part: number): View {
  const scale = from.scale * (to.scale / from.scale) ** part;
  const share = to.scale === from.scale ? part : (scale - from.scale) / (to.scale - from.scale);
  return { scale, x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

export function toWorld(view: View, at: Point): Point {
  return { x: (at.x - view.x) / view.scale, y: (at.y - view.y) / view.scale };
}

export function toScreen(view: View, at: Point): Point {
  return { x: at.x * view.scale + view.x, y: at.y * view.scale + view.y };
}

/** What of the world is in sight, and `margin` more. */
export function inSight(view: View, box: Box, margin: number): Bounds {
  const first = toWorld(view, { x: 0, y: 0 });
  const last = toWorld(view, { x: box.width, y: box.height });
  return { left: first.x - margin, top: first.y - margin, right: last.x + margin, bottom: last.y + margin };
}
