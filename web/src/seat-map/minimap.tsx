import { type PointerEvent, useEffect, useRef } from 'react';
import type { MapView } from './map-view.ts';
import { inSight } from './viewport.ts';

const SIDE_PX_MAX = 150;
const DOT_PX = 1.2;

/** The whole venue, small, with a frame around what is in sight; a click or a drag goes there. Keys and lists need it not. */
export function Minimap({ map }: { map: MapView }) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const { size } = map.model;
  const scale = SIDE_PX_MAX / Math.max(size.width, size.height);
  useEffect(() => drawVenue(canvas.current, map, scale), [map, scale]);
  useEffect(() => {
    const place = () => {
      if (box.current === null) return;
      const isNear = map.isNear();
      box.current.toggleAttribute('data-near', isNear);
      if (isNear && frame.current !== null) placeFrame(frame.current.style, map, scale);
    };
    place();
    return map.watch(place);
  }, [map, scale]);
  const go = (event: PointerEvent<HTMLElement>) => {
    if (event.buttons === 0) return;
    const { left, top } = event.currentTarget.getBoundingClientRect();
    map.centreOn({ x: (event.clientX - left) / scale, y: (event.clientY - top) / scale });
  };
  return (
    <div
      ref={box}
      className="minimap"
      aria-hidden="true"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        go(event);
      }}
      onPointerMove={go}
    >
      <canvas
        ref={canvas}
        width={Math.ceil(size.width * scale * 2)}
        height={Math.ceil(size.height * scale * 2)}
      />
      <div ref={frame} className="minimap-frame" />
    </div>
  );
}

/** At twice its size, for sharp screens. */
function drawVenue(canvas: HTMLCanvasElement | null, { model }: MapView, scale: number): void {
  const context = canvas?.getContext('2d');
  if (!canvas || !context) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  for (let seat = 0; seat < model.seatCount; seat += 1) {
    context.fillStyle = model.tiers[model.tierOf[seat] ?? 0]?.color ?? '';
    context.fillRect((model.x[seat] ?? 0) * scale * 2, (model.y[seat] ?? 0) * scale * 2, DOT_PX, DOT_PX);
  }
}

function placeFrame(style: CSSStyleDeclaration, map: MapView, scale: number): void {
  const { left, top, right, bottom } = inSight(map.view, map.box, 0);
  const { width, height } = map.model.size;
  const shown = {
    left: Math.max(0, left),
    top: Math.max(0, top),
    right: Math.min(width, right),
    bottom: Math.min(height, bottom),
  };
  style.setProperty('translate', `${shown.left * scale}px ${shown.top * scale}px`);
  style.setProperty('width', `${Math.max(4, (shown.right - shown.left) * scale)}px`);
  style.setProperty('height', `${Math.max(4, (shown.bottom - shown.top) * scale)}px`);
}
