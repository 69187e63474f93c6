import type { Point } from './geometry.ts';
import type { Hit, MapView } from './map-view.ts';

const DRAG_FROM_PX = { mouse: 4, touch: 9 };
const WHEEL_STEP = 0.0018;
const DOUBLE_TAP_MS = 320;
const DOUBLE_TAP_FACTOR = 2.2;

export type MapListener = {
  /** A seat or a section of places was clicked or tapped. */
  picked(hit: NonNullable<Hit>): void;
  /** What the mouse is over; null for nothing. */
  hovered(seat: number | null): void;
};

/** Drag pans, two fingers pinch, the wheel zooms, a click picks, a double tap beside the seats comes nearer. Returns how to stop. */
export function listenToGestures(map: MapView, listener: MapListener): () => void {
  const stopping = new AbortController();
  const gesture = new Gesture(map, listener);
  const { canvas } = map;
  const options = { signal: stopping.signal };
  canvas.addEventListener('pointerdown', (event) => gesture.down(event), options);
  canvas.addEventListener('pointermove', (event) => gesture.move(event), options);
  canvas.addEventListener('pointerup', (event) => gesture.up(event), options);
  canvas.addEventListener('pointercancel', (event) => gesture.cancel(event), options);
  canvas.addEventListener('pointerleave', () => gesture.leave(), options);
  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
      map.zoomBy(Math.exp(-pixels * WHEEL_STEP * (event.ctrlKey ? 4 : 1)), placeOf(event, canvas));
    },
    { ...options, passive: false },
  );
  return () => stopping.abort();
}

/** What the fingers on the map are doing, from the first that touches it to the last that leaves. */
class Gesture {
  readonly #map: MapView;
  readonly #listener: MapListener;
  readonly #pointers = new Map<number, Point>();
  #start: Point | null = null;
  #isDrag = false;
  #lastTap = { at: 0, x: 0, y: 0 };

  constructor(map: MapView, listener: MapListener) {
    this.#map = map;
    this.#listener = listener;
  }

  down(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#map.canvas.setPointerCapture(event.pointerId);
    const at = placeOf(event, this.#map.canvas);
    this.#isDrag = this.#pointers.size > 0;
    if (this.#pointers.size === 0) this.#start = at;
    this.#pointers.set(event.pointerId, at);
  }

  move(event: PointerEvent): void {
    const at = placeOf(event, this.#map.canvas);
    const before = this.#pointers.get(event.pointerId);
    if (before === undefined) return this.#hover(event, at);
    const start = this.#start ?? at;
    this.#isDrag ||= Math.hypot(at.x - start.x, at.y - start.y) > DRAG_FROM_PX[kindOf(event)];
    if (!this.#isDrag) return;
    this.#listener.hovered(null);
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, at);
    if (other === undefined) this.#map.panBy(at.x - before.x, at.y - before.y);
    else this.#pinch(before, at, other);
  }

  up(event: PointerEvent): void {
    const wasTap = this.#pointers.delete(event.pointerId) && !this.#isDrag;
    if (wasTap) this.#tap(placeOf(event, this.#map.canvas), kindOf(event));
  }

  cancel(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
  }

  leave(): void {
    if (this.#pointers.size === 0) this.#listener.hovered(null);
  }

  #hover(event: PointerEvent, at: Point): void {
    if (kindOf(event) === 'touch') return;
    const hit = this.#map.hitAt(at, 'mouse');
    this.#map.canvas.dataset['over'] = hit === null ? '' : 'seat';
    this.#listener.hovered(hit !== null && 'seat' in hit ? hit.seat : null);
  }

  /** The middle of two fingers pans, their distance zooms. */
  #pinch(before: Point, at: Point, other: Point): void {
    const factor =
      Math.hypot(at.x - other.x, at.y - other.y) /
      Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
    this.#map.panBy((at.x - before.x) / 2, (at.y - before.y) / 2);
    this.#map.zoomBy(factor, { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 });
  }

  #tap(at: Point, kind: 'mouse' | 'touch'): void {
    const hit = this.#map.hitAt(at, kind);
    const last = this.#lastTap;
    this.#lastTap = { at: performance.now(), ...at };
    if (hit !== null) return this.#listener.picked(hit);
    const isDouble =
      performance.now() - last.at < DOUBLE_TAP_MS && Math.hypot(at.x - last.x, at.y - last.y) < 30;
    // Seats too small to pick: one tap comes nearer. Seats large enough, but none here: two do.
    if (this.#map.radiusPx() < (kind === 'touch' ? 7 : 4)) this.#map.comeNearer(at);
    else if (isDouble) this.#map.stepZoom(DOUBLE_TAP_FACTOR, at);
  }
}

function kindOf(event: PointerEvent): 'mouse' | 'touch' {
  return event.pointerType === 'mouse' ? 'mouse' : 'touch';
}

function placeOf(event: MouseEvent, canvas: HTMLCanvasElement): Point {
  const { left, top } = canvas.getBoundingClientRect();
  return { x: event.clientX - left, y: event.clientY - top };
}
