const ROWS = 5;
const HUES = [248, 206, 164, 22, 334, 282, 44, 186];
const WIDTH = 320;
const HEIGHT = 132;

/** A picture for an event that brings none: curved rows of seats, some taken, always the same for the same event. */
export function Poster({ seed }: { seed: string }) {
  const random = randomOf(seed);
  const hue = HUES[Math.floor(random() * HUES.length)] ?? 248;
  const dots = Array.from({ length: ROWS }, (_row, row) => arcOfSeats(row, random)).flat();
  return (
    <svg
      className="poster"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
    >
      <rect width={WIDTH} height={HEIGHT} fill={`hsl(${hue} 46% 24%)`} />
      <ellipse cx={WIDTH / 2} cy={-26} rx={150} ry={64} fill={`hsl(${hue} 60% 38%)`} />
      {dots.map(({ x, y, light }) => (
        <circle
          key={`${x} ${y}`}
          cx={x}
          cy={y}
          r={4.6}
          fill={`hsl(${hue} ${light ? '85% 80%' : '40% 37%'})`}
        />
      ))}
    </svg>
  );
}

function arcOfSeats(row: number, random: () => number): { x: number; y: number; light: boolean }[] {
  const radius = 92 + row * 19;
  const count = 15 + row * 3;
  return Array.from({ length: count }, (_seat, seat) => {
    const angle = ((seat + 0.5) / count - 0.5) * Math.PI * 0.92;
    return {
      x: round(WIDTH / 2 + Math.sin(angle) * radius * 1.12),
      y: round(-34 + Math.cos(angle) * radius),
      light: random() > 0.62,
    };
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Mulberry32 over a hash of the seed: the same numbers for the same event. */
function randomOf(seed: string): () => number {
  let state = 2166136261;
  for (const letter of seed) state = Math.imul(state ^ letter.charCodeAt(0), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
