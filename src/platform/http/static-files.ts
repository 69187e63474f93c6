import express, { type RequestHandler } from 'express';

/**
 * Serves the files of a folder. `lasting` is for files whose names change with their content; the others are asked
 * for again each time, and answered 304 while they are the same. What is not there is left to the next handler.
 */
export function serveFolder(folder: string, keep: 'lasting' | 'revalidated'): RequestHandler {
  return express.static(folder, {
    index: false,
    redirect: false,
    ...(keep === 'lasting'
      ? { maxAge: '1y', immutable: true }
      : { cacheControl: false, setHeaders: revalidated }),
  });
}

function revalidated(res: { setHeader(name: string, value: string): unknown }): void {
  res.setHeader('cache-control', 'no-cache');
}
