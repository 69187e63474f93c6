import type { Page } from 'playwright-core';
import { percentiles } from '../load/percentiles.ts';

export type Frames = { readonly perSecond: number; readonly p95Ms: number; readonly longestMs: number };

const STEP_PX = 7;
const TURN_AFTER_STEPS = 30;
const WHEEL_PX = 60;

/** Drags the map to and fro with a real pointer, and counts the frames meanwhile. */
export async function framesWhilePanning(page: Page, forMs: number): Promise<Frames> {
  const { x, y } = await middleOfMap(page);
  await page.mouse.move(x, y);
  await page.mouse.down();
  const frames = await counted(page, forMs, async (step) => {
    const turn = Math.floor(step / TURN_AFTER_STEPS);
    const along = step % TURN_AFTER_STEPS;
    const at = turn % 2 === 0 ? along : TURN_AFTER_STEPS - along;
    await page.mouse.move(x + at * STEP_PX, y + at * STEP_PX * 0.5);
  });
  await page.mouse.up();
  return frames;
}

/** Zooms in and out with a real wheel, and counts the frames meanwhile. */
export async function framesWhileZooming(page: Page, forMs: number): Promise<Frames> {
  const { x, y } = await middleOfMap(page);
  await page.mouse.move(x, y);
  return await counted(page, forMs, async (step) => {
    await page.mouse.wheel(0, Math.floor(step / TURN_AFTER_STEPS) % 2 === 0 ? -WHEEL_PX : WHEEL_PX);
  });
}

async function counted(page: Page, forMs: number, act: (step: number) => Promise<void>): Promise<Frames> {
  await page.evaluate(START);
  const until = performance.now() + forMs;
  for (let step = 0; performance.now() < until; step += 1) await act(step);
  const times: unknown = await page.evaluate(STOP);
  if (!Array.isArray(times) || times.length < 2) throw new Error('The browser drew no frames.');
  const at = times.map(Number);
  const between = at.slice(1).map((time, index) => time - (at[index] ?? 0));
  const seconds = ((at.at(-1) ?? 0) - (at[0] ?? 0)) / 1000;
  const { p95, max } = percentiles(between);
  return { perSecond: between.length / seconds, p95Ms: p95, longestMs: max };
}

const START = `
  window.frameTimes = [];
  window.isCounting = true;
  const count = (now) => {
    window.frameTimes.push(now);
    if (window.isCounting) requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
`;
const STOP = `window.isCounting = false; window.frameTimes`;

async function middleOfMap(page: Page): Promise<{ x: number; y: number }> {
  const box = await page.locator('.map-canvas').boundingBox();
  if (box === null) throw new Error('The page has no map.');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
