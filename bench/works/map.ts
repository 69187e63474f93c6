import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { planSpecSchema } from '../../src/events/plan-spec.ts';
import { publishSeatChanges } from '../../src/seats/seat-changes.ts';
import { buildWebPages, webPagesAreStale } from '../../tools/local/web-pages.ts';
import { type Frames, framesWhilePanning, framesWhileZooming } from '../browser/count-frames.ts';
import { openBrowser, openMap } from '../browser/open-map.ts';
import { type Row, makeRow } from '../report/row.ts';
import { makeHall } from '../system/events.ts';
import { type Context, type Work, round } from './work.ts';

const ROUNDS = 5;
const ROUNDS_SMALL = 1;
const ZOOM_STEPS_IN = 3;
const CHANGES_PER_SECOND = 500;
const BATCHES_PER_SECOND = 10;
const INTERACTIVE_MS_MAX = 1_500;
const FRAMES_PER_SECOND_MIN = 50;
const SCRIPT_KB_MAX = 150;

type Hall = Parameters<typeof makeHall>[1] & { readonly seats: number };

const HALLS: readonly Hall[] = [
  {
    seats: 1_209,
    layout: { preset: { name: 'theatre' } },
    prices: { Stalls: 5_800, 'Dress circle': 4_400, Balcony: 2_600 },
  },
  {
    seats: 20_000,
    layout: { preset: { name: 'arena' } },
    prices: { Floor: 12_900, 'Lower tier': 8_900, 'Upper tier': 4_900 },
  },
  { seats: 100_000, layout: { generator: fieldOfBlocks() }, prices: { Field: 3_000 } },
];

function fieldOfBlocks() {
  const part = { kind: 'blocks', name: 'Block', category: 'Field', columns: 10, lines: 10 };
  return planSpecSchema.parse({
    name: 'Field',
    categories: [{ name: 'Field' }],
    parts: [{ ...part, rows: 25, seatsPerRow: 40 }],
  });
}

/** The buyer's seat map in a real browser on this machine, beside the server and the stores. */
export const map: Work = {
  name: 'map',
  says: 'the seat map in Chromium: until it can be used, and frames while it moves and 500 seats a second change',
  async run(context) {
    await buildPages();
    const browser = await openBrowser();
    try {
      const rows: Row[] = [];
      for (const hall of HALLS) rows.push(...(await measureHall(context, browser, hall)));
      return rows;
    } finally {
      await browser.close();
    }
  },
};

async function buildPages(): Promise<void> {
  if (!webPagesAreStale()) return;
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-pages-'));
  await buildWebPages(join(folder, 'vite.log'));
  await rm(folder, { recursive: true });
}

async function measureHall(context: Context, browser: Browser, hall: Hall): Promise<Row[]> {
  const server = context.stack.servers[0];
  if (server === undefined) throw new Error('There is no server.');
  const eventId = await makeHall(context.stack.resources, hall);
  const url = `http://127.0.0.1:${server.port}/events/${eventId}`;
  const rounds = [];
  for (let turn = 0; turn < (context.small ? ROUNDS_SMALL : ROUNDS); turn += 1)
    rounds.push(await measureOnce(context, browser, { url, eventId, seats: hall.seats }));
  return rowsOf(hall.seats, rounds);
}

type Round = {
  readonly interactiveMs: number;
  readonly scriptBytes: number;
  /** The whole venue in sight. */
  readonly panning: Frames;
  readonly zooming: Frames;
  /** Near enough to read the seats' numbers. */
  readonly near: Frames;
};

async function measureOnce(
  context: Context,
  browser: Browser,
  { url, eventId, seats }: { url: string; eventId: string; seats: number },
): Promise<Round> {
  const { page, interactiveMs, scriptBytes } = await openMap(browser, url);
  const stopChanges = keepChanging(context, eventId, seats);
  const forMs = context.seconds * 1000;
  const panning = await framesWhilePanning(page, forMs);
  const zooming = await framesWhileZooming(page, forMs);
  for (let step = 0; step < ZOOM_STEPS_IN; step += 1) await page.locator('.map-canvas').press('+');
  const near = await framesWhilePanning(page, forMs);
  await stopChanges();
  await page.context().close();
  context.say(
    `  ${seats} seats: ${Math.round(interactiveMs)} ms, ${Math.round(panning.perSecond)} / ${Math.round(zooming.perSecond)} / ${Math.round(near.perSecond)} frames a second panning / zooming / near`,
  );
  return { interactiveMs, scriptBytes, panning, zooming, near };
}

/** Tells viewers of changed seats, as the seat worker does; the stores are left alone. Returns how to stop. */
function keepChanging({ stack, fault }: Context, eventId: string, seats: number): () => Promise<void> {
  let last = Promise.resolve();
  let batch = 0;
  const timer = setInterval(() => {
    batch += 1;
    const letter = batch % 2 === 0 ? 'a' : 'l';
    const changes = Array.from(
      { length: CHANGES_PER_SECOND / BATCHES_PER_SECOND },
      (_, index) => [1 + ((Math.floor(batch / 2) * 7919 + index * 104_729) % seats), letter] as const,
    );
    last = publishSeatChanges(stack.resources.redis, eventId, changes).catch((error: unknown) =>
      fault(`map: changes could not be told: ${String(error)}`),
    );
  }, 1000 / BATCHES_PER_SECOND);
  return async () => {
    clearInterval(timer);
    await last;
  };
}

function rowsOf(seats: number, rounds: readonly Round[]): Row[] {
  const name = `map ${seats.toLocaleString('en')}`;
  // 100,000 seats are to work; the figures asked for are those of an arena.
  const isJudged = seats <= 20_000;
  const frames = (key: 'panning' | 'zooming' | 'near') =>
    makeRow({
      work: `${name}, ${key === 'near' ? 'panning near' : key}`,
      value: median(rounds.map((each) => each[key].perSecond)),
      unit: 'frames/s',
      ...(isJudged ? { target: { of: 'value', min: FRAMES_PER_SECOND_MIN } } : {}),
      detail: {
        p95FrameMs: round(median(rounds.map((each) => each[key].p95Ms))),
        longestFrameMs: round(median(rounds.map((each) => each[key].longestMs))),
      },
    });
  return [
    makeRow({
      work: `${name}, until it can be used`,
      value: median(rounds.map((each) => each.interactiveMs)),
      unit: 'ms',
      ...(isJudged ? { target: { of: 'value', max: INTERACTIVE_MS_MAX } } : {}),
    }),
    frames('panning'),
    frames('zooming'),
    frames('near'),
    makeRow({
      work: `${name}, JavaScript`,
      value: median(rounds.map((each) => each.scriptBytes)) / 1000,
      unit: 'kB',
      target: { of: 'value', max: SCRIPT_KB_MAX },
    }),
  ];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
