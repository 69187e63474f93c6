import { type RefObject, useLayoutEffect, useRef } from 'react';
import type { MapView } from './map-view.ts';

const EDGE_PX = 8;
const AWAY_PX = 8;

/** Keeps an element above its seat, or below where there is no room above, wherever the map moves. */
export function useAtSeat(map: MapView, seat: number): RefObject<HTMLDivElement | null> {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const place = () => {
      if (element.current === null) return;
      const { offsetWidth, offsetHeight, style } = element.current;
      const { x, y } = map.screenOf(seat);
      const away = map.radiusPx() + AWAY_PX;
      const left = Math.min(Math.max(EDGE_PX, x - offsetWidth / 2), map.box.width - offsetWidth - EDGE_PX);
      const top = y - away - offsetHeight < EDGE_PX ? y + away : y - away - offsetHeight;
      style.setProperty('translate', `${Math.round(left)}px ${Math.round(top)}px`);
    };
    place();
    return map.watch(place);
  });
  return element;
}
