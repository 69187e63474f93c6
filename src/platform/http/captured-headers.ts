import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { RequestHandler } from 'express';

/** Names and values one after the other, as `writeHead` takes them. */
export type HeaderList = readonly string[];

/**
 * The headers that a middleware gives to a request with these headers. For middleware whose headers hang on nothing else,
 * so that an answer of the API can have them without running it: a dozen `setHeader` calls cost more than a refusal.
 */
export function capturedHeaders(
  middleware: RequestHandler,
  requestHeaders: Readonly<Record<string, string>> = {},
): HeaderList {
  const req = new IncomingMessage(new Socket());
  req.method = 'GET';
  Object.assign(req.headers, requestHeaders);
  const res = new ServerResponse(req);
  let isPassedOn = false;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- such a middleware uses nothing that express adds
  middleware(req as Parameters<RequestHandler>[0], res as Parameters<RequestHandler>[1], () => {
    isPassedOn = true;
  });
  if (!isPassedOn) throw new Error('A middleware whose headers are captured must pass on at once.');
  return Object.entries(res.getHeaders()).flatMap(([name, value]) => [name, String(value)]);
}
