import { type Placing, paintSeats, repaintSeat } from './draw-seats.ts';
import { type Bounds, clamp } from './geometry.ts';
import type { MapView } from './map-view.ts';

/** While a zoom goes on, the old picture is stretched; a sharp one is made when it has been still for so long. */
const STILL_MS = 90;
/** The picture reaches so far beyond what is in sight, in windows, so that a pan finds it there. */
const BEYOND = 0.5;
/** More changed seats than this are not worth patching one by one. */
const PATCHES_MAX = 2_000;

/**
 * A picture of very many seats. Moving the map moves the picture; a seat that changes is patched into it; zooming makes
 * another. So 20,000 seats cost one copy a frame.
 */
export class SeatLayer {
  readonly #canvas = document.createElement('canvas');
  #placing: Placing | null = null;
  /** What part of the canvas of the map the picture covered when it was made, in device pixels. */
  #region: Bounds = { left: 0, top: 0, right: 0, bottom: 0 };
  #changed: Set<number> | 'all' = 'all';
  #scale = 0;
  #scaledAt = 0;

  changed(seats: readonly number[] | 'all'): void {
    if (this.#changed === 'all') return;
    if (seats === 'all' || this.#changed.size + seats.length > PATCHES_MAX) this.#changed = 'all';
    else for (const seat of seats) this.#changed.add(seat);
  }

  draw(
    context: CanvasRenderingContext2D,
    map: MapView,
    ratio: number,
  ): { seats: number[]; rows: Set<number> } {
    const { view } = map;
    const placing = { scale: view.scale * ratio, x: view.x * ratio, y: view.y * ratio };
    context.setTransform(1, 0, 0, 1, 0, 0);
    if (this.#isZooming(placing.scale) && this.#placing !== null) {
      setTimeout(() => map.draw(), STILL_MS);
    } else if (this.#changed === 'all' || !this.#covers(map, placing)) this.#paint(map, placing);
    this.#patch(map);
    this.#copy(context, placing);
    return { seats: [], rows: new Set() };
  }

  #isZooming(scale: number): boolean {
    const now = performance.now();
    if (scale !== this.#scale) {
      const isFirst = this.#scale === 0;
      this.#scale = scale;
      this.#scaledAt = isFirst ? 0 : now;
    }
    return now - this.#scaledAt < STILL_MS && this.#placing?.scale !== scale;
  }

  #covers(map: MapView, placing: Placing): boolean {
    if (this.#placing === null || this.#placing.scale !== placing.scale) return false;
    const needed = regionOf(map, placing, 0);
    const byX = placing.x - this.#placing.x;
    const byY = placing.y - this.#placing.y;
    return (
      needed.left >= this.#region.left + byX &&
      needed.top >= this.#region.top + byY &&
      needed.right <= this.#region.right + byX &&
      needed.bottom <= this.#region.bottom + byY
    );
  }

  #paint(map: MapView, placing: Placing): void {
    const region = regionOf(map, placing, BEYOND);
    this.#canvas.width = Math.max(1, region.right - region.left);
    this.#canvas.height = Math.max(1, region.bottom - region.top);
    this.#placing = placing;
    this.#region = region;
    this.#changed = new Set();
    const context = this.#canvas.getContext('2d');
    if (context === null) return;
    const bounds = {
      left: (region.left - placing.x) / placing.scale,
      top: (region.top - placing.y) / placing.scale,
      right: (region.right - placing.x) / placing.scale,
      bottom: (region.bottom - placing.y) / placing.scale,
    };
    paintSeats(context, map, bounds, this.#onPicture(placing));
  }

  #patch(map: MapView): void {
    const context = this.#canvas.getContext('2d');
    if (context === null || this.#placing === null || this.#changed === 'all') return;
    const placing = this.#onPicture(this.#placing);
    for (const seat of this.#changed) {
      if (!Number.isNaN(map.model.x[seat] ?? Number.NaN)) repaintSeat(context, map, seat, placing);
    }
    this.#changed.clear();
  }

  #copy(context: CanvasRenderingContext2D, placing: Placing): void {
    if (this.#placing === null) return;
    const stretch = placing.scale / this.#placing.scale;
    const x = placing.x + (this.#region.left - this.#placing.x) * stretch;
    const y = placing.y + (this.#region.top - this.#placing.y) * stretch;
    if (stretch === 1) context.drawImage(this.#canvas, Math.round(x), Math.round(y));
    else context.drawImage(this.#canvas, x, y, this.#canvas.width * stretch, this.#canvas.height * stretch);
  }

  #onPicture(placing: Placing): Placing {
    return { scale: placing.scale, x: placing.x - this.#region.left, y: placing.y - this.#region.top };
  }
}

/** Where the map is, of what is in sight and `beyond` windows around it; whole device pixels of the map's canvas. */
function regionOf({ canvas, model }: MapView, placing: Placing, beyond: number): Bounds {
  const edge = model.seatRadius * placing.scale * 2 + 2;
  const left = -canvas.width * beyond;
  const top = -canvas.height * beyond;
  const right = canvas.width * (1 + beyond);
  const bottom = canvas.height * (1 + beyond);
  return {
    left: Math.floor(clamp(placing.x - edge, left, right)),
    top: Math.floor(clamp(placing.y - edge, top, bottom)),
    right: Math.ceil(clamp(placing.x + model.size.width * placing.scale + edge, left, right)),
    bottom: Math.ceil(clamp(placing.y + model.size.height * placing.scale + edge, top, bottom)),
  };
}
