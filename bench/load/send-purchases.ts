import { z } from 'zod';
import { type Line, asked, openLine, requestText } from './line.ts';
import type { LoadReport, Task } from './tasks.ts';

type Purchases = Extract<Task, { kind: 'purchases' }>;

const Hold = z.object({ id: z.string(), status: z.literal('held') });
const Checkout = z.object({ paymentId: z.string(), url: z.string() });
const Paid = z.object({ result: z.literal('complete'), acknowledged: z.literal(true) });

const STEPS = ['hold', 'checkout', 'pay', 'purchase'] as const;

/**
 * Buyers who each take a seat, go to the checkout and press "pay" on the stand-in, which tells the server by its
 * webhook; then the next buyer comes. That a purchase became a booking is counted in the database by the caller.
 */
export async function sendPurchases(task: Purchases): Promise<LoadReport> {
  const latencies = new Map<string, number[]>(STEPS.map((step) => [step, []]));
  let wrong = 0;
  let firstFault: string | null = null;
  let bought = task.from;
  const cpu = process.cpuUsage();
  const begunMs = performance.now();
  const deadlineMs = begunMs + task.durationMs;
  const buyUntilDeadline = async () => {
    const shop = await openLine(task.port);
    const standIn = await openLine(task.standInPort);
    while (performance.now() < deadlineMs) {
      bought += 1;
      try {
        await buy(task, bought - 1, shop, standIn, (step, tookMs) => latencies.get(step)?.push(tookMs));
      } catch (error) {
        wrong += 1;
        firstFault ??= error instanceof Error ? error.message : String(error);
        if (!shop.isOpen() || !standIn.isOpen()) break;
      }
    }
    shop.close();
    standIn.close();
  };
  await Promise.all(Array.from({ length: task.connections }, () => buyUntilDeadline()));
  const { user, system } = process.cpuUsage(cpu);
  return {
    counts: { purchase: latencies.get('purchase')?.length ?? 0 },
    wrong,
    firstFault,
    seconds: (performance.now() - begunMs) / 1000,
    latenciesMs: Object.fromEntries([...latencies].map(([step, each]) => [step, Float64Array.from(each)])),
    generatorSeconds: (user + system) / 1e6,
  };
}

async function buy(
  task: Purchases,
  number: number,
  shop: Line,
  standIn: Line,
  took: (step: (typeof STEPS)[number], tookMs: number) => void,
): Promise<void> {
  const eventId = task.events[Math.floor(number / task.buyers.length)];
  if (eventId === undefined) throw new Error('More was sold than there are seats.');
  const buyer = number % task.buyers.length;
  const headers = `authorization: ${task.buyers[buyer]}\r\n`;
  const begunMs = performance.now();
  const hold = await take('hold', took, Hold, 201, () =>
    asked(shop, requestText('POST', `/api/events/${eventId}/holds`, headers, `{"seatIds":[${buyer + 1}]}`)),
  );
  const { url } = await take('checkout', took, Checkout, 200, () =>
    asked(
      shop,
      requestText('POST', `/api/holds/${hold.id}/checkout`, headers, '{"email":"buyer@example.com"}'),
    ),
  );
  const sessionId = /cs_test_\w+/.exec(url)?.[0] ?? '';
  await take('pay', took, Paid, 200, () =>
    asked(standIn, requestText('POST', `/_control/sessions/${sessionId}/pay`, '', '{"waitForWebhook":true}')),
  );
  took('purchase', performance.now() - begunMs);
}

async function take<Name extends string, Shape extends z.ZodType>(
  name: Name,
  took: (step: Name, tookMs: number) => void,
  shape: Shape,
  status: number,
  ask: () => Promise<{ status: number; body: Buffer }>,
): Promise<z.output<Shape>> {
  const begunMs = performance.now();
  const answer = await ask();
  const text = answer.body.toString('utf8');
  if (answer.status !== status)
    throw new Error(`${name} was answered ${answer.status}: ${text.slice(0, 300)}`);
  const parsed = shape.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${name} was answered ${text.slice(0, 300)}`);
  took(name, performance.now() - begunMs);
  return parsed.data;
}
