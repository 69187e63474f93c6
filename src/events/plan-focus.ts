import type { PlanArea, Point, SeatingPlan } from './seating-plan.ts';

/** How a plan's own area says that it is what the audience looks at. */
const STAGE_WORDS =
  /(?<!\p{L})(stage|screen|podium|pitch|court|bühne|buehne|leinwand|spielfeld|scène|écran|escenario|pantalla|palco|schermo)(?!\p{L})/iu;

/**
 * The point that the audience looks at, absolute: the plan's own `focus` if it has one, else the
 * middle of the first area whose text names a stage or a screen, else above the middle of the seats.
 */
export function focusOf(plan: SeatingPlan, seats: readonly Point[]): Point {
  return plan.focus ?? stageOf(plan) ?? aboveTheMiddle(seats);
}

function stageOf(plan: SeatingPlan): Point | undefined {
  for (const zone of plan.zones) {
    for (const area of zone.areas ?? []) {
      if (!STAGE_WORDS.test(area.text?.text ?? '')) continue;
      const middle = middleOf(area);
      const corner = area.position ?? { x: 0, y: 0 };
      return { x: zone.position.x + corner.x + middle.x, y: zone.position.y + corner.y + middle.y };
    }
  }
  return undefined;
}

/** The middle of an area's shape, from the area's own position. */
function middleOf(area: PlanArea): Point {
  if (area.shape === 'rectangle' && area.rectangle) {
    return { x: area.rectangle.width / 2, y: area.rectangle.height / 2 };
  }
  if (area.shape === 'polygon' && area.polygon) {
    const { x, y, width, height } = boundsOf(area.polygon.points);
    return { x: x + width / 2, y: y + height / 2 };
  }
  if (area.shape === 'text' && area.text?.position) return area.text.position;
  return { x: 0, y: 0 };
}

function aboveTheMiddle(seats: readonly Point[]): Point {
  const { x, y, width } = boundsOf(seats);
  return { x: x + width / 2, y };
}

/** The smallest rectangle around the points; all zero without any. */
export function boundsOf(points: readonly Point[]): { x: number; y: number; width: number; height: number } {
  if (points.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}
