import '../../pages/event/seat-map.css';
import './organiser-map.css';
import { type RefCallback, useCallback, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { FitIcon, MinusIcon, PlusIcon } from '../../layout/icons.tsx';
import { announce } from '../../layout/notices.ts';
import { messages } from '../../messages/messages.ts';
import { seatPlace } from '../../pages/event/seat-words.ts';
import { listenToGestures } from '../../seat-map/gestures.ts';
import { listenToKeys } from '../../seat-map/map-keys.ts';
import { MapView } from '../../seat-map/map-view.ts';
import type { SeatModel } from '../../seat-map/seat-model.ts';
import type { SeatStates } from '../../seats/seat-states.ts';
import { texts } from '../texts/texts.ts';

const ZOOM_STEP = 1.6;

type Props = {
  model: SeatModel;
  states: SeatStates;
  label: string;
  keys?: string;
  /** `states` colours by who has the seat, `tiers` by price. */
  colours: 'states' | 'tiers';
  pick?: (seat: number) => void;
  pickSection?: (section: number) => void;
};

/** The buyers' seat map with the organiser's colours and actions. */
export function OrganiserMap({ label, keys, colours, model, states, ...handlers }: Props) {
  const keysId = useId();
  const [hovered, setHovered] = useState<number | null>(null);
  const { map, attach } = useMap(model, states, { ...handlers, hovered: setHovered });
  return (
    <div className={`organiser-map organiser-map-${colours}`}>
      <div className="map">
        <canvas
          ref={attach}
          className="map-canvas"
          tabIndex={0}
          // oxlint-disable-next-line jsx-a11y/no-interactive-element-to-noninteractive-role -- it takes the focus and handles its own keys
          role="application"
          aria-label={label}
          aria-describedby={keys === undefined ? undefined : keysId}
        />
        {keys !== undefined && (
          <p id={keysId} className="hidden-visually">
            {keys}
          </p>
        )}
        {map !== null && <MapButtons map={map} />}
        {map !== null && hovered !== null && <Tip map={map} seat={hovered} />}
      </div>
    </div>
  );
}

type Handlers = Pick<Props, 'pick' | 'pickSection'> & { hovered: (seat: number | null) => void };

function useMap(
  model: SeatModel,
  states: SeatStates,
  handlers: Handlers,
): { map: MapView | null; attach: RefCallback<HTMLCanvasElement> } {
  const [map, setMap] = useState<MapView | null>(null);
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  const attach = useCallback(
    (canvas: HTMLCanvasElement) => {
      const view = new MapView(canvas, model, states);
      const picked = (hit: { seat: number } | { section: number }) =>
        'seat' in hit ? latest.current.pick?.(hit.seat) : latest.current.pickSection?.(hit.section);
      const hovered = (seat: number | null) => {
        view.setHovered(seat ?? -1);
        latest.current.hovered(seat);
      };
      const stopGestures = listenToGestures(view, { picked, hovered });
      const stopKeys = listenToKeys(view, { picked }, (seat) =>
        announce(`${seatPlace(model, seat)}, ${lookWords(states, seat)}`),
      );
      setMap(view);
      return () => {
        stopGestures();
        stopKeys();
        view.close();
        setMap(null);
      };
    },
    [model, states],
  );
  return { map, attach };
}

function Tip({ map, seat }: { map: MapView; seat: number }) {
  const bubble = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const place = () => {
      if (bubble.current === null) return;
      const { offsetWidth, offsetHeight, style } = bubble.current;
      const { x, y } = map.screenOf(seat);
      const away = map.radiusPx() + 8;
      const left = Math.min(Math.max(8, x - offsetWidth / 2), map.box.width - offsetWidth - 8);
      const top = y - away - offsetHeight < 8 ? y + away : y - away - offsetHeight;
      style.setProperty('translate', `${Math.round(left)}px ${Math.round(top)}px`);
    };
    place();
    return map.watch(place);
  });
  const tier = map.model.tiers[map.model.tierOf[seat] ?? 0];
  return (
    <div ref={bubble} className="bubble" aria-hidden="true">
      <strong>{seatPlace(map.model, seat)}</strong>
      <span className="soft">
        {tier?.name} · {lookWords(map.states, seat)}
      </span>
    </div>
  );
}

function lookWords(states: SeatStates, seat: number): string {
  const look = states.lookOf(seat);
  return look === 'mine' || look === 'changing' ? texts.looks.selected : texts.looks[look];
}

function MapButtons({ map }: { map: MapView }) {
  const { zoomIn, zoomOut, fit } = messages.map;
  const buttons = [
    { label: zoomIn, icon: <PlusIcon />, act: () => map.stepZoom(ZOOM_STEP) },
    { label: zoomOut, icon: <MinusIcon />, act: () => map.stepZoom(1 / ZOOM_STEP) },
    { label: fit, icon: <FitIcon />, act: () => map.fit() },
  ];
  return (
    <div className="map-buttons">
      {buttons.map(({ label, icon, act }) => (
        <button
          key={label}
          type="button"
          className="icon-button"
          aria-label={label}
          title={label}
          onClick={act}
        >
          {icon}
        </button>
      ))}
    </div>
  );
}
