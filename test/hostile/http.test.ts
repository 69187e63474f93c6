import { describe, expect, test } from 'vitest';
import { useHoldfast } from '../support/harness.ts';
import { ask, faultOfRefusal, talk } from './ask.ts';

const holdfast = useHoldfast({ seatWorker: false });

/** The server waits 15 s for a request's head and 30 s for all of it, and looks every 3 s; a busy machine is later. */
const HEAD_TOLD_WITHIN_MS = 25_000;
const BODY_TOLD_WITHIN_MS = 40_000;
const SLOW_SENDERS = 100;
const POST = 'POST /api/auth/guest HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n';

/** What the raw answer says, as `ask` would have read it. */
function asAnswer({ text, status, body }: { text: string; status: number; body: string }) {
  const head = text.split('\r\n\r\n', 1)[0] ?? '';
  const headers = Object.fromEntries(
    head
      .split('\r\n')
      .slice(1)
      .map((line) => [line.split(': ', 1)[0]?.toLowerCase() ?? '', line.slice(line.indexOf(': ') + 2)]),
  );
  return { status, headers, text: body };
}

describe('malformed HTTP', () => {
  test.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['TLS', Buffer.from('16030100dc010000d80303', 'hex'), 400],
    ['no host', 'GET /api/events HTTP/1.1\r\n\r\n', 400],
    ['a header without a name', 'GET / HTTP/1.1\r\nHost: here\r\n: x\r\n\r\n', 400],
    ['a zero byte in a header', 'GET / HTTP/1.1\r\nHost: here\r\nX-A: a\0b\r\n\r\n', 400],
    ['a header folded over two lines', 'GET / HTTP/1.1\r\nHost: here\r\nX-A: a\r\n b\r\n\r\n', 400],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost: here\r\nContent-Length : 5\r\n\r\nhello', 400],
    ['lengths that differ', `${POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} `, 400],
    ['a length below zero', `${POST}Content-Length: -1\r\n\r\n`, 400],
    [
      'a length and chunks',
      `${POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
      400,
    ],
    [
      'chunks hidden behind another coding',
      `${POST}Transfer-Encoding: chunked, identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
      400,
    ],
    [
      'a chunk whose size is no number',
      `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
      400,
    ],
    [
      'long chunk extensions',
      `${POST}Transfer-Encoding: chunked\r\n\r\n2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
      413,
    ],
    ['headers too long', `GET / HTTP/1.1\r\nHost: here\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ['an address too long', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: here\r\n\r\n`, 431],
  ])('%s / is answered with a problem document, and the connection ends', async (_what, bytes, status) => {
    const got = await talk(holdfast.current.url, bytes);
    expect(got.status).toBe(status);
    expect(got.text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(faultOfRefusal(asAnswer(got))).toBe('');
  });

  test('HEAD with headers too long / is refused without a body', async () => {
    const got = await talk(
      holdfast.current.url,
      `HEAD /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: here\r\n\r\n`,
    );
    expect([got.status, got.body]).toEqual([431, '']);
  });

  test('thousands of headers / none counts beyond the limit, and the rest is no request of its own', async () => {
    const headers = Array.from({ length: 2_500 }, (_, index) => `a${index}:1\r\n`).join('');
    const got = await talk(
      holdfast.current.url,
      `GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n${headers}\r\n`,
    );
    expect([200, 431]).toContain(got.status);
    expect(got.text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  test('a request hidden in the body of another / is not answered', async () => {
    const hidden = 'GET /api/admin/users HTTP/1.1\r\nHost: here\r\n\r\n';
    const got = await talk(
      holdfast.current.url,
      `GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
    );
    expect(got.status).toBe(200);
    expect(got.text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  test.each([
    'CONNECT here:443',
    'GET http://evil.example/api/nothing',
    'OPTIONS *',
    'GET //evil.example/%2e%2e',
  ])('%s / leads nowhere', async (line) => {
    const got = await talk(
      holdfast.current.url,
      `${line} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n`,
    );
    expect(got.text).not.toMatch(/evil\.example\/?["\r]|^location:/im);
    // CONNECT has no answer but the end; what is refused is refused as ever.
    expect(got.status < 400 || faultOfRefusal(asAnswer(got)) === '').toBe(true);
  });

  test('an expectation that nobody knows / is passed over', async () => {
    const path = '/healthz';
    const got = await ask(holdfast.current.url, { method: 'GET', path, headers: { expect: '200-ok' } });
    expect(got.status).toBe(200);
  });
});

describe.concurrent('slow senders', { timeout: BODY_TOLD_WITHIN_MS + 20_000 }, () => {
  test('heads that never end / are refused with 408 in time, and others are served meanwhile', async () => {
    const slow = Array.from({ length: SLOW_SENDERS }, () =>
      talk(holdfast.current.url, 'GET /healthz HTTP/1.1\r\nHost: here\r\n', {
        trickle: 'x-a: b\r\n',
        everyMs: 1_000,
        withinMs: HEAD_TOLD_WITHIN_MS,
      }),
    );
    const begunMs = performance.now();
    expect((await ask(holdfast.current.url, { method: 'GET', path: '/readyz' })).status).toBe(200);
    expect(performance.now() - begunMs).toBeLessThan(5_000);
    for (const got of await Promise.all(slow)) {
      expect(got.status).toBe(408);
      expect(faultOfRefusal(asAnswer(got))).toBe('');
    }
  });

  test('a body that never ends / is given up in time', async () => {
    const got = await talk(holdfast.current.url, `${POST}Content-Length: 99999\r\n\r\n{"a":"`, {
      trickle: 'x',
      everyMs: 1_000,
      withinMs: BODY_TOLD_WITHIN_MS,
    });
    expect([408, 0]).toContain(got.status);
  });
});
