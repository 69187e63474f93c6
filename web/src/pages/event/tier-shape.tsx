import './tier-shape.css';
import { cornersOfTier } from '../../seat-map/tier-shapes.ts';

/** The colour and the shape of a tier's seats, as on the map. */
export function TierShape({ tier, color }: { tier: number; color: string }) {
  const corners = cornersOfTier(tier);
  return (
    <svg className="tier-shape" viewBox="-10 -10 20 20" aria-hidden="true">
      {corners.length === 0 ? (
        <circle r="7" fill={color} />
      ) : (
        <polygon
          points={corners.map(({ x, y }) => `${(x * 7).toFixed(2)},${(y * 7).toFixed(2)}`).join(' ')}
          fill={color}
        />
      )}
    </svg>
  );
}
