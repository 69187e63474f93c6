export type MapColours = {
  readonly ground: string;
  readonly ink: string;
  readonly inkSoft: string;
  readonly line: string;
  readonly mine: string;
  readonly mineInk: string;
  readonly taken: string;
  readonly takenInk: string;
  /** From afar, where marks can't be seen; unless a page says otherwise, as the sold ones: neither can be had. */
  readonly takenDot: string;
  readonly sold: string;
  readonly soldInk: string;
  readonly blocked: string;
  readonly blockedInk: string;
  readonly font: string;
  readonly isDark: boolean;
};

/** The colours of the page's present theme, from the tokens of its style sheet. */
export function readColours(element: Element): MapColours {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    ground: token('--map-ground'),
    ink: token('--ink'),
    inkSoft: token('--ink-soft'),
    line: token('--line-strong'),
    mine: token('--accent'),
    mineInk: token('--accent-ink'),
    taken: token('--seat-taken'),
    takenInk: token('--seat-taken-ink'),
    takenDot: token('--seat-taken-dot') || token('--seat-sold'),
    sold: token('--seat-sold'),
    soldInk: token('--seat-sold-ink'),
    blocked: token('--seat-blocked'),
    blockedInk: token('--seat-blocked-ink'),
    font: style.fontFamily,
    isDark: matchMedia('(prefers-color-scheme: dark)').matches,
  };
}

type Rgb = readonly [red: number, green: number, blue: number];
let scratch: CanvasRenderingContext2D | null = null;
const known = new Map<string, Rgb>();

/** Any CSS colour as numbers; the browser does the reading. */
export function rgbOf(colour: string): Rgb {
  let rgb = known.get(colour);
  if (rgb === undefined) {
    rgb = readRgb(colour);
    known.set(colour, rgb);
  }
  return rgb;
}

function readRgb(colour: string): Rgb {
  scratch ??= document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (scratch === null) return [128, 128, 128];
  scratch.clearRect(0, 0, 1, 1);
  scratch.fillStyle = '#808080';
  scratch.fillStyle = colour;
  scratch.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = scratch.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}

/** The colour with a part of another in it. */
export function mixed(colour: string, other: string, part: number): string {
  const a = rgbOf(colour);
  const b = rgbOf(other);
  const channel = (index: 0 | 1 | 2) => Math.round(a[index] + (b[index] - a[index]) * part);
  return `rgb(${channel(0)} ${channel(1)} ${channel(2)})`;
}

/** Black or white, whichever reads better on the colour. */
export function inkOn(colour: string): string {
  const [red, green, blue] = rgbOf(colour).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
  return luminance > 0.36 ? '#16151a' : '#ffffff';
}
