import { existsSync, readFileSync, rmSync } from 'node:fs';
import { subscribe } from 'node:diagnostics_channel';
import { CRASH_POINT_CHANNEL } from '../../../src/platform/crash-point.ts';

/**
 * Preloaded into a process (`node --import`): kills it, as by a power cut, when it comes to the point that the file
 * CRASH_ORDER_FILE names at that moment. The order is carried out once.
 */
const orderFile = process.env['CRASH_ORDER_FILE'] ?? '';

subscribe(CRASH_POINT_CHANNEL, (name) => {
  if (!existsSync(orderFile) || readFileSync(orderFile, 'utf8') !== name) return;
  rmSync(orderFile);
  process.kill(process.pid, 'SIGKILL');
});
