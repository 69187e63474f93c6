import compression from 'compression';
import express, { type Request, type RequestHandler, type Response } from 'express';

const compress = compression();

/**
 * Serves the files of a folder. `lasting` is for files whose names change with their content; the others are asked
 * for again each time, and answered 304 while they are the same. What is not there is left to the next handler.
 */
export function serveFolder(folder: string, keep: 'lasting' | 'revalidated'): RequestHandler {
  const files = express.static(folder, {
    index: false,
    redirect: false,
    ...(keep === 'lasting'
      ? { maxAge: '1y', immutable: true }
      : { cacheControl: false, setHeaders: revalidated }),
  });
  return (req, res, next) => {
    compress(req, res, () => files(req, res, next));
  };
}

/** Sends a text whose headers are set, packed if the client takes it so. */
export function sendCompressed(req: Request, res: Response, text: string): void {
  compress(req, res, () => void res.send(text));
}

function revalidated(res: { setHeader(name: string, value: string): unknown }): void {
  res.setHeader('cache-control', 'no-cache');
}
