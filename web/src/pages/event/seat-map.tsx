import './seat-map.css';
import {
  type Ref,
  type RefCallback,
  useCallback,
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
  useState,
} from 'react';
import { FitIcon, MinusIcon, PlusIcon } from '../../layout/icons.tsx';
import { announce } from '../../layout/notices.ts';
import { messages } from '../../messages/messages.ts';
import { listenToGestures } from '../../seat-map/gestures.ts';
import { listenToKeys } from '../../seat-map/map-keys.ts';
import { MapView } from '../../seat-map/map-view.ts';
import type { BoxOffice } from './box-office.ts';
import { MapKey } from './map-key.tsx';
import { SeatBubble, SeatTooltip } from './seat-bubbles.tsx';
import { seatFull } from './seat-words.ts';

const ZOOM_STEP = 1.6;

export type SeatMapProps = {
  office: BoxOffice;
  tier: number;
  /** Seats that someone else was quicker with, told at the seat. */
  lost: readonly number[];
  pick: (seat: number) => void;
  pickPlaces: (section: number) => void;
  handle: Ref<MapView | null>;
};

export function SeatMap({ office, tier, lost, pick, pickPlaces, handle }: SeatMapProps) {
  const keysId = useId();
  const [hovered, setHovered] = useState<number | null>(null);
  const { map, attach } = useMapView(office, { pick, pickPlaces, hovered: setHovered });
  useImperativeHandle<MapView | null, MapView | null>(handle, () => map, [map]);
  useEffect(() => map?.setTierWanted(tier), [map, tier]);
  useEffect(() => map?.setHovered(hovered ?? -1), [map, hovered]);
  return (
    <div className="map">
      <canvas
        ref={attach}
        className="map-canvas"
        tabIndex={0}
        // oxlint-disable-next-line jsx-a11y/no-interactive-element-to-noninteractive-role -- it takes the focus and handles its own keys
        role="application"
        aria-label={messages.map.label}
        aria-describedby={keysId}
      />
      <p id={keysId} className="hidden-visually">
        {messages.map.keys}
      </p>
      {map !== null && (
        <>
          {lost.map((seat) => (
            <SeatBubble key={seat} map={map} seat={seat} words={messages.seat.lost} />
          ))}
          {hovered !== null && <SeatTooltip map={map} seat={hovered} office={office} />}
          <MapButtons map={map} />
        </>
      )}
      <MapKey />
    </div>
  );
}

type MapHandlers = {
  pick: (seat: number) => void;
  pickPlaces: (section: number) => void;
  hovered: (seat: number | null) => void;
};

/** The map lives as long as its canvas. */
function useMapView(
  { model, states }: BoxOffice,
  handlers: MapHandlers,
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
        'seat' in hit ? latest.current.pick(hit.seat) : latest.current.pickPlaces(hit.section);
      const stopGestures = listenToGestures(view, {
        picked,
        hovered: (seat) => latest.current.hovered(seat),
      });
      const stopKeys = listenToKeys(view, { picked }, (seat) =>
        announce(seatFull(model, seat, states.lookOf(seat))),
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

function MapButtons({ map }: { map: MapView }) {
  const { zoomIn, zoomOut, fit } = messages.map;
  return (
    <div className="map-buttons">
      <button
        type="button"
        className="icon-button"
        aria-label={zoomIn}
        title={zoomIn}
        onClick={() => map.stepZoom(ZOOM_STEP)}
      >
        <PlusIcon />
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={zoomOut}
        title={zoomOut}
        onClick={() => map.stepZoom(1 / ZOOM_STEP)}
      >
        <MinusIcon />
      </button>
      <button type="button" className="icon-button" aria-label={fit} title={fit} onClick={() => map.fit()}>
        <FitIcon />
      </button>
    </div>
  );
}
