import './map-canvas.css';
import {
  type ReactNode,
  type Ref,
  type RefCallback,
  useCallback,
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
  useState,
} from 'react';
import { FitIcon, MinusIcon, PlusIcon } from '../layout/icons.tsx';
import { announce } from '../layout/notices.ts';
import { messages } from '../messages/messages.ts';
import type { SeatStates } from '../seats/seat-states.ts';
import { type MapListener, listenToGestures } from './gestures.ts';
import { listenToKeys } from './map-keys.ts';
import { MapView, type TierFilter } from './map-view.ts';
import { Minimap } from './minimap.tsx';
import type { SeatModel } from './seat-model.ts';

const ZOOM_STEP = 1.6;
/** Smaller venues are seen as a whole. */
const MINIMAP_FROM_SEATS = 2_000;

type Props = Partial<Pick<MapListener, 'picked'>> & {
  model: SeatModel;
  states: SeatStates;
  label: string;
  /** How to use it by keys, told after the label. */
  keys: string;
  /** A seat as the screen reader says it, when the keys come to it. */
  wordsOf: (seat: number) => string;
  /** Their seats stand out. */
  tiers?: TierFilter;
  handle?: Ref<MapView | null>;
  /** What stands on the map, once there is one; told which seat the mouse is over. */
  children?: (map: MapView, hovered: number | null) => ReactNode;
};

/** The canvas of a seat map with its buttons: by mouse, touch and keys. */
export function MapCanvas({
  model,
  states,
  label,
  keys,
  tiers = null,
  handle,
  children,
  ...listener
}: Props) {
  const keysId = useId();
  const [hovered, setHovered] = useState<number | null>(null);
  const { map, attach } = useMapView(model, states, { ...listener, hovered: setHovered });
  useImperativeHandle<MapView | null, MapView | null>(handle, () => map, [map]);
  useEffect(() => map?.setTiersWanted(tiers), [map, tiers]);
  useEffect(() => map?.setHovered(hovered ?? -1), [map, hovered]);
  return (
    <>
      <canvas
        ref={attach}
        className="map-canvas"
        tabIndex={0}
        // oxlint-disable-next-line jsx-a11y/no-interactive-element-to-noninteractive-role -- it takes the focus and handles its own keys
        role="application"
        aria-label={label}
        aria-describedby={keysId}
      />
      <p id={keysId} className="hidden-visually">
        {keys}
      </p>
      {map !== null && (
        <>
          {children?.(map, hovered)}
          <MapButtons map={map} />
          {model.seatCount >= MINIMAP_FROM_SEATS && <Minimap map={map} />}
        </>
      )}
    </>
  );
}

/** The map lives as long as its canvas. */
function useMapView(
  model: SeatModel,
  states: SeatStates,
  listener: Pick<Props, 'picked' | 'wordsOf'> & Pick<MapListener, 'hovered'>,
): { map: MapView | null; attach: RefCallback<HTMLCanvasElement> } {
  const [map, setMap] = useState<MapView | null>(null);
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  const attach = useCallback(
    (canvas: HTMLCanvasElement) => {
      const view = new MapView(canvas, model, states);
      const picked: MapListener['picked'] = (hit) => latest.current.picked?.(hit);
      const stopGestures = listenToGestures(view, {
        picked,
        hovered: (seat) => latest.current.hovered(seat),
      });
      const stopKeys = listenToKeys(view, { picked }, (seat) => announce(latest.current.wordsOf(seat)));
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
