import express, { type Request, type RequestHandler, type Response } from 'express';
import { PROBLEMS, Problem } from '../problem.ts';

const JSON_TYPES = ['application/json', 'application/*+json'];
const PLAIN_JSON = /^application\/json(?:; ?charset=utf-8)?$/i;
const BYTE_ORDER_MARK = 0xfeff;

export type BodyReader = (req: Request, res: Response) => Promise<unknown>;

/**
 * Reads a JSON body of so many bytes at most; undefined when none was sent. Plain JSON of a known length, which is what
 * clients send, is read here; whatever else may come (packed, in another encoding, in chunks) by express's own parser.
 * @throws Problem or an error with a `status`, when it is too large, cut short, or no JSON.
 */
export function readJson(bytesMax: number): BodyReader {
  const parse = parserOf(express.json({ type: JSON_TYPES, limit: bytesMax, strict: false }));
  return async (req, res) => {
    const { headers } = req;
    const length = Number(headers['content-length'] ?? 0);
    const isChunked = headers['transfer-encoding'] !== undefined;
    if (length === 0 && !isChunked) return undefined;
    const isPlain =
      !isChunked &&
      headers['content-encoding'] === undefined &&
      PLAIN_JSON.test(headers['content-type'] ?? '') &&
      length <= bytesMax;
    if (isPlain) return parseJson(await textOf(req, length));
    if (req.is(JSON_TYPES) === false)
      throw new Problem(PROBLEMS.unsupported_media_type, 'Send the body as application/json.');
    return await parse(req, res);
  };
}

/** Reads a body as it is. */
export function readRaw(bytesMax: number): BodyReader {
  return parserOf(express.raw({ type: () => true, limit: bytesMax }));
}

function parserOf(parser: RequestHandler): BodyReader {
  return async (req, res) => {
    await new Promise<void>((resolve, reject) => {
      void parser(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
    });
    const { body }: { body?: unknown } = req;
    return body;
  };
}

/** Settles with the last byte; what was cut short is noticed when the request closes, as each does. */
function textOf(req: Request, length: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let read = 0;
    req.on('data', (chunk: Buffer) => {
      read += chunk.length;
      if (chunk.length === length) return resolve(chunk.toString());
      chunks.push(chunk);
      if (read === length) resolve(Buffer.concat(chunks).toString());
    });
    req.on('close', () => read < length && reject(cutShort()));
  });
}

function cutShort(): Problem {
  return new Problem(PROBLEMS.invalid_request, 'The body is shorter than its Content-Length says.');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.codePointAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text);
  } catch (error) {
    throw new Problem(PROBLEMS.invalid_request, 'The body is not well-formed JSON.', { cause: error });
  }
}
