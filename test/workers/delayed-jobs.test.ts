import { expect, onTestFinished, test, vi } from 'vitest';
import { SESSION_REQUESTED } from '../../src/payments/jobs.ts';
import { newId } from '../../src/platform/id.ts';
import { eventually } from '../support/eventually.ts';
import { useHoldfast } from '../support/harness.ts';

const holdfast = useHoldfast();

test('a job that is put off for a moment / by a process whose clock is minutes ahead / is done in a moment', async () => {
  const { queues } = holdfast.current.server.resources;
  const jobId = `session-${newId()}-1`;
  const ahead = Date.now() + 11 * 60_000;
  const clock = vi.spyOn(Date, 'now').mockReturnValue(ahead);
  onTestFinished(() => clock.mockRestore());
  await queues.add(SESSION_REQUESTED, { paymentId: newId(), isReserved: false }, { jobId, delayMs: 1_000 });
  clock.mockRestore();
  expect(await queues.isPending('payments', jobId)).toBe(true);
  await eventually(async () => expect(await queues.isPending('payments', jobId)).toBe(false));
});
