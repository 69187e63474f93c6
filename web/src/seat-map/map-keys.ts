import type { MapView } from './map-view.ts';
import type { MapListener } from './gestures.ts';

const PAN_PX = 80;
const ZOOM_STEP = 1.5;
const DIRECTIONS: Readonly<Record<string, readonly [number, number] | undefined>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** A seat that is off the line counts as so much further: an arrow stays in its row, or its column, while it can. */
const SIDEWAYS_FACTOR = 3;
const REACH_SEATS = [4, 12, 60];

/** Arrows go from seat to seat as they lie in the room; Shift and arrows pan; + and - zoom; 0 shows all. Returns how to stop. */
export function listenToKeys(
  map: MapView,
  listener: Pick<MapListener, 'picked'>,
  moved: (seat: number) => void,
): () => void {
  const stopping = new AbortController();
  const keyed = (event: KeyboardEvent): boolean => {
    const direction = DIRECTIONS[event.key];
    if (direction !== undefined && event.shiftKey) map.panBy(-direction[0] * PAN_PX, -direction[1] * PAN_PX);
    else if (direction !== undefined) moveCursor(map, direction, moved);
    else if (event.key === '+' || event.key === '=') map.stepZoom(ZOOM_STEP);
    else if (event.key === '-') map.stepZoom(1 / ZOOM_STEP);
    else if (event.key === '0') map.fit();
    else if (event.key === 'Enter' || event.key === ' ') {
      if (map.cursor === -1) moveCursor(map, [0, 0], moved);
      else listener.picked({ seat: map.cursor });
    } else return false;
    return true;
  };
  map.canvas.addEventListener(
    'keydown',
    (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey && keyed(event)) event.preventDefault();
    },
    { signal: stopping.signal },
  );
  map.canvas.addEventListener('blur', () => map.setCursor(-1), { signal: stopping.signal });
  return () => stopping.abort();
}

/** The first arrow goes to the seat nearest to the middle of what is in sight. */
function moveCursor(
  map: MapView,
  [towardsX, towardsY]: readonly [number, number],
  moved: (seat: number) => void,
): void {
  const { model } = map;
  let next = -1;
  if (map.cursor === -1) {
    const x = (map.box.width / 2 - map.view.x) / map.view.scale;
    const y = (map.box.height / 2 - map.view.y) / map.view.scale;
    next = map.grid.nearest(x, y, Math.max(model.size.width, model.size.height));
  } else {
    for (const reach of REACH_SEATS) {
      next = nextSeat(map, towardsX, towardsY, model.seatRadius * 2 * reach);
      if (next !== -1) break;
    }
  }
  if (next === -1) return;
  map.setCursor(next);
  moved(next);
}

function nextSeat(map: MapView, towardsX: number, towardsY: number, reach: number): number {
  const { model, cursor } = map;
  const x = model.x[cursor] ?? 0;
  const y = model.y[cursor] ?? 0;
  let best = -1;
  let bestDistance = Infinity;
  map.grid.visit({ left: x - reach, top: y - reach, right: x + reach, bottom: y + reach }, (seat) => {
    const awayX = (model.x[seat] ?? 0) - x;
    const awayY = (model.y[seat] ?? 0) - y;
    const ahead = awayX * towardsX + awayY * towardsY;
    if (seat === cursor || ahead <= model.seatRadius * 0.5) return;
    const aside = Math.abs(awayX * towardsY - awayY * towardsX);
    const distance = ahead + aside * SIDEWAYS_FACTOR;
    if (distance >= bestDistance) return;
    bestDistance = distance;
    best = seat;
  });
  return best;
}
