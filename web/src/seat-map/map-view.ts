import type { SeatStates } from '../seats/seat-states.ts';
import { drawMap } from './draw-map.ts';
import { type Bounds, type Point, growBounds, noBounds } from './geometry.ts';
import { type MapColours, readColours } from './map-colours.ts';
import type { SeatModel } from './seat-model.ts';
import { SeatLayer } from './seat-layer.ts';
import { SeatSprites } from './seat-sprites.ts';
import { type SpatialGrid, buildSpatialGrid } from './spatial-grid.ts';
import {
  type Box,
  type View,
  between,
  kept,
  panned,
  scaleMaxOf,
  toScreen,
  toWorld,
  viewOf,
  wholeOf,
  zoomed,
} from './viewport.ts';

const ANIMATION_MS = 220;
/** What a finger or a pointer may be off, in CSS pixels. */
const REACH_PX = { mouse: 4, touch: 12 };
/** Seats that are drawn smaller can't be told apart by a pointer: a tap on them comes nearer first. */
const PICK_RADIUS_MIN = { mouse: 4, touch: 7 };
const NEARER_RADIUS = 12;
const NEARER_FACTOR_MAX = 7;
/** What one wants to see around a seat that is shown: so many of its widths. */
const AROUND_SEATS = 14;
const NEAR_FACTOR = 1.3;

/** Indexes of tiers; null for all of them. */
export type TierFilter = ReadonlySet<number> | null;
export type Hit = { readonly seat: number } | { readonly section: number } | null;

/** The map on its canvas: what is in sight, and when it must be drawn again. It lives until `close`. */
export class MapView {
  readonly model: SeatModel;
  readonly states: SeatStates;
  readonly grid: SpatialGrid;
  readonly canvas: HTMLCanvasElement;
  view: View = { scale: 1, x: 0, y: 0 };
  box: Box = { width: 0, height: 0 };
  /** The tiers that are looked for, null for all; the others are drawn faint. */
  tiersWanted: TierFilter = null;
  hovered = -1;
  /** Where the keyboard is. */
  cursor = -1;
  colours: MapColours;
  sprites: SeatSprites;
  readonly layer = new SeatLayer();
  readonly #listeners = new Set<() => void>();
  readonly #closing = new AbortController();
  #frame = 0;
  #isFitted = false;

  constructor(canvas: HTMLCanvasElement, model: SeatModel, states: SeatStates) {
    this.canvas = canvas;
    this.model = model;
    this.states = states;
    this.grid = buildSpatialGrid(model);
    this.colours = readColours(canvas);
    this.sprites = new SeatSprites(model.tiers, this.colours);
    const resizing = new ResizeObserver(() => this.#resize());
    resizing.observe(canvas);
    const stopWatching = states.watch((seats) => {
      this.layer.changed(seats);
      this.draw();
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#recolour(), {
      signal: this.#closing.signal,
    });
    this.#closing.signal.addEventListener('abort', () => {
      resizing.disconnect();
      stopWatching();
      cancelAnimationFrame(this.#frame);
    });
    this.#resize();
  }

  close(): void {
    this.#closing.abort();
  }

  /** Draws at the next frame. */
  draw(): void {
    if (this.#frame !== 0 || this.#closing.signal.aborted) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      drawMap(this);
      for (const listener of this.#listeners) listener();
    });
  }

  /** Calls back after each drawing, so that what lies over the map moves with it. Returns how to stop. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  panBy(x: number, y: number): void {
    this.#show(panned(this.view, x, y));
  }

  zoomBy(factor: number, at: Point): void {
    this.#show(zoomed(this.view, at, factor, this.#fitScale(), this.#scaleMax()));
  }

  /** A step of zoom that is seen. */
  stepZoom(factor: number, at: Point = { x: this.box.width / 2, y: this.box.height / 2 }): void {
    this.#animate(zoomed(this.view, at, factor, this.#fitScale(), this.#scaleMax()));
  }

  fit(): void {
    this.#animate(this.#whole());
  }

  /** Whether a part of the venue is out of sight because one has come nearer. */
  isNear(): boolean {
    return this.view.scale > this.#fitScale() * NEAR_FACTOR;
  }

  /** Shows another part of the venue, as near as before. */
  centreOn(world: Point): void {
    const { scale } = this.view;
    const { width, height } = this.box;
    this.#show({ scale, x: width / 2 - world.x * scale, y: height / 2 - world.y * scale });
  }

  /** Comes near enough to these seats to read and to click them, unless they are well in sight already. */
  showSeats(seats: readonly number[]): void {
    const placed = seats.filter((seat) => !Number.isNaN(this.model.x[seat] ?? Number.NaN));
    if (placed.length === 0) return;
    const bounds = this.#boundsOf(placed);
    const isInSight = placed.every((seat) => this.#isInSight(seat));
    if (isInSight && this.radiusPx() >= NEARER_RADIUS * 0.6) return this.draw();
    const around = (this.model.seatRadius * 2 * AROUND_SEATS) / 2;
    const wider = {
      left: bounds.left - around,
      top: bounds.top - around,
      right: bounds.right + around,
      bottom: bounds.bottom + around,
    };
    this.#animate(viewOf(wider, this.box, Math.max(this.view.scale, NEARER_RADIUS / this.model.seatRadius)));
  }

  /** Comes nearer to a point of the screen, until seats there can be picked. */
  comeNearer(at: Point): void {
    this.stepZoom(Math.min(NEARER_FACTOR_MAX, NEARER_RADIUS / this.radiusPx()), at);
  }

  hitAt(at: Point, pointer: 'mouse' | 'touch'): Hit {
    const world = toWorld(this.view, at);
    if (this.radiusPx() >= PICK_RADIUS_MIN[pointer]) {
      const seat = this.grid.nearest(
        world.x,
        world.y,
        this.model.seatRadius + REACH_PX[pointer] / this.view.scale,
      );
      if (seat !== -1) return { seat };
    }
    const section = this.model.sections.findIndex(
      ({ generalAdmission, bounds }) => generalAdmission !== null && isWithin(bounds, world),
    );
    return section === -1 ? null : { section };
  }

  /** A seat's radius as it is drawn, in CSS pixels. */
  radiusPx(): number {
    return this.model.seatRadius * this.view.scale;
  }

  screenOf(seat: number): Point {
    return toScreen(this.view, { x: this.model.x[seat] ?? 0, y: this.model.y[seat] ?? 0 });
  }

  setTiersWanted(tiers: TierFilter): void {
    this.tiersWanted = tiers;
    this.layer.changed('all');
    this.draw();
  }

  setHovered(seat: number): void {
    if (seat === this.hovered) return;
    this.hovered = seat;
    this.draw();
  }

  setCursor(seat: number): void {
    this.cursor = seat;
    if (seat !== -1) this.showSeats([seat]);
    this.draw();
  }

  #show(view: View): void {
    this.view = kept(view, this.model.size, this.box);
    this.draw();
  }

  #animate(target: View): void {
    const from = this.view;
    const to = kept(target, this.model.size, this.box);
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return this.#show(to);
    const start = performance.now();
    const step = (): void => {
      const part = Math.min(1, (performance.now() - start) / ANIMATION_MS);
      this.#show(between(from, to, 1 - (1 - part) ** 3));
      const expected = this.view;
      // A gesture that comes in between wins.
      if (part < 1) requestAnimationFrame(() => this.view === expected && step());
    };
    step();
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (width === 0 || height === 0) return;
    const middle = toWorld(this.view, { x: this.box.width / 2, y: this.box.height / 2 });
    this.box = { width, height };
    this.canvas.width = Math.round(width * devicePixelRatio);
    this.canvas.height = Math.round(height * devicePixelRatio);
    if (this.#isFitted) {
      const { scale } = this.view;
      this.#show({ scale, x: width / 2 - middle.x * scale, y: height / 2 - middle.y * scale });
    } else {
      this.#isFitted = true;
      this.#show(this.#whole());
    }
    drawMap(this);
  }

  #recolour(): void {
    this.colours = readColours(this.canvas);
    this.sprites = new SeatSprites(this.model.tiers, this.colours);
    this.layer.changed('all');
    this.draw();
  }

  #whole(): View {
    return viewOf(wholeOf(this.model.size), this.box, this.#scaleMax());
  }

  #fitScale(): number {
    return this.#whole().scale;
  }

  #scaleMax(): number {
    return scaleMaxOf(this.model.seatRadius);
  }

  #boundsOf(seats: readonly number[]): Bounds {
    return seats.reduce(
      (bounds, seat) => growBounds(bounds, { x: this.model.x[seat] ?? 0, y: this.model.y[seat] ?? 0 }),
      noBounds(),
    );
  }

  #isInSight(seat: number): boolean {
    const { x, y } = this.screenOf(seat);
    const edge = 30;
    return x > edge && y > edge && x < this.box.width - edge && y < this.box.height - edge;
  }
}

function isWithin(bounds: Bounds, { x, y }: Point): boolean {
  return x >= bounds.left && x <= bounds.right && y >= bounds.top && y <= bounds.bottom;
}
