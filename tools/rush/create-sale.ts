import { signAccessToken } from '../../src/accounts/access-token.ts';
import { newId } from '../../src/platform/id.ts';
import type { Resources } from '../../src/resources.ts';
import { openHttpCaller } from './http-caller.ts';

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const SEATS_PER_ROW = 25;
const PRICE = 2_500;
const ANSWER_WITHIN_MS = 30_000;

/** An event of its own for a rush, on sale at once: so many seats, one for each buyer. Returns its id. */
export async function createSale(resources: Resources, url: string, seatCount: number): Promise<string> {
  const http = openHttpCaller(url, performance.now() + ANSWER_WITHIN_MS);
  const token = signAccessToken(resources, {
    userId: newId(),
    role: 'admin',
    isGuest: false,
    sessionId: newId(),
  });
  const ask = async (path: string, body: unknown) => {
    const answer = await http.call('POST', path, { token, body });
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw new Error(
      `The event can't be made: POST ${path} answered ${answer.status} ${JSON.stringify(answer.body)}`,
    );
  };
  try {
    const event = await ask('/api/admin/events', {
      name: `Rush for ${seatCount} seats`,
      date: new Date(resources.clock.nowMs() + WEEK_MS).toISOString(),
      currency: 'EUR',
      seatsPerBuyerMax: 1,
      prices: { Stalls: PRICE },
      generator: { name: 'Rush', categories: [{ name: 'Stalls' }], parts: partsFor(seatCount) },
    });
    await ask(`/api/admin/events/${event.id}/publish`, {});
    return String(event.id);
  } finally {
    http.close();
  }
}

/** Full rows, and one for what is left over. */
function partsFor(seatCount: number): unknown[] {
  const rows = Math.floor(seatCount / SEATS_PER_ROW);
  const rest = seatCount % SEATS_PER_ROW;
  return [
    ...(rows > 0 ? [rowsOf('Stalls', rows, SEATS_PER_ROW)] : []),
    ...(rest > 0 ? [rowsOf('Back', 1, rest)] : []),
  ];
}

function rowsOf(name: string, rows: number, seatsPerRow: number) {
  return { kind: 'rows', name, category: 'Stalls', rows, seatsPerRow };
}
